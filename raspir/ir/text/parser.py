"""Parser of textual IR; docs/ir.md has the grammar. Parsing never executes code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from raspir.ir.atoms import Atom, show
from raspir.ir.construction import build, make
from raspir.ir.errors import GraphError, TextError
from raspir.ir.functions import Function
from raspir.ir.graph import Graph, vocabulary
from raspir.ir.location import Location
from raspir.ir.node import Node
from raspir.ir.operations import OPERATIONS, AttributeKind, Operation
from raspir.ir.text.lexer import Token, tokens
from raspir.ir.text.printer import HEADER
from raspir.ir.tracebacks import public
from raspir.ir.types import ATOM, BY_NAME, Type
from raspir.ir.typing import Attribute
from raspir.ir.verify import verify
from raspir.ir.views import Input

Item = TypeVar("Item")


@public
def parse(text: str, *, file: str = "<text>", functions: Mapping[str, Function] | None = None) -> Graph:
    """Return the graph that ``text`` describes.

    Opaque Python functions are mere symbols in text: the graph cannot run until they are bound.

    Args:
        text: textual IR, as ``str(graph)`` prints it.
        file: the file name in error messages and in the locations of nodes, which are lines of the text.
        functions: Python functions to bind to the symbols.

    Raises:
        TextError: with line and column, the expected and the actual token.
        GraphError: if ``functions`` has a symbol that does not occur in the text.
    """
    if not isinstance(text, str):
        raise TextError(f"expected textual IR as a str, found {show(text)}")
    reader = _Reader(file)
    for number, line in enumerate(text.split("\n"), start=1):
        reader.line(number, line.removesuffix("\r"))
    graph = reader.graph()
    return graph if functions is None else graph.bind(functions)


class _Line:
    """A cursor over the tokens of one line."""

    def __init__(self, line: list[Token]) -> None:
        self._tokens = line
        self._at = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._at]

    def take(self) -> Token:
        token = self.next
        self._at += token.kind != "end"
        return token

    def accept(self, text: str) -> bool:
        """Consume the next token if it is the mark or word ``text``; return whether it is."""
        found = self.next.kind in ("mark", "word") and self.next.text == text
        self._at += found
        return found

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise self.wrong(f"`{text}`")

    def expect_kind(self, *kinds: str) -> Token:
        if self.next.kind not in kinds:
            raise self.wrong(" or ".join(_KIND_NAMES[kind] for kind in kinds))
        return self.take()

    def wrong(self, expected: str) -> TextError:
        return TextError(f"expected {expected}, found {self.next}", self.next.location)

    def items(self, item: Callable[[], Item]) -> list[Item]:
        """Parse one or more comma-separated items."""
        found = [item()]
        while self.accept(","):
            found.append(item())
        return found


_KIND_NAMES = {
    "identifier": "an identifier such as %x",
    "symbol": "a symbol such as @f",
    "string": "a string",
    "word": "a name",
    "number": "a number",
    "end": "the end of the line",
}


class _Reader:
    """A line-by-line parser that accumulates the graph."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.nodes: dict[str, Node] = {}
        self.inputs: dict[str, Node] = {}
        self.outputs: dict[str, Node] = {}
        self.names: dict[Node, tuple[str, ...]] = {}
        self.locations: dict[Node, Location] = {}
        self.max_length: int | None = None
        self.schedule: dict[Node, int] = {}
        self.causal = False
        self.has_header = False
        self.number = 0

    def line(self, number: int, text: str) -> None:
        self.number = number
        line = _Line(tokens(text, self.file, number))
        if line.next.kind == "end":
            return
        if not self.has_header:
            self._header(line)
        elif line.next.kind == "identifier":
            self._definition(line)
        elif line.accept("output"):
            self._output(line)
        elif line.accept("max_length"):
            self._max_length(line)
        elif line.accept("causal"):
            if self.causal:
                raise TextError("expected causal only once", line.next.location)
            self.causal = True
        else:
            raise line.wrong("a definition such as `%x = indices : int`, `output`, `max_length` or `causal`")
        line.expect_kind("end")

    def _header(self, line: _Line) -> None:
        name, version = HEADER.split()
        if not line.accept(name):
            raise line.wrong(f"`{HEADER}` as the first line")
        if line.next.text != version:
            raise line.wrong(f"version {version}")
        line.take()
        self.has_header = True

    def _max_length(self, line: _Line) -> None:
        token = line.expect_kind("number")
        value = _number(token)
        if type(value) is not int or value < 0 or self.max_length is not None:
            wanted = "a natural number" if self.max_length is None else "max_length only once"
            raise TextError(f"expected {wanted}, found {token}", token.location)
        self.max_length = value

    def _output(self, line: _Line) -> None:
        token = line.expect_kind("word", "string")
        name = token.string()
        if name in self.outputs or not name or (token.kind == "word" and "." in name):
            raise TextError(f"expected a new output name, found {token}", token.location)
        line.expect("=")
        where = line.next
        node = self._operand(line)
        if node.type not in ATOM:
            raise TextError(f"expected a sequence of atoms as an output, found a {node.type}", where.location)
        self.outputs[name] = node

    def _definition(self, line: _Line) -> None:
        token = line.take()
        if token.text in self.nodes:
            raise TextError(f"expected a new identifier, found {token} again", token.location)
        line.expect("=")
        operation = self._operation(line)
        start = line.next
        operands = line.items(lambda: self._operand(line)) if operation.operands else []
        if len(operands) != len(operation.operands) and not operation.variadic:
            wanted = f"{len(operation.operands)} operands ({', '.join(operation.operands)})"
            raise TextError(f"expected {wanted} for {operation.name}, found {len(operands)}", start.location)
        attributes = self._attributes(line, operation)
        line.expect(":")
        where = line.next
        declared = _type(line)
        try:
            node = build(operation.name, *operands, **attributes)
        except GraphError as error:
            raise TextError(error.message, start.location) from None
        if operation.name == "input" and declared is ATOM:
            node = make(operation, (), node.attributes, ATOM)
        if node.type is not declared:
            raise TextError(f"expected the type {node.type} of the result, found {declared}", where.location)
        self._place(node, line)
        self._remember(token, node, line)

    def _place(self, node: Node, line: _Line) -> None:
        """Parse the scheduled layer of ``node``, if the line has one."""
        if not line.accept("in"):
            return
        line.expect("layer")
        token = line.expect_kind("number")
        layer = _number(token)
        if type(layer) is not int or layer < 0:
            raise TextError(f"expected a layer, a natural number, found {token}", token.location)
        if self.schedule.setdefault(node, layer) != layer:
            above = f"layer {self.schedule[node]}, as given above for an equal node"
            raise TextError(f"expected {above}, found {token}", token.location)

    def _remember(self, token: Token, node: Node, line: _Line) -> None:
        names = [] if token.text[1:].isdecimal() else [token.string()]
        if line.accept("also"):
            names += line.items(lambda: line.expect_kind("string").string())
        if "" in names:
            raise TextError("expected a non-empty name", token.location)
        self.nodes[token.text] = node
        if isinstance(node, Input) and self.inputs.setdefault(node.name, node) is not node:
            raise TextError(f"expected a new input name, found {show(node.name)} again", token.location)
        self.names[node] = tuple(dict.fromkeys((*self.names.get(node, ()), *names)))
        self.locations.setdefault(node, token.location)

    def _operation(self, line: _Line) -> Operation:
        token = line.expect_kind("word")
        operation = OPERATIONS.get(token.text)
        if operation is None:
            near = get_close_matches(token.text, OPERATIONS, n=3)
            hint = f" (did you mean {' or '.join(near)}?)" if near else ""
            raise TextError(f"expected an operation, found {token}{hint}", token.location)
        return operation

    def _operand(self, line: _Line) -> Node:
        if line.next.kind != "identifier":
            return build("const", value=_atom(line, "an identifier such as %x, or an atom"))
        token = line.take()
        node = self.nodes.get(token.text)
        if node is None:
            raise TextError(f"expected an identifier defined above, found {token}", token.location)
        return node

    def _attributes(self, line: _Line, operation: Operation) -> dict[str, Attribute]:
        kinds = dict(operation.attributes)
        attributes: dict[str, Attribute] = {}
        while line.next.kind == "word":
            token = line.take()
            if token.text not in kinds or token.text in attributes:
                left = [name for name in kinds if name not in attributes]
                wanted = f"attribute {' or '.join(left)}" if left else "`:`"
                raise TextError(f"expected {wanted} for {operation.name}, found {token}", token.location)
            line.expect("=")
            attributes[token.text] = _attribute(line, token.text, kinds[token.text])
        missing = [name for name, kind in kinds.items() if name not in attributes and not kind.optional]
        if missing:
            raise line.wrong(f"attribute {missing[0]} for {operation.name}")
        return attributes

    def graph(self) -> Graph:
        end = Location(self.file, self.number, 1)
        if not self.has_header:
            raise TextError(f"expected `{HEADER}`, found the end of the text", end)
        if not self.outputs:
            raise TextError("expected an output, found the end of the text", end)
        if not self.inputs:
            raise TextError("expected an input, which determines the length, found the end of the text", end)
        tables = (self.names, self.locations, self.max_length, self.schedule, self.causal)
        graph = Graph(self.outputs, self.inputs.values(), {}, *tables)
        try:
            return verify(graph)
        except GraphError as error:
            raise TextError(error.message, error.location) from None


def _attribute(line: _Line, name: str, kind: AttributeKind) -> Attribute:
    if kind is AttributeKind.SYMBOL:
        return line.expect_kind("symbol").string()
    if kind is AttributeKind.NAME:
        return line.expect_kind("string").string()
    if kind.choices:
        return _choice(line, name, kind)
    if kind is AttributeKind.ATOM:
        return _atom(line, "an atom")
    line.expect("[")
    if kind is not AttributeKind.VOCABULARY and line.accept("]"):
        return ()
    atoms = line.items(lambda: _atom(line, "an atom"))
    if not line.accept("]"):
        raise line.wrong("`,` or `]`")
    return vocabulary(atoms, packed=True) if kind is AttributeKind.VOCABULARY else tuple(atoms)


def _choice(line: _Line, name: str, kind: AttributeKind) -> str:
    token = line.next
    written = ("string", "word") if kind.default is not None else ("string",)
    if token.kind not in written or token.string() not in kind.choices:
        raise line.wrong(f"{kind.value} as {name}")
    return line.take().string()


_LITERALS: dict[str, Atom] = {"true": True, "false": False, "none": None}


def _atom(line: _Line, expected: str) -> Atom:
    token = line.next
    if token.kind == "word" and token.text in _LITERALS:
        return _LITERALS[line.take().text]
    if token.kind == "number":
        return _number(line.take())
    if token.kind == "string":
        return line.take().string()
    raise line.wrong(expected)


def _number(token: Token) -> Atom:
    text = token.text
    try:
        if "0x" in text:
            return int(text, 16)
        return int(text) if text.lstrip("-").isdecimal() else float(text)
    except ValueError:  # Python limits decimal conversion to a few thousand digits, but not hexadecimal
        raise TextError(f"expected a shorter number, or a hexadecimal one, found {token}", token.location) from None


def _type(line: _Line) -> Type:
    result = _kind(line)
    while line.accept("|"):
        result |= _kind(line)
    return result


def _kind(line: _Line) -> Type:
    token = line.next
    if token.kind != "word" or token.text not in BY_NAME:
        raise line.wrong(f"a type ({', '.join(BY_NAME)})")
    line.take()
    return BY_NAME[token.text]
