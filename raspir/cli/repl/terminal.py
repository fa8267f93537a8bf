"""The loop of the console on a terminal: lines are edited, colored and completed, and kept for the next session."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.application import get_app
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import is_searching
from prompt_toolkit.formatted_text import FormattedText, StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from raspir.cli.repl.editing import completions, definitions, is_finished, styled
from raspir.cli.repl.files import write_drawing
from raspir.cli.repl.history import history
from raspir.cli.repl.screen import Screen
from raspir.cli.repl.session import Session, help_text
from raspir.frontends.rasp.console import BANNER, Console
from raspir.frontends.rasp.errors import RaspSyntaxError
from raspir.frontends.rasp.limits import Limits
from raspir.frontends.rasp.values import Sequence, Value
from raspir.ir.text.visible import visible

_HINT = "help shows what can be typed, Ctrl-D ends the session\n"
_HELP = "help"
_STYLE = Style.from_dict(
    {
        "prompt": "ansigreen",
        "keyword": "bold ansiblue",
        "library": "ansicyan",
        "number": "ansimagenta",
        "string": "ansigreen",
        "unclosed": "ansigreen",
        "comment": "italic ansibrightblack",
        "other": "ansired",
        "error": "ansired",
        "note": "ansibrightblack",
    }
)
_ERROR = re.compile(r"\t!!|\t\t!!|something went wrong: |not implemented this command yet!")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def run(limits: Limits) -> None:
    """Run a session on the terminal, until Ctrl-D or ``exit``."""
    screen = _Terminal()
    console = _Console(screen, limits)
    session, editor = Session(console, screen), _editor(console, screen)
    screen.write(BANNER + _HINT)
    goes_on = True
    while goes_on:
        try:
            goes_on = _run_text(session, console, editor.prompt(_prompt(console.prompt)))
        except KeyboardInterrupt:
            console.drop()
        except EOFError:
            goes_on = False


def _run_text(session: Session, console: _Console, text: str) -> bool:
    """Run the lines of a text up to the first that is wrong, and return whether the session goes on."""
    if text.strip() in console.words:
        console.screen.write(help_text())
        return True
    console.refused = False
    try:
        for line in text.split("\n"):
            if not session.feed(line):
                return False
            if console.refused:
                break
    except KeyboardInterrupt:
        console.screen.write("interrupted\n", "note")
    console.drop()  # comments and empty lines
    return True


class _Terminal(Screen):
    """The output on a terminal, with errors in color."""

    def __init__(self) -> None:
        self.colors = ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None

    def write(self, text: str, kind: str = "") -> None:
        """Write lines of results and errors, in the style of their kind."""
        kind = kind or ("error" if _ERROR.match(text) else "")
        shown = FormattedText([(f"class:{kind}" if kind else "", _CONTROL.sub(_visible, text))])
        print_formatted_text(shown, end="", style=_STYLE, color_depth=self.colors)

    def note(self, text: str) -> None:
        """Write a line that is no result."""
        self.write(f"{text}\n", "note")

    def draw(self, sequence: Sequence, given: Value) -> None:
        """Show the attention of an s-op on an input as text, and write the picture of it."""
        from raspir.cli.screen import print_lines

        picture = write_drawing(sequence, given, self.note)
        if picture is not None:
            print_lines(picture.lines(shutil.get_terminal_size().columns))


def _visible(found: re.Match[str]) -> str:
    return visible(found[0])


class _Console(Console):
    """A console that shows the line of a syntax error, with a caret below the place."""

    def __init__(self, screen: _Terminal, limits: Limits) -> None:
        super().__init__(screen, limits)
        self.screen = screen
        self.refused = False

    @property
    def words(self) -> frozenset[str]:
        """What is a line of its own here: ``help``, unless it is a variable."""
        return frozenset() if _HELP in self.names() else frozenset([_HELP, f"{_HELP};"])

    def names(self) -> list[str]:
        """Return the names that have a value at the console."""
        return self.interpreter.console.visible()

    def refuse(self, error: RaspSyntaxError) -> None:
        """Show a syntax error with its line."""
        self.refused = True
        self.screen.write("".join(f"    {line}\n" for line in error.excerpt.split("\n")))
        self.screen.write(f"syntax error: {error.message}\n", "error")


# The editor


def _editor(console: _Console, screen: _Terminal) -> PromptSession[str]:
    """Return the editor of lines, with the history of former sessions."""
    return PromptSession(
        multiline=True,
        key_bindings=_keys(lambda text: is_finished(text, console.words)),
        lexer=_Lexer(),
        completer=_Completer(console.names),
        complete_while_typing=False,
        prompt_continuation=_continuation,
        history=history(screen.note),
        style=_STYLE,
        color_depth=screen.colors,
        enable_suspend=True,
    )


def _keys(finished: Callable[[str], bool]) -> KeyBindings:
    """Return the binding of Enter: it ends a text that is finished, and else begins a line."""
    keys = KeyBindings()

    @keys.add("enter", filter=~is_searching)
    def enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state is not None and buffer.complete_state.current_completion is not None:
            buffer.complete_state = None
        elif finished(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.newline(copy_margin=False)

    return keys


def _continuation(width: int, number: int, soft: int) -> StyleAndTextTuples:
    """Return the prompt of a further line, which shows how many functions are being defined."""
    if soft:
        return _prompt(" " * width)
    lines = get_app().current_buffer.document.lines[:number]
    return _prompt(f".. {'  ' * definitions(chr(10).join(lines))}")


def _prompt(text: str) -> StyleAndTextTuples:
    return [("class:prompt", text)]


class _Lexer(Lexer):
    """Colors the words of the language."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """Return the function that styles a line."""
        return lambda number: [(f"class:{kind}", text) for kind, text in styled(document.lines[number])]


class _Completer(Completer):
    """Completes names, keywords, commands and files."""

    def __init__(self, names: Callable[[], list[str]]) -> None:
        self._names = names

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield what completes the word before the cursor."""
        for text, length in completions(document.current_line_before_cursor, self._names(), Path()):
            yield Completion(text, -length)
