"""The programs of ``examples/rasp/``, each against a plain Python implementation, and their layers."""

import itertools
import json
import random
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import raspir
from raspir.frontends.rasp.console import Console
from raspir.frontends.rasp.counting import count
from raspir.frontends.rasp.files import RaspFile
from raspir.frontends.rasp.running import Interpreter

DATA = Path(__file__).parent.parent / "data"
FOLDER = Path(__file__).parent.parent.parent / "examples" / "rasp"
ROUND, CURLY, SQUARE = "()", "{}", "[]"


class Written:
    """Collects what a session writes."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    note = write


def loaded(file):
    """Return the scope of a file of the examples."""
    written = Written()
    interpreter = Interpreter(written)
    scope = interpreter.load(FOLDER / f"{file}.rasp", file, interpreter.console)
    assert "ignoring input" not in written.text
    return interpreter, scope


def program(file, name):
    return raspir.load(str(FOLDER / f"{file}.rasp"), name)


@cache
def optimized(case, attention):
    return raspir.optimize(program(*case), attention=attention)


def prefixes(text):
    return [text[: end + 1] for end in range(len(text))]


def texts(characters, longest):
    """Return all texts of the characters, from one of them to the longest."""
    sizes = range(1, longest + 1)
    return ["".join(each) for size in sizes for each in itertools.product(characters, repeat=size)]


# Plain Python


def hist(text):
    return [text.count(token) for token in text]


def double_hist(text):
    counts = Counter(text)
    frequencies = Counter(counts.values())
    return [frequencies[counts[token]] for token in text]


def most_frequent(text):
    found = [token for token, _ in Counter(text).most_common()]  # of equal ones, the first to occur first
    return found + ["-"] * (len(text) - len(found))


def of_prefixes(is_balanced, pairs):
    """Return T, P or F for each prefix; ``is_balanced`` is whether a prefix is, or ``None`` if none can be any more."""

    def letters(text):
        found = [is_balanced(prefix, pairs) for prefix in prefixes(text)]
        return ["F" if each is None else "T" if each else "P" for each in found]

    return letters


def dyck(prefix, pairs):
    """Decide by a stack."""
    closer_of = dict(pairs)
    stack = []
    for bracket in prefix:
        if bracket in closer_of:
            stack.append(closer_of[bracket])
        elif not stack or stack.pop() != bracket:
            return None
    return not stack


def shuffle_dyck(prefix, pairs):
    """Decide by a counter of each kind."""
    are_open = Counter()
    for bracket in prefix:
        for opener, closer in pairs:
            are_open[opener] += (bracket == opener) - (bracket == closer)
            if are_open[opener] < 0:
                return None
    return not any(are_open.values())


def add(text):
    first, second = (int(number or "0") for number in text.split("+"))
    return [int(digit) for digit in str(first + second).rjust(len(text), "0")]


def rover(text):
    """Apply all rules three times to what the facts say."""
    *clauses, question = text.removesuffix("?").split(",")
    known, rules = {each for each in clauses if ":" not in each}, [each.split(":") for each in clauses if ":" in each]
    opposite = str.maketrans("<#", "#<")
    rules += [[second.translate(opposite), first.translate(opposite)] for first, second in rules]
    for _ in range(3):
        known = known | {
            conclusion.replace(variable, name)
            for premise, conclusion in rules
            for variable, names in (("x", "abc"), ("X", "ABC"))
            for name in names
            if premise.replace(variable, name) in known
        }
    answer = "T" if question in known else "F" if question.translate(opposite) in known else "?"
    return [answer] * len(text)


# Inputs


def words(longest=5):
    return [*texts("abcd", longest), "abracadabra", "mississippi", "zyxwvu"]


def sums():
    short = [f"{a}+{b}" for a in texts("059", 2) for b in texts("019", 3)]
    chosen = random.Random(1)
    drawn = ["".join(chosen.choices("0999945", k=chosen.randint(0, 12))) for _ in range(1200)]
    long = [f"{a}+{b}" for a, b in zip(drawn[::2], drawn[1::2], strict=True)]
    return [*short, *long, "12+345", "683+345", "+", "5+", "+5", "999999+1"]


def questions():
    chosen = random.Random(3)

    def drawn(of, sets):
        return chosen.choice(of) + chosen.choice("<<#") + chosen.choice(sets)

    def rule():
        element, sets = chosen.choice([("x", "ABC"), ("abc", "X")])
        return f"{drawn(element, sets)}:{drawn(element, sets)}"

    made = [
        ["a<A"],
        ["a<A", "x<A:x<B"],
        ["a#B", "x<A:x<B"],
        ["a<A", "x<A:x<B", "x<B:x#C"],
        ["a<A", "a<X:b<X", "x<A:x<C"],
    ]
    for _ in range(400):
        made.append([drawn("abc", "ABC") if chosen.random() < 0.6 else rule() for _ in range(chosen.randint(1, 5))])
    return [",".join([*clauses, drawn("abc", "ABC")]) + "?" for clauses in made]


def mostly_balanced(pairs, shuffled):
    """Return long texts that are balanced, or nearly so: random brackets hardly ever are."""
    chosen = random.Random(2)
    made = []
    for _ in range(300):
        text = ""
        for _ in range(chosen.randint(1, 8)):
            at = chosen.randint(0, len(text))
            to = chosen.randint(at, len(text)) if shuffled or chosen.random() < 0.3 else at
            opener, closer = chosen.choice(pairs)
            text = text[:at] + opener + text[at:to] + closer + text[to:]
        if chosen.random() < 0.5:
            at = chosen.randint(0, len(text))
            text = text[:at] + chosen.choice(chosen.choice(pairs)) + text[at + 1 :]
        made.append(text)
    return made


def brackets(pairs, longest, shuffled=False):
    return texts("".join(pairs), longest) + mostly_balanced(pairs, shuffled)


def marked(values):
    return [f"§{value}" for value in values]


def after_marker(function, first):
    """Return a function of inputs with a marker, at which its result is ``first``."""
    return lambda text: [first, *function(text[1:])]


ONE, TWO, THREE = [ROUND], [ROUND, CURLY], [ROUND, CURLY, SQUARE]
MEANING = {
    ("hist", "hist"): (hist, words()),
    ("hist", "hist_marked"): (after_marker(hist, 0), marked(words())),
    ("double_hist", "double_hist"): (double_hist, words(6)),
    ("double_hist", "double_hist_marked"): (after_marker(double_hist, 0), marked(words(6))),
    ("reverse", "reverse"): (lambda text: [*reversed(text)], words()),
    ("sort", "in_order"): (sorted, words()),
    ("sort", "in_order_marked"): (after_marker(sorted, "§"), marked(words())),
    ("most_frequent", "most_frequent"): (most_frequent, words(6)),
    ("most_frequent", "most_frequent_marked"): (after_marker(most_frequent, "-"), marked(words(6))),
    ("dyck1", "dyck1"): (of_prefixes(dyck, ONE), brackets(ONE, 10)),
    ("dyck2", "dyck2"): (of_prefixes(dyck, TWO), brackets(TWO, 6)),
    ("dyck2", "dyck3"): (of_prefixes(dyck, THREE), brackets(THREE, 4)),
    ("shuffle_dyck", "shuffle_dyck1"): (of_prefixes(shuffle_dyck, ONE), brackets(ONE, 8)),
    ("shuffle_dyck", "shuffle_dyck2"): (of_prefixes(shuffle_dyck, TWO), brackets(TWO, 6, shuffled=True)),
    ("shuffle_dyck", "shuffle_dyck3"): (of_prefixes(shuffle_dyck, THREE), brackets(THREE, 4, shuffled=True)),
    ("long_addition", "add"): (add, sums()),
    ("rover", "answer"): (rover, questions()),
}
"""For each program: the same in plain Python, and inputs."""


def id_of(case):
    return ":".join(case) if isinstance(case, tuple) else None


@pytest.mark.parametrize("case", MEANING, ids=id_of)
def test_programs_compute_what_they_say(case):
    function, inputs = MEANING[case]
    expected = [function(each) for each in inputs]
    written = program(*case)
    for run in (written, *(optimized(case, kind) for kind in ("select", "best"))):
        for given, got, wanted in zip(inputs, raspir.compile(run).batch(inputs), expected, strict=True):
            assert got == wanted, given


@pytest.mark.parametrize("case", MEANING, ids=id_of)
def test_the_console_computes_the_same(case):
    function, inputs = MEANING[case]
    interpreter, scope = loaded(case[0])
    for given in inputs[:: len(inputs) // 20]:
        assert interpreter.evaluator.evaluation_on(given).of(scope.bound[case[1]]) == function(given)


LAYERS = {
    ("hist", "hist"): ([2], 1, 1, 1),
    ("hist", "hist_marked"): ([1], 1, 1, 1),
    ("double_hist", "double_hist"): ([3, 2], 2, 2, 2),
    ("double_hist", "double_hist_marked"): ([2, 1], 2, 2, 2),
    ("reverse", "reverse"): ([1, 1], 2, 2, 2),
    ("sort", "in_order"): ([2, 1], 2, 2, 2),
    ("sort", "in_order_marked"): ([1, 1], 2, 2, 2),
    ("most_frequent", "most_frequent"): ([3, 2, 1], 3, 3, 3),
    ("most_frequent", "most_frequent_marked"): ([2, 1, 1], 3, 3, 3),
    ("dyck1", "dyck1"): ([1, 1], 2, 2, 2),
    ("dyck2", "dyck2"): ([1, 2, 1, 1], 4, 4, 3),
    ("dyck2", "dyck3"): ([1, 2, 1, 1], 4, 4, 3),
    ("shuffle_dyck", "shuffle_dyck2"): ([1, 1], 2, 2, 2),
    ("shuffle_dyck", "shuffle_dyck3"): ([1, 1], 2, 2, 2),
    ("long_addition", "add"): ([2, 1, 1, 1, 1], 5, 4, 3),
    ("rover", "answer"): ([2, 4, 6, 1, 1, 3, 4, 2, 1, 3, 4, 2, 1, 3, 3, 2], 16, 8, 8),
}
"""The heads of each layer as RASP counts them; layers as written, and optimized with either kind of attention."""


@pytest.mark.parametrize("case", LAYERS, ids=id_of)
def test_layers(case):
    written = program(*case)
    layers = [optimized(case, kind).stats().layers for kind in ("select", "best")]
    assert (heads(*case), written.layers, *layers) == LAYERS[case]


def heads(file, name):
    """Return the heads of each layer as RASP counts them."""
    return [*count(RaspFile(str(FOLDER / f"{file}.rasp"), as_written=True).program(name)).heads_per_layer]


ANALYSED = {
    "hist.rasp:hist": "hist_nobos",
    "hist.rasp:hist_marked": "hist_bos",
    "double_hist.rasp:double_hist_marked": "hist2_bos",
    "reverse.rasp:reverse": "reverse",
    "sort.rasp:in_order_marked": "sort_bos",
    "most_frequent.rasp:most_frequent_marked": "sort_by_most_freq",
    "dyck1.rasp:dyck1": "dyck1_ptf",
    "dyck2.rasp:dyck2": "dyck2_ptf",
    "dyck2.rasp:dyck3": "dyck3_ptf",
    "long_addition.rasp:first": "val1",
    "long_addition.rasp:second": "val2",
    "long_addition.rasp:carries": "definite_carry",
    "long_addition.rasp:stops_before": "num_prev_def_non_carries",
    "long_addition.rasp:is_reached": "triggered",
    "long_addition.rasp:carries_at_last": "carries",
    "long_addition.rasp:carry": "receives_carry",
    "long_addition.rasp:add": "longsum",
    "rover.rasp:clause": "clause_index",
    "rover.rasp:place": "relative_clause_pos",
}
"""The example of RASP's authors that computes the same as each program here."""


@pytest.mark.parametrize("target", ANALYSED)
def test_layers_are_those_of_the_programs_of_the_authors(target):
    programs = json.loads((DATA / "rasp_layers.json").read_text(encoding="utf-8"))["programs"]
    found = {each["name"].partition(".")[2]: each["heads_per_layer"] for each in programs if "." in each["name"]}
    file, _, name = target.partition(".rasp:")
    assert heads(file, name) == found[ANALYSED[target]]


def test_the_page_has_the_layers():
    lines = [
        "| program | as RASP counts: layers, heads | as written | `select` | `best` |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for (file, name), (found, *layers) in LAYERS.items():
        counted = f"{len(found)}: {' '.join(map(str, found))}"
        lines.append(
            f"| [`{file}.rasp:{name}`](../examples/rasp/{file}.rasp) | {counted} | {' | '.join(map(str, layers))} |"
        )
    assert "\n".join(lines) in (FOLDER.parent.parent / "docs" / "rasp.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted(path.stem for path in FOLDER.glob("*.rasp")))
def test_files_load_in_a_console(file, monkeypatch):
    monkeypatch.chdir(FOLDER.parent.parent)
    written = Written()
    console = Console(written)
    assert console.feed(f'load "examples/rasp/{file}";')
    assert written.text.count("\n") >= 1
    assert "!!" not in written.text
    names = [name for folder, name in MEANING if folder == file]
    assert all(f"s-op: {name}\n" in written.text for name in names)


def test_the_comments_of_the_files_are_true():
    """Each line ``#  NAME  INPUT  ->  VALUES`` of the comments."""
    found = 0
    for path in sorted(FOLDER.glob("*.rasp")):
        interpreter, scope = loaded(path.stem)
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#   ") and "->" in line:
                said, _, values = line.lstrip("# ").partition("->")
                name, given = said.split()
                got = [str(each) for each in interpreter.evaluator.evaluation_on(given).of(scope.bound[name])]
                assert values.split()[: len(got)] == got, line
                found += 1
    assert found >= len({file for file, _ in MEANING})
