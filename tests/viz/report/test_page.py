import pytest
from viz.report.pages import Page, steps

import raspir
from raspir import indices, key, query, raw, select, tokens
from raspir.backends.tracing import traced

length = (key(1) == query(1)).value(1).name("length")
flip = (key(length - indices - 1) == query(indices)).value(tokens).name("flip")
before = key(indices) < query(indices)
shifted = (key(indices) == query(indices - 2)).value(tokens, "_")
twice_shifted = (key(indices) == query(indices - 3)).value(shifted, "_").name("twice_shifted")


def page_of(program, *inputs, **options):
    return Page(raspir.report(program, list(inputs), **options))


def test_sections_have_headings_and_links():
    page = page_of(flip, "hello")
    ids = {held["id"] for _, held in page.elements if "id" in held}
    links = [held["href"] for held in page.all("a") if held["href"].startswith("#")]
    assert {"#steps", "#diagram", "#layers", "#source"} <= set(links)
    assert all(link[1:] in ids for link in links)
    assert len(ids) == len([held for _, held in page.elements if "id" in held])


def test_nothing_is_fetched():
    text = raspir.report(flip, ["hello"])
    page = Page(text)
    policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"]
    assert policy.startswith("default-src 'none'")
    assert not [held for _, held in page.elements if "src" in held]
    assert all(held["href"].startswith("#") for _, held in page.elements if "href" in held)
    assert "@import" not in text
    assert "url(" not in text


def test_no_element_has_a_handler():
    page = page_of(flip, "hello")
    assert not [name for _, held in page.elements for name in held if name.startswith("on")]


def test_steps_hold_what_the_program_computes():
    page = page_of(flip, "hello", optimize=False)
    data, graph = steps(page), raspir.lower(flip)
    trace = traced(graph, "hello")
    head = data["layers"][1]["heads"][0]
    selector = graph.layering.heads[1][0].selector
    expected = [["1" if entry else "0" for entry in row] for row in trace.matrix(selector, range(5), range(5))]
    assert [list(row) for row in head["rows"]] == expected
    assert data["sequences"][head["results"][0]["seq"]]["short"] == list("olleh")
    assert [layer["number"] for layer in data["layers"]] == [1, 2]


def test_each_comparison_has_its_own_matrix():
    same_before = (before & (key(tokens) == query(tokens))).value(1)
    head = steps(page_of(same_before, "hello", optimize=False))["layers"][0]["heads"][0]
    first, second = (comparison["rows"] for comparison in head["comparisons"])
    both = [
        "".join("1" if a == b == "1" else "0" for a, b in zip(*rows, strict=True))
        for rows in zip(first, second, strict=True)
    ]
    assert both == head["rows"]
    assert [comparison["symbol"] for comparison in head["comparisons"]] == ["<", "=="]


def test_opaque_predicates_are_shown_by_name():
    def near(k, q):
        return abs(hash(k) - q) < 2

    head = steps(page_of(select(indices, indices, near).value(1), "abc"))["layers"][0]["heads"][0]
    assert head["comparisons"][0]["opaque"]
    assert head["comparisons"][0]["symbol"] == "near"


def test_both_versions_are_there():
    page = page_of(twice_shifted, "ab", "c")
    data = page.data()
    assert [each["label"] for each in data["inputs"]] == ["ab", "c"]
    assert data["versions"] == ["as written", "optimized"]
    assert all(len(each["versions"]) == 2 for each in data["inputs"])


def test_figures_before_and_after():
    assert "2 → 1" in page_of(twice_shifted, "hello").text()


def test_a_failing_input_ends_at_its_layer_and_leaves_others_alone():
    page = page_of(before.value(tokens).name("sums"), "hello", [1, 2, 3], optimize=False)
    fails, works = steps(page, 0), steps(page, 1)
    assert "strings cannot be summed" in fails["failure"]
    assert fails["results"] == []
    assert fails["failure"].startswith("Layer 1 fails")
    (head,) = fails["layers"][0]["heads"]
    assert head["rows"][2] == "11000"
    assert head["results"] == []
    assert works["failure"] is None
    assert works["sequences"][works["results"][0]["seq"]]["short"] == ["0", "1", "3"]


def test_a_failing_feed_forward_block_leaves_the_layers_before_it():
    program = (10 // (length - 5)).name("quotient")
    data = steps(page_of(program, "hello", optimize=False))
    assert [head["results"][0]["name"] for layer in data["layers"] for head in layer["heads"]] == ["length"]
    assert "division" in data["failure"]


def test_long_inputs_are_reduced():
    data = steps(page_of(before.value(1), "ab" * 60, optimize=False))
    assert data["n"] == 120
    assert len(data["positions"]) < 45
    assert data["split"] is not None
    assert "more positions" in data["note"]
    head = data["layers"][0]["heads"][0]
    assert head["counts"] == data["positions"]  # whoever is before is selected


def test_very_long_inputs_take_no_square():
    data = steps(page_of(before.value(1), "ab" * 50_000, optimize=False))
    assert data["n"] == 100_000
    assert data["layers"][0]["heads"][0]["counts"] is None


@pytest.mark.parametrize("given", ["", "a", []])
def test_short_inputs(given):
    data = steps(page_of(flip, given))
    assert data["n"] == len(given)


def test_without_inputs_there_are_no_steps():
    page = page_of(flip)
    assert not page.all("section", id="steps")
    assert page.all("section", id="layers")


def test_several_outputs():
    page = page_of({"one": flip, "two": length}, "abc")
    assert [row["name"] for row in steps(page)["results"]] == ["one", "two"]


def test_a_program_of_text_shows_its_text():
    graph = raspir.parse(str(raspir.lower(flip)))
    page = Page(raspir.report(graph, []))
    assert "select.eq" in page.text("pre")


def test_source_lines_are_marked():
    page = page_of(flip, "abc")
    marked = page.all("span", **{"class": "line marked"})
    assert marked
    assert all(held["id"].startswith("line-") for held in marked)
    assert "flip = (key(length - indices - 1)" in page.text("span")


def test_remarks_lead_to_their_lines():
    page = page_of(twice_shifted, "hello")
    lines = [held["href"][1:] for held in page.all("a") if held["href"].startswith("#line-")]
    ids = {held["id"] for _, held in page.elements if "id" in held}
    assert lines
    assert set(lines) <= ids


def test_promises_are_kept():
    with pytest.raises(raspir.InputError, match="vocabulary"):
        raspir.report(flip, ["xyz"], vocab="ab")


HOSTILE = {
    "script": "</script><script>alert(1)</script>",
    "comment": "<!-- <script>",
    "quotes": '"\'` onload=alert(1) x="',
    "ampersand": "&lt;b&gt; &amp;",
    "cdata": "]]></style>",
    "newline": "one\ntwo",
    "null": "a\x00b",
    "surrogate": "a\ud800b",
    "emoji": "👩‍💻🎉",
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd",
    "line separator": "a\u2028b",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_nothing_of_a_program_becomes_markup(hostile):
    def reported(name):
        program = (key(tokens) == query(name)).value(tokens, name).name(name)
        return raspir.report(program, [[name, "x"]], title=name)

    text = reported(hostile)
    # The diagram of a long name is on the page twice, with a short form for narrow pages.
    page, plain, long = Page(text), Page(reported("p")), Page(reported("p" * 30))
    text.encode()
    assert len(page.all("script")) == len(plain.all("script")) == 2
    assert len(page.all("style")) in (len(plain.all("style")), len(long.all("style")))
    assert not [name for _, held in page.elements for name in held if name.startswith("on")]
    assert "\x00" not in text
    assert steps(page)["n"] == 2


@pytest.mark.parametrize("atoms", [[10**400, 1], [float("inf"), 0.1], [True, "a", 2]])
def test_any_atoms(atoms):
    data = steps(Page(raspir.report(raw(atoms), [atoms])))
    assert all(len(text) <= 90 for sequence in data["sequences"] for text in sequence["full"])


def test_selectors_that_hold_a_part_very_often():
    selector, other = before, key(tokens) == query(tokens)
    for _ in range(60):
        selector = (selector | other) & selector
    data = steps(page_of(selector.value(1), "hello", optimize=False))
    assert data["layers"][0]["heads"][0]["rows"] == ["00000", "10000", "11000", "11100", "11110"]


@pytest.mark.parametrize(("ties", "chosen"), [("left", [-1, 0, 0, 2]), ("right", [-1, 0, 1, 2])])
def test_best_heads_tell_which_position_they_fetch_from(ties, chosen):
    head = steps(page_of(before.best(tokens, tokens, ties=ties), [3, 3, 5, 1], optimize=False))["layers"][0]["heads"][0]
    assert head["results"][0]["chosen"] == chosen
    assert head["choice"]


def test_many_results_are_counted():
    data = steps(page_of({f"out{number}": length * number + 1 for number in range(2, 32)}, "ab", optimize=False))
    assert len(data["layers"][0]["rows"]) + data["layers"][0]["more"] == 30


def test_lines_are_those_of_python(tmp_path):
    file = tmp_path / "odd.py"
    file.write_text(
        'from raspir import *\nodd = "\x0c\u2028"\nhist = (key(tokens) == query(tokens)).value(1)\n', "utf-8"
    )
    namespace = {}
    exec(compile(file.read_text("utf-8"), str(file), "exec"), namespace)
    page = page_of(namespace["hist"], "ab", optimize=False)
    assert [held["id"] for held in page.all("span", **{"class": "line marked"})] == ["line-0-3"]
    assert "hist = (key" in page.text("span")


@pytest.mark.parametrize("inputs", [5, "hello", None])
def test_inputs_that_are_no_list(inputs):
    with pytest.raises(raspir.InputError, match="list of inputs"):
        raspir.report(flip, inputs)


def test_equal_labels_displace_nothing():
    assert len(page_of(flip, "['a']", ["a"]).data()["inputs"]) == 2


def test_lines_that_are_not_shown_have_no_links(tmp_path):
    file = tmp_path / "gone.py"
    file.write_text(
        "from raspir import *\nraised = tokens\nfor _ in range(2):\n    raised = raised.value(1) if 0 else "
        "(key(indices) == query(indices - 1)).value(raised, '_')\n",
        "utf-8",
    )
    namespace = {}
    exec(compile(file.read_text("utf-8"), str(file), "exec"), namespace)
    file.unlink()
    page = page_of(namespace["raised"], "ab")
    assert page.data()["versions"] == ["as written", "optimized"]
    assert not [held for held in page.all("a") if held["href"].startswith("#line-")]
