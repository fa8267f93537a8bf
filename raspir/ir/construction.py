"""Construction of nodes: hash-consing, and the checks of operands and attributes."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakValueDictionary

from raspir._forking import making
from raspir.ir.atoms import atom_key, show
from raspir.ir.errors import GraphError
from raspir.ir.node import Node
from raspir.ir.operations import OPERATIONS, Operation
from raspir.ir.types import NOTHING, SELECTOR, Type
from raspir.ir.typing import Attribute
from raspir.ir.views import class_of

_interned: WeakValueDictionary[tuple[object, ...], Node] = WeakValueDictionary()


def attribute_key(value: Attribute) -> object:
    """Return a key that distinguishes values that ``==`` does not: ``True`` and ``1``, ``0.0`` and ``-0.0``."""
    if isinstance(value, tuple):
        return tuple(map(atom_key, value))
    return None if value is None else atom_key(value)


def make(operation: Operation, operands: Sequence[Node], attributes: Sequence[Attribute], type: Type) -> Node:
    """Return the node with exactly these parts, unchecked; the attribute ``none`` may be left out.

    For passes and tests that must be able to construct invalid nodes, and leave checking to the verifier; use
    :func:`build` everywhere else.
    """
    attributes = operation.completed(tuple(attributes))
    key = (operation.name, type, *map(id, operands), *map(attribute_key, attributes))
    with making.lock:
        node = _interned.get(key)
        if node is None:
            node = Node.__new__(class_of(operation))
            fill = object.__setattr__
            fill(node, "operation", operation)
            fill(node, "operands", tuple(operands))
            fill(node, "attributes", attributes)
            fill(node, "type", type)
            fill(node, "is_sound", False)
            _interned[key] = node
    return node


def build(name: str, /, *operands: Node, **attributes: Attribute) -> Node:
    """Return the node of operation ``name`` on ``operands``, with its inferred type.

    Raises:
        GraphError: if there is no such operation, or its operands or attributes are invalid.
    """
    operation = OPERATIONS.get(name)
    if operation is None:
        raise GraphError(f"there is no operation {show(name)}")
    unknown = attributes.keys() - {attribute for attribute, _ in operation.attributes} if attributes else ()
    if unknown:
        raise GraphError(f"{name}: it has no attribute {', '.join(sorted(unknown))}")
    lacking = [each for each, kind in operation.attributes if not kind.optional and each not in attributes]
    if lacking:
        raise GraphError(f"{name}: it needs the attribute {', '.join(lacking)}")
    values = tuple(attributes.get(attribute, kind.default) for attribute, kind in operation.attributes)
    problem = malformed(operation, operands, values)
    if problem:
        raise GraphError(f"{name}: {problem}")
    types = tuple(operand.type for operand in operands)
    result = operation.infer(types, values)
    if result is NOTHING:
        raise GraphError(f"{name}: {impossible(operation, types)}")
    return make(operation, operands, values, result)


def malformed(operation: Operation, operands: Sequence[Node], attributes: Sequence[Attribute]) -> str | None:
    """Return why the operand count or the attributes are invalid for ``operation``, or ``None`` if they are valid."""
    if operation.variadic and not operands:
        return "it takes at least one operand"
    if len(operands) != len(operation.operands) and not operation.variadic:
        return f"it takes {len(operation.operands)} operands, not {len(operands)}"
    if len(attributes) != len(operation.attributes):
        return f"it takes {len(operation.attributes)} attributes, not {len(attributes)}"
    for (name, kind), value in zip(operation.attributes, attributes, strict=True):
        if not kind.admits(value):
            return f"its attribute {name} must be {kind.value}, not {show(value)}"
    return operation.check(len(operands), tuple(attributes))


def impossible(operation: Operation, types: Sequence[Type]) -> str:
    """Return the message that ``operation`` does not accept operands of these ``types``."""
    for role, type_ in zip(operation.names(len(types)), types, strict=True):
        takes_selector = role.startswith("selector")
        if (type_ is SELECTOR) is not takes_selector:
            wanted = "a selector" if takes_selector else "a sequence of atoms"
            return f"its operand {role} must be {wanted}, not {type_}"
    return f"it cannot take {' and '.join(map(str, types))}"
