"""``raspir repl`` in a pseudo-terminal: as people use it."""

import os
import re
import stat
from pathlib import Path

import pytest

if os.name != "posix":
    pytest.skip("pseudo-terminals are Unix's", allow_module_level=True)

from consoles import Terminal


@pytest.fixture
def start(tmp_path):
    """Start sessions, which end with the test."""
    started = []

    def start(ready="help shows what can be typed, Ctrl-D ends the session", **variables):
        started.append(Terminal(cwd=tmp_path, **variables))
        started[-1].expect(ready)
        started[-1].expect(">> ")
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def terminal(start):
    return start()


def test_statements_and_commands(terminal):
    terminal.ask("a = indices + 1;", 'Example: a("hello") = [1, 2, 3, 4, 5] (ints)')
    terminal.ask(":layers length", "as written: 1 layer, heads per layer: 1")
    terminal.ask("help", "raspir's view of an expression")
    terminal.ask(":help", "raspir's view of an expression")
    terminal.ask("help = 7;", "value: help =  7")
    terminal.ask("help;", "value: help =  7")  # a variable is more than a word
    terminal.send("\r")
    terminal.send("# nothing\r")
    terminal.send('set example "ab"\r')
    terminal.ask("a;", 'a("ab") = [1, 2] (ints)')
    assert terminal.end() == 0


def test_exit(terminal):
    assert terminal.end("exit\r") == 0


def test_a_statement_of_several_lines(terminal):
    terminal.send("def twice(x) {\r")
    terminal.expect(".. ")
    terminal.send("y = x + x;\r")
    terminal.expect(".. ")
    terminal.ask("return y; }", "console function: twice(x)")
    terminal.ask("twice(2);", "value: out =  4")
    terminal.send("\x1b[A\x1b[A")  # up: the last statement, then the whole definition
    terminal.expect("return y; }")
    terminal.send("\r")
    terminal.expect("console function: twice(x)")


def test_pasted_lines_run_up_to_the_first_mistake(terminal):
    terminal.send("\x1b[200~a = 1;\rb = a + 1;\rc = b 2;\rd = 4;\x1b[201~\r")
    terminal.expect("value: a =  1")
    terminal.expect("value: b =  2")
    terminal.expect("syntax error: ")
    terminal.expect(">> ")
    terminal.ask("d;", "Undefined variable: d")


def test_mistakes_are_shown_with_their_line(terminal):
    terminal.send("\r")
    terminal.send("x = 1 y = 2;\r")
    terminal.expect("    x = 1 y = 2;\n          ^\n")
    terminal.expect('syntax error: expected ";" before "y"')
    terminal.expect(">> ")
    terminal.ask("1 + tokens[;", 'syntax error: unexpected ";" after "["')
    terminal.ask("zork;", "Undefined variable: zork")
    assert "\x1b[0;31m" in terminal.raw


def test_ctrl_c_at_the_prompt_drops_what_was_begun(terminal):
    terminal.send("dropped = [1,\r")
    terminal.expect(".. ")
    terminal.send("\x03")
    terminal.expect(">> ")
    terminal.ask("dropped;", "Undefined variable: dropped")


def test_ctrl_c_aborts_a_long_statement(terminal):
    terminal.send("7; for i in range(1000000) { for j in range(1000000) { n = j; } }\r")
    terminal.expect("value: out =  7")  # the editor is done, and Ctrl-C a signal from here on
    terminal.send("\x03")
    terminal.expect("interrupted")
    terminal.expect(">> ")
    terminal.ask("8;", "value: out =  8")


def test_names_keywords_and_files_are_completed(terminal, tmp_path):
    (tmp_path / "programs.rasp").write_text("inside = 17;\n", encoding="utf-8")
    terminal.ask("a_long_name = 5;", "value: a_long_name =  5")
    terminal.send("a_lo\t")
    terminal.expect("a_long_name")
    terminal.send(" + 1;\r")
    terminal.expect("value: out =  6")
    terminal.expect(">> ")
    terminal.send('load "pro\t')
    terminal.expect("programs")
    terminal.send('";\r')
    terminal.expect("value: inside =  17")


def test_the_history_is_kept_for_the_next_session(terminal, start, tmp_path):
    terminal.ask("kept = 12345;", "value: kept =  12345")
    assert terminal.end() == 0
    file = tmp_path / "state" / "raspir" / "history"
    assert "kept = 12345;" in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    second = start()
    second.send("\x1b[A")
    second.expect("kept = 12345;")
    second.send("\r")
    second.expect("value: kept =  12345")
    second.expect(">> ")
    assert second.end() == 0


def test_a_history_that_cannot_be_kept(start, tmp_path):
    (tmp_path / "state").write_text("")
    started = start("the history of this session is not kept")
    started.ask("1;", "value: out =  1")
    assert started.end() == 0


def test_no_color(start):
    started = start(NO_COLOR="1")
    started.ask("zork + length;", "Undefined variable: zork")
    started.ask('draw(length, "ab");', "layer 1")
    assert started.end() == 0
    assert not set(range(30, 38)) & colors(started.raw)


def colors(raw):
    return {int(number) for code in re.findall(r"\x1b\[([0-9;]*)m", raw) for number in code.split(";") if number}


def test_a_drawing_is_shown_as_text(terminal, tmp_path):
    terminal.send('draw(selector_width(select(tokens, tokens, ==)), "aba");\r')
    terminal.expect("=  [2, 1, 2] (ints)")
    written = terminal.expect("wrote ")
    assert "layer" not in written
    terminal.expect(".svg\n")
    shown = terminal.expect(">> ")
    assert "layer 1" in shown
    assert "1 · 1" in shown
    (file,) = (tmp_path / "comp_flows").iterdir()
    assert file.read_text(encoding="utf-8").startswith("<svg")


def test_a_dumb_terminal_has_the_plain_format(start):
    started = start("running example is: hello\n", TERM="dumb")
    started.send("1;\n")
    started.expect("    value: out =  1\n>> ")
    assert started.end() == 0


def test_where_the_history_is(monkeypatch):
    from raspir.cli.repl.history import history_path

    monkeypatch.setenv("XDG_STATE_HOME", "/states")
    assert history_path() == Path("/states/raspir/history")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert history_path() == Path("/home/someone/.local/state/raspir/history")
