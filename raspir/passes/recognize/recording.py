"""Recording: a function runs on operands that record operations of the IR, once for each outcome of its conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from raspir.ir import Atom, Function, GraphError, Node, build
from raspir.ir.atoms import atom_key, is_atom, show
from raspir.ir.errors import reason
from raspir.ir.operations import COMPARISONS
from raspir.ir.types import BOOL
from raspir.passes.recognize.purity import OpaqueError

MOST_PATHS = 16
"""Number of combinations of outcomes beyond which a function stays opaque."""

_MOST_OPERATIONS = 200  # recorded on one path


@dataclass(frozen=True)
class Leaf:
    """The end of a path.

    Attributes:
        ran: the operations recorded on the path, in order.
        result: the result.
    """

    ran: tuple[Node, ...]
    result: Node


@dataclass(frozen=True)
class Branch:
    """A truth value that the function asks for.

    Attributes:
        ran: the operations recorded before, in order.
        condition: the value whose truth is asked for.
        then: what follows if it is true.
        otherwise: what follows if it is false.
    """

    ran: tuple[Node, ...]
    condition: Node
    then: Tree
    otherwise: Tree


Tree = Leaf | Branch
"""What a function computes: its operations, conditions and results."""


def recorded(function: Function, parameters: Sequence[Node]) -> Tree:
    """Return what ``function``, which must be pure, computes of ``parameters``.

    Raises:
        OpaqueError: if it does more than apply operations of the IR to atoms, or not the same each time.
    """
    make = _Maker()
    tree = _explored(function, parameters, make)
    if _explored(function, parameters, make) != tree:
        raise OpaqueError("it does not compute the same each time")
    return tree


def _explored(function: Function, parameters: Sequence[Node], make: _Maker) -> Tree:
    paths: list[_Path] = []
    outcomes: tuple[bool, ...] | None = ()
    while outcomes is not None:
        if len(paths) == MOST_PATHS:
            raise OpaqueError(f"its conditions have more than {MOST_PATHS} combinations of outcomes")
        path = _Path(outcomes, make)
        path.run(function, parameters)
        paths.append(path)
        outcomes = _following([outcome for _, outcome, _ in path.asked])
    return _tree(paths, 0)


def _following(outcomes: list[bool]) -> tuple[bool, ...] | None:
    """Return the outcomes with which the next path begins: true comes before false; ``None`` after the last path."""
    while outcomes and not outcomes[-1]:
        outcomes.pop()
    return (*outcomes[:-1], False) if outcomes else None


def _tree(paths: list[_Path], depth: int) -> Tree:
    """Return the tree of the paths, which agree on the first ``depth`` outcomes."""
    first = paths[0]
    if len(first.asked) == depth:
        return Leaf(first.ran, first.result)
    condition, _, ran = first.asked[depth]
    asked = [path for path in paths if len(path.asked) > depth and path.asked[depth][0] is condition]
    sides = [[path for path in asked if path.asked[depth][1] is outcome] for outcome in (True, False)]
    if len(asked) < len(paths) or not all(sides):
        raise OpaqueError("it does not compute the same each time")
    return Branch(first.ran[:ran], condition, _tree(sides[0], depth + 1), _tree(sides[1], depth + 1))


class _Maker:
    """A constructor of nodes that remembers what it made, as paths have most of their operations in common."""

    def __init__(self) -> None:
        self._constants: dict[object, Node] = {}
        self._made: dict[tuple[object, ...], Node] = {}

    def constant(self, atom: Atom) -> Node:
        """Return the constant ``atom``."""
        key = atom_key(atom)
        if key not in self._constants:
            self._constants[key] = build("const", value=atom)
        return self._constants[key]

    def __call__(self, name: str, *operands: Node) -> Node:
        """Return the node of an operation.

        Raises:
            GraphError: if the operands are ill-typed.
        """
        key = (name, *operands)
        if key not in self._made:
            self._made[key] = build(name, *operands)
        return self._made[key]


class _Path:
    """One run of a function.

    Attributes:
        asked: each condition, its outcome, and the number of operations recorded before it.
        result: the result.
        problem: why the function is opaque, in case it catches the exception that says so.
    """

    def __init__(self, outcomes: Sequence[bool], make: _Maker) -> None:
        self._outcomes, self._make = outcomes, make
        self._ran: dict[Node, None] = {}
        self.asked: list[tuple[Node, bool, int]] = []
        self.problem: str | None = None
        self.result: Node

    @property
    def ran(self) -> tuple[Node, ...]:
        """The recorded operations, in order."""
        return tuple(self._ran)

    def run(self, function: Function, parameters: Sequence[Node]) -> None:
        """Run ``function`` on recorded operands."""
        try:
            result = function(*(Operand(self, parameter) for parameter in parameters))
        except OpaqueError:
            raise
        except Exception as error:  # the function may raise anything on an operand that is not an atom
            raise OpaqueError(self.problem or f"it fails on a recorded operand ({reason(error)})") from None
        if self.problem is not None:
            raise OpaqueError(self.problem)
        self.result = self._known(self.node(result, "its result"))

    def _known(self, result: Node) -> Node:
        """Return the result, or the constant that it is on this path."""
        for condition, outcome, _ in self.asked:
            if condition is result and condition.type is BOOL:
                return self._make.constant(outcome)
        return result

    def refuse(self, why: str) -> NoReturn:
        """Stop: the function is opaque."""
        self.problem = self.problem or why
        raise OpaqueError(self.problem)

    def node(self, value: object, what: str) -> Node:
        """Return the node of a recorded operand or of a constant."""
        if type(value) is Operand:
            if value._path is not self:
                self.refuse("it does not compute the same each time")
            return value._node
        if is_atom(value):
            return self._make.constant(value)
        kind = "a tuple" if type(value) is tuple else show(value)
        self.refuse(f"{what} is {kind}, which is not an atom")

    def apply(self, name: str, *operands: object) -> Operand:
        """Record an operation, and return its result."""
        try:
            node = self._make(name, *(self.node(operand, "an operand") for operand in operands))
        except GraphError as error:
            self.refuse(f"it always fails: {error.message}")
        self._ran[node] = None
        if len(self._ran) > _MOST_OPERATIONS:
            self.refuse(f"it takes more than {_MOST_OPERATIONS} operations")
        return Operand(self, node)

    def truth(self, condition: Node) -> bool:
        """Return the outcome of a condition on this path."""
        for known, outcome, _ in self.asked:
            if known is condition:
                return outcome
        if len(self.asked) >= MOST_PATHS - 1:
            self.refuse(f"its conditions have more than {MOST_PATHS} combinations of outcomes")
        number = len(self.asked)
        outcome = self._outcomes[number] if number < len(self._outcomes) else True
        self.asked.append((condition, outcome, len(self._ran)))
        return outcome


def _operation(name: str) -> Callable[[Operand, object], Operand]:
    def method(self: Operand, other: object) -> Operand:
        return self._path.apply(name, self, other)

    return method


def _reflected(name: str) -> Callable[[Operand, object], Operand]:
    def method(self: Operand, other: object) -> Operand:
        return self._path.apply(name, other, self)

    return method


class Operand:
    """An operand that records what is done with it."""

    __slots__ = ("_node", "_path")

    def __init__(self, path: _Path, node: Node) -> None:
        self._path = path
        self._node = node

    __array_ufunc__ = None

    def __pow__(self, other: object, modulus: object = None) -> Operand:
        if modulus is not None:
            self._path.refuse("it computes a power modulo a number")
        return self._path.apply("pow", self, other)

    __rpow__ = _reflected("pow")

    def __neg__(self) -> Operand:
        return self._path.apply("neg", self)

    def __pos__(self) -> Operand:
        return self._path.apply("neg", -self)  # as `+True` is 1, and fails on strings

    def __abs__(self) -> Operand:
        return self._path.apply("abs", self)

    def __invert__(self) -> Operand:
        return self._path.apply(
            "not", self._path.apply("add", self, 0)
        )  # as `~True` is -2 in Python; `+ 0` makes it an integer

    def __round__(self, digits: object = None) -> Operand:
        if digits is not None:
            self._path.refuse("it rounds to digits")
        return self._path.apply("round", self)

    def converted(self, name: str) -> Operand:
        """Record the conversion that is the operation ``name``."""
        return self._path.apply(name, self)

    def __bool__(self) -> bool:
        return self._path.truth(self._node)

    def __getattr__(self, name: str) -> NoReturn:
        self._path.refuse(f"it uses the attribute {name}")

    def __dir__(self) -> NoReturn:
        self._path.refuse("it uses the attributes of its operand")


for _name in COMPARISONS:
    setattr(Operand, f"__{_name}__", _operation(_name))
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "and", "or"):
    setattr(Operand, f"__{_name}__", _operation(_name))
    setattr(Operand, f"__r{_name}__", _reflected(_name))


def _conversion(what: str) -> Callable[..., NoReturn]:
    def method(self: Operand, *_: object) -> NoReturn:
        self._path.refuse(what)

    return method


for _names, _what in {
    "int float complex index trunc floor ceil": "it converts its operand to a number",
    "str repr format bytes": "it converts its operand to text",
    "hash": "it looks its operand up in a set or dictionary",
    "len iter next reversed": "it takes its operand apart",
    "call": "it calls its operand",
}.items():
    for _name in _names.split():
        setattr(Operand, f"__{_name}__", _conversion(_what))
