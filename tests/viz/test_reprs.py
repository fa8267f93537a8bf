"""Rich representations of language objects in notebooks and terminals."""

import subprocess
import sys
import time

import pytest
from viz.drawn import parsed, selected, strips, texts

import raspir
from raspir import Sequence, indices, key, query, tokens

EQ = key(tokens) == query(tokens)


@pytest.fixture(autouse=True)
def _example():
    yield
    raspir.set_example("hello")


def test_each_object_draws_itself_on_the_example():
    assert [text for _, text in strips(parsed(key(tokens)._repr_svg_()), "key")] == [*"hello"]
    assert [text for _, text in strips(parsed(query(indices)._repr_svg_()), "query")] == [*"01234"]
    assert len(selected(parsed(EQ._repr_svg_()))[0]) == 7
    assert [text for _, text in strips(parsed(EQ.value(1)._repr_svg_()), "value")] == [*"11111"]
    assert strips(parsed(tokens("hi")._repr_svg_()), "result") == [(0, "h"), (1, "i")]
    raspir.set_example([7])
    assert [text for _, text in strips(parsed(key(tokens)._repr_svg_()), "key")] == ["7"]


def test_what_fails_is_drawn_up_to_there():
    bad = tokens + 1
    for thing in (bad, key(bad), query(bad), key(bad) == query(1), EQ.value(bad)):
        assert any("fails" in text for text in texts(parsed(thing._repr_svg_())))


def test_drawing_never_raises():
    for failing in (raspir.raw([1, 2]), tokens.map(lambda atom: object()), tokens.map(lambda atom: 1 // 0)):
        assert any("fails" in text for text in texts(parsed(failing._repr_svg_())))


def test_an_example_that_cannot_run_leaves_the_text(monkeypatch):
    def broken(*arguments):
        raise RuntimeError

    monkeypatch.setattr("raspir.backends.drawing.svg", broken)
    assert tokens._repr_svg_() is None


@pytest.mark.parametrize("backend", ["numpy", "reference"])
def test_a_million_atoms_are_drawn_at_once(backend):
    sequence = raspir.compile(tokens, backend=backend, optimize=False)("ab" * 500_000)
    start = time.perf_counter()
    root = parsed(sequence._repr_svg_())
    assert time.perf_counter() - start < 1
    assert len(strips(root, "result")) == 20
    assert "… and 999980 more positions between positions 16 and 999997" in texts(root)
    assert parsed(Sequence([])._repr_svg_()).get("aria-label") == "sequence: nothing, as the input is empty"


def test_long_examples_stay_quick():
    raspir.set_example("abc" * 700)
    start = time.perf_counter()
    parsed(EQ._repr_svg_())
    repr(EQ)
    assert time.perf_counter() - start < 5


def test_text_of_a_selector_is_aligned_where_characters_are_wide():
    raspir.set_example(["日本", "a", "\x1b"])
    lines = repr(EQ).split("\n")
    assert lines[1].split() == ["日本", "1", "·", "·"]
    assert "\x1b" not in repr(EQ)
    from raspir.viz.widths import columns

    assert len({columns(line) for line in lines}) == 1


def test_pictures_are_imported_when_the_first_is_drawn():
    code = (
        "import sys, raspir; assert not any(m in sys.modules for m in ('raspir.viz.svg', 'numpy')); "
        "raspir.tokens._repr_svg_(); sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
