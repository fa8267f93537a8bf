"""Lexer of textual IR, line by line."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from raspir.ir.errors import TextError
from raspir.ir.location import Location
from raspir.ir.text.printer import WORD

_STRING = r'"(?:[^"\\\x00-\x1f]|\\.)*"'
_WORD = WORD.pattern

_TOKEN = re.compile(
    rf"""(?P<space>[ \t]+|\#.*)
    |(?P<identifier>%(?:{_STRING}|{_WORD}|[0-9]+)(?:\.[0-9]+)?)
    |(?P<symbol>@(?:{_STRING}|{_WORD}))
    |(?P<string>{_STRING})
    |(?P<number>-?(?:inf\b|0x[0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)(?![\w.]))
    |(?P<word>{_WORD}(?:\.{_WORD})?)
    |(?P<mark>[=,:|\[\]])""",
    re.VERBOSE,
)

_ESCAPE = re.compile(r"\\(?:u.{0,4}|.)")


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a line.

    Attributes:
        kind: ``identifier``, ``symbol``, ``string``, ``number``, ``word``, ``mark``, or ``end`` of the line.
        text: the text as written.
        location: file, line and column.
    """

    kind: str
    text: str
    location: Location

    def __str__(self) -> str:
        if self.kind == "end":
            return "the end of the line"
        return f"`{self.text if len(self.text) <= 40 else self.text[:39] + '…'}`"

    def string(self) -> str:
        """Return the value of a string, or the name in an identifier or symbol.

        Raises:
            TextError: if it has an escape that JSON does not.
        """
        quoted = self.text.lstrip("%@")
        if not quoted.startswith('"'):
            return quoted.split(".")[0] if self.kind == "identifier" else quoted
        try:
            # Decode each escape by itself: a surrogate pair must remain two characters, as the printer wrote them.
            return _ESCAPE.sub(lambda match: str(json.loads(f'"{match[0]}"')), quoted[1 : quoted.rindex('"')])
        except ValueError:
            raise TextError(f"expected a string with JSON's escapes, found {self}", self.location) from None


def tokens(line: str, file: str, number: int) -> list[Token]:
    """Return the tokens of ``line``, the last of kind ``end``.

    Raises:
        TextError: at the first character that starts no token.
    """
    found: list[Token] = []
    at = 0
    while at < len(line):
        match = _TOKEN.match(line, at)
        if match is None:
            where = Location(file, number, at + 1)
            unclosed = (
                " (a string must be closed on its line)" if line[at : at + 2].lstrip("%@").startswith('"') else ""
            )
            raise TextError(f"expected an operation, operand or attribute, found {line[at]!r}{unclosed}", where)
        if match.lastgroup != "space":
            assert match.lastgroup is not None
            found.append(Token(match.lastgroup, match[0], Location(file, number, at + 1)))
        at = match.end()
    found.append(Token("end", "", Location(file, number, len(line) + 1)))
    return found
