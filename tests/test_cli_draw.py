"""``raspir draw``."""

import pytest
from commands import MAIN, interpreter
from test_cli import output, refused

ADD = "examples/addition.py:add"


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.svg", b"<svg"), ("a.PNG", b"\x89PNG"), ("a.pdf", b"%PDF"), ("a.dot", b"digraph"), ("a.gv", b"digraph")],
)
def test_the_suffix_says_what_is_written(tmp_path, name, start):
    output("draw", ADD, "-o", str(tmp_path / name), "--input", "1+2")
    assert (tmp_path / name).read_bytes().startswith(start)


def test_a_png_without_the_extra_is_refused_and_leaves_no_file(tmp_path):
    code = f"import sys; sys.modules['typst'] = None; {MAIN}"
    done = interpreter(code, "draw", ADD, "-o", str(tmp_path / "a.png"))
    line = "raspir: png needs the package typst: pip install 'raspir-toolchain[pictures]', or write svg\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", line)
    assert not [*tmp_path.iterdir()]


def test_to_standard_output():
    assert output("draw", ADD).startswith("<svg")
    assert output("draw", ADD, "-o", "-", "--format", "dot", "--no-optimize").startswith("digraph")
    assert "optimized: 4 layers" in output("draw", ADD, "--optimize", "--vocab", "0123456789+")


def test_what_is_shown():
    plain = output("draw", ADD, "--no-title", "--no-legend", "--theme", "dark", "--head", "2.1")
    assert all(word not in plain for word in ("<style", "elementwise", "head 1 of layer 2</text>"))
    assert plain.count('class="card"') == 3
    assert "My title: head 1 of layer 2" in output("draw", ADD, "--title", "My title", "--head", "2.1")
    assert len(output("draw", ADD, "--width", "300")) < len(output("draw", ADD, "--input", "1+2"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("-o", "x.gif"), ("-o", "x"), ("--format", "gif"), ("--renderer", "none"), ("--backend", "numpy"),
        ("--head", "9.1"), ("--head", "x"), ("--width", "0"), ("--title", "a", "--no-title"),
        ("-o", "no/such/folder/x.svg"), ("-o", "/"), ("--input", "1", "--input-json", "[1]"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line(arguments, tmp_path, monkeypatch):
    assert len(refused("draw", ADD, *arguments).strip().splitlines()) == 1


def test_nothing_is_left_behind(tmp_path):
    refused("draw", "examples/addition.py:nothing", "-o", str(tmp_path / "x.svg"))
    assert not list(tmp_path.iterdir())
