"""The library on generated inputs, against plain Python; and the layers and mistakes of its functions."""

import builtins
import itertools
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import raspir
from raspir import indices, key, library, query, tokens
from raspir.frontends.files import load
from raspir.ir import ProgramError

PAGE = Path(__file__).parents[2] / "docs" / "library.md"


def everywhere(value):
    """An oracle of one result for all positions, from one for the sequence."""
    return lambda x: [value(x)] * len(x)


def each(value):
    """An oracle from the result at one position, given the sequence and the position."""
    return lambda x: [value(x, i) for i in range(len(x))]


def at(x, i, default):
    return x[i] if 0 <= i < len(x) else default


def dense(x, reverse=False):
    """The positions in sorted order."""
    return sorted(range(len(x)), key=lambda i: x[i], reverse=reverse)


def frequent(x):
    counts = Counter(x)
    return sorted(x, key=lambda v: -counts[v])


def matches(x, keep, i, step, default):
    while 0 <= i < len(x):
        if keep(x[i]):
            return x[i]
        i += step
    return default


def found(x, keep, last=False):
    places = [i for i, v in enumerate(x) if keep(v)]
    return places[-1 if last else 0] if places else None


def padded(values, size, default, right=False):
    fill = [default] * (size - len(values))
    return fill + list(values) if right else list(values) + fill


def depths(x, opener, closer):
    return [sum((v in opener) - (v in closer) for v in x[: i + 1]) for i in range(len(x))]


def balanced(x, pairs):
    return all(min((0, *d)) == 0 and [0, *d][-1] == 0 for d in (depths(x, *pair) for pair in pairs))


def dyck(x, pairs):
    """Whether a string is balanced, can be continued to be, or neither, by a stack."""
    stack = []
    for v in x:
        for opener, closer in pairs:
            if v == opener:
                stack.append(closer)
            elif v == closer and (not stack or stack.pop() != closer):
                return "F"
    return "P" if stack else "T"


def induced(x, i, default):
    earlier = [j for j in range(i) if x[j] == x[i]]
    return x[earlier[-1] + 1] if earlier else default


def is_a(v):
    return v == "a"


def odd(v):
    return v % 2 == 1


NUMBERS, LETTERS, BRACKETS = (2, 0, 1), "abc", "(){}x"
a = tokens == "a"

# The name of a function, its arguments, what it should return, and the atoms of the inputs.
CASES = [
    ("length", None, everywhere(len), LETTERS),
    ("count", (tokens, "a"), everywhere(lambda x: x.count("a")), LETTERS),
    ("count", (tokens, indices), each(lambda x, i: x.count(i)), NUMBERS),
    ("contains", (tokens, "a"), everywhere(lambda x: "a" in x), LETTERS),
    ("contains", (tokens, indices), each(lambda x, i: i in x), NUMBERS),
    ("fraction", (tokens, "a"), everywhere(lambda x: x.count("a") / len(x)), LETTERS),
    ("total", (), everywhere(sum), NUMBERS),
    ("mean", (), everywhere(lambda x: sum(x) / len(x)), NUMBERS),
    ("exists", (a,), everywhere(lambda x: "a" in x), LETTERS),
    ("exists", (tokens,), everywhere(any), NUMBERS),
    ("forall", (a,), everywhere(lambda x: set(x) == {"a"}), LETTERS),
    ("forall", (tokens,), everywhere(all), NUMBERS),
    ("same", (tokens, indices), everywhere(lambda x: x == list(range(len(x)))), NUMBERS),
    ("hist", (), each(lambda x, i: x.count(x[i])), LETTERS),
    ("double_hist", (), each(lambda x, i: list(Counter(x).values()).count(x.count(x[i]))), LETTERS),
    ("distinct", (), everywhere(lambda x: len(set(x))), LETTERS),
    ("cumsum", (), each(lambda x, i: sum(x[: i + 1])), NUMBERS),
    ("cummean", (), each(lambda x, i: sum(x[: i + 1]) / (i + 1)), NUMBERS),
    ("cummax", (), each(lambda x, i: max(x[: i + 1])), LETTERS),
    ("cummin", (), each(lambda x, i: min(x[: i + 1])), LETTERS),
    ("cumcount", (tokens, "a"), each(lambda x, i: x[: i + 1].count("a")), LETTERS),
    ("cumcount", (tokens, indices), each(lambda x, i: x[: i + 1].count(i)), NUMBERS),
    ("occurrence", (), each(lambda x, i: x[:i].count(x[i])), LETTERS),
    ("window_sum", (tokens, 3), each(lambda x, i: sum(x[max(0, i - 2) : i + 1])), NUMBERS),
    ("window_sum", (tokens, 1), list, NUMBERS),
    ("flip", (), lambda x: x[::-1], LETTERS),
    ("shift", (tokens, 2), each(lambda x, i: at(x, i - 2, 0)), LETTERS),
    ("shift", (tokens, -1, "_"), each(lambda x, i: at(x, i + 1, "_")), LETTERS),
    ("shift", (tokens, tokens, "_"), each(lambda x, i: at(x, i - x[i], "_")), NUMBERS),
    ("rotate", (tokens, 1), lambda x: x[-1:] + x[:-1], LETTERS),
    ("rotate", (tokens, -2), each(lambda x, i: x[(i + 2) % len(x)]), LETTERS),
    ("index", (tokens, 1), everywhere(lambda x: at(x, 1, 0)), LETTERS),
    ("index", (tokens, -2, "_"), everywhere(lambda x: at(x, len(x) - 2, "_")), LETTERS),
    ("index", (tokens, tokens, "_"), each(lambda x, i: at(x, x[i], "_")), NUMBERS),
    ("swap", (tokens, 0, 2), lambda x: [x[2], x[1], x[0], *x[3:]] if len(x) > 2 else x, LETTERS),
    ("swap", (tokens, 1, 1), list, LETTERS),
    ("repeat", (tokens, 2), each(lambda x, i: x[i % 2]), LETTERS),
    ("segment", (tokens, 1, 3), lambda x: padded(x[1:3], len(x), 0), LETTERS),
    ("segment", (tokens, 3, 1, "_"), lambda x: ["_"] * len(x), LETTERS),
    ("compact", (tokens, a, "_"), lambda x: padded(list(filter(is_a, x)), len(x), "_"), LETTERS),
    ("compact", (indices, tokens), lambda x: padded([i for i, v in enumerate(x) if v], len(x), 0), NUMBERS),
    ("ralign", (), lambda x: padded("".join(x).rstrip("_"), len(x), "-", right=True), None),
    ("split_first", (tokens, "+"), lambda x: padded("".join(x).partition("+")[0], len(x), "0", right=True), None),
    ("split_first", (tokens, "c"), lambda x: ["0"] * len(x), "ab"),
    ("split_second", (tokens, "+"), lambda x: padded("".join(x).partition("+")[2], len(x), "0", right=True), None),
    ("split_second", (tokens, "c"), list, "ab"),
    ("slide", (tokens, a, "_"), each(lambda x, i: matches(x, is_a, i, 1, "_")), LETTERS),
    ("slide", (tokens, tokens % 2, 7, "left"), each(lambda x, i: matches(x, odd, i, -1, 7)), NUMBERS),
    ("rank", (), lambda x: [dense(x).index(i) for i in range(len(x))], LETTERS),
    ("rank", (tokens, True), lambda x: [dense(x, True).index(i) for i in range(len(x))], NUMBERS),
    ("sort", (), sorted, LETTERS),
    ("sort", (tokens, None, True), lambda x: sorted(x, reverse=True), NUMBERS),
    ("sort", (indices, tokens, True), lambda x: dense(x, True), NUMBERS),
    ("argsort", (), dense, LETTERS),
    ("sort_by_frequency", (), frequent, LETTERS),
    ("minimum", (), everywhere(min), LETTERS),
    ("maximum", (), everywhere(max), NUMBERS),
    ("argmin", (), everywhere(lambda x: x.index(min(x))), NUMBERS),
    ("argmax", (), everywhere(lambda x: x.index(max(x))), NUMBERS),
    ("kth_smallest", (tokens, 1), everywhere(lambda x: at(sorted(x), 1, 0)), LETTERS),
    ("median", (), everywhere(lambda x: sorted(x)[(len(x) - 1) // 2]), LETTERS),
    ("most_frequent", (), everywhere(lambda x: frequent(x)[0]), LETTERS),
    ("is_sorted", (), everywhere(lambda x: x == sorted(x)), LETTERS),
    ("is_palindrome", (), everywhere(lambda x: x == x[::-1]), LETTERS),
    ("first", (), everywhere(lambda x: x[0]), LETTERS),
    ("first", (indices, a, -1), everywhere(lambda x: -1 if found(x, is_a) is None else found(x, is_a)), LETTERS),
    ("last", (), everywhere(lambda x: x[-1]), LETTERS),
    ("last", (tokens, tokens != "a"), everywhere(lambda x: matches(x[::-1], "bc".count, 0, 1, 0)), LETTERS),
    ("index_of", (tokens, "a"), everywhere(lambda x: "".join(x).find("a")), LETTERS),
    ("last_index_of", (tokens, "a"), everywhere(lambda x: "".join(x).rfind("a")), LETTERS),
    ("last_index_of", (tokens, 1, 99), everywhere(lambda x: 99 if 1 not in x else found(x, odd, last=True)), NUMBERS),
    ("first_occurrence", (), each(lambda x, i: x[i] not in x[:i]), LETTERS),
    ("last_occurrence", (), each(lambda x, i: x[i] not in x[i + 1 :]), LETTERS),
    ("detect_pattern", (tokens, "aba"), each(lambda x, i: x[: i + 1][-3:] == list("aba")), "ab"),
    ("detect_pattern", (tokens, [0, 1]), each(lambda x, i: x[: i + 1][-2:] == [0, 1]), NUMBERS),
    ("induction", (tokens, "_"), each(lambda x, i: induced(x, i, "_")), LETTERS),
    ("balance", (), lambda x: depths(x, "(", ")"), BRACKETS),
    ("balance", (tokens, "({", ")}"), lambda x: depths(x, "({", ")}"), BRACKETS),
    ("is_balanced", (), everywhere(lambda x: balanced(x, ["()"])), BRACKETS),
    ("shuffle_dyck", (), everywhere(lambda x: balanced(x, ["()", "{}"])), BRACKETS),
    ("dyck", (), each(lambda x, i: dyck(x[: i + 1], ["()", "{}"])), BRACKETS),
    ("dyck", (tokens, ["()"]), each(lambda x, i: dyck(x[: i + 1], ["()"])), BRACKETS),
]


def program(name, arguments):
    return library.length if arguments is None else getattr(library, name)(*arguments)


def inputs(name, atoms):
    """Short inputs, all of them if they are few, and some longer ones."""
    rng = random.Random(name)
    if name == "ralign":
        return [text[:n] + "_" * (len(text) - n) for text in ("a", "abc", "abcabca") for n in range(len(text) + 1)]
    if atoms is None:
        return [a + "+" + b for a in ("", "x", "xyz") for b in ("", "z", "zyxy")]
    short = [x for size in range(1, 5) for x in itertools.product(atoms, repeat=size)]
    longer = [rng.choices(atoms, k=rng.randint(5, 16)) for _ in range(25)]
    if atoms == BRACKETS:
        longer += [nested(rng, 7) for _ in range(25)] + [nested(rng, 4) + nested(rng, 4)[::-1] for _ in range(10)]
    return [list(x) for x in rng.sample(short, min(len(short), 150)) + longer]


def nested(rng, pairs):
    """A balanced string of both kinds of brackets, with another character here and there."""
    if pairs == 0:
        return rng.choice(["", "", "x"])
    inside, bracket = rng.randrange(pairs), rng.choice(["()", "{}"])
    return bracket[0] + nested(rng, inside) + bracket[1] + nested(rng, pairs - 1 - inside)


@pytest.mark.parametrize(("name", "arguments", "expected", "atoms"), CASES, ids=[case[0] for case in CASES])
def test_results(name, arguments, expected, atoms):
    built = program(name, arguments)
    run = raspir.compile(built, backend="reference", optimize=False)
    for given in inputs(name, atoms):
        results, wanted = run(given), list(expected(list(given)))
        assert results == wanted, given
        assert [type(each) is bool for each in results] == [type(each) is bool for each in wanted]
    assert run([]) == []


def test_every_function_is_tested():
    assert {name for name, *_ in CASES} == set(library.__all__)


def stated(name):
    """The layers that the description of a function states: with plain selectors, and with ``best``."""
    text = Path(library.__file__).parent.joinpath("counting.py").read_text() if name == "length" else None
    doc = getattr(library, name).__doc__ if text is None else text[text.index("length: SOp") :]
    plain, best = re.search(r"^ *Layers: (\d)(?:; with ``best`` (\d))?\.$", doc, re.MULTILINE).groups()
    return int(plain), int(best or plain)


@pytest.mark.parametrize("name", library.__all__)
def test_layers(name):
    """The most layers of the cases: some leave an argument out, and are then said to take fewer."""
    taken = [program(case, arguments) for case, arguments, *_ in CASES if case == name]
    if name == "index":  # a negative position takes a second layer, as its description says
        del taken[1]
    written = [each.layers for each in taken]
    plain = [raspir.optimize(each).stats().layers for each in taken]
    best = [raspir.optimize(each, attention="best").stats().layers for each in taken]
    assert (max(plain), max(best)) == stated(name)
    assert max(written) == max(plain)  # nothing is written deeper than necessary


def rows():
    """The rows of docs/library.md: name, layers with plain selectors and with ``best``, example and its result."""
    row = r"^\| `(\w+).*` \| .* \| (\d)(?: / (\d))? \| `(.*)` → `(.*)` \|$"
    return [
        (name, (int(plain), int(best or plain)), example, result)
        for name, plain, best, example, result in re.findall(row, PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    ]


def test_the_page_lists_every_function_and_its_layers():
    listed = {name: layers for name, layers, *_ in rows()}
    assert listed == {name: stated(name) for name in library.__all__}


@pytest.mark.parametrize(("name", "layers", "example", "result"), rows(), ids=[row[0] for row in rows()])
def test_the_examples_of_the_page(name, layers, example, result):
    assert repr(eval(example, {**vars(raspir), **vars(library)})) == result


def test_a_star_import_shadows_nothing():
    assert not set(library.__all__) & {*dir(builtins), *raspir.__all__}


def test_programs_have_the_names_and_lines_of_their_calls():
    built = library.sort(tokens)
    graph = raspir.lower(built)
    assert graph.name_of(graph.outputs["out"]) == "sort"
    assert {Path(location.file).name for location in graph.locations.values()} == {"test_library.py"}
    assert not raspir.lower(library.length).locations


def test_a_program_that_the_loader_calls_has_no_line_of_the_user():
    assert not raspir.lower(load("raspir.library:sort")).locations
    with pytest.raises(raspir.LoadError, match=r"shift requires arguments \(seq, by\), so it is not a program"):
        load("raspir.library:shift")


def test_sequences_may_be_any_programs():
    assert library.flip(library.sort(tokens))("cab") == list("cba")
    assert library.sort(key=indices * -1)("abc") == list("cba")
    assert library.shift(library.shift(tokens, 1, "_"), by=1, default="_")("abc") == list("__a")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda: library.flip("hello"),
            "flip takes a program, such as tokens, not 'hello'; apply it to an input as in",
        ),
        (
            lambda: library.sort([3, 1]),
            r"such as tokens, not \[3, 1\]; apply it to an input as in sort\(tokens\)\(\[3, 1\]",
        ),
        (lambda: library.sort(tokens, key=library.hist), "; call the function to get its program"),
        (lambda: library.sort(key(1) == query(1)), "sort takes a program, such as tokens, not a selector"),
        (lambda: library.cumsum(5), "cumsum takes a program, such as tokens, not 5$"),
        (lambda: library.window_sum(tokens, 0), "window_sum: size must be an integer of at least 1, not 0"),
        (lambda: library.repeat(tokens, 1.5), "repeat: size must be an integer of at least 1, not 1.5"),
        (lambda: library.swap(tokens, -1, 0), "swap: i must be an integer of at least 0, not -1"),
        (lambda: library.segment(tokens, 0, True), "segment: stop must be an integer of at least 0, not True"),
        (lambda: library.kth_smallest(tokens, -1), "kth_smallest: k must be"),
        (lambda: library.slide(tokens, a, side="up"), "slide: side must be 'left' or 'right', not 'up'"),
        (lambda: library.detect_pattern(tokens, ""), "detect_pattern: the pattern is empty"),
        (lambda: library.detect_pattern(tokens, 5), "detect_pattern: .*5"),
        (lambda: library.dyck(tokens, ["(("]), "dyck: no two brackets may be the same"),
        (lambda: library.shuffle_dyck(tokens, ["("]), "a pair of brackets is a string of two characters"),
        (lambda: library.is_balanced(tokens, "(("), "is_balanced: a pair of brackets is a string of two"),
    ],
)
def test_mistakes(wrong, message):
    with pytest.raises(ProgramError, match=message) as caught:
        wrong()
    assert Path(caught.value.location.file).name == "test_library.py"
    assert {Path(each.path).name for each in caught.traceback} == {"test_library.py"}


def test_it_is_imported_only_when_asked_for():
    code = "import sys, raspir; sys.exit('raspir.library' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
