"""Handling of third-party backends' return values: valid ones become results, invalid ones are reported."""

import re
import warnings

import pytest

import raspir
from raspir import BackendError, EvaluationError, InputError, Sequence, indices, key, query, tokens
from raspir.backends.base import FaultyBackendError, Reports, Streams, runner
from raspir.ir import Graph, LayeredProgram
from raspir.ir.text.visible import visible

TWO = {"a": tokens, "b": indices}


def backend(**parts):
    """Return a backend with these methods, each without ``self``."""
    made = {name: staticmethod(part) if callable(part) else part for name, part in parts.items()}
    return type("Mine", (), {"name": "mine", "summary": "is tried", "suffixes": (".x",), "formats": ("x",), **made})()


def runs(function, **attributes):
    """Return a backend that compiles every program to ``function``."""
    function.__dict__.update(attributes)
    return backend(compile=lambda graph: function)


def message_of(function, *arguments, **keywords):
    with pytest.raises(BackendError) as caught:
        function(*arguments, **keywords)
    return caught.value.message


def test_faults_differ_from_refusals():
    def refuse(graph):
        raise BackendError("not this one")

    for compiles in (lambda graph: None, lambda graph: 1 / 0):
        with pytest.raises(FaultyBackendError):
            raspir.compile(tokens, backend(compile=compiles))
    with pytest.raises(BackendError) as caught:
        raspir.compile(tokens, backend(compile=refuse))
    assert not isinstance(caught.value, FaultyBackendError)


def test_a_fault_within_raspir_is_located_at_the_calling_line_of_the_backend():
    def compiles(graph):
        return visible(None)  # which fails in a file of raspir

    message = message_of(raspir.compile, tokens, backend(compile=compiles))
    assert re.search(r"failed at \S*test_adapter.py:\d+: TypeError", message)


def test_an_object_that_cannot_be_inspected_is_not_a_backend():
    class Lazy:
        name, summary = "lazy", "fails when it is inspected"

        @property
        def compile(self):
            raise KeyError("attribute")

    assert "is not a backend: it cannot be inspected: KeyError: 'attribute'" in message_of(
        raspir.compile, tokens, Lazy()
    )


def test_lists_become_sequences_of_the_right_layer():
    program = (key(1) == query(1)).value(1)
    run = raspir.compile(program, runs(lambda atoms: (len(atoms) for _ in atoms)))
    result = run("abc")
    assert isinstance(result, Sequence)
    assert (result, result.layers) == ([3, 3, 3], 1)
    both = raspir.compile(TWO, runs(lambda atoms: {"b": [0, 1], "a": atoms}))("xy")
    assert both == {"a": ["x", "y"], "b": [0, 1]}
    assert list(both) == ["a", "b"]


def test_inputs_are_parsed_and_satisfy_the_assumptions():
    given = []
    run = raspir.compile(tokens, runs(lambda atoms: given.append(atoms) or atoms), vocab="ab", max_length=3)
    assert run("ab") == ["a", "b"]
    assert run(("b",)) == ["b"]
    assert given == [["a", "b"], ["b"]]
    for wrong in ("abx", "abab", None, [float("nan")], {"tokens": "a", "more": "b"}):
        with pytest.raises(InputError):
            run(wrong)
    assert len(given) == 2


def test_several_inputs_are_passed_by_name():
    graph = raspir.parse(
        'raspir 1\n%a = input name="a" : atom\n%b = input name="b" : atom\n'
        "%s = add %a, %b : int|float|str\noutput out = %s\n"
    )
    run = raspir.compile(graph, runs(lambda read: [x + y for x, y in zip(read["a"], read["b"], strict=True)]))
    assert run({"a": [1, 2], "b": [3, 4]}) == [4, 6]
    with pytest.raises(InputError, match="the same length"):
        run({"a": [1, 2], "b": [3]})


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (None, "returned an invalid sequence for out: None is not a sequence"),
        ([1, ["a"]], "returned an invalid sequence for out: position 1: "),
        ([1, float("nan")], "returned an invalid sequence for out: position 1: "),
        ([1], "returned 1 atom for out, but the input has 2"),
        ({"out": [1, 2]}, "returned an invalid sequence for out"),
    ],
)
def test_invalid_results(result, message):
    assert f"backend 'mine' {message}" in message_of(raspir.compile(tokens, runs(lambda atoms: result)), "ab")
    assert "instead of one result for each of a, b" in message_of(raspir.compile(TWO, runs(lambda atoms: result)), "ab")


def test_failures_have_a_name_a_line_and_a_cause():
    def divides(atoms):
        return 1 / 0

    def stops(*arguments, **keywords):
        raise SystemExit("enough")

    run = raspir.compile(tokens, runs(divides))
    with pytest.raises(BackendError) as caught:
        run("a")
    message = re.sub(r":\d+", "", caught.value.message)
    assert (
        message.replace("tests/backends/", "")
        == "backend 'mine' failed at test_adapter.py: ZeroDivisionError: division by zero"
    )
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    mine = backend(compile=stops, emit=stops, draw=stops, explain=stops)
    assert re.search(r"failed at \S*test_adapter.py:\d+: ", message_of(raspir.compile, tokens, mine))
    assert "SystemExit: enough" in message_of(raspir.emit, tokens, mine)
    assert "SystemExit: enough" in message_of(raspir.draw, tokens, "x", backend=mine)
    assert "SystemExit: enough" in message_of(runner(mine).explain, raspir.lower(tokens))


def test_errors_of_raspir_pass_unchanged():
    def refuses(*arguments):
        raise EvaluationError("the third position")

    with pytest.raises(EvaluationError, match=r"^the third position$"):
        raspir.compile(tokens, runs(refuses))("abc")


def test_invalid_return_values():
    assert message_of(raspir.compile, tokens, backend(compile=lambda graph: 5)) == (
        "backend 'mine' compiled the program to 5, which cannot be called"
    )
    assert message_of(raspir.emit, tokens, backend(emit=lambda graph, input: None)) == (
        "backend 'mine' returned None, which is neither str nor bytes"
    )
    assert "neither str nor bytes" in message_of(
        raspir.draw, tokens, "x", backend=backend(draw=lambda graphs, **rest: [])
    )
    explains = backend(compile=lambda graph: None, explain=lambda graph: ["fast"])
    assert "'fast', which is not a Strategy" in message_of(runner(explains).explain, raspir.lower(tokens))


def test_the_level_determines_the_argument():
    given = []

    def emit(program, input):
        given.append((program, input))
        return b"written"

    assert raspir.emit(tokens, backend(emit=emit, level="layered"), input="ab") == b"written"
    assert raspir.emit(tokens, backend(emit=emit), optimize=False) == b"written"
    assert [type(program) for program, _ in given] == [LayeredProgram, Graph]
    assert [input for _, input in given] == ["ab", None]
    with pytest.raises(InputError):
        raspir.emit(tokens, backend(emit=emit), input=5)


def test_unbound_functions_are_reported_before_the_call():
    graph = raspir.parse('raspir 1\n%t = input name="t" : atom\n%m = map %t function=@f : atom\noutput out = %m\n')
    assert "needs the Python function @f" in message_of(raspir.compile, graph, runs(lambda atoms: atoms))
    assert raspir.emit(graph, backend(emit=lambda graph, input: "x")) == "x"


def test_batches_one_by_one():
    run = raspir.compile(tokens, runs(lambda atoms: [1 / atom for atom in atoms]))
    assert run.batch([[1], [2, 4], []]) == [[1.0], [0.5, 0.25], []]
    assert isinstance(run, Streams)
    found = []
    with pytest.raises(BackendError, match=r"^input 1: backend 'mine' failed at .*ZeroDivisionError") as caught:
        found.extend(run.stream([[1], [0], None]))
    assert (found, caught.value.input) == ([[1.0]], 1)
    with pytest.raises(InputError) as refused:
        run.batch([[1], None, [0]])
    assert refused.value.input == 1
    with pytest.raises(InputError, match="is not a list of inputs"):
        run.batch(5)


def test_batches_of_the_backend():
    sizes = []

    def batch(inputs):
        sizes.append(len(inputs))
        return [atoms[::-1] for atoms in inputs]

    run = raspir.compile(tokens, runs(lambda atoms: atoms, batch=batch))
    assert run.batch(["ab", "", "c"]) == [["b", "a"], [], ["c"]]
    with pytest.raises(InputError) as refused:
        run.batch(["ab", None])
    assert refused.value.input == 1
    assert sizes == [3, 1]
    for wrong, message in (
        (lambda inputs: [], "returned fewer results than inputs (2)"),
        (lambda inputs: ["ab"] * 3, "returned more results than inputs (2)"),
        (lambda inputs: ["ab", "x"], "returned 1 atom for out, but the input has 2"),
        (lambda inputs: None, "TypeError: 'NoneType' object is not iterable"),
    ):
        assert message in message_of(raspir.compile(tokens, runs(lambda atoms: atoms, batch=wrong)).batch, ["ab", "ab"])


def test_streams_of_the_backend_are_read_lazily():
    def stream(inputs):
        for atoms in inputs:
            read.append(atoms)
            yield atoms

    read = []
    run = raspir.compile(tokens, runs(lambda atoms: atoms, stream=stream))
    results = run.stream(["a", "b"])
    assert next(results) == ["a"]
    assert read == [["a"]]
    assert list(results) == [["b"]]


def test_progress_is_passed_on():
    def quiet(atoms):
        return atoms

    run = raspir.compile(tokens, runs(quiet, report=None))
    assert isinstance(run, Reports)
    run.report = print
    assert quiet.report is print
    assert raspir.compile(tokens, runs(lambda atoms: atoms)).report is None


def test_programs_of_built_in_backends_are_not_wrapped():
    from raspir.backends.numpy.program import Program

    assert isinstance(raspir.compile(tokens), Program)


def test_objects_that_are_not_backends():
    assert "is not a backend: it has no name and no summary" in message_of(raspir.compile, tokens, object())
    assert "is not a backend: it is a class" in message_of(raspir.compile, tokens, type(runs(lambda atoms: atoms)))
    assert "does not run programs" in message_of(raspir.compile, tokens, backend(emit=lambda graph, input: ""))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "is not a backend: it has none of compile, emit and draw" in message_of(
            raspir.compile, tokens, backend()
        )
