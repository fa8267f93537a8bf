"""Graphs: the IR of a program, with what its author said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

from raspir.ir.atoms import Atom, distinct, read_mapping, show
from raspir.ir.errors import GraphError, InputError, VocabularyWarning, warn
from raspir.ir.functions import Function, identity, require_picklable
from raspir.ir.layers import Layering, Stats
from raspir.ir.lazy import cached_property
from raspir.ir.location import Location
from raspir.ir.node import Node, impossible, make, operands_of
from raspir.ir.operations import OPERATIONS
from raspir.ir.text.printer import identifiers, print_graph
from raspir.ir.types import ATOM, NOTHING, Type
from raspir.ir.typing import Attribute
from raspir.ir.walks import postorder

if TYPE_CHECKING:
    import networkx


class Graph:
    """A program: named inputs and outputs, and the nodes between them.

    A graph is never changed. Two graphs are equal if their inputs, outputs, promises, schedules and nodes are: names
    and locations, which say where a node came from, do not count. Opaque functions are compared by identity (the same
    code with the same captured variables); a symbol that has no function yet, since the graph was read from text, is
    equal to any function under that symbol.

    Args:
        outputs: what the program yields, by name.
        inputs: the ``input`` nodes, in order; those that the outputs reach are added where they are missing.
        functions: the Python function behind each symbol; a symbol without one can be given one by :meth:`bind`.
        names: what the author calls a node; the first name is the one shown.
        locations: the line of the author's source that made a node.
        max_length: a promise that no input is longer.
        schedule: the layer that each aggregate, and each elementwise node that depends on more than constants, is
            placed in. Without one (an empty one is none) everything is in the first layer that it can be in.

    Raises:
        GraphError: if there is no output.
    """

    outputs: Mapping[str, Node]
    inputs: Mapping[str, Node]
    nodes: tuple[Node, ...]
    """Every node once, operands before users: the inputs, then the outputs' nodes depth first, left to right."""
    functions: Mapping[str, Function]
    names: Mapping[Node, tuple[str, ...]]
    locations: Mapping[Node, Location]
    max_length: int | None
    schedule: Mapping[Node, int] | None

    def __init__(
        self,
        outputs: Mapping[str, Node],
        inputs: Iterable[Node] = (),
        functions: Mapping[str, Function] | None = None,
        names: Mapping[Node, tuple[str, ...]] | None = None,
        locations: Mapping[Node, Location] | None = None,
        max_length: int | None = None,
        schedule: Mapping[Node, int] | None = None,
    ) -> None:
        if not isinstance(outputs, Mapping) or not outputs:
            raise GraphError(f"a graph needs outputs by their names, not {show(outputs)}")
        inputs = tuple(inputs)
        for node in (*inputs, *outputs.values()):
            if not isinstance(node, Node):
                raise GraphError(f"{show(node)} is not a node of a graph: raspir.lower makes a graph of programs")
        nodes = topological((*inputs, *outputs.values()))
        given = set(inputs)
        missing = [node for node in nodes if node.operation.name == "input" and node not in given]
        if missing:  # they come first too, so that a graph and its text have one order
            nodes = topological((*inputs, *missing, *outputs.values()))
        held, symbols = set(nodes), _symbols(nodes)
        placed = {node: schedule[node] for node in nodes if node in schedule} if schedule else {}
        self.__dict__.update(
            outputs=MappingProxyType(dict(outputs)),
            inputs=MappingProxyType({str(node["name"]): node for node in nodes if node.operation.name == "input"}),
            nodes=nodes,
            functions=MappingProxyType({s: function for s, function in (functions or {}).items() if s in symbols}),
            names=MappingProxyType({n: tuple(given) for n, given in (names or {}).items() if n in held and given}),
            locations=MappingProxyType({n: place for n, place in (locations or {}).items() if n in held}),
            max_length=max_length,
            schedule=MappingProxyType(placed) if placed else None,
        )

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("graphs are immutable")

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols of the opaque Python functions that the nodes apply, in order."""
        return tuple(_symbols(self.nodes))

    @property
    def unbound(self) -> tuple[str, ...]:
        """The symbols that have no Python function yet."""
        return tuple(symbol for symbol in self.symbols if symbol not in self.functions)

    def bind(self, functions: Mapping[str, Function]) -> Graph:
        """Return this graph with Python functions for its symbols.

        Raises:
            GraphError: if the graph has no such symbol, or what it is given cannot be called.
        """
        if not isinstance(functions, Mapping):
            raise GraphError(f"functions are given by their symbols, not as {show(functions)}")
        symbols = set(self.symbols)
        for symbol, function in read_mapping(functions).items():
            if type(symbol) is not str or symbol not in symbols:
                known = ", ".join(f"@{s}" for s in self.symbols) or "none"
                raise GraphError(f"the program has no function @{symbol} (it has: {known})")
            if not callable(function):
                raise GraphError(f"@{symbol} must be a function, not {show(function)}")
        return self._with(functions={**self.functions, **functions})

    def assume(self, vocab: Iterable[Atom] | None = None, max_length: int | None = None) -> Graph:
        """Return this graph under assumptions about its inputs; what is ``None`` stays as it is.

        A vocabulary is the set of atoms that an input may hold, each with its type, so that types become narrower.
        Backends refuse an input that violates an assumption. Where an operation can take none of the atoms, a
        :class:`VocabularyWarning` says so: the program then has a result on the empty input alone.

        Raises:
            InputError: if ``vocab`` is empty or holds what is no atom, or ``max_length`` is not a natural number.
        """
        if max_length is not None and (type(max_length) is not int or max_length < 0):
            raise InputError(f"a maximum length is a natural number, not {show(max_length)}")
        graph = self if max_length is None else self._with(max_length=max_length)
        return graph if vocab is None else graph._holding(vocabulary(vocab))

    promise = assume  # the name until 2026

    def _holding(self, vocab: tuple[Atom, ...]) -> Graph:
        """Return this graph with ``vocab`` on every input: with narrower types, unless one would be that of no atom."""
        try:
            return self._typed(vocab)
        except GraphError as error:
            if self.max_length != 0:
                what = f"{error.message}, so the program fails on every input but the empty one"
                warn(VocabularyWarning(what, error.location))
            return self._typed(vocab, ATOM)

    def _typed(self, vocab: tuple[Atom, ...], type: Type | None = None) -> Graph:
        """Return this graph with ``vocab`` on every input and all types inferred anew.

        Args:
            vocab: the atoms.
            type: the type of the inputs; that of the atoms for ``None``.

        Raises:
            GraphError: if an operation takes none of the types.
        """
        new: dict[Node, Node] = {}
        for node in self.nodes:
            operation, operands = node.operation, tuple(new[operand] for operand in node.operands)
            held = operation.name == "input"
            attributes = (node["name"], vocab) if held else node.attributes
            types = tuple(operand.type for operand in operands)
            result = type if held and type is not None else operation.infer(types, attributes)
            if result is NOTHING:
                what = f"`{operation.symbol}`: {impossible(operation, types)}, as the vocabulary makes of it"
                raise GraphError(what, self.locations.get(node))
            new[node] = make(operation, operands, attributes, result)
        return self._with(
            outputs={name: new[node] for name, node in self.outputs.items()},
            inputs=[new[node] for node in self.inputs.values()],
            names={new[node]: names for node, names in self.names.items()},
            locations={new[node]: location for node, location in self.locations.items()},
            schedule={new[node]: layer for node, layer in (self.schedule or {}).items()},
        )

    def _with(self, **changes: Any) -> Graph:
        """Return this graph with some of the constructor's arguments changed.

        The schedule belongs to the nodes: other outputs without a schedule of their own have none.
        """
        kept = ["outputs", "functions", "names", "locations", "max_length"]
        if "outputs" not in changes:
            kept.append("schedule")
        parts = {part: getattr(self, part) for part in kept}
        return Graph(**{**parts, "inputs": self.inputs.values(), **changes})

    def scheduled(self, schedule: Mapping[Node, int] | None) -> Graph:
        """Return this graph with another schedule, or with none; nothing checks it, as a verifier will."""
        return self._with(schedule=schedule)

    def name_of(self, node: Node) -> str | None:
        """Return the first name that the author gave ``node``, or ``None``."""
        names = self.names.get(node)
        return names[0] if names else None

    @cached_property
    def layering(self) -> Layering:
        """The layer of each node and the heads of each layer: as scheduled, else as soon as possible."""
        return Layering.of(self.nodes, self.schedule, self.outputs.values())

    def stats(self) -> Stats:
        """Return how many layers, heads, values and feed-forward blocks the graph needs as it is placed."""
        return self.layering.stats()

    def to_networkx(self) -> networkx.MultiDiGraph:
        """Return the graph for networkx: an edge from each operand to its user, keyed by the operand's position.

        The nodes are the identifiers of the textual IR. Each carries ``operation``, ``type``, ``layer``, one
        attribute for each of the operation's (``default``, ``value``, …), and where known ``names`` and
        ``location``. The graph carries ``inputs`` and ``outputs``: their names and nodes.
        """
        import networkx  # slow to import, and most users never need it

        named = identifiers(self, every=True)
        exported = networkx.MultiDiGraph(
            inputs={name: named[node] for name, node in self.inputs.items()},
            outputs={name: named[node] for name, node in self.outputs.items()},
        )
        for node in self:
            attributes = {
                name: value for (name, _), value in zip(node.operation.attributes, node.attributes, strict=True)
            }
            exported.add_node(
                named[node],
                operation=node.operation.name,
                type=str(node.type),
                layer=self.layering.layer[node],
                **attributes,
            )
            if node in self.names:
                exported.nodes[named[node]]["names"] = self.names[node]
            if node in self.locations:
                exported.nodes[named[node]]["location"] = str(self.locations[node])
            for position, operand in enumerate(node.operands):
                exported.add_edge(named[operand], named[node], key=position, operand=node.operation.operands[position])
        return exported

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Graph):
            return NotImplemented
        return self._structure() == other._structure() and all(
            identity(function) == identity(other.functions[symbol])
            for symbol, function in self.functions.items()
            if symbol in other.functions
        )

    def __hash__(self) -> int:
        return hash(self._structure())

    def _structure(self) -> tuple[object, ...]:
        placed = tuple((self.schedule or {}).items())  # in the order of the nodes, which the outputs fix
        return (tuple(self.inputs.items()), tuple(self.outputs.items()), self.max_length, placed)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def __str__(self) -> str:
        return print_graph(self)

    def __repr__(self) -> str:
        return f"<raspir graph of {len(self.nodes)} nodes: {', '.join(self.inputs)} -> {', '.join(self.outputs)}>"

    def __copy__(self) -> Graph:
        return self

    def __deepcopy__(self, memo: object) -> Graph:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        users = {str(node["function"]): node for node in self.nodes if node.operation.name in ("map", "select.by")}
        for symbol, function in self.functions.items():
            node = users[symbol]
            require_picklable(function, node.operation.symbol, self.locations.get(node))
        at = {node: number for number, node in enumerate(self.nodes)}
        rows = [
            (node.operation.name, [at[operand] for operand in node.operands], node.attributes, node.type)
            for node in self.nodes
        ]
        named = [{name: at[node] for name, node in nodes.items()} for nodes in (self.outputs, self.inputs)]
        said = [
            {at[node]: value for node, value in (facts or {}).items()}
            for facts in (self.names, self.locations, self.schedule)
        ]
        return (_restored, (rows, *named, dict(self.functions), *said, self.max_length))


Row = tuple[str, list[int], tuple[Attribute, ...], Type]
"""A pickled node: its operation, the rows of its operands, its attributes and its type."""


def _restored(
    rows: list[Row],
    outputs: dict[str, int],
    inputs: dict[str, int],
    functions: dict[str, Function],
    names: dict[int, tuple[str, ...]],
    locations: dict[int, Location],
    schedule: dict[int, int],
    max_length: int | None,
) -> Graph:
    """Return the graph that was pickled as the rows of its nodes and what is said of each, by its row."""
    nodes: list[Node] = []
    for name, operands, attributes, type in rows:
        nodes.append(make(OPERATIONS[name], [nodes[operand] for operand in operands], attributes, type))
    return Graph(
        {name: nodes[row] for name, row in outputs.items()},
        [nodes[row] for row in inputs.values()],
        functions,
        {nodes[row]: given for row, given in names.items()},
        {nodes[row]: place for row, place in locations.items()},
        max_length,
        {nodes[row]: layer for row, layer in schedule.items()},
    )


def topological(roots: Iterable[Node]) -> tuple[Node, ...]:
    """Return the nodes that ``roots`` need, operands before users, in an order that the structure alone decides."""
    order: dict[Node, None] = {}
    for root in roots:
        for node in postorder(root, operands_of, order):
            order[node] = None
    return tuple(order)


def _symbols(nodes: Iterable[Node]) -> dict[str, None]:
    return {str(node["function"]): None for node in nodes if node.operation.name in ("map", "select.by")}


def vocabulary(vocab: Iterable[Atom]) -> tuple[Atom, ...]:
    """Return the atoms of ``vocab``, each once, in an order that does not depend on how they were given.

    Raises:
        InputError: if it is empty, or holds what is no atom.
    """
    atoms = distinct(vocab)
    if not atoms:
        raise InputError("a vocabulary needs at least one atom")
    return atoms
