"""Graphs: the IR of a program, with names, source locations and assumptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

from raspir.ir.atoms import Atom, distinct, read_mapping, show
from raspir.ir.causal import masked
from raspir.ir.construction import impossible, make
from raspir.ir.display import displayed
from raspir.ir.errors import GraphError, InputError, VocabularyWarning, warn
from raspir.ir.functions import Function, identity, require_picklable
from raspir.ir.layers import Layering, Stats
from raspir.ir.lazy import cached_property
from raspir.ir.location import Location
from raspir.ir.node import Node, operands_of
from raspir.ir.operations import OPERATIONS
from raspir.ir.text.printer import identifiers, print_graph
from raspir.ir.tracebacks import public
from raspir.ir.types import ATOM, NOTHING, Type
from raspir.ir.typing import Attribute
from raspir.ir.views import Aggregate, Input, Map, SelectBy
from raspir.ir.walks import postorder

if TYPE_CHECKING:
    import networkx


class Graph:
    """A program: named inputs and outputs, and the nodes between them.

    Graphs are immutable. Two graphs are equal if their inputs, outputs, assumptions, schedules and nodes are; names and
    locations, being debug information, are ignored. Opaque functions are compared by identity (the same code with the
    same captured variables); an unbound symbol, as in a graph read from text, equals any function under that symbol.

    Args:
        outputs: the output nodes, by name.
        inputs: the ``input`` nodes, in order; missing ones that the outputs reach are appended.
        functions: the Python function of each symbol; :meth:`bind` supplies missing ones.
        names: the source names of a node; the first one is displayed.
        locations: the source location of each node.
        max_length: the assumed maximum input length.
        schedule: the layer of each aggregate and of each elementwise node that is not constant. Without a schedule (or
            with an empty one) every node is scheduled as soon as possible.

    Raises:
        GraphError: if there is no output.
    """

    outputs: Mapping[str, Node]
    inputs: Mapping[str, Input]
    nodes: tuple[Node, ...]
    """All nodes in post-order: the inputs, then the operands of each output depth first, left to right."""
    functions: Mapping[str, Function]
    names: Mapping[Node, tuple[str, ...]]
    locations: Mapping[Node, Location]
    max_length: int | None
    schedule: Mapping[Node, int] | None
    causal: bool

    @public
    def __init__(
        self,
        outputs: Mapping[str, Node],
        inputs: Iterable[Node] = (),
        functions: Mapping[str, Function] | None = None,
        names: Mapping[Node, tuple[str, ...]] | None = None,
        locations: Mapping[Node, Location] | None = None,
        max_length: int | None = None,
        schedule: Mapping[Node, int] | None = None,
        causal: bool = False,
    ) -> None:
        if not isinstance(outputs, Mapping) or not outputs:
            raise GraphError(f"outputs must be a non-empty mapping from names to nodes, not {show(outputs)}")
        inputs = tuple(inputs)
        for node in (*inputs, *outputs.values()):
            if not isinstance(node, Node):
                raise GraphError(f"{show(node)} is not a node of a graph: raspir.lower builds a graph from programs")
        nodes = topological((*inputs, *outputs.values()))
        given = set(inputs)
        missing = [node for node in nodes if isinstance(node, Input) and node not in given]
        if missing:  # inputs come first, so that a graph and its text agree on the order
            nodes = topological((*inputs, *missing, *outputs.values()))
        held, symbols = set(nodes), _symbols(nodes)
        placed = {node: schedule[node] for node in nodes if node in schedule} if schedule else {}
        self.__dict__.update(
            outputs=MappingProxyType(dict(outputs)),
            inputs=MappingProxyType({node.name: node for node in nodes if isinstance(node, Input)}),
            nodes=nodes,
            functions=MappingProxyType({s: function for s, function in (functions or {}).items() if s in symbols}),
            names=MappingProxyType({n: tuple(given) for n, given in (names or {}).items() if n in held and given}),
            locations=MappingProxyType({n: place for n, place in (locations or {}).items() if n in held}),
            max_length=max_length,
            schedule=MappingProxyType(placed) if placed else None,
            causal=causal,
        )

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("graphs are immutable")

    def place(self, node: Node) -> Location | None:
        """Return the source location of ``node``; if it has none, that of the first node that uses it and has one."""
        return self.locations.get(node) or self._inherited.get(node)

    @cached_property
    def _inherited(self) -> dict[Node, Location]:
        """The locations of users of nodes that have none."""
        found: dict[Node, Location] = {}
        for user in reversed(self.nodes):
            place = self.locations.get(user) or found.get(user)
            if place is not None:
                found.update({operand: place for operand in user.operands if operand not in self.locations})
        return found

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols of the opaque functions that the nodes apply, in node order."""
        return tuple(_symbols(self.nodes))

    @property
    def unbound(self) -> tuple[str, ...]:
        """The symbols without a Python function."""
        return tuple(symbol for symbol in self.symbols if symbol not in self.functions)

    @public
    def bind(self, functions: Mapping[str, Function]) -> Graph:
        """Return this graph with Python functions bound to its symbols.

        Raises:
            GraphError: if the graph has no such symbol, or a function is not callable.
        """
        if not isinstance(functions, Mapping):
            raise GraphError(f"functions must be a mapping from symbols to functions, not {show(functions)}")
        symbols = set(self.symbols)
        for symbol, function in read_mapping(functions).items():
            if type(symbol) is not str or symbol not in symbols:
                known = ", ".join(f"@{s}" for s in self.symbols) or "none"
                raise GraphError(f"the program has no function @{symbol} (it has: {known})")
            if not callable(function):
                raise GraphError(f"@{symbol} must be a function, not {show(function)}")
        return self.derived(functions={**self.functions, **functions})

    @public
    def assume(
        self, vocab: Iterable[Atom] | None = None, max_length: int | None = None, causal: bool | None = None
    ) -> Graph:
        """Return this graph under assumptions about its inputs and heads; ``None`` leaves an assumption unchanged.

        A vocabulary is the set of typed atoms that an input may hold; it narrows the types of nodes. Backends reject
        inputs that violate an assumption. If an operation accepts none of the atoms, the program has a result on the
        empty input alone, and a :class:`VocabularyWarning` is issued.

        In a causal graph, the mask ``key(indices) <= query(indices)`` is part of the selector of every aggregate:
        ``causal=True`` joins it to those of this graph, unless it is causal already. ``causal=False`` leaves the
        selectors as they are, and allows passes to make heads that look ahead.

        Raises:
            InputError: if ``vocab`` is empty or contains a non-atom, ``max_length`` is not a natural number, or
                ``causal`` is not a boolean.
        """
        if causal is not None and type(causal) is not bool:
            raise InputError(f"causal must be True or False, not {show(causal)}")
        if max_length is not None and (type(max_length) is not int or max_length < 0):
            raise InputError(f"the maximum length must be a natural number, not {show(max_length)}")
        graph = self if max_length is None else self.derived(max_length=max_length)
        if causal is not None and causal != graph.causal:
            graph = graph.masked() if causal else graph.derived(causal=False)
        return graph if vocab is None else graph._holding(vocabulary(vocab))

    promise = assume  # former name

    def _holding(self, vocab: tuple[Atom, ...]) -> Graph:
        """Return this graph with ``vocab`` on every input, and types narrowed unless one would become empty."""
        try:
            return self._typed(vocab)
        except GraphError as error:
            if self.max_length != 0:
                what = f"{error.message}, so the program fails on every input but the empty one"
                if all(isinstance(atom, str) for atom in vocab) and any(map(_is_digits, vocab)):
                    what += "; its digits are strings: for numbers, give integers (--vocab-json, --vocab-range)"
                warn(VocabularyWarning(what, error.location))
            return self._typed(vocab, ATOM)

    def _typed(self, vocab: tuple[Atom, ...], type: Type | None = None) -> Graph:
        """Return this graph with ``vocab`` on every input and types re-inferred.

        Args:
            vocab: the vocabulary.
            type: the type of the inputs; the union of the atoms' types for ``None``.

        Raises:
            GraphError: if an operation is ill-typed.
        """
        new: dict[Node, Node] = {}
        for node in self.nodes:
            operation, operands = node.operation, tuple(new[operand] for operand in node.operands)
            attributes = (node.name, vocab) if isinstance(node, Input) else node.attributes
            types = tuple(operand.type for operand in operands)
            result = type if isinstance(node, Input) and type is not None else operation.infer(types, attributes)
            if result is NOTHING:
                what = f"`{operation.symbol}`: {impossible(operation, types)}, the types under this vocabulary"
                raise GraphError(what, self.locations.get(node))
            new[node] = make(operation, operands, attributes, result)
        return self._mapped(new)

    def masked(self, heads: Iterable[Node] | None = None) -> Graph:
        """Return this graph with the causal mask joined to the selectors of ``heads``, and recorded as causal.

        Args:
            heads: aggregates, all others of which look back by themselves; ``None`` for every aggregate.
        """
        chosen = {node for node in self.nodes if isinstance(node, Aggregate)} if heads is None else set(heads)
        new = masked(self.nodes, chosen)
        joined = self._mapped(new).derived(causal=True)
        located = [head for head in chosen if head.operands[0] in self.locations]
        written = {new[head].operands[0]: self.locations[head.operands[0]] for head in located}
        return joined.derived(locations={**written, **joined.locations}, schedule=joined.schedule)

    def _mapped(self, new: Mapping[Node, Node]) -> Graph:
        """Return this graph with each node replaced by its equivalent in ``new``, in the same layer."""
        return self.derived(
            outputs={name: new[node] for name, node in self.outputs.items()},
            inputs=[new[node] for node in self.inputs.values()],
            names={new[node]: names for node, names in self.names.items()},
            locations={new[node]: location for node, location in self.locations.items()},
            schedule={new[node]: layer for node, layer in (self.schedule or {}).items()},
        )

    def derived(self, **changes: Any) -> Graph:
        """Return this graph with some constructor arguments replaced, and its assumptions otherwise.

        The schedule is tied to the nodes, so replacing the outputs drops it.
        """
        kept = ["outputs", "functions", "names", "locations", "max_length", "causal"]
        if "outputs" not in changes:
            kept.append("schedule")
        parts = {part: getattr(self, part) for part in kept}
        return Graph(**{**parts, "inputs": self.inputs.values(), **changes})

    def scheduled(self, schedule: Mapping[Node, int] | None) -> Graph:
        """Return this graph with another schedule, or with none; it is left to the verifier to check it."""
        return self.derived(schedule=schedule)

    def name_of(self, node: Node) -> str | None:
        """Return the first source name of ``node``, or ``None``."""
        names = self.names.get(node)
        return names[0] if names else None

    @cached_property
    def layering(self) -> Layering:
        """The layer of each node and the heads of each layer: as scheduled, or as soon as possible."""
        return Layering.of(self.nodes, self.schedule, self.outputs.values())

    def stats(self) -> Stats:
        """Return the number of layers, heads, values and feed-forward blocks under the current schedule."""
        return self.layering.stats()

    def to_networkx(self) -> networkx.MultiDiGraph:
        """Return the graph as a networkx multigraph: an edge from operand to user, keyed by operand position.

        Nodes are the identifiers of the textual IR. Each carries ``operation``, ``type``, ``layer``, the attributes of
        the operation (``default``, ``value``, …), and ``names`` and ``location`` if known. The graph carries ``inputs``
        and ``outputs``: maps from name to node, and ``causal``.
        """
        import networkx  # slow to import and rarely needed

        named = identifiers(self, every=True)
        exported = networkx.MultiDiGraph(
            inputs={name: named[node] for name, node in self.inputs.items()},
            outputs={name: named[node] for name, node in self.outputs.items()},
            causal=self.causal,
        )
        for node in self:
            exported.add_node(
                named[node],
                operation=node.operation.name,
                type=str(node.type),
                layer=self.layering.layer[node],
                **node.named_attributes,
            )
            if node in self.names:
                exported.nodes[named[node]]["names"] = self.names[node]
            if node in self.locations:
                exported.nodes[named[node]]["location"] = str(self.locations[node])
            for position, operand in enumerate(node.operands):
                exported.add_edge(
                    named[operand],
                    named[node],
                    key=position,
                    operand=node.operation.names(len(node.operands))[position],
                )
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
        placed = tuple((self.schedule or {}).items())  # in node order, which the outputs determine
        return (tuple(self.inputs.items()), tuple(self.outputs.items()), self.max_length, self.causal, placed)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def __str__(self) -> str:
        return print_graph(self)

    def __repr__(self) -> str:
        kind = "causal graph" if self.causal else "graph"
        return f"<raspir {kind} of {len(self.nodes)} nodes: {', '.join(self.inputs)} -> {', '.join(self.outputs)}>"

    def _repr_html_(self) -> str | None:
        """Return the notebook rendering: a diagram, and a table of the layers."""
        return displayed(self)

    def __copy__(self) -> Graph:
        return self

    def __deepcopy__(self, memo: object) -> Graph:
        return self

    @public
    def __reduce__(self) -> tuple[object, ...]:
        users = {node.function: node for node in self.nodes if isinstance(node, Map | SelectBy)}
        for symbol, function in self.functions.items():
            node = users[symbol]
            require_picklable(function, node.operation.symbol, self.locations.get(node))
        at = {node: number for number, node in enumerate(self.nodes)}
        rows = [
            (node.operation.name, [at[operand] for operand in node.operands], node.attributes, node.type)
            for node in self.nodes
        ]
        named = [{name: at[node] for name, node in nodes.items()} for nodes in (self.outputs, self.inputs)]
        tables = [
            {at[node]: value for node, value in (facts or {}).items()}
            for facts in (self.names, self.locations, self.schedule)
        ]
        return (_restored, (rows, *named, dict(self.functions), *tables, self.max_length, self.causal))


Row = tuple[str, list[int], tuple[Attribute, ...], Type]
"""A pickled node: operation, row indices of the operands, attributes and type."""


def _restored(
    rows: list[Row],
    outputs: dict[str, int],
    inputs: dict[str, int],
    functions: dict[str, Function],
    names: dict[int, tuple[str, ...]],
    locations: dict[int, Location],
    schedule: dict[int, int],
    max_length: int | None,
    causal: bool,
) -> Graph:
    """Return the graph pickled as rows of nodes, with the per-node tables keyed by row index."""
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
        causal,
    )


def topological(roots: Iterable[Node]) -> tuple[Node, ...]:
    """Return the nodes reachable from ``roots`` in post-order, which depends on the structure alone."""
    order: dict[Node, None] = {}
    for root in roots:
        for node in postorder(root, operands_of, order):
            order[node] = None
    return tuple(order)


def _symbols(nodes: Iterable[Node]) -> dict[str, None]:
    return {node.function: None for node in nodes if isinstance(node, Map | SelectBy)}


def vocabulary(vocab: Iterable[Atom], packed: bool = False) -> tuple[Atom, ...]:
    """Return the distinct atoms of ``vocab``, in a canonical order; ``packed`` is as for ``distinct``.

    Raises:
        InputError: if it is empty, or contains a non-atom.
    """
    atoms = distinct(vocab, packed)
    if not atoms:
        raise InputError("a vocabulary must contain at least one atom")
    return atoms


def _is_digits(atom: Atom) -> bool:
    return isinstance(atom, str) and atom.isdecimal()
