"""Typed views: the class of the nodes of an operation, which gives their operands and attributes names and types."""

from __future__ import annotations

from typing import Generic, Self, TypeVar, cast, overload

from raspir.ir.atoms import Atom
from raspir.ir.node import Node
from raspir.ir.operations import COMPARISONS, Operation, Role
from raspir.ir.typing import rows

T = TypeVar("T")


class Operand:
    """A named operand.

    Args:
        index: its place among the operands.
    """

    def __init__(self, index: int) -> None:
        self.index = index

    @overload
    def __get__(self, node: None, owner: type[Node]) -> Self: ...
    @overload
    def __get__(self, node: Node, owner: type[Node]) -> Node: ...
    def __get__(self, node: Node | None, owner: type[Node]) -> Node | Self:
        return self if node is None else node.operands[self.index]


class Named(Generic[T]):
    """A named attribute of a type that its kind ensures.

    Args:
        name: the name in textual IR.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, node: None, owner: type[Node]) -> Self: ...
    @overload
    def __get__(self, node: Node, owner: type[Node]) -> T: ...
    def __get__(self, node: Node | None, owner: type[Node]) -> T | Self:
        return self if node is None else cast(T, node[self.name])


class Input(Node):
    """An input sequence: its name, and its vocabulary or ``None`` for any atoms."""

    __slots__ = ()
    name = Named[str]("name")
    vocabulary = Named[tuple[Atom, ...] | None]("vocab")


class Indices(Node):
    """The positions."""

    __slots__ = ()


class Const(Node):
    """One atom at every position."""

    __slots__ = ()
    value = Named[Atom]("value")


class Raw(Node):
    """A fixed sequence: its atoms in order of position."""

    __slots__ = ()
    values = Named[tuple[Atom, ...]]("values")


class Elementwise(Node):
    """A function of the atoms of one position."""

    __slots__ = ()


class Unary(Elementwise):
    """A function of one atom."""

    __slots__ = ()
    operand = Operand(0)


class Binary(Elementwise):
    """A function of two atoms, ``a`` on the left."""

    __slots__ = ()
    a = Operand(0)
    b = Operand(1)


class Compare(Binary):
    """A comparison of the atoms of one position, such as ``eq``."""

    __slots__ = ()


class Where(Elementwise):
    """A choice: ``a`` where the condition is true in Python's sense, else ``b``."""

    __slots__ = ()
    condition = Operand(0)
    a = Operand(1)
    b = Operand(2)


class Has(Unary):
    """A test for membership among values, compared in Python's sense."""

    __slots__ = ()
    values = Named[tuple[Atom, ...]]("values")


class Item(Unary):
    """A table that finds keys by equality in Python's sense, and fails on any other atom.

    Attributes:
        keys: the keys, no two of which are equal.
        values: the value of each key.
    """

    __slots__ = ()
    keys = Named[tuple[Atom, ...]]("keys")
    values = Named[tuple[Atom, ...]]("values")


class OneType(Unary):
    """A check that the whole sequence holds either only strings or only numbers."""

    __slots__ = ()


class Lookup(Elementwise):
    """A table that distinguishes keys by type: the value of each key, and that of any other atoms.

    Attributes:
        keys: the keys; of several operands, the atoms of each key one after the other.
        values: the value of each key.
        otherwise: the value without such a key.
    """

    __slots__ = ()
    keys = Named[tuple[Atom, ...]]("keys")
    values = Named[tuple[Atom, ...]]("values")
    otherwise = Named[Atom]("otherwise")

    @property
    def rows(self) -> list[tuple[Atom, ...]]:
        """The keys, each as one atom for each operand."""
        return rows(self.keys, len(self.operands))


class Map(Elementwise):
    """An opaque function of one or more atoms, by symbol."""

    __slots__ = ()
    function = Named[str]("function")


class Select(Node):
    """A comparison of each key with each query."""

    __slots__ = ()
    key = Operand(0)
    query = Operand(1)

    @property
    def comparison(self) -> str:
        """The comparison: ``eq``, ``ne``, ``lt``, ``le``, ``gt`` or ``ge``; ``by`` for an opaque predicate."""
        return self.operation.name.removeprefix("select.")


class SelectBy(Select):
    """An opaque predicate of each key and each query, by symbol."""

    __slots__ = ()
    function = Named[str]("function")


class Combination(Node):
    """A selector that combines others entry by entry."""

    __slots__ = ()


class Aggregate(Node):
    """One value of an attention head.

    Attributes:
        selector: the keys that each query attends to.
        value: the aggregated sequence.
        default: the result where nothing is selected.
    """

    __slots__ = ()
    selector = Operand(0)
    value = Operand(1)
    default = Named[Atom]("default")


class Sum(Aggregate):
    """The sum over the selected positions."""

    __slots__ = ()


class Mean(Aggregate):
    """The mean over the selected positions."""

    __slots__ = ()


class Average(Mean):
    """A mean that fails on the whole sequence if a row of several positions finds it to be no sequence of numbers."""

    __slots__ = ()


class Best(Aggregate):
    """The value at the selected position with the best score.

    Attributes:
        score: the score of each position.
        pick: which score is the best: ``highest`` or ``lowest``.
        ties: which of several best positions is chosen: ``left`` or ``right``.
    """

    __slots__ = ()
    score = Operand(2)
    pick = Named[str]("pick")
    ties = Named[str]("ties")


_CLASSES: dict[str, type[Node]] = {
    "input": Input,
    "indices": Indices,
    "const": Const,
    "raw": Raw,
    **dict.fromkeys(COMPARISONS, Compare),
    "where": Where,
    "has": Has,
    "item": Item,
    "one_type": OneType,
    "lookup": Lookup,
    "map": Map,
    "select.by": SelectBy,
    "sum": Sum,
    "mean": Mean,
    "average": Average,
    "best": Best,
}
_OF_ROLE: dict[Role, type[Node]] = {Role.SELECT: Select, Role.SELECTOR_ALGEBRA: Combination}


def class_of(operation: Operation) -> type[Node]:
    """Return the class of the nodes of ``operation``."""
    if operation.role is Role.ELEMENTWISE and operation.name not in _CLASSES:
        return Binary if len(operation.operands) == 2 else Unary
    return _CLASSES.get(operation.name) or _OF_ROLE.get(operation.role, Node)
