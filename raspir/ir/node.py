"""Nodes: immutable, hash-consed, typed SSA values."""

from __future__ import annotations

from typing import NoReturn, Self

from raspir.ir.atoms import show
from raspir.ir.errors import GraphError
from raspir.ir.operations import Operation
from raspir.ir.types import Type
from raspir.ir.typing import Attribute


class Node:
    """An SSA value: one operation applied to operands.

    Nodes are hash-consed: as long as a node is alive, building the same operation on the same operands with the same
    attributes and type returns that object. So ``is``, ``==`` and ``hash`` compare structure in constant time.
    Construct nodes with :func:`~raspir.ir.build`, or unchecked with :func:`~raspir.ir.make`. They are instances of
    the class of their operation, such as :class:`~raspir.ir.views.Sum`, which gives its parts names and types.

    Attributes:
        operation: the operation.
        operands: the operands, in order.
        attributes: the attribute values, in the order that the operation declares them.
        type: the type of the result.
        is_sound: whether the verifier has accepted the node; cached, as nodes are immutable.
    """

    __slots__ = ("__weakref__", "attributes", "is_sound", "operands", "operation", "type")

    operation: Operation
    operands: tuple[Node, ...]
    attributes: tuple[Attribute, ...]
    type: Type
    is_sound: bool

    def __init__(self) -> None:
        raise GraphError("nodes are made by raspir.ir.build, as in build('indices')")

    @classmethod
    def of(cls, node: Node) -> Self | None:
        """Return ``node`` if it is of this class, else ``None``."""
        return node if isinstance(node, cls) else None

    def __getitem__(self, attribute: str) -> Attribute:
        """Return the value of an attribute.

        Raises:
            KeyError: if the operation has no such attribute.
        """
        for (name, _), value in zip(self.operation.attributes, self.attributes, strict=True):
            if name == attribute:
                return value
        raise KeyError(attribute)

    @property
    def none(self) -> str | None:
        """How an operation treats ``None``: ``error``, ``skip`` or ``value``; ``None`` if it has no such attribute."""
        named = self.operation.attributes
        return str(self.attributes[-1]) if named and named[-1][0] == "none" else None

    @property
    def named_attributes(self) -> dict[str, Attribute]:
        """The attribute values by name."""
        return {name: value for (name, _), value in zip(self.operation.attributes, self.attributes, strict=True)}

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("nodes are immutable")

    def __copy__(self) -> Node:
        return self

    def __deepcopy__(self, memo: object) -> Node:
        return self

    def __reduce__(self) -> NoReturn:
        raise GraphError("a node cannot be pickled: pickle the graph that holds it")

    def __repr__(self) -> str:
        attributes = "".join(f" {name}={show(value)}" for name, value in self.named_attributes.items())
        operands = ", ".join(operand.operation.name for operand in self.operands)
        return f"<{self.operation.name}({operands}){attributes} : {self.type}>"


def operands_of(node: Node) -> tuple[Node, ...]:
    """Return the operands of ``node``: the successor function of graph walks."""
    return node.operands


def found_sound(node: Node) -> None:
    """Mark ``node`` as accepted by the verifier."""
    object.__setattr__(node, "is_sound", True)
