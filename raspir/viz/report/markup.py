"""Writing HTML: elements whose text and attributes are always escaped."""

from __future__ import annotations

import json
from html import escape

from raspir.viz.widths import clean

_VOID = frozenset({"meta", "br", "hr", "input"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, /, *children: str, **attributes: object) -> Markup:
    """Return an element.

    Args:
        name: of the element.
        children: its content; what is not :class:`Markup` is escaped.
        attributes: by name, in which ``_`` stands for ``-`` and one at the end is left out; ``None`` and ``False``
            leave an attribute out, ``True`` gives it no value.
    """
    told = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{told}>")
    return Markup(f"<{name}{told}>{joined(*children)}</{name}>")


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(clean(str(value)))}"'


def joined(*children: str) -> Markup:
    """Return several pieces of HTML, and of text that is escaped, as one."""
    return Markup("".join(child if isinstance(child, Markup) else text(child) for child in children))


def text(told: str) -> Markup:
    """Return text as HTML, line by line, without what no page may hold."""
    return Markup("\n".join(escape(clean(line)) for line in told.split("\n")))


def data(value: object) -> Markup:
    """Return JSON that can stand in a ``script`` element: nothing in it can end that, or begin a comment."""
    return Markup(json.dumps(value, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e"))
