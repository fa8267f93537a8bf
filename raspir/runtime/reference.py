"""The reference backend: a direct interpreter of the language, and the oracle for all other backends.

Sequences are lists of Python atoms, selectors n×n lists of booleans; each node is evaluated once. It is deliberately
unoptimized: where another backend differs, that backend is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NoReturn

from raspir.ir import Atom, BackendError, EvaluationError, Graph, Node, RaspirError, verify
from raspir.ir.display import displayed
from raspir.ir.errors import MissingValueError, MixedTypesError, NoAverageError
from raspir.ir.evaluation import checked, function_of
from raspir.ir.tracebacks import public
from raspir.ir.views import Aggregate, Average, Best, Const, Input, Mean, OneType, Raw, Select
from raspir.runtime import messages
from raspir.runtime.inputs import batch_of, read_inputs
from raspir.runtime.sequence import Sequence

LONG = 200
"""The input length from which other backends are faster, since selectors are materialized here."""

Value = Any
"""A list of n atoms, or for a selector, a list of n rows (queries) of n booleans (keys)."""


class Reference:
    """The backend that follows the definition of the language."""

    name = "reference"
    summary = "runs programs by the definition of the language: exact, simple, quadratic"

    def compile(self, graph: Graph) -> Executable:
        """Return an executable of ``graph``.

        Raises:
            GraphError: if the graph violates a rule of the IR.
            BackendError: if it has unbound symbols.
        """
        return Executable(graph)


class Executable:
    """A verified graph, callable on inputs."""

    def __init__(self, graph: Graph) -> None:
        require_functions(verify(graph))
        self._graph = graph

    def __copy__(self) -> Executable:
        return self

    def __deepcopy__(self, memo: object) -> Executable:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return (Executable, (self._graph,))

    def _repr_html_(self) -> str | None:
        """Return the notebook rendering of the graph."""
        return displayed(self._graph, "a program for the reference backend")

    @public
    def __call__(self, input: object) -> Sequence | dict[str, Sequence]:
        """Return the output of the graph on ``input``: a sequence, or sequences by name if there are several outputs.

        Args:
            input: a ``str`` or another sequence of atoms; a mapping by name if the graph has several inputs.

        Raises:
            InputError: if the input is not a sequence of atoms, or violates an assumption of the graph.
            EvaluationError: if an operation fails; the message names the source line, the position and the values.
        """
        graph = self._graph
        values = trace(graph, input)
        layer = graph.layering.layer
        results = {name: Sequence(values[node], layer[node]) for name, node in graph.outputs.items()}
        return next(iter(results.values())) if len(results) == 1 else results

    @public
    def batch(self, inputs: Iterable[object]) -> list[Sequence | dict[str, Sequence]]:
        """Return the output of the graph on each of ``inputs``.

        Raises:
            InputError, EvaluationError: as for a call, with the index of the input.
        """
        results = []
        for number, input in enumerate(batch_of(inputs)):
            try:
                results.append(self(input))
            except RaspirError as error:
                error.input = number
                raise
        return results


def require_functions(graph: Graph) -> None:
    """Check that every symbol of ``graph`` is bound.

    Raises:
        BackendError: naming the unbound symbols.
    """
    if graph.unbound:
        functions = "function" if len(graph.unbound) == 1 else "functions"
        symbols = ", ".join(f"@{symbol}" for symbol in graph.unbound)
        first = graph.unbound[0]
        them = "it" if len(graph.unbound) == 1 else "them"
        raise BackendError(
            f"the program needs the Python {functions} {symbols}, which textual IR does not contain: bind {them} with "
            f"--bind {first}=FILE:NAME or graph.bind({{{first!r}: …}})"
        )


def trace(graph: Graph, input: object) -> dict[Node, Value]:
    """Return the value of every node of ``graph`` on ``input``, in node order.

    Raises:
        InputError, EvaluationError: as :meth:`Executable.__call__`.
    """
    return dict(steps(graph, read_inputs(graph, input)))


def steps(graph: Graph, inputs: Mapping[str, list[Atom]]) -> Iterator[tuple[Node, Value]]:
    """Yield each node of ``graph`` with its value on ``inputs``, in node order.

    Raises:
        EvaluationError: as :meth:`Executable.__call__`, after yielding all preceding nodes.
    """
    values: dict[Node, Value] = {}
    for node in graph:
        values[node] = step(graph, node, inputs, [values[operand] for operand in node.operands])
        yield node, values[node]


def step(graph: Graph, node: Node, inputs: Mapping[str, list[Atom]], operands: list[Value]) -> Value:
    """Return the value of one node on ``inputs``, given the values of its operands.

    Args:
        graph: the graph whose functions, names and locations apply to the node.
        node: the node.
        inputs: the atoms of each input by name.
        operands: the value of each operand of the node.

    Raises:
        EvaluationError: as :meth:`Executable.__call__`; its cause is the exception of the operation, if any.
    """
    n = len(next(iter(inputs.values())))
    return _Step(graph, node, inputs, n).value(operands)


class _Step:
    """The evaluation of one node."""

    def __init__(self, graph: Graph, node: Node, inputs: Mapping[str, list[Atom]], n: int) -> None:
        self.graph, self.node, self.inputs, self.n = graph, node, inputs, n

    def value(self, operands: list[Value]) -> Value:
        """Return the value of the node, given the values of its operands."""
        node, name = self.node, self.node.operation.name
        if isinstance(node, Input):
            return self.inputs[node.name]
        if name == "indices":
            return list(range(self.n))
        if isinstance(node, Const):
            return [node.value] * self.n
        if isinstance(node, Raw):
            return self._raw(node)
        if isinstance(node, Select):
            return self._select(*operands)
        if name == "selector.and":
            return self._combine(lambda a, b: a and b, *operands)
        if name == "selector.or":
            return self._combine(lambda a, b: a or b, *operands)
        if name == "selector.not":
            return [[not entry for entry in row] for row in operands[0]]
        if isinstance(node, Best):
            return self._best(node, *operands)
        if isinstance(node, Aggregate):
            return self._aggregate(node, *operands)
        if isinstance(node, OneType):
            return self._of_one_type(*operands)
        return self._elementwise(operands)

    def _raw(self, node: Raw) -> list[Atom]:
        if len(node.values) != self.n:
            self._fail(messages.wrong_length(len(node.values), self.n))
        return list(node.values)

    def _elementwise(self, operands: list[list[Atom]]) -> list[Atom]:
        function = self._function()
        result = []
        for position in range(self.n):
            atoms = [operand[position] for operand in operands]
            try:
                result.append(checked(function(*atoms)))
            except (Exception, SystemExit) as error:  # an opaque function may raise anything
                self._fail(messages.failed_on(position, atoms, error), error)
        return result

    def _of_one_type(self, values: list[Atom]) -> list[Atom]:
        if not all(isinstance(atom, str) for atom in values) and not all(map(_is_number, values)):
            error = MixedTypesError(values)
            self._fail(messages.sequence_refused(error), error)
        return values

    def _select(self, keys: list[Atom], queries: list[Atom]) -> list[list[bool]]:
        predicate = self._function()
        matrix = []
        for i in range(self.n):
            row = []
            for j in range(self.n):
                try:
                    row.append(bool(predicate(keys[j], queries[i])))
                except (Exception, SystemExit) as error:  # an opaque predicate may raise anything
                    self._fail(messages.pair_failed(i, j, keys[j], queries[i], error), error)
            matrix.append(row)
        return matrix

    def _combine(self, both: Callable[[bool, bool], bool], a: Value, b: Value) -> Value:
        return [[both(a[i][j], b[i][j]) for j in range(self.n)] for i in range(self.n)]

    def _aggregate(self, node: Aggregate, selector: list[list[bool]], value: list[Atom]) -> list[Atom]:
        result = []
        for i in range(self.n):
            selected = [j for j in range(self.n) if selector[i][j]]
            if not selected:
                result.append(node.default)
            elif len(selected) == 1:
                result.append(value[selected[0]])
            else:
                result.append(self._combined(i, selected, value))
        return result

    def _combined(self, i: int, selected: list[int], value: list[Atom]) -> Atom:
        """Return the sum or mean over two or more positions, accumulated from left to right."""
        if isinstance(self.node, Average):
            self._require_numbers(i, selected, value)
        total: Any = value[selected[0]]
        ends = value[selected[0]], value[selected[-1]]
        if any(isinstance(value[j], str) for j in selected):
            self._fail(messages.added_strings(i, selected, *ends))
        if any(value[j] is None for j in selected):
            self._fail(messages.added_none(i, selected, *ends))
        try:
            for j in selected[1:]:
                total = total + value[j]
            return checked(total / len(selected) if isinstance(self.node, Mean) else total)
        except (ArithmeticError, ValueError) as error:
            self._fail(messages.addition_failed(i, selected, [value[j] for j in selected], error), error)

    def _require_numbers(self, i: int, selected: list[int], values: list[Atom]) -> None:
        """Check that the whole sequence holds numbers, and at least one that is no boolean."""
        if not all(map(_is_number, values)) or all(isinstance(atom, bool) for atom in values):
            error = NoAverageError(values)
            self._fail(messages.average_refused(i, len(selected), error), error)

    def _best(self, node: Best, selector: list[list[bool]], value: list[Atom], score: list[Atom]) -> list[Atom]:
        result = []
        for i in range(self.n):
            best = None
            for j in range(self.n):
                if selector[i][j] and (best is None or self._better(node, i, score, j, best)):
                    best = j
            result.append(node.default if best is None else value[best])
        return result

    def _better(self, node: Best, i: int, score: Any, j: int, best: int) -> bool:
        """Return whether position ``j`` beats ``best``, which lies to its left."""
        try:
            if score[j] == score[best]:
                return node.ties == "right"
            if score[j] is None or score[best] is None:
                raise MissingValueError
            return bool(score[j] > score[best] if node.pick == "highest" else score[j] < score[best])
        except (TypeError, MissingValueError) as error:
            self._fail(messages.scores_failed(i, best, j, score[best], score[j], error), error)

    def _function(self) -> Callable[..., Any]:
        function = function_of(self.node, self.graph.functions)
        assert function is not None, self.node
        return function

    def _fail(self, message: str, cause: BaseException | None = None) -> NoReturn:
        operation = messages.operation_of(self.graph, self.node)
        raise EvaluationError(f"{operation} {message}", self.graph.place(self.node)) from cause


def _is_number(atom: Atom) -> bool:
    return isinstance(atom, int | float)
