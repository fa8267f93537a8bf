"""Operations on values: Python's on atoms, lists and dicts; expressions of the IR on s-ops and selectors.

``Maker`` makes every s-op and selector of a program. Those that could hold strings beside numbers are checked to have
one type, by an operation of the IR that the optimizer drops.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from collections.abc import Sequence as Items
from typing import Any, TypeVar

from raspir.frontends.expressions import Expression, filled, unlocated
from raspir.frontends.python.embedded import Selector, SOp
from raspir.frontends.rasp.faults import FailedError, RefusedError, illegal_types, worded
from raspir.frontends.rasp.limits import Limits
from raspir.frontends.rasp.memo import Memo
from raspir.frontends.rasp.values import (
    Alternatives,
    Function,
    Operand,
    Selection,
    Sequence,
    Value,
    as_atoms,
    bare,
    described,
    extent,
    is_atom,
    listed,
    plainly,
    short,
)
from raspir.ir.atoms import Atom
from raspir.ir.errors import ProgramError
from raspir.ir.evaluation import EVALUATORS, checked
from raspir.ir.location import Location
from raspir.ir.types import BOOL, FLOAT, INT, NONE, NUMBER, STR
from raspir.ir.typing import Attribute

E = TypeVar("E", bound=Expression)

V = TypeVar("V")

CONTAINERS: Memo[str] = Memo()
"""What each lookup looks in: a list, a string or a dict. Its table does not distinguish them. The check that an
index is an integer has an entry, too."""

OPERATIONS = {
    "^": "pow", "*": "mul", "/": "truediv", "%": "mod", "+": "add", "-": "sub",
    "==": "eq", "<=": "le", ">=": "ge", "<": "lt", ">": "gt", "!=": "ne",
}  # fmt: skip
"""The operation of the IR for each arithmetic operator and comparison."""

_MIRRORED = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge
}  # fmt: skip
_UNARY: dict[str, Callable[[Any], Any]] = {"-": operator.neg, "+": operator.pos, "round": round}
_INTEGERS = (bool, int)


class Maker:
    """Applies operations to values.

    Attributes:
        place: where in the text the operation stands.
        size: the length of the input on which the operations are checked.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.place: Location | None = None
        self.size = 0
        self.indices = Sequence(unlocated(self._sop("indices")), "indices")
        self.everywhere = Selection(self.select(1, 1, "==").expression, "full_s")
        self.length = Sequence(self.total(1).expression, "length")
        unlocated(self.length.expression).title = "length"

    def bounded(self, value: V) -> V:
        """Return a list or dict, after checking that it is not too large.

        Raises:
            FailedError: if it is.
        """
        self.size_of(value)
        return value

    def size_of(self, value: Value, held: int = 0) -> int:
        """Return the size of a value and of what is ``held`` beside it.

        Raises:
            FailedError: if both exceed the limit on items, or the value that on nesting.
        """
        most, deepest = self.limits.items, self.limits.nesting
        size, depth = extent(value, most, deepest)
        if held + size > most:
            raise FailedError(f"a list or dict of more than {most} items in all exceeds the limit", self.place)
        if depth > deepest:
            raise FailedError(f"lists and dicts are nested more than {deepest} levels deep", self.place)
        return held + size

    # Expressions of the IR

    def _sop(self, name: str, *operands: Expression, attributes: tuple[Attribute, ...] = ()) -> SOp:
        return self._filled(SOp, name, operands, attributes)

    def _selector(self, name: str, *operands: Expression) -> Selector:
        return self._filled(Selector, name, operands)

    def _filled(self, cls: type[E], name: str, operands: Items[Expression], attributes: Any = ()) -> E:
        try:
            return filled(cls.__new__(cls), name, operands, attributes, location=self.place)
        except ProgramError as error:
            raise FailedError(error.message, self.place) from None

    def _constant(self, atom: Atom) -> SOp:
        return self._sop("const", attributes=(atom,))

    def _program(self, value: Value) -> SOp:
        """Return the program of an s-op, or of an atom at every position; ``None`` stands for any other value."""
        if isinstance(value, Sequence):
            return value.expression
        return self._constant(value if is_atom(value) else None)

    def _truth(self, value: Value) -> SOp:
        """Return whether a value is true in Python's sense, at each position."""
        if not isinstance(value, Sequence):
            return self._constant(bool(value))
        return value.expression if value.expression.type is BOOL else self._sop("to_bool", value.expression)

    def _require_everywhere(self, *values: Value) -> None:
        """Check that each of some values can stand at every position: that it is an s-op or an atom."""
        for value in values:
            if not isinstance(value, Sequence) and not is_atom(value):
                raise illegal_types(listed([value] * self.size, "()"))

    def _of_one_type(self, program: SOp) -> SOp:
        """Return ``program``, checked to hold only strings or only numbers if its type has more than one of them."""
        kinds = bool(program.type & STR) + bool(program.type & NUMBER) + bool(program.type & NONE)
        return self._sop("one_type", program) if kinds > 1 else program

    # Inputs

    def tokens(self, conversion: str | None) -> Sequence:
        """Return the tokens under a conversion (``"str"``), or ``None`` for the tokens as they are."""
        given = self._sop("input", attributes=("tokens", None))
        if conversion is None:
            return Sequence(self._sop("one_type", given), "tokens_asis")
        return Sequence(self._sop(f"to_{conversion}", given), f"tokens_{conversion}")

    # Elementwise work

    def unary(self, sign: str, value: Value) -> Value:
        """Return ``not``, ``-``, ``+``, ``round`` or ``indicator`` of a value."""
        if sign == "indicator":
            return self.indicator(value)
        if isinstance(value, Sequence):
            return self._unary_of_sequence(sign, value)
        if isinstance(value, Selection):
            return self._unary_of_selector(sign, value)
        if sign == "not":
            return not value
        return self._in_python(_UNARY[sign], sign, value)

    def _unary_of_sequence(self, sign: str, value: Sequence) -> Sequence:
        program = value.expression
        if sign != "not" and not program.type & NUMBER:
            raise FailedError(f"{sign} does not apply to strings: {value.label}", self.place)
        if sign == "not":
            made = self._sop("not", self._truth(value))
        elif sign == "+":  # refuses strings, makes ints of bools, and keeps the sign of zero
            made = self._sop("sub", program, self._constant(0))
        else:
            made = self._sop("neg" if sign == "-" else "round", program)
        return Sequence(made, short(f"( {sign} {value.label} )"))

    def _unary_of_selector(self, sign: str, value: Selection) -> Selection:
        if sign != "not":
            raise FailedError(f"{sign} does not apply to a selector", self.place)
        return Selection(self._selector("selector.not", value.expression), "plain select")

    def indicator(self, value: Value) -> Sequence:
        """Return 1 where an s-op is true in Python's sense, else 0.

        Raises:
            RefusedError: if ``value`` is no s-op.
        """
        if not isinstance(value, Sequence):
            raise RefusedError(f"indicator operator expects s-op, got: {described(value)}", self.place)
        made = self._sop("where", value.expression, self._constant(1), self._constant(0))
        return Sequence(made, short(f"I({value.label})"))

    def binary(self, sign: str, left: Value, right: Value) -> Value:
        """Return the result of a binary operator other than ``in``."""
        if sign in ("and", "or"):
            return self._logical(sign, left, right)
        if isinstance(left, Selection) or isinstance(right, Selection):
            raise RefusedError(f"Cannot apply {sign} to selector(s)", self.place)
        if isinstance(left, Sequence) or isinstance(right, Sequence):
            return self._elementwise(sign, left, right)
        if sign == "^":
            return self._in_python(EVALUATORS["pow"], "** or pow()", left, right)
        if sign == "%" and isinstance(left, str):
            raise FailedError("% does not apply to a string: there is no formatting", self.place)
        if is_atom(left) and is_atom(right):
            return self._in_python(EVALUATORS[OPERATIONS[sign]], sign, left, right)
        return self._of_containers(sign, left, right)

    def _of_containers(self, sign: str, left: Value, right: Value) -> Value:
        """Return an operator on values of which one is a list, a dict or a function."""
        if sign in _COMPARED:
            return self._in_python(_COMPARED[sign], sign, left, right)
        if sign == "+":
            size = sum(len(side) for side in (left, right) if isinstance(side, list))
            return self.bounded(self._in_python(operator.add, sign, left, right, size=size))
        if sign == "*":
            many = [side for side in (left, right) if isinstance(side, list)]
            times = [side for side in (left, right) if isinstance(side, _INTEGERS)]
            size = len(many[0]) * times[0] if many and times else 0
            return self.bounded(self._in_python(operator.mul, sign, left, right, size=size))
        raise FailedError(f"{sign} does not apply to {described(left)} and {described(right)}", self.place)

    def _in_python(self, function: Callable[..., Any], sign: str, *operands: Value, size: int = 0) -> Value:
        """Return the result of a function of Python, which is an atom of the language if its operands are."""
        if size > self.limits.items:
            raise FailedError(f"a list of {size} items exceeds the limit of {self.limits.items}", self.place)
        try:
            result = function(*operands)
            return checked(result) if all(map(is_atom, operands)) else result
        except (ArithmeticError, ValueError, TypeError) as error:
            what = f"{sign} fails on {' and '.join(map(described, operands))}"
            raise FailedError(worded(error) or what, self.place) from error

    def _elementwise(self, sign: str, left: Value, right: Value) -> Sequence:
        """Return an arithmetic operator or a comparison, position by position."""
        is_mirrored = sign in _MIRRORED and not isinstance(left, Sequence)
        first, second = (right, left) if is_mirrored else (left, right)
        shown = _MIRRORED[sign] if is_mirrored else "pow" if sign == "^" else sign
        label = short(f"( {bare(first)} {shown} {bare(second)} )")
        others = [side for side in (left, right) if not isinstance(side, Sequence) and not is_atom(side)]
        if others and sign == "==":
            return Sequence(self._sop("eq", self._program(left), self._program(right)), label)  # None equals no atom
        if others:
            raise FailedError(f"{sign} does not apply to an s-op and {described(others[0])}", self.place)
        a, b = self._program(left), self._program(right)
        if sign == "%" and not a.type & NUMBER:
            raise FailedError("% does not apply to strings: there is no formatting", self.place)
        if sign == "%" and a.type & STR:
            a = self._sop("sub", a, self._constant(0))  # fails on strings, which `mod` formats
        return Sequence(self._sop(OPERATIONS[sign], a, b), label)

    def _logical(self, sign: str, left: Value, right: Value) -> Value:
        """Return ``and`` or ``or``: of selectors, of s-ops and atoms, or as Python has it."""
        if isinstance(left, Selection) and isinstance(right, Selection):
            made = self._selector(f"selector.{sign}", left.expression, right.expression)
            return Selection(made, "plain select")
        if isinstance(left, Selection) or isinstance(right, Selection):
            raise RefusedError("Cannot apply and/or between selector and non-selector", self.place)
        if isinstance(left, Sequence) or isinstance(right, Sequence):
            self._require_everywhere(left, right)
            label = short(f"( {bare(left)} {sign} {bare(right)})")
            return Sequence(self._sop(sign, self._truth(left), self._truth(right)), label)
        return (left and right) if sign == "and" else (left or right)

    def choice(self, condition: Value, value: Value, otherwise: Value) -> Sequence:
        """Return ``value if condition else otherwise``, position by position."""
        if isinstance(condition, Selection):
            raise RefusedError(f"a selector is no condition, got: {condition.label}", self.place)
        self._require_everywhere(value, otherwise)
        made = self._sop("where", condition.expression, self._program(value), self._program(otherwise))
        label = short(f"{bare(value)} if {bare(condition)} else {bare(otherwise)}")
        return Sequence(self._of_one_type(made), label)

    def contains(self, item: Value, container: Value, name: str | None) -> Value:
        """Return ``item in container``; ``name`` is that of the variable that holds the container, if one does."""
        if isinstance(item, Selection | Function):
            kind = "select" if isinstance(item, Selection) else "function"
            raise RefusedError(
                f"don't check if {kind} is contained in list/dict: unless exact same instance, unable to check "
                f"equivalence of {kind}s",
                self.place,
            )
        if isinstance(item, Sequence):
            return self._each_in(item, container, name)
        if not is_atom(item):
            raise RefusedError(f'"A in X" expects A to be s-op or atom, but got A: {described(item)}', self.place)
        if isinstance(container, list):
            return any(is_atom(each) and each == item for each in container)
        if isinstance(container, Sequence):
            made = self.binary(">", self.total(self.indicator(self.binary("==", container, item))), 0)
            return Sequence(made.expression, "( s-op > 0 )")
        raise RefusedError(f'"[atom] in X" expects X to be list or s-op, but got: {described(container)}', self.place)

    def _each_in(self, item: Sequence, container: Value, name: str | None) -> Sequence:
        expects = '"[s-op] in X" expects X to be list of atoms, but got'
        if not isinstance(container, list):
            raise RefusedError(f"{expects} non-list: {described(container)}", self.place)
        if not all(map(is_atom, container)):
            raise RefusedError(f"{expects} list with values: {described(container)}", self.place)
        made = self._sop("has", item.expression, attributes=(tuple(container), "value"))
        return Sequence(made, short(f"{item.label} in {name or plainly(container)}"))

    def looked_up(self, container: list[Value] | str | dict[Atom, Value], index: Sequence, label: str) -> Sequence:
        """Return the item of a list or string at each position's index, or of a dict at its key."""
        position = index.expression
        kind = {list: "list", str: "string"}.get(type(container), "dict")
        if isinstance(container, dict):
            keys, values = tuple(container), list(container.values())
        else:
            keys, values = tuple(range(-len(container), len(container))), [*container, *container]
            if not position.type & (INT | BOOL):
                raise FailedError(f"index into {kind} has to be an integer at every position", self.place)
            if position.type & (FLOAT | STR):
                position = self._sop("and", position, position)  # an index is an int: fails on floats and strings
                CONTAINERS[position] = kind
        made = self._sop("item", position, attributes=(keys, tuple(as_atoms(values))))
        CONTAINERS[made] = kind
        others = Alternatives(index.expression, container.__getitem__)
        return Sequence(self._of_one_type(made), short(label), alternatives=others)

    def at(self, value: Sequence, index: int, label: str) -> Sequence:
        """Return an s-op's atom at a position, everywhere: from the end if negative, and 0 where there is none."""
        place: Value = int(index)
        if index < 0:
            place = self.binary("+", self.length, place)
        where = self.select(self.indices, place, "==")
        made = self._sop("mean", where.expression, value.expression, attributes=(0,))
        return Sequence(made, short(label))

    # Attention

    def select(self, keys: Value, queries: Value, sign: str) -> Selection:
        """Return the selector ``keys[j] sign queries[i]``."""
        self._require_everywhere(keys, queries)
        made = self._selector(f"select.{OPERATIONS[sign]}", self._program(keys), self._program(queries))
        return Selection(made, "plain select")

    def aggregate(self, selector: Value, value: Value, default: Value = 0) -> Sequence:
        """Return the mean over what each row selects; the default where it selects nothing.

        Raises:
            RefusedError: if an argument is of the wrong kind.
        """
        if not isinstance(selector, Selection):
            raise RefusedError(f"Expected selector, got: {described(selector)}", self.place)
        if isinstance(default, Operand | Function):
            raise RefusedError(f"Expected atom, got: {described(default)}", self.place)
        program = self._program(value)
        self._require_everywhere(value)
        reduction = "mean" if program.type in INT | FLOAT else "average"
        empty = default if is_atom(default) else None
        made = self._sop(reduction, selector.expression, program, attributes=(empty,))
        others = Alternatives(made, lambda atom: default if atom is None else atom)
        return Sequence(self._of_one_type(made), "s-op", alternatives=others)

    def total(self, value: Value, selector: Value = None) -> Sequence:
        """Return the sum over what each row selects, by default over all positions; 0 where it selects nothing."""
        chosen = self.everywhere if selector is None else selector
        if not isinstance(chosen, Selection):
            raise RefusedError(f"Expected selector, got: {described(chosen)}", self.place)
        made = self._sop("sum", chosen.expression, self._program(value), attributes=(0,))
        return Sequence(made, "s-op")
