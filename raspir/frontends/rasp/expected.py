"""What a text that breaks off, or goes wrong, could have gone on with: in words, and with hints at likely mistakes."""

from __future__ import annotations

from collections.abc import Set

from raspir.frontends.rasp.lexis import KEYWORDS, SIGNS, Word

_OPERANDS = {"NUMBER", "STRING", "NAME", "LPAR", "LSQB", "LBRACE", "NOT", "SIGN", "ROUND", "RANGE", "LEN", "AGGREGATE"}
_OPERANDS |= {"SELECT"}
_STATEMENTS = {"DRAW", "LOAD", "DEF", "FOR"}
_COMMANDS = {"SET", "SHOW", "WHICH", "EXAMPLES", "DISPLAY", "EXIT"}
_OPERATORS = {"SIGN", "SCALE", "PERCENT", "CARET", "COMPARISON", "LOGIC", "IN", "IF", "LPAR", "LSQB"}
_GROUPS = (  # a group is named if its first terminal is accepted, and all of it is covered by the name
    ("SET", "a statement or a command", _OPERANDS | _STATEMENTS | _COMMANDS),
    ("DRAW", "a statement", _OPERANDS | _STATEMENTS),
    ("SCALE", "an operator", _OPERATORS),
    ("NUMBER", "an expression", _OPERANDS),
    ("DIFFERS", "a comparison", {"DIFFERS", "COMPARISON"}),
    ("NAME", "a name", {"NAME"}),
    ("STRING", "a string", {"STRING"}),
    ("SWITCH", '"on"', {"SWITCH"}),
    ("WHICH", '"s-op"', {"WHICH"}),
)
_SECOND = {'"on"': '"off"', '"s-op"': '"selector"'}
_WRITTEN = {terminal: text for text, terminal in (KEYWORDS | SIGNS).items()}
_BEGINNINGS = _OPERANDS | _STATEMENTS | _COMMANDS | {"RETURN", "RBRACE"}


def expected(accepted: Set[str]) -> str:
    """Return in words what the terminals in ``accepted`` stand for: ``an operator or ";"``."""
    left = set(accepted) - {"COMMENT", "$END"}
    parts: list[str] = []
    if "$END" in accepted and "SCALE" in accepted:  # behind the expression of a command anything may begin
        return "an operator or the end of the command"
    for first, words, covered in _GROUPS:
        if first in left:
            left -= covered
            parts += [words, _SECOND[words]] if words in _SECOND else [words]
    parts += sorted(f'"{_WRITTEN[terminal]}"' for terminal in left)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"


def complaint(word: Word, before: Word | None, accepted: Set[str], rest: str) -> str:
    """Return the message for a word that cannot stand where it does.

    Args:
        word: the word.
        before: the word before it in the text, if any.
        accepted: the terminals that could stand in its place.
        rest: what follows the word on its line.
    """
    hint = _hint(word, before, accepted, rest)
    if hint is None and "SEMICOLON" in accepted and word.type in _BEGINNINGS:
        return f'expected ";" before {quoted(word)}'
    after = "" if before is None else f" after {quoted(before)}"
    if hint is not None:
        return f"unexpected {quoted(word)}{after}: {hint}"
    return f"unexpected {quoted(word)}{after}, expected {expected(accepted)}"


def quoted(word: Word) -> str:
    """Return a word in double quotes; a string, which has its own, is called a string."""
    text = str(word) if len(word) <= 40 else f"{word[:39]}…"
    return f"the string {text}" if word.type == "STRING" else f'"{text}"'


def _hint(word: Word, before: Word | None, accepted: Set[str], rest: str) -> str | None:
    """Return what is likely to be meant by a word that cannot stand where it does."""
    hint = None if before is None else _hint_of_pair(before, word, accepted)
    return hint or _hint_of_sign(word, before, accepted, rest) or _hint_of_keyword(word, accepted)


def _hint_of_pair(before: Word, word: Word, accepted: Set[str]) -> str | None:
    if _touch(before, word):
        if before.type == "NUMBER" and word.type == "NAME":
            return "a number consists of digits, with at most one point among them"
        if str(before) == str(word) in ("*", "/"):
            return "powers are written a^b" if word == "*" else "division is written a/b"
    if word == "=" and before in KEYWORDS:
        return f'"{before}" is a keyword, not a name'
    if before in _UNKNOWN and word.type in _BEGINNINGS | {"COLON"} and "SEMICOLON" in accepted:
        return _UNKNOWN[before]
    return None


def _hint_of_sign(word: Word, before: Word | None, accepted: Set[str], rest: str) -> str | None:
    match str(word):
        case "!=":
            return '"!=" stands only in select(keys, queries, !=)'
        case "=" if "SCALE" in accepted:
            return 'values are compared by "==", and only names are bound by "="'
        case ":" if rest.startswith("="):
            return 'a name is bound by "="'
        case ":" if "RSQB" in accepted and "SCALE" in accepted:
            return "there are no slices"
        case ";" if "$END" in accepted and "SCALE" in accepted:
            return 'a command ends without ";"'
        case ";" if before is not None and before.type in {"EXIT", "EXAMPLE", "SWITCH"} and "$END" in accepted:
            return 'a command ends without ";"'
    return None


def _hint_of_keyword(word: Word, accepted: Set[str]) -> str | None:
    if "NUMBER" not in accepted:  # no expression can begin
        return f'"{word}" is a keyword' if "NAME" in accepted and word in KEYWORDS else None
    if "SCALE" in accepted or word not in KEYWORDS:  # or another one, behind a command
        return None
    if word.type == "RETURN":
        return '"return" stands only at the end of a function'
    if word.type in _COMMANDS and "DRAW" in accepted:
        return "commands stand in no function and no loop"
    if word.type == "IF" and "DRAW" in accepted:
        return "there is no if statement, but the expression a if c else b"
    if word.type in _STATEMENTS | _COMMANDS:
        return f'"{word}" begins a statement, not an expression'
    return f'"{word}" is a keyword, and begins no expression'


_UNKNOWN = {
    "while": "there is no while loop, only for loops over lists and dicts",
    "elif": "there is no if statement, but expressions a if c else b",
    "lambda": "functions are defined by def name(arguments) { return result; }",
    "import": 'files are loaded by load "name";',
    "print": "a statement shows its value by itself",
}


def _touch(before: Word, word: Word) -> bool:
    """Return whether no blank stands between two words."""
    (file, line, column) = before.place
    return word.place == (file, line, (column or 0) + len(before))
