"""Rendering: formats and renderers."""

import struct
import sys

import pytest

import raspir
from raspir import BackendError, tokens
from raspir.viz.diagram import render


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


@pytest.mark.parametrize("renderer", ["wasm", "dot"])
def test_former_renderers_warn(renderer):
    with pytest.warns(DeprecationWarning, match=f"the renderer {renderer} is no longer used"):
        assert raspir.draw(tokens, renderer=renderer) == raspir.draw(tokens)


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


def test_a_picture_that_cannot_be_converted_is_an_error():
    with pytest.raises(BackendError, match="cannot be written as png"):
        render.converted("no picture", "png")
