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
from raspir.passes.recognize.conversions import recordable
from raspir.passes.recognize.expressions import choice, expression, harmless, reached, substituted
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
        tree: what it computes of operands that are not ``None``.
        tests_none: whether it tests for ``None`` by ``is``, so that it may compute something else of ``None``.
    """

    function: Function
    parameters: tuple[Node, ...]
    tree: Tree
    tests_none: bool

    @staticmethod
    def of(function: Function, count: int) -> Recorded:
        """Return what ``function`` computes of ``count`` atoms.

        Raises:
            OpaqueError: if it is not known to consist of operations alone.
        """
        tests_none = require_pure(function)
        parameters = tuple(build("input", name=name) for name in _names(function, count))
        return Recorded(function, parameters, recorded(recordable(function), parameters), tests_none)

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

    def selected(self, kinds: Sequence[Type], keys: int = 1) -> Node:
        """Return the selector of a predicate of atoms of these kinds, in terms of the parameters.

        Args:
            kinds: the possible kinds of each operand, those of the key first.
            keys: how many operands are those of the key.

        Raises:
            OpaqueError: if the function is no combination of comparisons of them.
        """
        kinds = _of_tuples(self.function, kinds)
        of = self._kinds(kinds)
        found = selector(self._truth(of), of, keys)
        self._compare(found, self.function, kinds)
        return found

    def _truth(self, kinds: dict[Node, Type], missing: frozenset[Node] = frozenset()) -> Node:
        """Return the truth of a predicate where the parameters ``missing`` are ``None``, the others of these kinds.

        Raises:
            OpaqueError: if it is no expression of them.
        """
        known = {parameter: kind for parameter, kind in kinds.items() if parameter not in missing}
        parameter = next((p for p, kind in known.items() if NONE in kind), None) if self.tests_none else None
        if parameter is None:
            tree = recorded(self._on_missing(missing), self.parameters) if missing else self.tree
            return expression(tree, known, is_predicate=True)
        absent = self._truth(kinds, missing | {parameter})
        if not kinds[parameter] & _PRESENT:
            return absent
        is_none = build("eq", parameter, build("const", value=None))
        known[parameter] = kinds[parameter] & _PRESENT
        present = self._truth({**kinds, parameter: known[parameter]}, missing)
        total = _total_on_none(present, parameter, known, is_none)
        if substituted(total, {parameter: is_none.operands[1]}) is absent:
            return total
        return choice(is_none, absent, total)

    def _on_missing(self, missing: frozenset[Node]) -> Function:
        """Return the function with ``None`` for some of its parameters."""
        is_missing = [parameter in missing for parameter in self.parameters]

        def called(*operands: object) -> object:
            return self.function(*(None if none else each for none, each in zip(is_missing, operands, strict=True)))

        return called

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


def _total_on_none(value: Node, parameter: Node, kinds: dict[Node, Type], is_none: Node) -> Node:
    """Return ``value``, computed on a constant where a parameter is ``None``, if it may fail there.

    Raises:
        OpaqueError: if it may fail on the constant, too: a selector computes it nevertheless.
    """
    may_fail = Typing({**kinds, parameter: kinds[parameter] | NONE}).may_fail
    if not any(map(may_fail, reached([value]))):
        return value
    constant = harmless(value, kinds)[parameter]
    if any(map(Typing({**kinds, parameter: constant.type}).may_fail, reached([value]))):
        raise OpaqueError("it may fail where it is not asked, as an operand is None")
    return substituted(value, {parameter: build("where", is_none, constant, parameter)})


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
