"""Expressions: the syntax trees that the operators of the embedded language build, before lowering."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar, NoReturn, Self, TypeVar

from raspir.frontends.source import caller, mistake
from raspir.ir import Function, Graph, Location
from raspir.ir.atoms import show
from raspir.ir.construction import impossible
from raspir.ir.errors import ProgramError
from raspir.ir.functions import require_picklable
from raspir.ir.layers import layer_of
from raspir.ir.operations import COMPARISONS, OPERATIONS, Operation
from raspir.ir.tracebacks import public, public_methods
from raspir.ir.types import NOTHING, Type
from raspir.ir.typing import Attribute
from raspir.ir.walks import postorder, preorder

E = TypeVar("E", bound="Expression")

MISSING: Any = object()
"""The sentinel for an omitted argument."""


def _symbols(names: Iterable[str]) -> dict[str, str]:
    """Return the source notation of operations, by name."""
    return {name: OPERATIONS[name].symbol for name in names}


_METHODS = ("value", "mean", "best", "width", "map", "round", "has")  # each of programs or of selectors, not both
UNSUPPORTED = {"matmul": "@", "divmod": "divmod", "lshift": "<<", "rshift": ">>", "xor": "^"}
_ARITHMETIC = _symbols(("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or")) | UNSUPPORTED
_UNARY = _symbols(("neg", "abs", "round")) | {"pos": "+", "invert": "~"}
_ORDER = _symbols(COMPARISONS)
_NUMBERS = ("int", "float", "complex", "index", "trunc", "floor", "ceil")
_PARTS = {
    "bool": "{what} is neither true nor false until it runs on an input: use `where`, `&`, `|` and `~` in place of "
    "`if`, `and`, `or`, `not` and chained comparisons",
    "len": "{what} has no length until it runs on an input; (key(1) == query(1)).value(1) computes it",
    "iter": "{what} cannot be iterated over: it has no values until it runs on an input",
    "next": "{what} cannot be iterated over: it has no values until it runs on an input",
    "reversed": "{what} cannot be reversed: it has no values until it runs on an input",
    "getitem": "{what} cannot be indexed: select a position with (key(indices) == query(…)).value(…)",
    "setitem": "{what} cannot be modified: use `where` to build a program that differs at some positions",
    "delitem": "{what} cannot be modified: it has no values until it runs on an input",
    "contains": "`in` does not apply to {what}: use program.has(values) to test membership at each position",
    "bytes": "{what} has no bytes: it has no values until it runs on an input",
    "call": "{what} cannot be called: {advice}",
}


class UnknownAttributeError(ProgramError, AttributeError):
    """A program, or a part of one, has no attribute of a name; ``hasattr`` is false."""


@public_methods
class RefusedOperations:
    """Base class of the objects of the language: rejects unsupported Python operations with a one-line error.

    A subclass defines the operators that it supports; the others report :attr:`_advice`.
    """

    __slots__ = ()

    _what = "this"
    _advice = "there is no such operator"
    _shown = ""
    _formatted = "it has no values until it runs on an input"

    @classmethod
    def _shown_as(cls) -> str:
        """Return the term for it in messages, as its ``repr`` is its value on the example input."""
        return cls._shown or cls._what

    # Make NumPy return NotImplemented for `array + program`, so that the program reports the error.
    __array_ufunc__ = None

    def __format__(self, specification: str) -> str:
        if specification:
            wanted = show(specification)
            mistake(f"{self._what} cannot be formatted as {wanted}: {self._formatted.format(wanted)}")
        return str(self)

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(f"{self._what} has no attribute {name}")
        if name in _METHODS:
            raise UnknownAttributeError(f"`.{name}`: {self._advice}", caller())
        known = get_close_matches(name, dir(self), n=1)
        hint = f"; did you mean .{known[0]}?" if known else ""
        if not known and "map" in dir(self) and callable(getattr(str, name, None)):
            hint = f": .map(str.{name}) applies it to each atom"
        raise UnknownAttributeError(f"{self._what} has no attribute {name}{hint}", caller())

    def __dir__(self) -> list[str]:
        hidden = {slot for cls in type(self).__mro__ for slot in getattr(cls, "__slots__", ())}
        return [
            name
            for name in super().__dir__()
            if name not in hidden and id(getattr(type(self), name, None)) not in _MISTAKES
        ]

    # Expressions are immutable, so a copy is the object itself.

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    # `==` builds a program or selector, so hashing and membership in sets and dicts are by identity.
    __hash__ = object.__hash__


_MISTAKES: set[int] = set()
"""The identities of the methods that only raise an error."""


def refuse(cls: type[RefusedOperations], name: str, message: str) -> None:
    """Define a method that raises ``message``, with ``{what}`` and ``{advice}`` of the class filled in."""

    def method(self: object, *others: object, **named: object) -> NoReturn:
        held = self if isinstance(self, RefusedOperations) else cls  # the latter in a call of the class, as SOp.zip(f)
        mistake(message.format(what=held._what, advice=held._advice))

    method.__name__, method.__qualname__ = name, f"{cls.__name__}.{name}"
    refusal = public(method)
    setattr(cls, name, refusal)
    _MISTAKES.add(id(refusal))


for _name, _symbol in {**_ARITHMETIC, **_UNARY, **_ORDER}.items():
    refuse(RefusedOperations, f"__{_name}__", f"`{_symbol}`: {{advice}}")
for _name, _symbol in _ARITHMETIC.items():
    refuse(RefusedOperations, f"__r{_name}__", f"`{_symbol}`: {{advice}}")
for _name in _NUMBERS:
    refuse(RefusedOperations, f"__{_name}__", "{what} is not a number: {advice}")
for _name, _message in _PARTS.items():
    refuse(RefusedOperations, f"__{_name}__", _message)


@public_methods
class Expression(RefusedOperations):
    """A program or selector under construction: an operation on expressions, with its source location.

    Attributes:
        operation: the operation.
        operands: the operands, in order.
        attributes: the attributes of the operation; lowering fills in the symbol of an opaque function.
        function: the opaque Python function of a ``map`` or ``select.by``.
        type: the type of the result.
        layer: the attention layer of the result, as written.
        location: the source location, if any.
        title: the source name, if any.
    """

    __slots__ = (
        "__weakref__", "_graph", "attributes", "function", "layer", "location", "operands", "operation", "title", "type"
    )  # fmt: skip

    _made_by = "use operators to build it"
    _aggregating = "selector.value(tokens)"
    _looks_ahead: ClassVar[str] = ""
    """Why no causal program can compute it, if none can whatever its selectors are."""
    _links: ClassVar[tuple[str, ...]] = ("operands",)
    """The slots that hold expressions, which pickles store by their numbers."""
    _stored: ClassVar[tuple[str, ...]] = ("attributes", "function", "layer", "location", "title", "type")
    """The slots that pickles store by value."""

    operation: Operation
    operands: tuple[Expression, ...]
    attributes: tuple[Attribute, ...]
    function: Function | None
    type: Type
    layer: int
    location: Location | None
    title: str | None
    _graph: Graph | None

    def __init__(self, *_: object, **__: object) -> None:
        mistake(f"{type(self).__name__}(…) does not make {self._what}: {self._made_by}")

    def _input(self, given: object, more: tuple[object, ...], named: Mapping[str, object]) -> object:
        """Return the input of a call, after checking that it is the only argument; RASPy calls it ``inplike``."""
        if given is MISSING and "inplike" in named:
            given, named = named["inplike"], {name: value for name, value in named.items() if name != "inplike"}
        if given is MISSING or more or named:
            mistake(f'{self._what} takes one input, such as "hello" or [5, 2], and no other arguments')
        return given

    def _require_picklable(self) -> None:
        """Check that its opaque function can be pickled.

        Raises:
            ProgramError: if it cannot.
        """
        if self.function is not None:
            require_picklable(self.function, self.operation.symbol, self.location)

    def _complete(self) -> None:
        """Fill in the slots that no pickle stores, after unpickling."""

    def __reduce__(self) -> tuple[object, ...]:
        return (restored, (_rows(self),))


Row = tuple[type[Expression], str, tuple[tuple[int, ...], ...], tuple[Any, ...]]
"""A pickled expression: class, operation, row indices of the expressions in its slots, and values of other slots."""


def _rows(root: Expression) -> list[Row]:
    """Return ``root`` and all that it links to as rows in post-order, since pickle recurses on nested objects.

    Raises:
        ProgramError: if an opaque function cannot be pickled.
    """
    numbers: dict[Expression, int] = {}
    rows: list[Row] = []
    for each in postorder(root, _linked, numbers):
        each._require_picklable()
        links = tuple(tuple(numbers[linked] for linked in getattr(each, slot)) for slot in each._links)
        rows.append((type(each), each.operation.name, links, tuple(getattr(each, slot) for slot in each._stored)))
        numbers[each] = len(numbers)
    return rows


def _linked(expression: Expression) -> tuple[Expression, ...]:
    """Return the expressions that the slots of ``expression`` hold."""
    return tuple(linked for slot in expression._links for linked in getattr(expression, slot))


def restored(rows: Sequence[Row]) -> Expression:
    """Return the expression pickled as ``rows``."""
    made: list[Expression] = []
    for cls, operation, links, stored in rows:
        expression = cls.__new__(cls)
        expression.operation = OPERATIONS[operation]
        expression._graph = None
        for slot, linked in zip(cls._links, links, strict=True):
            setattr(expression, slot, tuple(made[number] for number in linked))
        for slot, value in zip(cls._stored, stored, strict=True):
            setattr(expression, slot, value)
        expression._complete()
        made.append(expression)
    return made[-1]


def expression(
    cls: type[E],
    operation_name: str,
    operands: Sequence[Expression] = (),
    attributes: tuple[Attribute, ...] = (),
    function: Function | None = None,
) -> E:
    """Return the expression of class ``cls`` that applies an operation to ``operands``, at the caller's location.

    Raises:
        ProgramError: if the operands are ill-typed.
    """
    return filled(cls.__new__(cls), operation_name, operands, attributes, function)


def filled(
    made: E,
    operation_name: str,
    operands: Sequence[Expression] = (),
    attributes: tuple[Attribute, ...] = (),
    function: Function | None = None,
    location: Location | None = None,
) -> E:
    """Return ``made``, a new expression, after filling it in as :func:`expression` does.

    Args:
        made: the new expression.
        operation_name: the operation.
        operands: its operands.
        attributes: its attributes.
        function: the opaque Python function, if any.
        location: the location of a program that is not Python code; by default the caller's.

    Raises:
        ProgramError: as :func:`expression`.
    """
    operation = OPERATIONS[operation_name]
    attributes = operation.completed(attributes)
    types = tuple(operand.type for operand in operands)
    result = operation.infer(types, attributes)
    if location is None:
        location = caller()
    if result is NOTHING:
        raise ProgramError(f"`{operation.symbol}`: {impossible(operation, types)}", location)
    made.operation = operation
    made.operands = tuple(operands)
    made.attributes = attributes
    made.function = function
    made.type = result
    made.layer = layer_of(operation, [operand.layer for operand in operands])
    made.location = location
    made.title = None
    made._graph = None
    return made


def named(expression: E, title: str) -> E:
    """Return a copy of ``expression`` named ``title``."""
    if type(title) is not str or not title:
        mistake("a name must be a non-empty str")
    copy = copied(expression)
    copy.title = title
    return copy


def copied(expression: E) -> E:
    """Return a new expression that is equal to ``expression`` in every part."""
    copy = expression.__class__.__new__(expression.__class__)
    for slot in ("operation", "function", *expression._links, *expression._stored):
        setattr(copy, slot, getattr(expression, slot))
    copy._graph = None
    return copy


def unlocated(expression: E) -> E:
    """Return ``expression`` after removing the locations of all its parts: raspir built it, and no line of the user."""
    parts: Iterable[Expression] = preorder((expression,), lambda part: part.operands)
    for part in parts:
        part.location = None
    return expression
