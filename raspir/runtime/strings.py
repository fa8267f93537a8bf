"""Warnings where a string of several characters meets single characters.

A string is one atom; RASPy reads it as the sequence of its characters. Beside the characters of an input it is likely a
mistake, since no character equals it. Only on a call or under a vocabulary is it known that an input holds characters:
in programs on words, the same comparisons are meaningful.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeGuard

from raspir.ir import Atom, Graph, Node
from raspir.ir.atoms import show
from raspir.ir.errors import StringWarning, warn_once
from raspir.ir.types import STR
from raspir.ir.views import Aggregate, Compare, Const, Input, Item, Lookup, OneType, Raw, Select, SelectBy, Where


def warn_of_strings(graph: Graph, *inputs: object) -> None:
    """Issue a :class:`StringWarning` for each line where a string of several characters meets characters.

    Args:
        graph: the program as written, with its vocabulary: passes may build nodes that are on no line of the user's.
        inputs: inputs on which it will run; mappings by name if it has several.
    """
    if not any(isinstance(node, Const) and _is_word(node.value) for node in graph):  # as in almost all programs
        return
    if not any(map(_are_characters, (_vocabulary(graph), *inputs))):
        return
    held: dict[Node, _Strings | None] = {}
    for node in graph:
        held[node] = _strings(node, held)
    for node, problem in _beside_characters(graph, held):
        warn_once(StringWarning(f"`{node.operation.symbol}`: {problem}", graph.locations.get(node)))


def _vocabulary(graph: Graph) -> str | list[Atom]:
    """Return the atoms of the inputs' vocabularies, as a ``str`` if all are characters."""
    atoms = [atom for node in graph.inputs.values() for atom in node.vocabulary or ()]
    characters = [atom for atom in atoms if isinstance(atom, str) and len(atom) == 1]
    return "".join(characters) if atoms and len(characters) == len(atoms) else atoms


def _are_characters(given: object) -> bool:
    """Return whether an input, or each of several by name, is a ``str``."""
    inputs = tuple(given.values()) if isinstance(given, Mapping) else (given,)
    return all(isinstance(each, str) for each in inputs)


def _is_word(atom: object) -> TypeGuard[str]:
    """Return whether ``atom`` is a string that is not a single character."""
    return isinstance(atom, str) and len(atom) != 1


class _Strings(NamedTuple):
    """The strings that a sequence may hold.

    Attributes:
        carries: whether it may hold atoms of the input.
        words: the constants other than single characters that it may hold.
    """

    carries: bool
    words: frozenset[str]


def _strings(node: Node, held: Mapping[Node, _Strings | None]) -> _Strings | None:
    """Return the strings that ``node`` may hold, given those of its operands; ``None`` if any."""
    if isinstance(node, Const):
        return _constants(node.value)
    if isinstance(node, Raw):
        return _constants(*node.values)
    if STR not in node.type:
        return _constants()
    if isinstance(node, Input):
        return _Strings(True, frozenset())
    if isinstance(node, Lookup):
        return _constants(*node.values, node.otherwise)
    if isinstance(node, Item):
        return _constants(*node.values)
    if isinstance(node, OneType):
        return held[node.operand]
    if isinstance(node, Where):
        return _either(held[node.a], held[node.b])
    if isinstance(node, Aggregate):
        return _either(held[node.value], _constants(node.default))
    return None


def _constants(*atoms: object) -> _Strings:
    return _Strings(False, frozenset(filter(_is_word, atoms)))


def _either(a: _Strings | None, b: _Strings | None) -> _Strings | None:
    return None if a is None or b is None else _Strings(a.carries or b.carries, a.words | b.words)


def _beside_characters(graph: Graph, held: Mapping[Node, _Strings | None]) -> Iterator[tuple[Node, str]]:
    """Yield each node that compares characters of the input with a longer string or chooses between them, and why."""
    for node in graph:
        if isinstance(node, Where):
            sides, meeting = (node.a, node.b), "beside"
        elif isinstance(node, Compare | Select) and not isinstance(node, SelectBy):
            sides, meeting = (node.operands[0], node.operands[1]), "compared with"
        else:
            continue
        for constant, other in (sides, sides[::-1]):
            strings = held[other]
            if not isinstance(constant, Const) or strings is None or not strings.carries:
                continue
            if _is_word(constant.value) and constant.value and constant.value not in strings.words:
                text = show(constant.value)
                yield (
                    node,
                    f"{text} is one string at every position, {meeting} single characters; for its characters in turn, "
                    f"as in RASPy, write list({text})",
                )
