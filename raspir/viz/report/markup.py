"""An HTML writer that escapes all text and attributes."""

from __future__ import annotations

import json
from html import escape

from raspir.viz.widths import clean

_VOID = frozenset({"meta", "br", "hr", "input"})


class Markup(str):
    """A text that is already HTML."""

    __slots__ = ()


def tag(name: str, /, *children: str, **attributes: object) -> Markup:
    """Return an element.

    Args:
        name: the name of the element.
        children: the contents, escaped unless they are :class:`Markup`.
        attributes: the attributes by name, with ``_`` for ``-`` and without a trailing ``_``; ``None`` and ``False``
            omit an attribute, ``True`` gives it no value.
    """
    start = "".join([name, *(_attribute(key, value) for key, value in attributes.items())])
    return Markup(f"<{start}>" if name in _VOID else f"<{start}>{joined(*children)}</{name}>")


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(clean(str(value)))}"'


def joined(*children: str) -> Markup:
    """Return pieces of HTML and escaped text as one."""
    return Markup("".join(child if isinstance(child, Markup) else text(child) for child in children))


def text(content: str) -> Markup:
    """Return text as HTML, with line breaks and without forbidden characters."""
    return Markup("\n".join(escape(clean(line)) for line in content.split("\n")))


def data(value: object) -> Markup:
    """Return JSON for a ``script`` element, which nothing in it can end or turn into a comment."""
    return Markup(json.dumps(value, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e"))
