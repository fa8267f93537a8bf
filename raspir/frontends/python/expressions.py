"""Expressions: what the embedded language's operators build, before it is lowered to a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, Self, TypeVar

from raspir.frontends.python.source import caller, mistake
from raspir.ir import Function, Graph, Location
from raspir.ir.atoms import show
from raspir.ir.functions import require_picklable
from raspir.ir.layers import layer_of
from raspir.ir.node import impossible
from raspir.ir.operations import OPERATIONS, Operation
from raspir.ir.types import NOTHING, Type
from raspir.ir.typing import Attribute
from raspir.ir.walks import postorder

E = TypeVar("E", bound="Expression")

MISSING: Any = object()
"""What stands for an argument that was not given."""

_METHODS = ("value", "mean", "best", "width", "map", "round", "has")  # each belongs to programs or to selectors alone
_ARITHMETIC = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@",
    "divmod": "divmod", "lshift": "<<", "rshift": ">>", "and": "&", "or": "|", "xor": "^",
}  # fmt: skip
_UNARY = {"neg": "-", "pos": "+", "invert": "~", "abs": "abs", "round": "round"}
_ORDER = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_NUMBERS = ("int", "float", "complex", "index", "trunc", "floor", "ceil")
_PARTS = {
    "bool": "{what} is neither true nor false until it runs on an input: use `where`, `&`, `|` and `~` in place of "
    "`if`, `and`, `or`, `not` and chained comparisons",
    "len": "{what} has no length until it runs on an input; (key(1) == query(1)).value(1) computes it",
    "iter": "{what} cannot be iterated over: it holds nothing until it runs on an input",
    "next": "{what} cannot be iterated over: it holds nothing until it runs on an input",
    "reversed": "{what} cannot be reversed: it holds nothing until it runs on an input",
    "getitem": "{what} cannot be indexed: select a position with (key(indices) == query(…)).value(…)",
    "setitem": "{what} cannot be changed: `where` makes a program that differs at some positions",
    "delitem": "{what} cannot be changed: it holds nothing until it runs on an input",
    "contains": "`in` does not look into {what}: a program has .has(values) for membership position by position",
    "bytes": "{what} has no bytes: it holds nothing until it runs on an input",
    "call": "{what} cannot be called: {advice}",
}


class RefusedOperations:
    """Python operations that are mistakes on the objects of the language, each reported in one line.

    A subclass defines the operators that it has; the others say :attr:`_advice`.
    """

    __slots__ = ()

    _what = "this"
    _advice = "this has no such operator"
    _shown = ""
    _formatted = "it holds nothing until it runs on an input"

    @classmethod
    def _shown_as(cls) -> str:
        """Return what :func:`raspir.ir.atoms.show` calls it: its own text is what it is on the example input."""
        return cls._shown or cls._what

    # NumPy's arrays and scalars must leave `array + program` to the program, which can say what is wrong with it.
    __array_ufunc__ = None

    def __format__(self, specification: str) -> str:
        if specification:
            wanted = show(specification)
            mistake(f"{self._what} cannot be formatted as {wanted}: {self._formatted.format(wanted)}")
        return str(self)

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if id(getattr(type(self), name, None)) not in _MISTAKES]

    # What expressions are is never changed, so that a copy is the object itself.

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    # Equality makes programs and selectors, so objects are hashed, and found in sets and dicts, by identity.
    __hash__ = object.__hash__


_MISTAKES: set[int] = set()
"""The identities of the methods that do nothing but say what is wrong."""


def refuse(cls: type[RefusedOperations], name: str, message: str) -> None:
    """Make a method that says what is wrong, with ``{what}`` and ``{advice}`` as the class has them."""

    def method(self: RefusedOperations, *others: object, **named: object) -> NoReturn:
        mistake(message.format(what=self._what, advice=self._advice))

    method.__name__, method.__qualname__ = name, f"{cls.__name__}.{name}"
    setattr(cls, name, method)
    _MISTAKES.add(id(method))


for _name in _METHODS:
    refuse(RefusedOperations, _name, f"`.{_name}`: {{advice}}")
for _name, _symbol in {**_ARITHMETIC, **_UNARY, **_ORDER}.items():
    refuse(RefusedOperations, f"__{_name}__", f"`{_symbol}`: {{advice}}")
for _name, _symbol in _ARITHMETIC.items():
    refuse(RefusedOperations, f"__r{_name}__", f"`{_symbol}`: {{advice}}")
for _name in _NUMBERS:
    refuse(RefusedOperations, f"__{_name}__", "{what} is not a number: {advice}")
for _name, _message in _PARTS.items():
    refuse(RefusedOperations, f"__{_name}__", _message)


class Expression(RefusedOperations):
    """A program or selector under construction: an operation on expressions, and where its author wrote it.

    Attributes:
        operation: what is done.
        operands: to what.
        attributes: the operation's attributes; an opaque function's symbol is given when lowering.
        function: the opaque Python function of a ``map`` or ``select.by``.
        type: the type of the result.
        layer: the attention layer of the result, as written.
        location: the author's line, if it has one.
        title: the author's name for it.
    """

    __slots__ = ("_graph", "attributes", "function", "layer", "location", "operands", "operation", "title", "type")

    _made_by = "it is made by operators"

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
        """Return what a program or selector is called with, which is one input."""
        if given is MISSING or more or named:
            mistake(f'{self._what} runs on one input, such as "hello" or [5, 2], and takes no other arguments')
        return given

    def __reduce__(self) -> tuple[object, ...]:
        return (restored, (_rows(self),))


_STORED = ("attributes", "function", "layer", "location", "title", "type")

Row = tuple[type[Expression], str, tuple[int, ...], tuple[Any, ...]]
"""An expression for pickle: its class, its operation, the numbers of its operands, and what else is stored of it."""


def _rows(root: Expression) -> list[Row]:
    """Return ``root`` and all that it is made of, operands first, in a list: pickle follows no program that is deep.

    Raises:
        ProgramError: if an opaque function cannot be pickled.
    """
    numbers: dict[Expression, int] = {}
    rows: list[Row] = []
    for each in postorder(root, lambda expression: expression.operands, numbers):
        if each.function is not None:
            require_picklable(each.function, each.operation.symbol, each.location)
        operands = tuple(numbers[operand] for operand in each.operands)
        rows.append((type(each), each.operation.name, operands, tuple(getattr(each, slot) for slot in _STORED)))
        numbers[each] = len(numbers)
    return rows


def restored(rows: Sequence[Row]) -> Expression:
    """Return the expression that was pickled as a list of all that it is made of."""
    made: list[Expression] = []
    for cls, operation, operands, stored in rows:
        expression = cls.__new__(cls)
        expression.operation = OPERATIONS[operation]
        expression.operands = tuple(made[number] for number in operands)
        expression._graph = None
        for slot, value in zip(_STORED, stored, strict=True):
            setattr(expression, slot, value)
        made.append(expression)
    return made[-1]


def apply(
    cls: type[E],
    operation_name: str,
    operands: Sequence[Expression] = (),
    attributes: tuple[Attribute, ...] = (),
    function: Function | None = None,
) -> E:
    """Return the expression of class ``cls`` that applies an operation to ``operands`` at the user's line.

    Raises:
        ProgramError: if the operands' types are impossible.
    """
    operation = OPERATIONS[operation_name]
    types = tuple(operand.type for operand in operands)
    result = operation.infer(types, attributes)
    if result is NOTHING:
        mistake(f"`{operation.symbol}`: {impossible(operation, types)}")
    expression = cls.__new__(cls)
    expression.operation = operation
    expression.operands = tuple(operands)
    expression.attributes = attributes
    expression.function = function
    expression.type = result
    expression.layer = layer_of(operation, [operand.layer for operand in operands])
    expression.location = caller()
    expression.title = None
    expression._graph = None
    return expression


def named(expression: E, title: str) -> E:
    """Return ``expression`` under the name ``title``."""
    if type(title) is not str or not title:
        mistake("a name must be a str with something in it")
    copy = expression.__class__.__new__(expression.__class__)
    for slot in Expression.__slots__:
        setattr(copy, slot, getattr(expression, slot))
    copy.title = title
    copy._graph = None
    return copy
