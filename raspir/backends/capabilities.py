"""Declarative capabilities of backends, so that unsupported programs are rejected before the backend is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from raspir.ir import OPERATIONS, BackendError, Graph, Node
from raspir.ir.causal import is_mask
from raspir.ir.lazy import cached_property
from raspir.ir.operations import AttributeKind, Role
from raspir.ir.text.describe import Describer
from raspir.ir.types import ATOM, NONE, SELECTOR
from raspir.ir.views import Input, Lookup

AGGREGATES = frozenset(name for name, operation in OPERATIONS.items() if operation.role is Role.AGGREGATE)
"""The aggregate operations: ``sum``, ``mean`` and ``best``."""

ALL_OPERATIONS = frozenset(OPERATIONS) - AGGREGATES
"""The names of all other operations of the IR."""

KINDS = frozenset(map(str, ATOM.kinds))
"""The kinds of atoms: ``bool``, ``int``, ``float``, ``str`` and ``none``."""

_SETS = {"operations": ALL_OPERATIONS, "aggregates": AGGREGATES, "types": KINDS}
"""The names that each set-valued field may contain."""

_FLAGS = {
    "mixed": "no mixed values",
    "several": "no functions of several sequences",
    "inputs": "one input",
    "outputs": "one output",
    "vocabulary": "needs vocab",
    "length": "needs max_length",
    "exact": "floats to 1e-9",
}
"""The description of each restricted flag."""

_FEW = 4  # the most names listed individually


@dataclass(frozen=True)
class Capabilities:
    """The capabilities of a backend; by default, everything is supported.

    ``map`` and ``select.by`` call opaque Python functions; a backend that cannot call them omits them from
    ``operations``.

    A backend without the type ``none`` still receives programs in which only an input or the result of an opaque
    function could be ``None``: where one is, the run is refused.

    Attributes:
        operations: the names of the supported IR operations other than aggregates.
        aggregates: the supported aggregates, a subset of ``sum``, ``mean`` and ``best``.
        types: the supported kinds of atoms, a subset of ``bool``, ``int``, ``float``, ``str`` and ``none``.
        mixed: whether one value may hold atoms of several kinds, as a ``where`` of a number and a string does.
        several: whether ``map`` and ``lookup`` may have several operands.
        inputs: whether several inputs are supported.
        outputs: whether several outputs are supported.
        vocabulary: whether inputs without an assumed vocabulary are supported.
        length: whether programs without an assumed maximum length are supported.
        exact: whether floats of outputs are those of the reference to the last bit; otherwise they may differ by one
            part in 10⁹.

    Raises:
        ValueError: if a field contains an unknown name or has the wrong type.
    """

    operations: Iterable[str] = ALL_OPERATIONS
    aggregates: Iterable[str] = AGGREGATES
    types: Iterable[str] = KINDS
    mixed: bool = True
    several: bool = True
    inputs: bool = True
    outputs: bool = True
    vocabulary: bool = True
    length: bool = True
    exact: bool = True

    def __post_init__(self) -> None:
        for name, known in _SETS.items():
            object.__setattr__(self, name, _names(name, getattr(self, name), known))
        for flag in _FLAGS:
            if type(getattr(self, flag)) is not bool:
                raise ValueError(f"{flag} must be True or False, not {getattr(self, flag)!r}")

    @staticmethod
    def without(*names: str, **fields: Any) -> Capabilities:
        """Return capabilities without some operations, aggregates and types, and with the given fields.

        Raises:
            ValueError: if a name is unknown.
        """
        unknown = sorted(set(names) - ALL_OPERATIONS - AGGREGATES - KINDS)
        if unknown:
            raise ValueError(f"there is no operation, aggregate or type {', '.join(unknown)}")
        return Capabilities(**{**{field: known.difference(names) for field, known in _SETS.items()}, **fields})

    def to_json(self) -> dict[str, Any]:
        """Return the restricted fields as JSON data, with sorted lists."""
        everything = Capabilities()
        return {
            field.name: sorted(value) if isinstance(value, frozenset) else value
            for field in fields(self)
            if (value := getattr(self, field.name)) != getattr(everything, field.name)
        }

    def less(self) -> tuple[str, ...]:
        """Return a short description of each restricted field."""
        restrictions = []
        for field, known in _SETS.items():
            missing = sorted(known - getattr(self, field))
            if len(missing) > _FEW:
                restrictions.append(f"{len(known) - len(missing)} of {len(known)} {field}")
            elif missing:
                named = ("missing values" if name == "none" else name for name in missing)
                restrictions.append(f"no {', '.join(named)}")
        return (*restrictions, *(text for flag, text in _FLAGS.items() if not getattr(self, flag)))

    @cached_property
    def supported(self) -> frozenset[str]:
        """The names of all supported IR operations, aggregates included."""
        return frozenset(self.operations) | frozenset(self.aggregates)

    @cached_property
    def missing(self) -> bool:
        """Whether values may be ``None``."""
        return "none" in frozenset(self.types)

    def takes(self, graph: Graph) -> bool:
        """Return whether ``graph`` requires only these capabilities."""
        try:
            self.check(graph, "")
        except BackendError:
            return False
        return True

    def check(self, graph: Graph, backend: str) -> None:
        """Check that ``graph`` requires only these capabilities.

        Args:
            graph: the graph.
            backend: the name of the backend in messages.

        Raises:
            BackendError: if not; it names the missing capability, the source expression that needs it, and its line.
        """
        if self == Capabilities():
            return
        problem = next(self._program_lacks(graph), None)
        if problem is not None:
            raise BackendError(f"backend {backend} {problem}")
        missing = [(node, capability) for node in graph if (capability := self._lack(node)) is not None]
        if missing:
            node, capability = missing[0]
            others = dict.fromkeys(other for _, other in missing if other != capability)
            more = f" (nor {', '.join(others)}, which the program needs elsewhere)" if others else ""
            message = f"backend {backend} does not support {capability}{more}, which {_written(graph, node)} needs"
            raise BackendError(f"{message}{self._advice(node, capability)}", graph.locations.get(node))

    def _program_lacks(self, graph: Graph) -> Iterator[str]:
        """Yield a description of each missing capability of the program as a whole."""
        if not self.inputs and len(graph.inputs) > 1:
            yield f"takes programs of one input, and this one has {len(graph.inputs)}: {', '.join(graph.inputs)}"
        if not self.outputs and len(graph.outputs) > 1:
            yield f"takes programs of one output, and this one has {len(graph.outputs)}: {', '.join(graph.outputs)}"
        unbounded = [name for name, node in graph.inputs.items() if node.vocabulary is None]
        if not self.vocabulary and unbounded:
            yield f"needs a vocabulary for {', '.join(unbounded)}: give vocab= or --vocab"
        if not self.length and graph.max_length is None:
            yield "needs a maximum length of inputs: give max_length= or --max-length"

    def _lack(self, node: Node) -> str | None:
        """Return a description of a missing capability of ``node``; ``None`` if it is supported."""
        operation = node.operation
        if operation.name not in self.supported:
            return f"the {'aggregate' if operation.role is Role.AGGREGATE else 'operation'} {operation.name}"
        if operation.variadic and len(node.operands) > 1 and not self.several:
            return f"{operation.name} of several operands"
        if not self.missing and holds_none(node):
            return "values of type none"
        if node.type is SELECTOR:
            return None
        kinds = [str(kind) for kind in node.type.kinds if self.missing or kind is not NONE]
        unsupported = [kind for kind in kinds if kind not in self.types]
        if unsupported:
            return f"values of type {' or '.join(unsupported)}"
        return f"values that may be {' or '.join(kinds)}" if len(kinds) > 1 and not self.mixed else None

    def _advice(self, node: Node, capability: str) -> str:
        if isinstance(node, Lookup) and capability.startswith("the operation"):
            return ": the optimizer introduced it; use the program as written, with optimize=False or --no-optimize"
        if isinstance(node, Input) and node.vocabulary is None:
            return ": restrict the atoms of the input with vocab= or --vocab"
        return ""


def holds_none(node: Node) -> bool:
    """Return whether an attribute of ``node`` holds the atom ``None``, such as a default or a vocabulary."""
    for (_, kind), value in zip(node.operation.attributes, node.attributes, strict=True):
        if (value is None and kind is AttributeKind.ATOM) or (isinstance(value, tuple) and None in value):
            return True
    return False


def _written(graph: Graph, node: Node) -> str:
    """Return the source expression of a node, with its name; in words that of the mask, which no source has."""
    describer = Describer(graph)
    if graph.causal and node.type is SELECTOR and any(map(is_mask, (node, *node.operands))):
        return "the causal mask" if is_mask(node) else f"the causal mask of {describer(node)}"
    name, expression = describer.name(node), describer(node)
    return f"{name} = {expression}" if name and name != expression else expression


def _names(field: str, given: object, known: frozenset[str]) -> frozenset[str]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ValueError(f"{field} must be a set of names, not {given!r}")
    names = frozenset(given)
    unknown = sorted(map(str, names - known))
    if unknown:
        raise ValueError(f"unknown {field}: {', '.join(unknown)} (known: {', '.join(sorted(known))})")
    return names


Support = Capabilities  # former name
