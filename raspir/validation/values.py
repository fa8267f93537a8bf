"""SMT encoding of atoms and of the elementwise operations.

A symbolic atom has a case for each possible kind, that of ``None`` included. Integers and booleans are exact. A float
is a real number with a flag for ``-0.0``; float sums, differences, products and quotients are uninterpreted functions,
so that no proof relies on exact arithmetic, except that constants are folded. An infinite constant has no encoding; any
other infinity is a real number beyond all finite floats. A string is a real number that represents its place in the
order of strings.

The limit on integers, beyond which products and quotients fail, is a symbolic constant that is only known to be large:
a proof then holds for the actual limit, and the solver never computes with a million bits.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import copysign, inf, isfinite, isinf
from typing import Any

import z3

from raspir.ir import Atom
from raspir.ir.arithmetic import MOST_BITS, MOST_CHARACTERS
from raspir.ir.evaluation import EVALUATORS
from raspir.ir.types import BOOL, FLOAT, INT, NONE, NUMBER, STR, Type

Term = Any
"""A solver term; z3 is untyped."""

TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)
SORTS = {NONE: z3.BoolSort(), BOOL: z3.BoolSort(), INT: z3.IntSort(), FLOAT: z3.RealSort(), STR: z3.RealSort()}
KINDS = tuple(SORTS)
_SOME = NUMBER | STR
MADE_UP = "@"
"""The prefix of uninterpreted Python operations, which no opaque symbol has."""

FLOATS = "@float."
"""The prefix of uninterpreted operations on floats."""

QUOTIENT = "quotient"
"""The operation name in :func:`float_result` of a quotient of integers, which are not rounded to floats first."""

WORKS = "@works."
"""The prefix of predicates for whether an operation on floats is defined."""

FITS = "@fits."
"""The prefix of predicates for whether a string is within the length limit."""

JOINED = "@str."
"""The prefix of uninterpreted functions on strings."""

READ = "@read."
"""The prefix of uninterpreted conversions between strings and numbers."""

BITS = "@int."
"""The prefix of uninterpreted bitwise functions."""

_MODERATE = 2**1000

_EXACT = 2**53
"""Integers up to this magnitude are representable as floats."""

_MOST_TRACKED = 4096  # bits of integers that are within the limit by construction: rounded floats have 1024
assert _MOST_TRACKED < MOST_BITS

LIMIT = z3.Int("@limit")
"""The least integer beyond the limit of integer operations."""

LARGE = LIMIT > 2**64
"""The only axiom on :data:`LIMIT`."""

UNLIMITED = z3.Bool("@unlimited")
"""Whether integers are unlimited."""


class NoEncodingError(Exception):
    """A construct without a faithful encoding, named in the message."""


@dataclass(frozen=True, slots=True)
class Value:
    """A symbolic atom.

    Attributes:
        cases: the guard and payload of each possible kind; the payload of ``None`` is true. Exactly one guard holds.
        size: a bound on the absolute value of an integer and on the length of a string; ``None`` if unknown.
        minus: the guard of ``-0.0``.
    """

    cases: dict[Type, tuple[Term, Term]]
    size: int | None
    minus: Term = FALSE

    @staticmethod
    def of(kind: Type, payload: Term, size: int | None = None, minus: Term = FALSE) -> Value:
        """Return an atom of a single kind."""
        return Value({kind: (TRUE, payload)}, _bound(size) if kind in (INT, STR) else 1, minus)

    def when(self, kinds: Type) -> Term:
        """Return the guard of ``kinds``."""
        if all(kind in kinds for kind in self.cases):
            return TRUE
        return disjunction(guard for kind, (guard, _) in self.cases.items() if kind in kinds)

    def only(self, kinds: Type) -> Value:
        """Return the value restricted to ``kinds``; unconstrained if it is of another kind."""
        cases = {kind: case for kind, case in self.cases.items() if kind in kinds}
        if len(cases) == 1:
            cases = {kind: (TRUE, payload) for kind, (_, payload) in cases.items()}
        return replace(self, cases=cases)

    def may_be(self, kinds: Type) -> bool:
        """Return whether it has a case in ``kinds``."""
        return any(kind in kinds for kind in self.cases)

    @property
    def number(self) -> Term:
        """The numeric payload: a real if it may be a float, else an integer; arbitrary if it is no number."""
        real = FLOAT in self.cases
        found = None
        for kind, (guard, payload) in self.cases.items():
            if kind in NUMBER:
                term = z3.If(payload, z3.IntVal(1), z3.IntVal(0)) if kind is BOOL else payload
                term = z3.ToReal(term) if real and kind is not FLOAT else term
                found = term if found is None else z3.If(guard, term, found)
        return z3.IntVal(0) if found is None else found

    @property
    def is_negative(self) -> Term:
        """Whether it is a number with a negative sign, such as ``-0.0``."""
        below = self.number < 0
        return below if z3.is_false(self.minus) else z3.Or(below, self.minus)

    @property
    def text(self) -> Term:
        """The string payload; arbitrary if it is no string."""
        return self.cases[STR][1] if STR in self.cases else z3.RealVal(0)

    @property
    def truth(self) -> Term:
        """Whether it is truthy."""
        return disjunction(
            z3.And(guard, payload if kind is BOOL else payload != 0)
            for kind, (guard, payload) in self.cases.items()
            if kind is not NONE
        )


MISSING = Value.of(NONE, TRUE)
"""The symbolic atom ``None``."""


def conjunction(parts: Iterable[Term]) -> Term:
    """Return the conjunction of ``parts``, simplified."""
    kept = [part for part in parts if not z3.is_true(part)]
    return TRUE if not kept else kept[0] if len(kept) == 1 else z3.And(kept)


def disjunction(parts: Iterable[Term]) -> Term:
    """Return the disjunction of ``parts``, simplified."""
    kept = [part for part in parts if not z3.is_false(part)]
    if any(map(z3.is_true, kept)):
        return TRUE
    return FALSE if not kept else kept[0] if len(kept) == 1 else z3.Or(kept)


def _implies(condition: Term, term: Term) -> Term:
    """Return the implication, simplified."""
    return term if z3.is_true(condition) or z3.is_true(term) else z3.Implies(condition, term)


def choose(condition: Term, a: Value, b: Value) -> Value:
    """Return the conditional value: ``a`` if ``condition`` holds, else ``b``."""
    if z3.is_true(condition) or z3.is_false(condition):
        return a if z3.is_true(condition) else b
    cases = {}
    for kind in KINDS:
        one, other = a.cases.get(kind), b.cases.get(kind)
        if one is not None and other is not None:
            guard = TRUE if z3.is_true(one[0]) and z3.is_true(other[0]) else z3.If(condition, one[0], other[0])
            cases[kind] = (guard, TRUE if kind is NONE else z3.If(condition, one[1], other[1]))
        elif one is not None:
            cases[kind] = (conjunction([condition, one[0]]), one[1])
        elif other is not None:
            cases[kind] = (conjunction([z3.Not(condition), other[0]]), other[1])
    minus = FALSE if z3.is_false(a.minus) and z3.is_false(b.minus) else z3.If(condition, a.minus, b.minus)
    return Value(cases, largest([a, b]), minus)


def _bound(size: int | None) -> int | None:
    """Return ``size``, widened to ``None`` if it is too large to be useful."""
    return None if size is None or size.bit_length() > _MOST_TRACKED else size


def largest(values: Iterable[Value]) -> int | None:
    """Return a common bound on the size of several atoms, ``None`` if unknown."""
    return _size(lambda *sizes: max(sizes, default=0), *values)


def _size(function: Callable[..., int], *values: Value) -> int | None:
    """Return ``function`` of the bounds of some values, ``None`` if a bound is unknown."""
    sizes = [value.size for value in values if value.size is not None]
    return _bound(function(*sizes)) if len(sizes) == len(values) else None


class Strings:
    """The terms of string literals, in their order; other strings may lie between any two.

    Args:
        named: the string literals of the programs.
    """

    def __init__(self, named: Iterable[str]) -> None:
        self._places = {text: place for place, text in enumerate(sorted({"", *named}))}

    def named(self, place: Fraction) -> str | None:
        """Return the literal at a place, ``None`` if there is none."""
        return next((text for text, own in self._places.items() if own == place), None)

    def below(self, place: Fraction) -> str:
        """Return the last literal that is not after a place."""
        return max((text for text, own in self._places.items() if own <= place), default="")

    def const(self, atom: Atom) -> Value:
        """Return ``atom`` as a symbolic atom.

        Raises:
            NoEncodingError: if it is infinite, or has more bits than the solver handles in reasonable time.
        """
        if atom is None:
            return MISSING
        if isinstance(atom, bool):
            return Value.of(BOOL, z3.BoolVal(atom))
        if isinstance(atom, int):
            if atom.bit_length() > _MOST_TRACKED:
                raise NoEncodingError(f"an integer of {atom.bit_length():,} bits")
            return Value.of(INT, z3.IntVal(atom), abs(atom))
        if isinstance(atom, str):
            return Value.of(STR, z3.RealVal(self._places[atom]), len(atom))
        if isinf(atom):
            raise NoEncodingError("an infinite float")
        return Value.of(FLOAT, real_of(atom), minus=z3.BoolVal(atom == 0 and copysign(1, atom) < 0))


def fresh(name: str, kinds: Type, size: int | None = None) -> tuple[Value, Term]:
    """Return an unconstrained atom of ``kinds`` up to a size, and the axiom that makes it well-formed."""
    tag = z3.Int(f"{name}.kind")
    cases: dict[Type, tuple[Term, Term]] = {}
    for number, kind in enumerate(kinds.kinds):
        guard = TRUE if len(kinds.kinds) == 1 else tag == number
        cases[kind] = (guard, TRUE if kind is NONE else z3.Const(f"{name}.{kind}", SORTS[kind]))
    held = [] if len(cases) == 1 else [tag >= 0, tag < len(cases)]
    minus = _zero(cases, z3.Bool(f"{name}.minus")) if FLOAT in cases else FALSE
    value = Value(cases, size if any(kind in (INT, STR) for kind in cases) else 1, minus)
    return value, conjunction([*held, *(cases[kind][1] >= 0 for kind in cases if kind is STR)])


def _zero(cases: dict[Type, tuple[Term, Term]], minus: Term) -> Term:
    """Return the guard of a float zero with ``minus``."""
    guard, payload = cases[FLOAT]
    return FALSE if z3.is_false(minus) else conjunction([guard, payload == 0, minus])


def same(a: Value, b: Value) -> Term:
    """Return the term for whether two atoms are identical, kind and sign of zero included."""
    signs = [] if z3.is_false(a.minus) and z3.is_false(b.minus) else [a.minus == b.minus]
    return disjunction(
        conjunction(
            [
                a.cases[kind][0],
                b.cases[kind][0],
                a.cases[kind][1] == b.cases[kind][1],
                *(signs if kind is FLOAT else ()),
            ]
        )
        for kind in KINDS
        if kind in a.cases and kind in b.cases
    )


def equal(a: Value, b: Value) -> Term:
    """Return the term for whether two atoms are equal by Python's ``==``."""
    none = [conjunction([a.when(NONE), b.when(NONE)])] if a.may_be(NONE) and b.may_be(NONE) else []
    return disjunction([_related(operator.eq, a, b), *none])


def _related(relation: Callable[[Term, Term], Term], a: Value, b: Value) -> Term:
    """Return the term for whether two atoms are both numbers or both strings, and ``relation`` holds between them."""
    parts = []
    if a.may_be(NUMBER) and b.may_be(NUMBER):
        parts.append(conjunction([a.when(NUMBER), b.when(NUMBER), relation(a.number, b.number)]))
    if a.may_be(STR) and b.may_be(STR):
        parts.append(conjunction([a.when(STR), b.when(STR), relation(a.text, b.text)]))
    return disjunction(parts)


def compared(name: str, a: Value, b: Value) -> tuple[Term, Term]:
    """Return the outcome of a comparison, and whether it is defined, where ``None`` is an ordinary atom."""
    if name in ("eq", "ne"):
        outcome = equal(a, b)
        return outcome if name == "eq" else z3.Not(outcome), TRUE
    comparable = disjunction(conjunction([a.when(kinds), b.when(kinds)]) for kinds in (NUMBER, STR))
    return _related(getattr(operator, name), a, b), comparable


def without_none(
    function: Callable[..., tuple[Value, Term]], how: str, arguments: Sequence[Value]
) -> tuple[Value, Term]:
    """Return the result of a function of atoms other than ``None``, and whether it is defined.

    Args:
        function: the function.
        how: what an argument of ``None`` does: ``skip`` makes the result ``None``, and ``error`` makes it undefined.
        arguments: the arguments.
    """
    missing = any_missing(arguments)
    if z3.is_false(missing):
        return function(*arguments)
    known = [each.only(_SOME) for each in arguments]
    if not all(each.cases for each in known):  # one is always None
        return MISSING, z3.BoolVal(how == "skip")
    result, ok = function(*known)
    if how == "error":
        return result, conjunction([z3.Not(missing), ok])
    return choose(missing, MISSING, result), disjunction([missing, ok])


def any_missing(arguments: Iterable[Value]) -> Term:
    """Return the term for whether one of the arguments is ``None``."""
    return disjunction(each.when(NONE) for each in arguments)


# Arithmetic


def free(name: str, *sorts: Term) -> Term:
    """Return an uninterpreted function, or a constant if it has no arguments."""
    return z3.Function(name, *sorts) if len(sorts) > 1 else z3.Const(name, *sorts)


def _uninterpreted(name: str, arguments: Iterable[Term], sort: Term) -> Term:
    """Return an uninterpreted function applied to ``arguments``."""
    terms = list(arguments)
    function = free(name, *(term.sort() for term in terms), sort)
    return function(*terms) if terms else function


def names_in(terms: Iterable[Term]) -> set[str]:
    """Return the names of the uninterpreted symbols in some terms."""
    names: set[str] = set()
    seen: set[int] = set()
    stack = list(terms)
    while stack:
        term = stack.pop()
        if term.get_id() not in seen:
            seen.add(term.get_id())
            if z3.is_app(term) and term.decl().kind() == z3.Z3_OP_UNINTERPRETED:
                names.add(term.decl().name())
            stack.extend(term.children())
    return names


def float_result(name: str, *operands: Term) -> Term:
    """Return the result of an operation on floats: folded for constants, else an uninterpreted function.

    A quotient of whole numbers has their sign, since it is too large to round to zero. If they are representable, it is
    on the side of 1 that they tell, since rounding does not pass the neighbors of 1.
    """
    result = _folded(name, operands)
    if result is not None:
        return real_of(result)
    found = _uninterpreted(f"{FLOATS}{name}", operands, z3.RealSort())
    is_whole = name in ("truediv", QUOTIENT) and all(map(_is_whole, operands))
    return _with_sign(found, *operands) if is_whole else found


def _with_sign(quotient: Term, a: Term, b: Term) -> Term:
    """Return an uninterpreted quotient with the sign of ``a / b``, and on the same side of 1 and -1."""
    zero, one = z3.RealVal(0), z3.RealVal(1)
    size = z3.If(quotient == zero, one, _magnitude(quotient))
    above, below = z3.If(size > one, size, one + one), z3.If(size < one, size, one / 2)
    beside = z3.If(_magnitude(a) == _magnitude(b), one, z3.If(_magnitude(a) > _magnitude(b), above, below))
    size = z3.If(_within(_EXACT, [a, b]), beside, size)
    return z3.If(a == zero, zero, z3.If((a > zero) == (b > zero), size, -size))


def _magnitude(real: Term) -> Term:
    return z3.If(real < 0, -real, real)


def float_is_defined(name: str, *operands: Term) -> Term:
    """Return the term for whether an operation on floats is defined: folded for constants, else uninterpreted.

    An operation may overflow or yield NaN. A quotient with a nonzero divisor is always defined for zero, and for whole
    numbers of moderate size.
    """
    if _folded(name, operands) is not None:
        return TRUE
    found = _uninterpreted(f"{WORKS}{name}", operands, z3.BoolSort())
    if name not in ("truediv", QUOTIENT):
        return found
    fine = [z3.And(operands[0] == 0, operands[1] != 0), found]
    return z3.Or([_within(_MODERATE, operands), *fine] if all(map(_is_whole, operands)) else fine)


def _folded(name: str, operands: Iterable[Term]) -> float | None:
    """Return the result of an operation on floats if it is defined and all operands are constants."""
    numbers = [z3.simplify(operand) for operand in operands]
    return computed(name, list(map(fraction, numbers))) if all(map(z3.is_rational_value, numbers)) else None


def _within(most: int, terms: Iterable[Term]) -> Term:
    """Return the term for whether the absolute values of ``terms`` are at most ``most``."""
    return z3.And([z3.And(each >= -most, each <= most) for each in terms])


def _is_whole(term: Term) -> bool:
    """Return whether a real term is syntactically an integer."""
    number = z3.simplify(term)
    if z3.is_rational_value(number):
        return bool(number.denominator_as_long() == 1)
    return bool(term.decl().kind() == z3.Z3_OP_TO_REAL)


def computed(name: str, arguments: list[Fraction]) -> float | None:
    """Return the result of an operation on floats or integers, ``None`` if it fails or is infinite.

    Integers are converted to floats first, except for the quotient of two, which is rounded only once.
    """
    exponent = name.removeprefix("pow.")
    try:
        if name == QUOTIENT:
            return float(arguments[0] / arguments[1])
        numbers = [float(each) for each in arguments]
        result: Any = EVALUATORS["pow"](*numbers, float(exponent)) if exponent != name else EVALUATORS[name](*numbers)
    except ArithmeticError:
        return None
    return None if isinstance(result, complex) or not isfinite(result) else result


def integer(term: Term) -> int:
    """Return the value of an integer literal, in binary as Python limits decimal conversion."""
    if z3.is_true(z3.simplify(term < 0)):
        return -integer(z3.simplify(-term))
    return int(term.as_binary_string(), 2)


def real_of(number: float) -> Term:
    """Return a float as a real literal."""
    return z3.Q(*number.as_integer_ratio())


def nearest(number: Fraction) -> float:
    """Return the float nearest to ``number``, or an infinity if it is out of range."""
    try:
        return float(number)
    except OverflowError:
        return inf if number > 0 else -inf


def fraction(term: Term) -> Fraction:
    """Return the value of a real or integer literal; an irrational one is approximated."""
    if z3.is_int_value(term):
        return Fraction(integer(term))
    exact = term if z3.is_rational_value(term) else term.approx(20)
    return Fraction(integer(exact.numerator()), integer(exact.denominator()))


def floor_quotient(a: Term, b: Term) -> Term:
    """Return the floor quotient of integers; the solver's division is Euclidean, with a non-negative remainder."""
    return z3.If(b > 0, a / b, (-a) / (-b))


_INTEGERS: dict[str, Callable[[Term, Term], Term]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "floordiv": floor_quotient,
    "mod": lambda a, b: a - b * floor_quotient(a, b),
}


_SIZES: dict[str, Callable[[Value, Value], int | None]] = {
    **dict.fromkeys(("add", "sub"), lambda a, b: _size(operator.add, a, b)),
    "mul": lambda a, b: _size(operator.mul, a, b),
    "truediv": lambda a, b: None,
    "floordiv": lambda a, b: a.size,
    "mod": lambda a, b: b.size,
}
"""Bounds on the results of operations on integers and strings."""

_MINUS: dict[str, Callable[[Value, Value], Term]] = {
    "add": lambda a, b: z3.And(a.minus, b.minus),
    "sub": lambda a, b: z3.And(a.minus, z3.Not(b.minus)),
    "mod": lambda a, b: b.is_negative,
    **dict.fromkeys(("mul", "truediv", "floordiv"), lambda a, b: z3.Xor(a.is_negative, b.is_negative)),
}
"""The sign of a float zero that results from an operation on numbers: whether it is ``-0.0``."""


def arithmetic(name: str, a: Value, b: Value) -> tuple[Value, Term]:
    """Return the sum, difference, product, quotient or remainder of two atoms, and whether it is defined.

    Raises:
        NoEncodingError: if it may be a repetition or a formatting of a string.
    """
    if (name == "mul" and (a.may_be(STR) or b.may_be(STR))) or (name == "mod" and a.may_be(STR)):
        raise NoEncodingError(f"{name} of a string")
    size, numbers = _SIZES[name](a, b), conjunction([a.when(NUMBER), b.when(NUMBER)])
    cases, ok = _numeric(name, a, b, numbers), [numbers]
    if name in ("truediv", "floordiv", "mod"):
        ok.append(b.number != 0)
    if INT in cases and name in ("mul", "floordiv", "mod"):
        guard, payload = cases[INT]
        limited = [(payload, size)] if name == "mul" else [(_integer(each), each.size) for each in (a, b)]
        ok.append(_implies(guard, conjunction(fits(*each) for each in limited)))
    minus = FALSE
    if FLOAT in cases:
        guard, _ = cases[FLOAT]
        ok.append(_implies(conjunction([numbers, guard]), _as_floats(float_is_defined, name, a, b)))
        minus = _zero(cases, _MINUS[name](a, b))
    if not (a.may_be(STR) and b.may_be(STR) and name == "add"):
        return Value(cases, size if INT in cases else 1, minus), conjunction(ok)
    joined = _uninterpreted(f"{JOINED}join", [a.text, b.text], z3.RealSort())
    texts = conjunction([a.when(STR), b.when(STR)])
    cases = {kind: (conjunction([numbers, guard]), payload) for kind, (guard, payload) in cases.items()}
    cases[STR] = (texts, z3.If(joined >= 0, joined, -joined))
    short = _uninterpreted(f"{FITS}join", [a.text, b.text], z3.BoolSort())
    short = TRUE if size is not None and size <= MOST_CHARACTERS else short
    return Value(cases, size, minus), disjunction([conjunction(ok), conjunction([texts, short])])


def fits(number: Term, size: int | None) -> Term:
    """Return the term for whether an integer is within the limit; trivial if its size is bounded."""
    return TRUE if size is not None else z3.Or(UNLIMITED, z3.And(number < LIMIT, -number < LIMIT))


def _numeric(name: str, a: Value, b: Value, numbers: Term) -> dict[Type, tuple[Term, Term]]:
    """Return the cases of an operation on numbers, with exhaustive guards even where it is undefined."""
    if not (a.may_be(NUMBER) and b.may_be(NUMBER)):
        return {INT: (TRUE, z3.IntVal(0))}
    if name == "truediv":
        return {FLOAT: (TRUE, _as_floats(float_result, name, a, b))}
    floats = disjunction([a.when(FLOAT), b.when(FLOAT)])
    cases = {}
    if not z3.is_true(floats):
        integers = [_integer(each) for each in (a, b)]
        cases[INT] = (z3.Not(floats) if not z3.is_false(floats) else TRUE, _INTEGERS[name](*integers))
    if not z3.is_false(floats):
        cases[FLOAT] = (floats, _as_floats(float_result, name, a, b))
    return cases


def _as_floats(function: Callable[..., Term], name: str, a: Value, b: Value) -> Term:
    """Return ``function`` applied to an operation on numbers that are converted to floats.

    The quotient of two integers is rounded only once, which matters only if one is not representable as a float.
    """
    reals, floats = _reals(a, b), disjunction([a.when(FLOAT), b.when(FLOAT)])
    are_exact = z3.is_true(floats) or all(each.size is not None and each.size <= _EXACT for each in (a, b))
    if name != "truediv" or are_exact:
        return function(name, *reals)
    return z3.If(z3.Or(floats, _within(_EXACT, reals)), function(name, *reals), function(QUOTIENT, *reals))


def _reals(*values: Value) -> list[Term]:
    """Return the numeric payloads of some values as reals."""
    return [z3.ToReal(each.number) if z3.is_int(each.number) else each.number for each in values]


def _integer(value: Value) -> Term:
    """Return the payload of an integer or a boolean as an integer."""
    return value.only(BOOL | INT).number


def power(a: Value, exponent: Atom) -> tuple[Value, Term]:
    """Return a number to a constant power, and whether it is defined.

    Raises:
        NoEncodingError: if it may be an integer to a power other than a small natural number.
    """
    if isinstance(exponent, str | bool | None) or (not 0 <= exponent <= 4 and type(exponent) is int):
        raise NoEncodingError("a power")
    real = z3.ToReal(a.number) if z3.is_int(a.number) else a.number
    inexact, ok = float_result(f"pow.{exponent}", real), float_is_defined(f"pow.{exponent}", real)
    minus = a.is_negative if exponent % 2 == 1 else FALSE
    if isinstance(exponent, float):
        cases = {FLOAT: (TRUE, inexact)}
        return Value(cases, 1, _zero(cases, minus)), conjunction([a.when(NUMBER), ok])
    integer, size = _integer(a), _size(lambda size: size**exponent, a)
    powers = [z3.IntVal(1), integer]
    while len(powers) <= exponent:
        powers.append(powers[-1] * integer)
    result, floats = powers[exponent], a.when(FLOAT)
    # Lower powers of an integer are no larger; stating this spares the solver the proof.
    small = conjunction(fits(each, size) for each in powers[min(exponent, 2) : exponent + 1])
    if not a.may_be(FLOAT):
        return Value.of(INT, result, size), conjunction([a.when(NUMBER), small])
    fine = conjunction([a.when(NUMBER), _implies(floats, ok), _implies(z3.Not(floats), small)])
    cases = {INT: (z3.Not(floats), result), FLOAT: (floats, inexact)}
    return Value(cases, size, _zero(cases, minus)), fine


def negated(a: Value) -> tuple[Value, Term]:
    """Return the negative of an atom, and whether it is defined."""
    return _signed(a, lambda term: -term, z3.Not(a.minus))


def absolute(a: Value) -> tuple[Value, Term]:
    """Return the absolute value of an atom, and whether it is defined."""
    return _signed(a, lambda term: z3.If(term < 0, -term, term))


def _signed(a: Value, function: Callable[[Term], Term], minus: Term = FALSE) -> tuple[Value, Term]:
    cases = {}
    if a.may_be(BOOL | INT) or not a.may_be(NUMBER):
        cases[INT] = (z3.Not(a.when(FLOAT)) if a.may_be(FLOAT) else TRUE, function(_integer(a)))
    if a.may_be(FLOAT):
        cases[FLOAT] = (a.when(FLOAT), function(a.cases[FLOAT][1]))
    return Value(cases, a.size, _zero(cases, minus) if FLOAT in cases else FALSE), a.when(NUMBER)


_ROUNDED = 2**1024
"""A bound on finite floats."""


def rounded(a: Value) -> tuple[Value, Term]:
    """Return the integer nearest to an atom, ties to even, and whether it is defined."""
    number = a.number
    if z3.is_int(number):
        return Value.of(INT, number, a.size), a.when(NUMBER)
    below = z3.ToInt(number)
    rest = number - z3.ToReal(below)
    up = z3.Or(rest > z3.Q(1, 2), z3.And(rest == z3.Q(1, 2), below % 2 == 1))
    fine = z3.Implies(a.when(FLOAT), float_is_defined("round", number))  # a computed float may be infinite
    size = _size(lambda size: max(size, _ROUNDED), a)
    return Value.of(INT, z3.If(up, below + 1, below), size), conjunction([a.when(NUMBER), fine])


# Conversions

_SHORT = 2**2000
"""Integers up to this magnitude are written in decimal however Python limits it."""


def truth_of(a: Value) -> tuple[Value, Term]:
    """Return ``bool`` of an atom, and whether it is defined."""
    return Value.of(BOOL, a.truth), TRUE


def to_int(a: Value) -> tuple[Value, Term]:
    """Return ``int`` of an atom, and whether it is defined: a float is cut off, and reading a string uninterpreted."""
    parts, ok = [], []
    if a.may_be(BOOL | INT):
        parts.append((a.when(BOOL | INT), Value.of(INT, _integer(a), a.size)))
    if a.may_be(FLOAT):
        guard, payload = a.cases[FLOAT]
        cut = z3.If(payload >= 0, z3.ToInt(payload), -z3.ToInt(-payload))
        parts.append((guard, Value.of(INT, cut, _ROUNDED)))
        ok.append(_implies(guard, float_is_defined("to_int", payload)))  # a computed float may be infinite
    if a.may_be(STR):
        guard, payload = a.cases[STR]
        parts.append((guard, Value.of(INT, _uninterpreted(f"{READ}int", [payload], z3.IntSort()))))
        ok.append(_implies(guard, _uninterpreted(f"{READ}is_int", [payload], z3.BoolSort())))
    return _one_of(parts), conjunction(ok)


def to_float(a: Value) -> tuple[Value, Term]:
    """Return ``float`` of an atom, and whether it is defined: reading a string is uninterpreted."""
    parts, ok = [], []
    if a.may_be(BOOL | INT):
        guard, real = a.when(BOOL | INT), z3.ToReal(_integer(a))
        exact = a.size is not None and a.size <= _EXACT
        rounded = real if exact else z3.If(_within(_EXACT, [real]), real, float_result("to_float", real))
        parts.append((guard, Value.of(FLOAT, rounded)))
        if a.size is None or a.size > _MODERATE:
            ok.append(_implies(guard, z3.Or(_within(_MODERATE, [real]), float_is_defined("to_float", real))))
    if a.may_be(FLOAT):
        guard, payload = a.cases[FLOAT]
        parts.append((guard, Value.of(FLOAT, payload, minus=a.minus)))
    if a.may_be(STR):
        guard, payload = a.cases[STR]
        read = _uninterpreted(f"{READ}float", [payload], z3.RealSort())
        minus = _uninterpreted(f"{READ}minus", [payload], z3.BoolSort())
        parts.append((guard, Value.of(FLOAT, read, minus=z3.And(read == 0, minus))))
        ok.append(_implies(guard, _uninterpreted(f"{READ}is_float", [payload], z3.BoolSort())))
    return _one_of(parts), conjunction(ok)


def to_str(a: Value, false: Value, true: Value) -> tuple[Value, Term]:
    """Return ``str`` of an atom, and whether it is defined: writing a number, never as "", is uninterpreted.

    Args:
        a: the atom.
        false: the string ``"False"``.
        true: the string ``"True"``.
    """
    parts, ok = [], []
    for kind, (guard, payload) in a.cases.items():
        if kind is BOOL:
            made = choose(payload, true, false)
        elif kind is STR:
            made = Value.of(STR, payload, a.size)
        else:
            written = _uninterpreted(f"{READ}str.{kind}", _parts(a, kind), z3.RealSort())
            made = Value.of(STR, z3.If(written > 0, written, 1 - written), None)
            if kind is INT and (a.size is None or a.size > _SHORT):
                short = z3.And(payload <= _SHORT, payload >= -_SHORT)
                is_written = _uninterpreted(f"{READ}is_written", [payload], z3.BoolSort())
                ok.append(_implies(guard, z3.Or(short, is_written)))
        parts.append((guard, made))
    return _one_of(parts), conjunction(ok)


def _one_of(parts: Sequence[tuple[Term, Value]]) -> Value:
    """Return the value whose guard holds, of which one does."""
    found = parts[-1][1]
    for guard, value in parts[:-1]:
        found = choose(guard, value, found)
    return found


def logic(name: str, a: Value, b: Value) -> tuple[Value, Term]:
    """Return the conjunction or disjunction of booleans, or its bitwise counterpart, and whether it is defined.

    It is exact for integers of at most four bits, and uninterpreted for longer ones.
    """
    cases: dict[Type, tuple[Term, Term]] = {}
    booleans = conjunction([a.when(BOOL), b.when(BOOL)])
    if a.may_be(BOOL) and b.may_be(BOOL):
        both = [a.cases[BOOL][1], b.cases[BOOL][1]]
        cases[BOOL] = (booleans, z3.And(both) if name == "and" else z3.Or(both))
    if not z3.is_true(booleans):
        cases[INT] = (z3.Not(booleans) if cases else TRUE, _bits(name, _integer(a), _integer(b)))
    size = _size(lambda a, b: 2 * max(a, b) + 1, a, b)
    return Value(cases, size), conjunction([a.when(BOOL | INT), b.when(BOOL | INT)])


def _bits(name: str, a: Term, b: Term) -> Term:
    """Return the bitwise combination: exact for integers of four bits, else an uninterpreted function."""
    known = [z3.And(each >= -8, each <= 7) for each in (a, b)]
    exact = z3.IntVal(0)
    for place, weight in ((1, 1), (2, 2), (4, 4), (8, -8)):
        bits = [each / place % 2 == 1 for each in (a, b)]
        exact = exact + z3.If(z3.And(bits) if name == "and" else z3.Or(bits), weight, 0)
    return z3.If(z3.And(known), exact, _uninterpreted(f"{BITS}{name}", [a, b], z3.IntSort()))


def inverted(a: Value) -> tuple[Value, Term]:
    """Return the negation of a boolean or the bitwise complement of an integer, and whether it is defined."""
    cases = {}
    if a.may_be(BOOL):
        guard, payload = a.cases[BOOL]
        cases[BOOL] = (guard, z3.Not(payload))
    if len(a.cases) > 1 or not cases:
        cases[INT] = (z3.Not(a.when(BOOL)) if cases else TRUE, -_integer(a) - 1)
    return Value(cases, _size(lambda size: size + 1, a)), a.when(BOOL | INT)


def _parts(a: Value, kind: Type) -> list[Term]:
    """Return the terms that determine an atom of a kind: its payload, and for a float also the sign of zero."""
    _, payload = a.cases[kind]
    return [] if kind is NONE else [payload, a.minus] if kind is FLOAT else [payload]


def _called(symbol: str, part: str, sort: Term, *arguments: Value) -> Term:
    """Return an uninterpreted function of atoms: a solver function for each combination of their kinds."""
    found = None
    for cases in product(*(each.cases.items() for each in arguments)):
        kinds = ".".join(str(kind) for kind, _ in cases)
        terms = (term for each, (kind, _) in zip(arguments, cases, strict=True) for term in _parts(each, kind))
        made = _uninterpreted(f"{symbol}.{part}.{kinds}", terms, sort)
        found = made if found is None else z3.If(conjunction(guard for _, (guard, _) in cases), made, found)
    return found


def applied(symbol: str, *arguments: Value) -> tuple[Value, Term]:
    """Return the result, of any kind, of an uninterpreted function of atoms, and whether it is defined."""
    tag, cases = _called(symbol, "kind", z3.IntSort(), *arguments), {}
    for number, kind in enumerate(KINDS):
        payload = TRUE if kind is NONE else _called(symbol, str(kind), SORTS[kind], *arguments)
        guard = z3.And([tag != other for other in range(len(KINDS) - 1)]) if kind is KINDS[-1] else tag == number
        cases[kind] = (guard, z3.If(payload >= 0, payload, -payload) if kind is STR else payload)
    minus, succeeds = (_called(symbol, part, z3.BoolSort(), *arguments) for part in ("minus", "succeeds"))
    return Value(cases, None, _zero(cases, minus)), succeeds


def predicate(symbol: str, a: Value, b: Value) -> tuple[Term, Term]:
    """Return the outcome of an uninterpreted predicate of two atoms, and whether it is defined."""
    return _called(symbol, "holds", z3.BoolSort(), a, b), _called(symbol, "succeeds", z3.BoolSort(), a, b)
