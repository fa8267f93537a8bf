"""Reading a program line by line, as the console and files do."""

from __future__ import annotations

from lark import Token, UnexpectedToken

from raspir.frontends.rasp.errors import RaspSyntaxError, syntax_error
from raspir.frontends.rasp.expected import complaint, expected
from raspir.frontends.rasp.grammar import items_of, parsing
from raspir.frontends.rasp.lexis import Word, words
from raspir.frontends.rasp.syntax import Expr, Statement
from raspir.ir.location import Location

MAX_NESTING = 200
"""The most brackets, operators and blocks that may be open at one place. What associates to the left opens nothing."""

_OPENING = {
    "LPAR", "LSQB", "LBRACE", "RANGE", "LEN", "AGGREGATE", "SELECT",
    "CARET", "SCALE", "PERCENT", "SIGN", "COMPARISON", "LOGIC", "IN", "IF", "NOT",
}  # fmt: skip


UNFINISHED = "this statement is unfinished at the end of the text"


class Reader:
    """Reads statements from lines, one at a time.

    No word spans lines, so every line is lexed once, and its words go straight to the parser: the time is linear in the
    text. Whether more lines are needed is asked of the parser, too.

    Args:
        file: the name of the file, for locations.
        first_line: the number of the first line.
        comments_anywhere: whether a comment may stand behind a part of an expression. It may, except in files that
            ``load`` reads, as in the language's own interpreter, where it stands behind statements, or alone on a line.
    """

    def __init__(self, file: str, first_line: int = 1, *, comments_anywhere: bool = True) -> None:
        self.file = file
        self._comments_anywhere = comments_anywhere
        self._next_line = first_line
        self.drop()

    def drop(self) -> None:
        """Drop the text read so far, and start afresh at the next line."""
        self._parser = parsing()
        self._stack = self._parser.parser_state.value_stack  # one list, for as long as the parser is used
        self._lines: list[str] = []
        self._words: list[Word] = []
        self._definitions = 0

    @property
    def unfinished(self) -> bool:
        """Whether a text was begun: lines were read, and no result came of them yet. They may all be empty."""
        return bool(self._lines)

    @property
    def begun(self) -> bool:
        """Whether the unfinished text has words."""
        return bool(self._words)

    @property
    def definitions(self) -> int:
        """The number of words ``def`` in the unfinished text."""
        return self._definitions

    def skip(self) -> int:
        """Count a line that something else reads, and return its number."""
        number, self._next_line = self._next_line, self._next_line + 1
        return number

    def pending(self) -> str:
        """Return the unfinished text."""
        return "\n".join(self._lines)

    def feed(self, line: str) -> tuple[Statement, ...] | None:
        """Add one line, and return the statements of the text so far, or ``None`` if it needs more lines.

        Empty text, also one of comments only, needs more lines.

        Raises:
            RaspSyntaxError: at the first word that cannot stand where it does. The text is dropped.
        """
        number, self._next_line = self._next_line, self._next_line + 1
        self._lines.append(line.rstrip("\r\n"))
        try:
            for word in words(line, self.file, number):
                self._add(word)
        except RaspSyntaxError:
            self.drop()
            raise
        statements = self._result()
        if statements is not None:
            self.drop()
        return statements

    def end(self) -> tuple[Statement, ...]:
        """Return the statements of the unfinished text, which may lack a last semicolon.

        Raises:
            RaspSyntaxError: if it lacks more. The text is dropped.
        """
        unfinished = self.unfinished_error()
        if unfinished is None:
            self.drop()
            return ()
        try:
            statements = self.feed(";")
        except RaspSyntaxError:
            raise unfinished from None
        if statements is None:  # what is unfinished may hold statements
            self.drop()
            raise unfinished
        return statements

    def unfinished_error(self) -> RaspSyntaxError | None:
        """Return the error that the unfinished text is at the end of a file, or ``None`` if it has no word."""
        if not self._words:
            return None
        place = self._beginning()
        line = self._lines[place.line - self._next_line + len(self._lines)]
        return syntax_error(f"{UNFINISHED}, expected {expected(self._parser.accepts())}", place, line)

    def _add(self, word: Word) -> None:
        if word.type == "COMMENT" and "COMMENT" not in self._parser.choices():
            is_alone = self._lines[-1].strip() == word.strip()
            if not (self._comments_anywhere or is_alone or self._is_between_statements()):
                where = "inside an expression of a file that is loaded: put it on a line of its own"
                raise syntax_error(f"a comment cannot stand {where}", word.place, self._lines[-1])
            return
        try:
            self._parser.feed_token(word)
        except UnexpectedToken:
            raise self._unexpected(word) from None
        self._words.append(word)
        self._definitions += word.type == "DEF"
        if word.type in _OPENING and len(self._stack) > MAX_NESTING and self._nesting() > MAX_NESTING:
            raise syntax_error(f"nested more than {MAX_NESTING} levels deep", word.place, self._lines[-1])

    def _is_between_statements(self) -> bool:
        """Return whether a statement or a return has ended here, or another one may begin."""
        if not self._words or self._words[-1].type == "SEMICOLON":
            return True
        try:
            self._parser.copy(deepcopy_values=False).feed_token(Token("DEF", "def"))
        except UnexpectedToken:
            return False
        return True

    def _nesting(self) -> int:
        return sum(isinstance(value, Word) and value.type in _OPENING for value in self._stack)

    def _result(self) -> tuple[Statement, ...] | None:
        """Return the statements of the text if it may end here."""
        if not self._words or "$END" not in self._parser.choices():
            return None
        end = self._parser.copy(deepcopy_values=False)
        try:
            result: tuple[Statement, ...] = end.feed_token(Token("$END", ""))
        except UnexpectedToken:
            return None
        return result

    def _unexpected(self, word: Word) -> RaspSyntaxError:
        """Return the error that ``word`` cannot follow.

        The parser may have reduced rules before it saw that the word does not fit, and then accepts less than before.
        So it is asked again, with the words before.
        """
        parser = parsing()
        for each in self._words:
            parser.feed_token(each)
        line = self._lines[-1]
        before = self._words[-1] if self._words else None
        rest = line[(word.place.column or 1) - 1 + len(word) :]
        return syntax_error(complaint(word, before, parser.accepts(), rest), word.place, line)

    def _beginning(self) -> Location:
        """Return where the statement begins that is unfinished: behind those that are finished."""
        for value in self._stack:
            first = items_of(value)[0] if isinstance(value, tuple) else value
            if isinstance(first, Word | Expr):
                return first.place
        return self._words[0].place


def parse(text: str, file: str = "<text>", first_line: int = 1) -> tuple[Statement, ...]:
    """Return the statements of a whole text.

    Raises:
        RaspSyntaxError: at the first word that cannot stand where it does, or where an unfinished statement begins.
    """
    reader = Reader(file, first_line)
    statements: list[Statement] = []
    for line in text.split("\n"):
        statements += reader.feed(line) or ()
    error = reader.unfinished_error()
    if error is not None:
        raise error
    return tuple(statements)
