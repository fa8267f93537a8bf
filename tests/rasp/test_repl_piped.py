"""``raspir repl`` where standard input is no terminal: encodings, pipes, Ctrl-C, limits, files, raspir's commands."""

import contextlib
import os
import shlex
import signal
import subprocess
import xml.etree.ElementTree as ET

import pytest
from commands import raspir
from consoles import COMMAND, environment, piped

from raspir.cli.repl.files import file_name
from raspir.frontends.rasp.console import BANNER

UNIX = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of Unix")


def replies(text, *options, cwd):
    """Return what a session prints for a text, without the banner and the first prompt, and the notes."""
    done = raspir("repl", *options, stdin=text, cwd=cwd)
    assert done.returncode == 0
    assert done.stdout.startswith(f"{BANNER}>> ")
    return done.stdout.removeprefix(f"{BANNER}>> "), done.stderr


def test_text_is_utf_8_whatever_the_locale(tmp_path):
    done = piped('\ufeff"größe→\U0001f600";\n', cwd=tmp_path, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.stdout == f'{BANNER}>>     value: out =  "größe→\U0001f600"\n>> \n'
    assert done.stderr == ""


def test_bytes_that_are_no_text_are_one_error(tmp_path):
    done = piped(b'a = [\n"\xff\xfe";\n1;\n', cwd=tmp_path)
    assert done.returncode == 0
    error = "\t!! antlr exception: line 2 is not UTF-8 text \t-- ignoring input\n"
    assert done.stdout == f"{BANNER}>> .. {error}>>     value: out =  1\n>> \n"


@pytest.mark.parametrize("text", ["1;\r\n2;\r\n", "1;\n2;"], ids=["carriage returns", "no line end at the end"])
def test_ends_of_lines(text, tmp_path):
    assert replies(text, cwd=tmp_path) == ("    value: out =  1\n>>     value: out =  2\n>> \n", "")


def test_a_line_without_end_does_not_fill_the_memory(tmp_path):
    done = piped(b" " * (1 << 24), cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "raspir: cannot read standard input: line 1 has 16777216 bytes or more\n"


def test_text_that_ends_within_a_statement_is_noted_aside(tmp_path):
    shown, notes = replies("1;\na = (\n\n", cwd=tmp_path)
    assert shown == "    value: out =  1\n>> .. .. \n"
    assert "<console>:2:1" in notes
    assert "expected an expression" in notes
    assert notes.count("\n") == 1
    assert replies("# nothing\n\n", cwd=tmp_path) == (".. .. \n", "")


@pytest.mark.parametrize("end", ["exit", "quit()"])
def test_exit_ends_at_once(end, tmp_path):
    assert replies(f"1;\n{end}\n2;\n", cwd=tmp_path) == ("    value: out =  1\n>> ", "")


@UNIX
def test_a_program_can_talk_to_it_line_by_line(tmp_path):
    with started(tmp_path) as process:
        read(process, f"{BANNER}>> ")
        for number in range(3):
            process.stdin.write(f"{number};\n".encode())
            read(process, f"    value: out =  {number}\n>> ")
        process.stdin.write(b"def f(x) {\n")
        read(process, "..   ")
        process.stdin.close()
        read(process, "\n")
        assert process.wait() == 0


@UNIX
def test_ctrl_c_drops_the_statement(tmp_path):
    with started(tmp_path) as process:
        read(process, f"{BANNER}>> ")
        process.stdin.write(b"a = [1,\n")
        read(process, ".. ")
        process.send_signal(signal.SIGINT)
        read(process, "\n>> ")
        process.stdin.write(
            b'draw(tokens, "started"); for i in range(1000000) { for j in range(1000000) { a = j; } }\n'
        )
        read(process, "\t =  [s, t, a, r, t, e, d] (strings)\n")
        assert b"wrote" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        read(process, "\n>> ")
        process.stdin.write(b"7;\n")
        read(process, "    value: out =  7\n>> ")
        process.stdin.close()
        read(process, "\n")
        assert process.wait() == 0


def started(cwd):
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(COMMAND, **pipes, bufsize=0, cwd=cwd, env=environment())


def read(process, text):
    """Read as much as ``text`` has, and compare: nothing more is needed to see it."""
    found = b""
    while len(found) < len(text.encode()):
        more = process.stdout.read(len(text.encode()) - len(found))
        assert more, found
        found += more
    assert found.decode() == text


@UNIX
def test_a_reader_that_stops_ends_it_quietly(tmp_path):
    with started(tmp_path) as process:
        read(process, BANNER)
        process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            for _ in range(100_000):
                process.stdin.write(b"1;\n")
        process.wait()
        assert process.stderr.read() == b""


@UNIX
@pytest.mark.parametrize(("redirected", "why"), [(">&-", "is closed"), ("> /dev/full", "No space left on device")])
def test_output_that_cannot_be_written(redirected, why, tmp_path):
    if "full" in redirected and not os.path.exists("/dev/full"):
        pytest.skip("there is no full device")
    command = f"echo '1;' | {shlex.join(COMMAND)} {redirected}"
    done = subprocess.run(
        command, shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.stderr.startswith("raspir: cannot write the result: ")
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_limits_are_options(tmp_path):
    text = "range(11);\nrange(10);\ndef f(n) { return 0 if n == 0 else f(n - 1); }\nf(5);\n"
    shown, _ = replies(text, "--max-items", "10", "--max-calls", "3", cwd=tmp_path)
    assert "something went wrong: a range of 11 items exceeds the limit of 10\n" in shown
    assert "list: out = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n" in shown
    assert "something went wrong: more than 3 nested calls" in shown
    assert raspir("repl", "--max-items", "0", cwd=tmp_path).returncode == 2


# Pictures


def test_a_drawing_is_written_and_shown_as_an_application(tmp_path):
    text = 's = select(indices, indices, <);\nm = aggregate(s, indices);\ndraw(m, "abc");\ndraw(m + 1);\n'
    shown, notes = replies(text, cwd=tmp_path)
    assert shown.endswith("\t =  [0, 0, 0.5] (floats)\n>> \t =  [1, 1, 1.5, 2.0, 2.5] (floats)\n>> \n")
    assert notes == "".join(
        f"raspir: wrote {file}\n" for file in ("comp_flows/m-abc.svg", "comp_flows/m_+_1-hello.svg")
    )
    drawn = (tmp_path / "comp_flows" / "m-abc.svg").read_text(encoding="utf-8")
    assert ET.fromstring(drawn).get("role") == "img"
    assert "layer 1" in drawn


@UNIX
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    unwritable(tmp_path, "Permission denied")
    tmp_path.chmod(0o700)


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "comp_flows").write_text("")
    unwritable(tmp_path, "")


def unwritable(folder, why):
    shown, notes = replies("draw(indices + 1);\n", cwd=folder)
    assert shown == "\t =  [1, 2, 3, 4, 5] (ints)\n>> \n"
    first, second = notes.splitlines()
    assert first.startswith("raspir: cannot write comp_flows")
    assert why in first
    path = second.removeprefix("raspir: wrote ")
    with open(path, encoding="utf-8") as file:
        assert file.read().startswith("<svg")
    os.unlink(path)
    os.rmdir(os.path.dirname(path))


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (["m", "abc"], "m-abc"),
        (["( x + y )", "a/../b"], "x_+_y-a_.._b"),
        (["..", ""], "out"),
        (["größe", "ß"], "gr_e"),
        (["x" * 90, "abc"], "x" * 60),
        (["-", "~"], "out"),
    ],
)
def test_names_of_files(parts, name):
    assert file_name(*parts) == name


# raspir's own commands

WIDTHS = "h = selector_width(select(tokens, tokens, ==));\n"


def test_the_layers_of_an_expression(tmp_path):
    lines = [":layers h", ":layers", ":layers indices + 1;", " :layers select(h, h, ==)  # a comment", "out;\n"]
    shown, _ = replies(f"examples off\n{WIDTHS}" + "\n".join(lines), cwd=tmp_path)
    one = "    as written: 1 layer, heads per layer: 1\n    optimized:  1 layer, heads per layer: 1\n"
    two = "    as written: 2 layers, heads per layer: 1 1\n    optimized:  2 layers, heads per layer: 1 1\n"
    none = "    as written: 0 layers\n    optimized:  0 layers\n"
    assert shown == f">>      s-op: h\n>> {one}>> {one}>> {none}>> {two}>>      s-op: out\n>> \n"


def test_the_optimized_program_with_remarks_and_lines(tmp_path):
    text = f"{WIDTHS}\n:opt selector_width(select(indices, h * 0, ==)) + h\n"
    shown, _ = replies(text, cwd=tmp_path)
    optimized = shown[shown.index("# ") : shown.rindex(">> ")]
    assert "raspir 1\n%tokens = input" in optimized
    assert optimized.startswith("# pass fold: layers 2 → 1")
    assert "# <console>:1:" in optimized
    assert "output out" in optimized


def test_the_plan_and_the_report(tmp_path):
    shown, notes = replies(f"examples off\n{WIDTHS}:plan h\n:plan indices\n:report h\n", cwd=tmp_path)
    _, plan, none, last, _ = shown.split(">> ")[1:]
    assert plan.startswith("    h: ")
    assert none == "    there is no attention\n"
    assert last == ""
    assert notes == "raspir: wrote comp_flows/h.html\n"
    page = (tmp_path / "comp_flows" / "h.html").read_text(encoding="utf-8")
    assert "<title>h" in page
    assert '"hello"' in page or "&quot;hello&quot;" in page


NO_COMMAND = "unknown command: the commands are :help, :layers, :opt, :plan, :report"
NO_EXPRESSION = "it takes an expression, and no other statement"


@pytest.mark.parametrize(
    ("command", "argument", "message"),
    [
        (":", "", NO_COMMAND),
        (":layer", "h", NO_COMMAND),
        (":help", "me", "it takes no expression"),
        (":layers", "1", "it takes an s-op or a selector, not 1"),
        (":opt", "[indices]", "it takes an s-op or a selector, not [indices]"),
        (":plan", "a = 1", NO_EXPRESSION),
        (":plan", "indices; indices;", NO_EXPRESSION),
        (":layers", "exit", NO_EXPRESSION),
        (":layers", "# a comment", NO_EXPRESSION),
        (":layers", "zork", "Error: Undefined variable: zork"),
        (":layers", "[1, 0.5][0] + (", "expected an expression"),
        (":report", "def f(x) {", "unfinished"),
        (":layers", "indices $", "unexpected"),
        (":layers", "range(10^9)", "a range of 1000000000 items exceeds the limit of 1000000"),
        (":layers", "range(1000)", "it takes an s-op or a selector, not [0, 1, 2"),
    ],
)
def test_bad_use_of_commands(command, argument, message, tmp_path):
    shown, notes = replies(f"{command} {argument}\n1;\n", cwd=tmp_path)
    first, _, rest = shown.partition("\n")
    assert first.startswith(f"\t!! {command}: ")
    assert message in first
    assert rest == ">>     value: out =  1\n>> \n"
    assert notes == ""


def test_commands_leave_the_session_alone(tmp_path):
    lines = ["indices;", "a = {1", ":2};", "a;", "", ":layers length", "out;", ":help", "out;"]
    shown, _ = replies("".join(f"{line}\n" for line in lines), cwd=tmp_path)
    parts = shown.split(">> ")
    assert parts[1] == ".. " + "     dict: a = {1: 2}\n"
    assert "Statements end with a semicolon" in shown
    assert shown.count("dict: out = {1: 2}") == 2


def test_a_syntax_error_says_the_line_of_the_session(tmp_path):
    shown, notes = replies("1;\n:layers indices\n(2\n", cwd=tmp_path)
    assert shown.startswith("    value: out =  1\n>> ")
    assert "<console>:3:1" in notes
