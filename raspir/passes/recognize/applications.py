"""Applications: the operations that replace the application of a function to given operands."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from types import FunctionType

from raspir.ir import Function, Node, build
from raspir.ir.composition import Composed
from raspir.ir.evaluation import skipping
from raspir.ir.node import operands_of
from raspir.ir.types import NONE, NUMBER, STR, Type
from raspir.ir.views import Where
from raspir.ir.walks import computed
from raspir.passes.recognize.expressions import expression, harmless, reached, substituted
from raspir.passes.recognize.failures import Typing
from raspir.passes.recognize.purity import OpaqueError, require_pure
from raspir.passes.recognize.recording import Tree, recorded
from raspir.passes.recognize.samples import constants_in, require_equal, rows_of
from raspir.passes.recognize.selectors import selector

_PRESENT = NUMBER | STR


@dataclass(frozen=True)
class Recorded:
    """A function that consists of operations.

    Attributes:
        function: the function.
        parameters: a node for each parameter.
        tree: what it computes.
    """

    function: Function
    parameters: tuple[Node, ...]
    tree: Tree

    @staticmethod
    def of(function: Function, count: int) -> Recorded:
        """Return what ``function`` computes of ``count`` atoms.

        Raises:
            OpaqueError: if it is not known to consist of operations alone.
        """
        require_pure(function)
        parameters = tuple(build("input", name=name) for name in _names(function, count))
        return Recorded(function, parameters, recorded(function, parameters))

    def mapped(self, kinds: Sequence[Type], none: str) -> Node:
        """Return the value of a ``map`` of operands of these kinds, in terms of the parameters.

        Args:
            kinds: the possible kinds of each operand.
            none: the attribute of the ``map``.

        Raises:
            OpaqueError: if the function is no expression of them.
        """
        present = self._kinds([kind & _PRESENT for kind in kinds])
        value = expression(self.tree, present)
        missing = [parameter for parameter, kind in zip(self.parameters, kinds, strict=True) if NONE in kind]
        function = self.function
        if missing and none == "skip":
            value, function = self._skipping(value, missing, present), skipping(function)
        else:
            kinds = list(present.values())
        self._compare(value, function, kinds)
        return value

    def selected(self, kinds: Sequence[Type]) -> Node:
        """Return the selector of a predicate of a key and a query of these kinds, in terms of the parameters.

        Raises:
            OpaqueError: if the function is no combination of comparisons of them.
        """
        kinds = _of_tuples(self.function, kinds)
        of = self._kinds(kinds)
        found = selector(expression(self.tree, of, is_predicate=True), of)
        self._compare(found, self.function, kinds)
        return found

    def _kinds(self, kinds: Sequence[Type]) -> dict[Node, Type]:
        if not all(kinds):
            raise OpaqueError("it is never called")
        return dict(zip(self.parameters, kinds, strict=True))

    def _compare(self, value: Node, function: Function, kinds: Sequence[Type]) -> None:
        require_equal(value, function, self.parameters, rows_of(kinds, constants_in([value])))

    def _skipping(self, value: Node, missing: list[Node], kinds: dict[Node, Type]) -> Node:
        """Return ``value`` where no operand is ``None``, else ``None``."""
        nothing = build("const", value=None)
        absent = [build("eq", parameter, nothing) for parameter in missing]
        somewhere = functools.reduce(lambda a, b: build("or", a, b), absent)
        strict = _Strictness(missing)
        typing = Typing(kinds)
        if all(strict[node] or not typing.may_fail(node) for node in reached([value])):
            skipped = substituted(value, {}, none="skip")
            return skipped if strict[value] else build("where", somewhere, nothing, skipped)
        guards = {p: build("where", somewhere, constant, p) for p, constant in harmless(value, kinds).items()}
        return build("where", somewhere, nothing, substituted(value, guards))


def _of_tuples(function: Function, kinds: Sequence[Type]) -> list[Type]:
    """Return the kinds of operands with which a predicate may succeed, as far as functions that make tuples say.

    Raises:
        OpaqueError: if one of these skips ``None``, which recording does not see.
    """
    if not isinstance(function, Composed):
        return list(kinds)
    given = [part for part in function.parts for _ in range(part.count)]
    if any(part.none == "skip" and NONE in kind for part, kind in zip(given, kinds, strict=True)):
        raise OpaqueError("it may take apart a tuple that is None")
    return [kind & _PRESENT if part.none == "error" else kind for part, kind in zip(given, kinds, strict=True)]


class _Strictness:
    """Which values are ``None`` wherever one of the parameters ``missing`` is, if all operations skip ``None``."""

    def __init__(self, missing: Sequence[Node]) -> None:
        self._all = frozenset(missing)
        self._strict = {parameter: frozenset([parameter]) for parameter in missing}

    def __getitem__(self, node: Node) -> bool:
        return computed(node, operands_of, self._of, self._strict) == self._all

    def _of(self, node: Node) -> frozenset[Node]:
        operands = [self._strict[operand] for operand in node.operands]
        if isinstance(node, Where):
            return operands[1] & operands[2]
        return frozenset[Node]().union(*operands)


def _names(function: Function, count: int) -> tuple[str, ...]:
    """Return names for the first ``count`` parameters of a function: its own, if it is written in Python."""
    own = function.__code__.co_varnames[: function.__code__.co_argcount] if isinstance(function, FunctionType) else ()
    return own[:count] if len(own) >= count else tuple(f"x{number + 1}" for number in range(count))
