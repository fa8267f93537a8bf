"""Check of programs against a backend's declared capabilities before the backend is called."""

import pytest

import raspir
from raspir import BackendError, indices, key, query, select, tokens, where
from raspir.backends.base import runner
from raspir.backends.capabilities import Capabilities

BEFORE = key(indices) < query(indices)


class Never:
    """A backend that must not be called."""

    name = "never"
    summary = "is not called"

    def __init__(self, supports):
        self.supports = supports

    def compile(self, graph):
        raise AssertionError("called")


def refused(program, supports, **options):
    with pytest.raises(BackendError) as caught:
        raspir.compile(program, Never(supports), optimize=False, **options)
    return caught.value


@pytest.mark.parametrize(
    ("program", "supports", "message"),
    [
        (BEFORE.mean(tokens), Capabilities(aggregates=["sum"]), "the aggregate mean, which "),
        (BEFORE.best(tokens, indices), Capabilities.without("best"), "the aggregate best, which "),
        (tokens.map(ord), Capabilities.without("map"), "the operation map, which ord(tokens) needs"),
        (
            select(tokens, tokens, max).value(1),
            Capabilities.without("select.by"),
            "the operation select.by, which select(",
        ),
        (tokens + 0.5, Capabilities.without("float"), "values of type float, which 0.5 needs"),
        (where(indices > 1, 1, "x"), Capabilities(mixed=False), "values that may be int or str, which where("),
        (BEFORE.value(tokens, None), Capabilities.without("none"), "values of type none, which "),
        (tokens.or_else(0), Capabilities.without("none"), "values of type none, which None needs"),
        (tokens.has([1, None]), Capabilities.without("none"), "values of type none, which tokens.has([1, None]) needs"),
        (
            raspir.apply(max, tokens, indices),
            Capabilities(several=False),
            "map of several operands, which max(tokens, indices) needs",
        ),
        ((tokens % 2).name("odd"), Capabilities.without("mod"), "the operation mod, which odd = tokens % 2 needs"),
    ],
)
def test_what_is_missing_is_named_with_its_line(program, supports, message):
    options = {"vocab": [1, 2]} if "values" in message else {}
    error = refused(program, supports, **options)
    assert f"backend 'never' does not support {message}" in error.message
    assert error.location is not None
    assert error.location.file == __file__


class Steps:
    """A backend that was written before missing values."""

    name = "steps"
    summary = "runs programs by the reference"
    supports = Capabilities.without("none")

    def compile(self, graph):
        return runner("reference").compile(graph)


def possibly_none(x):
    return None if x == "b" else x


def test_inputs_and_functions_without_none_run_where_it_is_not_supported():
    same = (key(tokens) == query(tokens)).value(tokens.map(possibly_none), 0)
    run = raspir.compile(same, Steps(), optimize=False)
    assert run("ac") == ["a", "c"]
    assert run.batch(["c", ""]) == [["c"], []]
    with pytest.raises(BackendError, match=r"^backend 'steps' does not support missing values: position 1 holds None$"):
        run(["a", None])
    with pytest.raises(raspir.RaspirError, match="backend 'steps' does not support missing values: possibly_none ret"):
        run("ab")
    with pytest.raises(BackendError, match="position 0 holds None") as caught:
        run.batch(["a", [None]])
    assert caught.value.input == 1
    assert raspir.compile(tokens.map(possibly_none, none="skip"), Steps(), optimize=False)("ac") == ["a", "c"]


def test_tables_of_several_sequences_are_lowered_where_they_are_not_supported():
    class Tables(Steps):
        supports = Capabilities(several=False)

        def compile(self, graph):
            assert all(len(node.operands) == 1 for node in graph if node.operation.name == "lookup")
            self.operations = {node.operation.name for node in graph}
            return super().compile(graph)

    program, backend = raspir.apply(lambda a, b: f"{b}{a}", tokens, tokens == "b"), Tables()
    assert raspir.compile(program, backend, vocab="ab")("abba") == ["Falsea", "Trueb", "Trueb", "Falsea"]
    one = raspir.compile(tokens.map(possibly_none), backend, vocab="abc")
    assert (one("abc"), "lookup" in backend.operations) == (["a", None, "c"], True)


def test_a_predicate_may_return_none_where_missing_values_are_not_supported():
    run = raspir.compile(select(tokens, indices, lambda k, q: None).value(1), Steps(), optimize=False)
    assert run("ab") == [0, 0]


def test_a_vocabulary_with_none_is_refused_where_it_is_not_supported():
    assert (
        "values of type none, which tokens needs"
        in refused(tokens, Capabilities.without("none"), vocab=[1, None]).message
    )


def test_everything_missing_is_listed_in_one_line():
    error = refused(BEFORE.mean(tokens) + BEFORE.best(tokens, 0), Capabilities(aggregates=["sum"]))
    assert "the aggregate mean (nor the aggregate best, which the program needs elsewhere), which " in error.message


def test_assumptions_and_several_inputs_or_outputs():
    assert (
        "needs a vocabulary for tokens: give vocab= or --vocab"
        in refused(tokens, Capabilities(vocabulary=False)).message
    )
    assert "give max_length= or --max-length" in refused(tokens, Capabilities(length=False)).message
    assert "takes programs of one output, and this one has 2: a, b" in (
        refused({"a": tokens, "b": indices}, Capabilities(outputs=False)).message
    )
    graph = raspir.parse('raspir 1\n%a = input name="a" : atom\n%b = input name="b" : atom\noutput out = %b\n')
    assert "takes programs of one input, and this one has 2: a, b" in refused(graph, Capabilities(inputs=False)).message
    assert "tokens needs: restrict the atoms of the input" in refused(tokens, Capabilities(types=["int"])).message


def test_a_lookup_of_the_optimizer_without_lowering_is_attributed_to_it():
    """Comparisons do not distinguish ``1`` from ``True``, as the table does."""
    with pytest.raises(BackendError, match=r"lookup.*use the program as written, with optimize=False"):
        raspir.compile(tokens.map(repr), Never(Capabilities.without("lookup")), vocab=[1, True])


def test_supported_programs_reach_the_backend():
    for supports in (Capabilities(), Capabilities.without("best", "float", inputs=False)):
        with pytest.raises(BackendError, match="AssertionError: called"):
            raspir.compile(tokens == "a", Never(supports), optimize=False, vocab="ab")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Capabilities(operations="add"), "operations must be a set of names, not 'add'"),
        (lambda: Capabilities(operations=["ad"]), r"unknown operations: ad \(known: abs, add, "),
        (lambda: Capabilities(aggregates=["max"]), r"unknown aggregates: max \(known: average, best, mean, sum\)"),
        (lambda: Capabilities(types=[int]), r"unknown types: <class 'int'> \(known: bool, float, int, none, str\)"),
        (lambda: Capabilities(mixed=1), "mixed must be True or False, not 1"),
        (lambda: Capabilities.without("nothing"), "there is no operation, aggregate or type nothing"),
    ],
)
def test_invalid_capabilities(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


def test_capabilities_as_json_list_restrictions():
    assert Capabilities.without("best", outputs=False).to_json() == {
        "aggregates": ["average", "mean", "sum"],
        "outputs": False,
    }
    assert Capabilities() == Capabilities.without()


@pytest.mark.parametrize(
    ("lacking", "needed"),
    [
        (["selector.and", "selector.or"], "selector.and, which the causal mask of key(tokens) == query(tokens) needs"),
        (["select.lt", "select.le", "select.gt", "select.ge"], "select.le, which the causal mask needs"),
    ],
)
def test_the_mask_of_a_causal_program_is_named_as_no_source_has_it(lacking, needed):
    hist = (key(tokens) == query(tokens)).value(1)
    error = refused(hist, Capabilities.without(*lacking), causal=True)
    assert f"does not support the operation {needed}" in str(error)
    by_hand = ((key(tokens) == query(tokens)) & (key(indices) <= query(indices))).value(1)
    assert "causal" not in str(refused(by_hand, Capabilities.without(*lacking)))
