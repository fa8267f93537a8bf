"""The words of the language: no word spans lines, and the longest match wins."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from lark import Token

from raspir.frontends.rasp.errors import syntax_error
from raspir.ir.location import Location


class Word(Token):
    """A word of a text, as lark takes it, with its place."""

    __slots__ = ("place", "read")

    place: Location
    read: int | float | str


KEYWORDS = {
    "set": "SET", "example": "EXAMPLE", "examples": "EXAMPLES", "show": "SHOW", "selector": "WHICH", "s-op": "WHICH",
    "on": "SWITCH", "off": "SWITCH", "full seq display": "DISPLAY",
    "exit": "EXIT", "exit()": "EXIT", "quit": "EXIT", "quit()": "EXIT",
    "load": "LOAD", "draw": "DRAW", "def": "DEF", "return": "RETURN", "for": "FOR", "in": "IN",
    "if": "IF", "else": "ELSE",
    "not": "NOT", "and": "LOGIC", "or": "LOGIC", "round": "ROUND", "indicator": "ROUND",
    "aggregate(": "AGGREGATE", "select(": "SELECT", "range(": "RANGE", "zip(": "RANGE", "len(": "LEN",
}  # fmt: skip
"""The keywords, each with the terminal of the grammar that it is."""

SIGNS = {
    "(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB", "{": "LBRACE", "}": "RBRACE",
    ",": "COMMA", ";": "SEMICOLON", ":": "COLON", "=": "EQUALS",
    "+": "SIGN", "-": "SIGN", "*": "SCALE", "/": "SCALE", "%": "PERCENT", "^": "CARET",
    "==": "COMPARISON", "<": "COMPARISON", ">": "COMPARISON", "<=": "COMPARISON", ">=": "COMPARISON", "!=": "DIFFERS",
}  # fmt: skip
"""The signs, each with its terminal."""

_FIXED = KEYWORDS | SIGNS
_PATTERN = re.compile(
    r"""[ \t\r\n]*(?:
        (?P<FIXED> full\ seq\ display | exit\(\) | quit\(\) | s-op | (?:aggregate|select|range|zip|len)\(
                 | [=<>!]= | [][(){},;:=+\-*/%^<>] )
      | (?P<NAME> [a-zA-Z_][a-zA-Z_0-9]* )
      | (?P<NUMBER> [0-9]+(?:\.[0-9]+)? )
      | (?P<STRING> "[^"\r\n]*" )
      | (?P<COMMENT> \#.* )
      | (?P<END> \Z )
      | (?P<OTHER> . )
    )""",
    re.VERBOSE,
)

_HINTS = {
    "'": "strings are written with double quotes",
    ".": "a number has digits on both sides of its point, and nothing else has one",
    "!": 'it stands only in "!=", the comparison of select',
    "&": 'conditions are combined by "and"',
    "|": 'conditions are combined by "or"',
    "`": "strings are written with double quotes",
}


def words(line: str, file: str, number: int) -> Iterator[Word]:
    """Yield the words of a line, comments among them.

    Raises:
        RaspSyntaxError: at a character that no word has, an unclosed string, or an integer with too many digits.
    """
    match = _PATTERN.match
    position = 0
    while True:
        found = match(line, position)
        assert found is not None  # OTHER takes any character
        kind = found.lastgroup or "OTHER"
        if kind == "END":
            return
        text = str(found[kind])
        position = found.end()
        place = Location(file, number, position - len(text) + 1)
        if kind == "OTHER":
            raise syntax_error(_unexpected(text), place, line)
        word = Word(_FIXED.get(text, kind), text)
        word.place = place
        if kind == "NUMBER":
            word.read = _number(text, place, line)
        elif kind == "STRING":
            word.read = text[1:-1]
        yield word


def pieces(line: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a line with their kinds, for editors: nothing is an error, and the parts make up the line.

    The kinds are ``blank``, ``keyword``, ``sign``, ``name``, ``number``, ``string``, ``unclosed`` for a string without
    end, ``comment`` and ``other``.
    """
    position = 0
    while position < len(line):
        found = _PATTERN.match(line, position)
        assert found is not None
        kind = found.lastgroup or "OTHER"
        start, end = found.span(kind)
        text = line[start:end]
        if start > position:
            yield "blank", line[position:start]
        if text == '"':
            yield "unclosed", line[start:]
            return
        if kind in ("FIXED", "NAME"):
            yield "keyword" if text in KEYWORDS else "name" if kind == "NAME" else "sign", text
        elif text:
            yield kind.lower(), text
        position = end


def _number(text: str, place: Location, line: str) -> int | float:
    if "." in text:
        return float(text)
    try:
        return int(text)
    except ValueError:
        limit = sys.get_int_max_str_digits()
        raise syntax_error(f"an integer has at most {limit} digits, this one {len(text)}", place, line) from None


def _unexpected(character: str) -> str:
    if character == '"':
        return "a string is not closed on its line"
    hint = _HINTS.get(character)
    if hint is None and not character.isascii() and character.isalnum():
        hint = "names consist of the letters a to z and A to Z, digits and _"
    return f'unexpected "{character}"' + (f": {hint}" if hint else "")
