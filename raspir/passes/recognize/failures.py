"""Failures: which operations of a function may fail, and on which kinds of operands.

The IR computes both branches of ``where``, and stops at an intermediate result that is no atom, where Python goes on:
``inf - inf > 0`` is false. So it matters what may fail. Limits on the size of integers do not count as failures here:
a recognized function has those of raspir's own operations.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from math import isinf

from raspir.ir import Node
from raspir.ir.node import operands_of
from raspir.ir.operations import COMPARISONS
from raspir.ir.types import BOOL, FLOAT, INT, NOTHING, STR, Type
from raspir.ir.views import Const
from raspir.ir.walks import computed, postorder
from raspir.passes.recognize.purity import OpaqueError

_LARGEST = 2**64  # larger constants count as any integer, which may not fit a float
_EXPONENT = 64  # largest exponent of an integer that counts as small
_ANY_NUMBERS = ("neg", "abs", "and", "or", "not", *COMPARISONS)
"""Operations that succeed on all atoms of kinds on which they are defined."""

_CONVERSIONS: dict[str, tuple[Type, ...]] = {
    "to_int": (FLOAT, STR),
    "to_float": (INT, STR),
    "to_str": (INT,),
    "to_bool": (),
}
"""The kinds on which each conversion may fail: infinities, what is no numeral, and integers of many digits."""

_KEEPS_NAN = ("add", "sub", "mul", "truediv", "floordiv", "mod", "neg", "abs")
_KEEPS_COMPLEX = ("add", "sub", "mul", "truediv", "neg")

Kinds = Mapping[Node, Type]
"""The possible kinds of each parameter."""


class Typing:
    """The kinds of the values that a function computes from parameters of given kinds."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._types: dict[Node, Type] = {}
        self._left: dict[Node, frozenset[str]] = {}

    def __getitem__(self, node: Node) -> Type:
        """Return the possible kinds of ``node``, :data:`~raspir.ir.types.NOTHING` if it always fails."""
        return computed(node, operands_of, self._type, self._types)

    def _type(self, node: Node) -> Type:
        if node in self._kinds:
            return self._kinds[node]
        if not node.operands:
            return node.type
        types = tuple(self._types[operand] for operand in node.operands)
        return node.operation.infer(types, node.attributes) if all(types) else NOTHING

    def narrowed(self, ran: Iterable[Node]) -> dict[Node, Type]:
        """Return the kinds of the parameters on which all of the operations ``ran`` may succeed."""
        kinds = dict(self._kinds)
        for node in ran:
            for number, operand in enumerate(node.operands):
                if operand in kinds:
                    kinds[operand] = self._accepted(node, number, kinds)
        return kinds

    def _accepted(self, node: Node, number: int, kinds: Kinds) -> Type:
        """Return the kinds of one operand on which ``node`` is defined."""
        types = [kinds.get(operand, self[operand]) for operand in node.operands]
        accepted = NOTHING
        for kind in types[number].kinds:
            if node.operation.infer((*types[:number], kind, *types[number + 1 :]), node.attributes):
                accepted |= kind
        return accepted

    def may_fail(self, node: Node) -> bool:
        """Return whether ``node`` may fail, or yield what is no atom."""
        name = node.operation.name
        if not node.operands or name in ("eq", "ne", "where", "has"):
            return False
        if not all(self[operand] for operand in node.operands):
            return True
        rows = itertools.product(*(self[operand].kinds for operand in node.operands))
        return any(self._fails(node, kinds) for kinds in rows)

    def _fails(self, node: Node, kinds: tuple[Type, ...]) -> bool:
        """Return whether ``node`` may fail on operands of these kinds, one each."""
        name, operands = node.operation.name, node.operands
        if not node.operation.infer(kinds, node.attributes):
            return True
        if name in _ANY_NUMBERS:
            return False
        if name == "round":
            return FLOAT in kinds  # an infinity
        if name in _CONVERSIONS:
            return any(kind in kinds for kind in _CONVERSIONS[name])
        if STR in kinds:
            return name != "add"
        last = operands[-1]
        if name == "pow":
            return not (FLOAT not in kinds and _is_constant(last, lambda value: 0 <= value <= _EXPONENT))
        if name in ("truediv", "floordiv", "mod") and not _is_constant(last, bool):
            return True
        if FLOAT not in kinds:
            return name == "truediv" and INT in kinds and not _is_constant(operands[0], _is_modest)
        return name in ("floordiv", "mod") or not _is_scaling(name, operands, kinds)

    # Results that are no atoms

    def require_atoms(self, roots: Iterable[Node], conditions: Iterable[Node]) -> None:
        """Check that a value on which ``roots`` depend may be no atom only if ``roots`` then are none either.

        Args:
            roots: the conditions and results of a function.
            conditions: those of which only the truth matters.

        Raises:
            OpaqueError: if one may: Python computes with it, and the IR fails.
        """
        for root in roots:
            for node in postorder(root, operands_of, self._left):
                self._left[node] = self._made(node)
        for node in conditions:
            self._require(node, self._left[node])

    def _made(self, node: Node) -> frozenset[str]:
        """Return what ``node`` may be apart from an atom."""
        name = node.operation.name
        held = frozenset[str]().union(*(self._left[operand] for operand in node.operands))
        if "nan" in held and (name not in _KEEPS_NAN or (name == "mod" and STR in self[node.operands[0]])):
            self._require(node, held)
        if "complex" in held and name not in _KEEPS_COMPLEX:
            self._require(node, held)
        if name == "to_float" and STR in self[node.operands[0]]:
            return held | {"nan", "read"}
        if not any(FLOAT in self[operand] for operand in node.operands) or name not in (*_KEEPS_NAN, "pow"):
            return held
        if name == "pow":
            return held | ({"complex"} if FLOAT in self[node.operands[1]] else set())
        if name in ("mod", "floordiv"):
            return held | ({"nan"} if FLOAT in self[node.operands[0]] else set())
        if name in ("neg", "abs") or any(_is_constant(each, bool) for each in node.operands):
            return held
        if name in ("add", "sub", "truediv") and any(_is_constant(each, _is_finite) for each in node.operands):
            return held
        return held | {"nan"}

    def _require(self, node: Node, held: frozenset[str]) -> None:
        if held:
            if "complex" in held:
                raise OpaqueError("it may compute with a complex number, which is not an atom")
            if "read" in held:
                raise OpaqueError("it may compute with NaN, which is not an atom, as of the string 'nan'")
            raise OpaqueError(
                "it may compute with NaN, as of an infinite float; a vocabulary without floats rules it out"
            )


def _is_scaling(name: str, operands: tuple[Node, ...], kinds: tuple[Type, ...]) -> bool:
    """Return whether an operand is a constant with which arithmetic on the other, of these kinds, cannot fail."""
    for operand, other in ((operands[0], kinds[-1]), (operands[-1], kinds[0])):
        if other is FLOAT or other is BOOL:
            if name in ("add", "sub") and _is_constant(operand, _is_modest):
                return True
            if _is_constant(operand, lambda value: bool(value) and _is_modest(value)):
                return name == "mul" or (name == "truediv" and operand is operands[-1])
    return False


def _is_constant(node: Node, admits: Callable[[int | float], bool]) -> bool:
    """Return whether ``node`` is a finite number that ``admits`` accepts."""
    if not isinstance(node, Const) or not isinstance(node.value, int | float):
        return False
    return _is_finite(node.value) and admits(node.value)


def _is_finite(value: int | float) -> bool:
    return isinstance(value, int) or not isinf(value)


def _is_modest(value: int | float) -> bool:
    """Return whether a number fits a float."""
    return isinstance(value, float) or abs(value) <= _LARGEST
