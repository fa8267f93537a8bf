"""Lowering: from expressions to a hash-consed graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from types import FunctionType

from raspir.frontends.applications import Application, Applications
from raspir.frontends.expressions import Expression, RefusedOperations
from raspir.frontends.source import mistake
from raspir.ir import Atom, Graph, Location, Node, build, make
from raspir.ir.atoms import read_mapping, show
from raspir.ir.composition import Chain, Composed
from raspir.ir.errors import ProgramError
from raspir.ir.functions import Function, identity
from raspir.ir.operations import OPERATIONS, Operation, Role
from raspir.ir.packing import Packing, unpack
from raspir.ir.tracebacks import public
from raspir.ir.types import ATOM
from raspir.ir.typing import Attribute
from raspir.ir.walks import computed, preorder
from raspir.runtime.strings import warn_of_strings

OUTPUT = "out"
"""The output name of a graph lowered from a single program."""


@public
def lower(
    programs: Expression | Mapping[str, Expression],
    vocab: Iterable[Atom] | None = None,
    max_length: int | None = None,
    *,
    causal: bool | None = None,
) -> Graph:
    """Return the typed SSA graph of a program, or one graph of several programs by name, with common nodes shared.

    Args:
        programs: a program, which becomes the output ``out``, or programs by output name.
        vocab: the assumed vocabulary of typed input atoms: the characters of a ``str``, or the items of a list.
        max_length: the assumed maximum input length.
        causal: whether each position attends only to itself and to those before it: the mask ``key(indices) <=
            query(indices)`` then joins every selector.

    Raises:
        ProgramError: if an argument is not a program, or is to be causal and uses what looks ahead by definition.
        InputError: if an assumption is invalid.
    """
    if isinstance(programs, Expression):
        if causal:
            _require_looking_back((programs,))
        if programs._graph is None:
            programs._graph = _lower({OUTPUT: _checked(programs)})
        graph = programs._graph
    elif isinstance(programs, Mapping):
        checked = {name: _checked(program) for name, program in read_mapping(programs).items()}
        if causal:
            _require_looking_back(checked.values())
        graph = _lower(checked)
    else:
        _checked(programs)
    graph = graph.assume(vocab, max_length, causal)
    if vocab is not None:
        warn_of_strings(graph)
    return graph


def _checked(program: object) -> Expression:
    if not isinstance(program, Expression):
        hint = (
            "; call it to get its program" if callable(program) and not isinstance(program, RefusedOperations) else ""
        )
        mistake(f"{program.__name__ if isinstance(program, FunctionType) else show(program)} is not a program{hint}")
    if program.type not in ATOM:
        mistake(f"a selector is not a program: aggregate with it, as in {program._aggregating}")
    return program


def _require_looking_back(programs: Iterable[Expression]) -> None:
    """Check that no part of programs looks ahead by definition, as the number of all positions does.

    Raises:
        ProgramError: if one does, at the line that uses it.
    """
    whole = tuple(programs)
    users = ((each, each.operands) for each in preorder(whole, lambda each: each.operands))
    for user, used in ((None, whole), *users):
        for each in used:
            if each._looks_ahead:
                raise ProgramError(each._looks_ahead, user.location if user is not None else each.location)


def _lower(programs: Mapping[str, Expression]) -> Graph:
    if not programs:
        mistake("there is no program to lower")
    if not all(type(name) is str and name for name in programs):
        mistake("the name of an output must be a non-empty str")
    lowering = _Lowering()
    outputs = {name: lowering.node(program) for name, program in programs.items()}
    tokens = build("input", name="tokens")
    names = {tokens: ("tokens",), **lowering.names}
    return Graph(outputs, (tokens,), lowering.symbols.functions, names, lowering.locations)


class _Symbols:
    """The symbols of the opaque functions of one graph: their names, made unique."""

    def __init__(self) -> None:
        self.functions: dict[str, Function] = {}
        self._of: dict[tuple[object, ...], str] = {}
        self._numbers: dict[str, int] = defaultdict(lambda: 1)

    def symbol(self, operation: str, operands: int, function: Function) -> str:
        """Return the symbol of ``function`` in ``operation``, the same for identical functions of as many operands."""
        key = (operation, operands, *identity(function))
        if key not in self._of:
            base = symbol = _name(function)
            while symbol in self.functions:
                self._numbers[base] += 1
                symbol = f"{base}_{self._numbers[base]}"
            self._of[key] = symbol
            self.functions[symbol] = function
        return self._of[key]


_MOST_NAMED = 4  # functions of a chain in its name
_OPERATORS = {id(each.evaluate): each.name for each in OPERATIONS.values() if each.role is Role.ELEMENTWISE}
"""The names of operations, by the identities of their functions of atoms."""


def _name(function: Function) -> str:
    if isinstance(function, Packing):
        return _name(function.function)
    if isinstance(function, Composed | Chain):
        functions = [each for each in function.functions if each is not unpack]
        return "_of_".join([*map(_name, functions[:_MOST_NAMED]), *(["others"] if functions[_MOST_NAMED:] else [])])
    if isinstance(function, partial):
        return _name(function.func)
    if id(function) in _OPERATORS:
        return _OPERATORS[id(function)]
    name = getattr(function, "__name__", None) or type(function).__name__
    return "lambda" if name == "<lambda>" else str(name)


class _Lowering:
    """The nodes lowered so far, with their symbols, names and locations."""

    def __init__(self) -> None:
        self.symbols = _Symbols()
        self.names: dict[Node, tuple[str, ...]] = {}
        self.locations: dict[Node, Location] = {}
        self._nodes: dict[Expression, Node] = {}
        self._applications = Applications()

    def node(self, root: Expression) -> Node:
        """Return the node of ``root``, lowering operands first; iterative, since programs can be deep."""
        return computed(root, lambda expression: expression.operands, self._make, self._nodes)

    def _make(self, expression: Expression) -> Node:
        applied = self._applications.of(expression)
        node = self._operation(expression) if applied is None else self._application(applied)
        if expression.title is not None and expression.title not in self.names.get(node, ()):
            self.names[node] = (*self.names.get(node, ()), expression.title)
        if expression.location is not None:
            self.locations.setdefault(node, expression.location)
        return node

    def _operation(self, expression: Expression) -> Node:
        """Return the node of an operation; operands that may hold tuples are adapted to it."""
        operands = []
        for number, operand in enumerate(expression.operands):
            adapted = self._applications.adapted(expression, number)
            node = self._nodes[operand] if adapted is None else self._application(adapted)
            if adapted is not None and expression.location is not None:
                self.locations.setdefault(node, expression.location)
            operands.append(node)
        return self._typed(expression.operation, operands, expression.attributes)

    def _application(self, applied: Application) -> Node:
        operation, function = OPERATIONS[applied.operation], applied.of_atoms
        symbol = self.symbols.symbol(operation.name, len(applied.operands), function)
        attributes = (symbol, applied.none) if operation.name == "map" else (symbol,)
        return self._typed(operation, [self._nodes[operand] for operand in applied.operands], attributes)

    def _typed(self, operation: Operation, operands: list[Node], attributes: tuple[Attribute, ...]) -> Node:
        return make(operation, operands, attributes, operation.infer(tuple(each.type for each in operands), attributes))
