"""The embedded language: RASPy's dialect of RASP as Python objects and operators.

The language is that of the blog post "Thinking Like Transformers" (Rush and Weiss), after the paper of the same
name by Weiss, Goldberg and Yahav; docs/language.md defines its semantics.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Set
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn, Protocol, Self, TypeVar, overload

from raspir.frontends.expressions import (
    MISSING,
    UNSUPPORTED,
    Expression,
    RefusedOperations,
    expression,
    named,
    refuse,
)
from raspir.frontends.functions import check_arity, function_name, is_function
from raspir.frontends.programs import ProgramExpression, SelectorExpression, Shown
from raspir.frontends.python.synonyms import also_named
from raspir.frontends.source import mistake
from raspir.ir import Atom, read_sequence
from raspir.ir.atoms import distinct, given_atom, is_one_of, show
from raspir.ir.errors import InputError
from raspir.ir.functions import OF_ATOMS
from raspir.ir.operations import COMPARISONS, OPERATIONS, AttributeKind
from raspir.ir.tracebacks import public, public_methods
from raspir.ir.types import NONE
from raspir.ir.typing import Attribute
from raspir.runtime.matrix import Matrix
from raspir.runtime.sequence import Sequence

if TYPE_CHECKING:
    from raspir.backends.picture import Kind

A = TypeVar("A")


def _operator(operation: str, reflected: bool = False) -> Callable[[SOp, object], SOp]:
    """Return the method that applies a binary operation, with the program as the right operand if ``reflected``."""

    def method(self: SOp, other: object) -> SOp:
        return _binary(operation, other, self) if reflected else _binary(operation, self, other)

    method.__name__ = f"__{'r' if reflected else ''}{operation}__"
    method.__qualname__ = f"SOp.{method.__name__}"
    return method


@public_methods
class _Named(Expression):
    """What is given a name by a method."""

    __slots__ = ()

    def name(self, name: str) -> Self:
        """Return the same program or selector with a name for drawings and printouts."""
        return named(self, name)


@public_methods
class SOp(ProgramExpression, _Named):
    """A sequence operation: a program that computes one atom for each position of its input.

    Operators and methods build new programs; evaluation happens only on a call with an input.
    """

    __slots__ = ()

    _what = "a program"
    _formatted = "it has no values until it runs on an input; .map(lambda atom: format(atom, {})) formats its atoms"
    _advice = (
        "a program has no such operation; .map(f) applies a function to each atom, and a selector aggregates, as in "
        "(key(a) == query(b)).value(program)"
    )
    _made_by = "build programs from tokens, indices and operators, as in tokens + 1"

    def __call__(self, input: object = MISSING, *more: object, **named: object) -> Sequence:
        """Return the result on ``input``: the characters of a ``str``, or the items of any other sequence.

        Raises:
            InputError: if ``input`` is not a sequence of atoms.
            EvaluationError: if an operation fails; the message names the source line, the position and the values.
        """
        return self._run(self._input(input, more, named))

    @overload
    def input(self, input: object) -> Sequence: ...
    @overload
    def input(self, x: object) -> Sequence: ...
    @also_named(x="input")
    def input(self, input: object) -> Sequence:
        """Return the result on ``input``; equivalent to a call."""
        return self(input)

    @overload
    def map(self, function: Callable[[Any], Any], none: MissingMode = "error") -> SOp: ...
    @overload
    def map(self, f: Callable[[Any], Any], none: MissingMode = "error") -> SOp: ...
    @also_named(f="function")
    def map(self, function: Callable[[Any], Any], none: MissingMode = "error") -> SOp:
        """Return the program that applies a Python function to the atom at each position.

        The function should depend on its argument alone, as a feed-forward network does.

        Args:
            function: a function of one atom.
            none: what to do where the atom is ``None``: ``"error"``, or ``"skip"`` for the result ``None``. In neither
                case is the function called.
        """
        if not is_function(function):
            mistake(f"map takes a function of one atom, not {show(function)}")
        return _applied(function, (self,), none)

    @staticmethod
    def zip(function: Callable[..., Any], *programs: object, none: MissingMode = "error") -> SOp:
        """Return ``raspir.apply(function, *programs, none=none)``, under RASPy's name."""
        return apply(function, *programs, none=none)

    def is_none(self) -> SOp:
        """Return whether each atom is ``None``."""
        return expression(SOp, "eq", (self, _constant(None)))

    def or_else(self, other: object) -> SOp:
        """Return ``other`` where the atom is ``None``, else the atom."""
        return where(self.is_none(), other, self)

    def round(self) -> SOp:
        """Return the nearest integers, ties to even."""
        return expression(SOp, "round", (self,))

    def cos(self) -> SOp:
        """Return the cosines: ``.map(math.cos)``."""
        return self.map(math.cos)

    def sin(self) -> SOp:
        """Return the sines: ``.map(math.sin)``."""
        return self.map(math.sin)

    @overload
    def has(self, values: Iterable[Atom]) -> SOp: ...
    @overload
    def has(self, v: Iterable[Atom]) -> SOp: ...
    @also_named(v="values")
    def has(self, values: Iterable[Atom]) -> SOp:
        """Return whether each atom equals one of ``values``: a list of atoms, or the characters of a ``str``."""
        return expression(SOp, "has", (self,), (_atoms(values, "has", distinct),))

    def __round__(self, digits: int | None = None) -> SOp:
        if digits is not None:
            mistake("round(program) rounds to integers; for digits use .map(lambda x: round(x, digits))")
        return self.round()

    __add__, __radd__ = _operator("add"), _operator("add", reflected=True)
    __sub__, __rsub__ = _operator("sub"), _operator("sub", reflected=True)
    __mul__, __rmul__ = _operator("mul"), _operator("mul", reflected=True)
    __truediv__, __rtruediv__ = _operator("truediv"), _operator("truediv", reflected=True)
    __floordiv__, __rfloordiv__ = _operator("floordiv"), _operator("floordiv", reflected=True)
    __mod__, __rmod__ = _operator("mod"), _operator("mod", reflected=True)
    __and__, __rand__ = _operator("and"), _operator("and", reflected=True)
    __or__, __ror__ = _operator("or"), _operator("or", reflected=True)

    def __pow__(self, other: object, modulo: object = None) -> SOp:
        return _binary("pow", self, _alone(other, modulo))

    def __rpow__(self, other: object, modulo: object = None) -> SOp:
        return _binary("pow", _alone(other, modulo), self)

    def __eq__(self, other: object) -> SOp:  # type: ignore[override]  # equality position by position
        return _binary("eq", self, other)

    def __ne__(self, other: object) -> SOp:  # type: ignore[override]  # likewise
        return _binary("ne", self, other)

    __lt__ = _operator("lt")
    __le__ = _operator("le")
    __gt__ = _operator("gt")
    __ge__ = _operator("ge")

    def __neg__(self) -> SOp:
        return expression(SOp, "neg", (self,))

    def __abs__(self) -> SOp:
        return expression(SOp, "abs", (self,))

    def __invert__(self) -> SOp:
        return expression(SOp, "not", (self,))

    __hash__ = RefusedOperations.__hash__


@public_methods
class Selector(SelectorExpression, _Named):
    """An attention pattern: an n×n boolean matrix with a row for each query and a column for each key."""

    __slots__ = ()

    _what = "a selector"
    _advice = (
        "a selector has no atoms and no arithmetic: combine selectors with `&`, `|` and `~`, or aggregate with "
        ".value(…)"
    )
    _made_by = "compare a key with a query, as in key(a) == query(b)"

    def __call__(self, input: object = MISSING, *more: object, **named: object) -> Matrix:
        """Return the matrix on ``input``: a list of rows (queries) of booleans (keys).

        Raises:
            InputError: if ``input`` is not a sequence of atoms.
            EvaluationError: if an operation fails.
        """
        return self._run(self._input(input, more, named))

    @overload
    def input(self, input: object) -> Matrix: ...
    @overload
    def input(self, x: object) -> Matrix: ...
    @also_named(x="input")
    def input(self, input: object) -> Matrix:
        """Return the matrix on ``input``; equivalent to a call."""
        return self(input)

    @overload
    def value(self, value: object, default: Atom = 0) -> SOp: ...
    @overload
    def value(self, val: object, default: Atom = 0) -> SOp: ...
    @also_named(val="value")
    def value(self, value: object, default: Atom = 0) -> SOp:
        """Return, at each position, the sum of ``value`` over the selected positions.

        A single selected value of any type is returned unchanged; an empty selection yields ``default``.
        """
        return _aggregated("sum", self, value, default)

    def mean(self, value: object, default: Atom = 0) -> SOp:
        """Return, at each position, the mean of ``value`` over the selected positions: the paper's aggregate.

        A single selected value is returned unchanged; an empty selection yields ``default``.
        """
        return _aggregated("mean", self, value, default)

    def best(self, value: object, score: object, ties: str = "left", default: Atom = 0, pick: str = "highest") -> SOp:
        """Return, at each position, ``value`` at the selected position with the highest ``score``.

        This is the hard attention of the transformer literature, as computed by a saturated softmax head. Scores are
        compared as atoms: numbers with numbers and strings with strings.

        Args:
            value: the fetched value, of any type.
            score: a program that computes the score of each position.
            ties: the tie-breaking rule: the leftmost (``"left"``) or rightmost (``"right"``) position wins.
            default: the result for an empty selection.
            pick: ``"lowest"`` picks the position with the lowest score instead.
        """
        operands = (self, _program(value), _score(score))
        chosen = _choice("pick", AttributeKind.PICK, pick), _choice("ties", AttributeKind.TIES, ties)
        return expression(SOp, "best", operands, (*chosen, _default(default)))

    def width(self) -> SOp:
        """Return the number of selected positions."""
        return self.value(1)

    def __and__(self, other: object) -> Selector:
        return expression(Selector, "selector.and", (self, _selector(other)))

    def __or__(self, other: object) -> Selector:
        return expression(Selector, "selector.or", (self, _selector(other)))

    def __invert__(self) -> Selector:
        return expression(Selector, "selector.not", (self,))

    __hash__ = RefusedOperations.__hash__


@public_methods
class _Comparand(RefusedOperations, Shown):
    """A sequence in the role of keys or queries: the comparison of the one with the other is a selector."""

    __slots__ = ("sop",)

    _role: ClassVar[Literal["key", "query"]]

    def __init__(self, sequence: object) -> None:
        self.sop = _program(sequence)

    def __eq__(self, other: object) -> Selector:  # type: ignore[override]  # a comparison builds a selector
        return self._compare("eq", other)

    def __ne__(self, other: object) -> Selector:  # type: ignore[override]  # likewise
        return self._compare("ne", other)

    def __lt__(self, other: object) -> Selector:
        return self._compare("lt", other)

    def __le__(self, other: object) -> Selector:
        return self._compare("le", other)

    def __gt__(self, other: object) -> Selector:
        return self._compare("gt", other)

    def __ge__(self, other: object) -> Selector:
        return self._compare("ge", other)

    def _compare(self, comparison: str, other: object) -> Selector:
        keys, queries = (self, other) if isinstance(self, Key) else (other, self)
        if not (isinstance(keys, Key) and isinstance(queries, Query)):
            mistake(f"{self._advice}, not with {show(other)}")
        # The IR puts the key first, so `query OP key` is mirrored.
        return _select(comparison if keys is self else _MIRRORED.get(comparison, comparison), keys, queries)

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.sop,))

    def __repr__(self) -> str:
        return f"{self._role}({self.sop!r})"

    def _pictured(self) -> tuple[Kind, ProgramExpression]:
        return self._role, self.sop

    __hash__ = RefusedOperations.__hash__


_MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


class Key(_Comparand):
    """A sequence in the role of keys: its comparison with a query is a selector."""

    __slots__ = ()

    _what, _shown, _role = "a key", "key(…)", "key"
    _advice = "a key can only be compared with a query (== != < <= > >=), as in key(a) == query(b)"


class Query(_Comparand):
    """A sequence in the role of queries: its comparison with a key is a selector."""

    __slots__ = ()

    _what, _shown, _role = "a query", "query(…)", "query"
    _advice = "a query can only be compared with a key (== != < <= > >=), as in query(b) == key(a)"


for _name, _function in (
    ("int", "int"), ("index", "int"), ("float", "float"), ("complex", "complex"),
    ("trunc", "math.trunc"), ("floor", "math.floor"), ("ceil", "math.ceil"),
):  # fmt: skip
    refuse(SOp, f"__{_name}__", f"{{what}} is not a number: use .map({_function}) to convert position by position")
for _name in ("__divmod__", "__rdivmod__"):
    refuse(SOp, _name, "`divmod` would return two programs: write a // b for the one and a % b for the other")
for _operator_name, _advice in (
    ("matmul", "a selector aggregates, as in (key(a) == query(b)).value(c)"),
    ("xor", "for booleans write a != b"),
    ("lshift", "write a * 2 ** b"),
    ("rshift", "write a // 2 ** b"),
):
    for _name in (f"__{_operator_name}__", f"__r{_operator_name}__"):
        refuse(SOp, _name, f"`{UNSUPPORTED[_operator_name]}`: a program has no such operation; {_advice}")
refuse(SOp, "__pos__", "`+`: a program does not support unary plus, which would have no effect: leave it out")
refuse(
    SOp,
    "__reversed__",
    "{what} cannot be reversed before it runs: use (key(length - 1 - indices) == query(indices)).value(program), with "
    "length = (key(1) == query(1)).value(1)",
)
refuse(Selector, "zip", "Selector.zip: combine selectors with `&`, `|` and `~`")


def _alone(exponent: A, modulo: object) -> A:
    """Return ``exponent``, after checking that ``pow`` was called without a third argument."""
    if modulo is not None:
        mistake("pow of a program takes two arguments: write a ** b % c for three")
    return exponent


def _program(value: object) -> ProgramExpression:
    """Return ``value`` as a program: a scalar becomes a constant sequence, a list or tuple a fixed one."""
    if value is None:
        mistake(
            "None is not a program: a function without `return` returns it. A branch of where, a default, an item of "
            "raw([…]) and an argument of apply may be None"
        )
    return _atoms_or_none(value)


def _atoms_or_none(value: object) -> ProgramExpression:
    """Return ``value`` as a program, where ``None`` stands for a missing value at each position."""
    if isinstance(value, ProgramExpression):
        return value
    if isinstance(value, list | tuple):
        return _fixed(value, f"{show(value)} is not a fixed sequence")
    if isinstance(value, SelectorExpression):
        mistake("a selector is not a sequence of atoms: aggregate with it, as in selector.value(tokens)")
    if isinstance(value, _Comparand):
        mistake(f"{show(value)} is not a sequence of atoms: compare it, as in key(a) == query(b)")
    try:
        atom = given_atom(value)
    except InputError as error:
        is_sequence = isinstance(value, Iterable) and not isinstance(value, str | Mapping | Set)
        hint = "; for a fixed sequence write raw([…])" if is_sequence else ""
        mistake(error.message + hint)
    return _constant(atom)


def _constant(atom: Atom) -> SOp:
    return expression(SOp, "const", attributes=(atom,))


def _fixed(values: object, problem: str) -> SOp:
    return expression(SOp, "raw", attributes=(tuple(_atoms(values, problem, read_sequence)),))


def _aggregated(operation: str, selector: SelectorExpression, value: object, default: Atom) -> SOp:
    return expression(SOp, operation, (selector, _program(value)), (_default(default),))


def _default(default: object) -> Atom:
    try:
        return given_atom(default)
    except InputError as error:
        mistake(f"the default of an aggregate must be an atom: {error.message}")


def _score(score: object) -> ProgramExpression:
    """Return ``score`` as a program; a scalar leaves the choice to ``ties``."""
    if isinstance(score, ProgramExpression | list | tuple):
        return _program(score)
    try:
        atom = given_atom(score)
    except InputError:
        atom = None
    if atom is None:
        mistake(f"a score must be a program, such as indices, or a scalar, not {show(score)}")
    return _constant(atom)


def _choice(name: str, kind: AttributeKind, chosen: object) -> str:
    for choice in kind.choices:
        if is_one_of(chosen, (choice,)):
            return choice
    hint = "; pass a default as default=…" if kind is AttributeKind.TIES else ""
    mistake(f"{name} must be {kind.value}, not {show(chosen)}{hint}")


def _selector(value: object) -> SelectorExpression:
    if not isinstance(value, SelectorExpression):
        mistake(f"a selector can only be combined with a selector, not with {show(value)}")
    return value


def _atoms(values: object, where: str, read: Callable[[object], A]) -> A:
    if isinstance(values, RefusedOperations):
        mistake(f"{where} takes fixed values, not {show(values)}")
    try:
        return read(values)
    except InputError as error:
        mistake(f"{where}: {error.message}")


def _binary(operation: str, a: object, b: object) -> SOp:
    for side in (a, b):
        if isinstance(side, _Comparand):
            _refuse_comparand(operation, side)
        if side is None:
            _refuse_none(operation)
    return expression(SOp, operation, (_program(a), _program(b)))


def _refuse_none(operation: str) -> NoReturn:
    """Report ``None`` as an operand: if it is meant, a method says so."""
    symbol = OPERATIONS[operation].symbol
    if operation in ("eq", "ne"):
        negated = "~" if operation == "ne" else ""
        mistake(f"`{symbol} None` compares a program with a missing value at each position: write {negated}p.is_none()")
    mistake(f"`{symbol}` does not take None, which stands for a missing value: p.or_else(x) replaces it")


def _refuse_comparand(operation: str, side: _Comparand) -> NoReturn:
    """Report a key or query as an operand beside a program."""
    symbol = OPERATIONS[operation].symbol
    if operation in COMPARISONS:
        other = "query" if isinstance(side, Key) else "key"
        mistake(f"`{symbol}`: {side._what} is compared with a {other}, not with a program: write {other}(…) around it")
    mistake(f"`{symbol}`: {side._what} can only be compared: compute inside it, as in {side._role}(a {symbol} b)")


def _select(comparison: str, key: Key, query: Query) -> Selector:
    return expression(Selector, f"select.{comparison}", (key.sop, query.sop))


@overload
def key(sequence: object) -> Key: ...
@overload
def key(x: object) -> Key: ...
@public
@also_named(x="sequence")
def key(sequence: object) -> Key:
    """Return ``sequence`` (a program, a scalar or a list) as keys, for comparison with a query."""
    return Key(sequence)


@overload
def query(sequence: object) -> Query: ...
@overload
def query(x: object) -> Query: ...
@public
@also_named(x="sequence")
def query(sequence: object) -> Query:
    """Return ``sequence`` (a program, a scalar or a list) as queries, for comparison with a key."""
    return Query(sequence)


_PREDICATES = tuple((getattr(operator, name), name) for name in COMPARISONS)


@overload
def select(keys: object, queries: object, predicate: Callable[[Any, Any], object]) -> Selector: ...
@overload
def select(keylike: object, querylike: object, predicate: Callable[[Any, Any], object]) -> Selector: ...
@public
@also_named(keylike="keys", querylike="queries")
def select(keys: object, queries: object, predicate: Callable[[Any, Any], object]) -> Selector:
    """Return the selector whose entry (i, j) is ``predicate(keys[j], queries[i])``.

    The comparisons of the standard module ``operator`` build the same selectors as ``key(keys) < query(queries)``.
    """
    if not is_function(predicate):
        mistake(f"select takes a predicate of two atoms, a key's and a query's, not {show(predicate)}")
    for comparison, name in _PREDICATES:
        if predicate is comparison:
            return _select(name, Key(keys), Query(queries))
    check_arity(predicate, 2)
    return expression(Selector, "select.by", (_program(keys), _program(queries)), ("function",), predicate)


@overload
def aggregate(selector: Selector, value: object, default: Atom = 0, name: str = "", width: bool = False) -> SOp: ...
@overload
def aggregate(sel: Selector, vallike: object, default: Atom = 0, name: str = "", width: bool = False) -> SOp: ...
@public
@also_named(sel="selector", vallike="value")
def aggregate(selector: Selector, value: object, default: Atom = 0, name: str = "", width: bool = False) -> SOp:
    """Return ``selector.value(value, default)``, with a name for drawings and printouts if one is given.

    Args:
        selector: the positions that each position attends to.
        value: the aggregated program.
        default: the result for an empty selection.
        name: the name of the result.
        width: RASPy's mark of a count, which only affects RASPy's drawings; without effect.
    """
    if not isinstance(selector, SelectorExpression):
        swapped = "; here they are swapped" if isinstance(value, SelectorExpression) else ""
        mistake(f"aggregate takes a selector first and then a program, as in aggregate(key(a) == query(b), c){swapped}")
    aggregated = _aggregated("sum", selector, value, default)
    return named(aggregated, name) if name != "" else aggregated


MissingMode = Literal["error", "skip"]
"""What a function of atoms does where one of them is ``None``."""


@public
def apply(function: Callable[..., Any], *programs: object, none: MissingMode = "error") -> SOp:
    """Return the program that applies a Python function to one atom of each program, position by position.

    The function should depend on its arguments alone, as a feed-forward network does.

    Args:
        function: a function of as many atoms as there are programs.
        programs: programs, scalars or lists.
        none: what to do where an atom is ``None``: ``"error"``, or ``"skip"`` for the result ``None``. The function is
            called in neither case.
    """
    if not is_function(function):
        mistake(f"apply takes a function first and then programs, not {show(function)}")
    if not programs:
        mistake("apply takes at least one program after the function")
    return _applied(function, tuple(map(_atoms_or_none, programs)), none)


class ElementwiseFunction(Protocol):
    """A function of atoms that is a function of programs as well."""

    @overload
    def __call__(self, *arguments: SOp) -> SOp: ...
    @overload
    def __call__(self, *arguments: Any, **named: Any) -> Any: ...


@overload
def elementwise(function: Callable[..., Any]) -> ElementwiseFunction: ...
@overload
def elementwise(*, none: MissingMode = "error") -> Callable[[Callable[..., Any]], ElementwiseFunction]: ...
@public
def elementwise(function: Callable[..., Any] | None = None, *, none: MissingMode = "error") -> Any:
    """Return a function of atoms as a function of programs as well: a decorator.

    A call with a program among its arguments is :func:`apply`; any other call is that of the function itself.

    Args:
        function: a function of atoms.
        none: as for :func:`apply`.
    """
    if function is None:
        return partial(elementwise, none=none)
    if not is_function(function):
        mistake(f"elementwise decorates a function of atoms, not {show(function)}")

    @public
    @wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        if not any(isinstance(each, RefusedOperations) for each in (*arguments, *named.values())):
            return function(*arguments, **named)
        if named:
            mistake(f"{function_name(function)}: pass programs by position, as in apply, not by name")
        return apply(call, *arguments, none=none)  # under its name, pickle finds `call`

    vars(call)[OF_ATOMS] = function
    return call


def _applied(function: Callable[..., Any], programs: tuple[ProgramExpression, ...], none: object) -> SOp:
    check_arity(function, len(programs))
    mode = _choice("none", AttributeKind.NONE, none)
    if mode == "error" and any(program.type is NONE for program in programs):
        mistake(
            f"{function_name(function)} is not called with None, so that it would fail at each position: "
            'none="skip" makes the result None'
        )
    return expression(SOp, "map", programs, ("function", mode), function)


@overload
def where(condition: object, a: object, b: object) -> SOp: ...
@overload
def where(pred: object, t: object, f: object) -> SOp: ...
@public
@also_named(pred="condition", t="a", f="b")
def where(condition: object, a: object, b: object) -> SOp:
    """Return ``a`` where ``condition`` is truthy, else ``b``, position by position."""
    return expression(SOp, "where", (_program(condition), _atoms_or_none(a), _atoms_or_none(b)))


@overload
def raw(values: Iterable[Atom]) -> SOp: ...
@overload
def raw(x: Iterable[Atom]) -> SOp: ...
@public
@also_named(x="values")
def raw(values: Iterable[Atom]) -> SOp:
    """Return a fixed sequence, for inputs of exactly its length."""
    return _fixed(values, "raw")


def _source(operation: str, *attributes: Attribute) -> SOp:
    source = named(
        expression(SOp, operation, attributes=attributes), operation if not attributes else str(attributes[0])
    )
    source.location = None  # it would be the line of the first import of raspir
    return source


tokens = _source("input", "tokens", None)
"""The input: the characters of a ``str``, or the items of any other sequence."""
identity = tokens
"""An alias of ``tokens``."""
indices = _source("indices")
"""The positions 0 … n-1."""
