"""The geometry of diagrams: edges stay inside and away from texts, heads are in order, and each read has an edge."""

import random
import sys
from itertools import combinations
from pathlib import Path

import pytest
from daily import chosen, examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import build, inputs, programs
from viz.geometry import NEAR, Box, picture

import raspir
from raspir import indices, key, query, tokens, where
from raspir.ir.layers import dependencies
from raspir.ir.operations import Role
from raspir.viz.diagram.contents import ports_of
from raspir.viz.heads import DrawnProgram
from raspir.viz.widths import label

sys.path.insert(0, str(Path(__file__).parents[3] / "examples"))

import addition
import attention
import puzzles


def previous(program, count):
    for _ in range(count):
        program = (key(indices) == query(indices - 1)).value(program, "-") + tokens
    return program


def random_program(seed, size=40):
    """Return a program whose values are read in layers near and far."""
    choice = random.Random(seed)
    values = [tokens, indices, indices + 1]
    for number in range(size):
        a, b, c = (values[-1 - min(int(choice.expovariate(0.3)), len(values) - 1)] for _ in range(3))
        made = (key(a) == query(b)).value(c, 0) if choice.random() < 0.4 else where(a == b, c, number)
        values.append(made.name(f"v{number}" * choice.choice([1, 1, 1, 9])))
    return {f"out{number}": value for number, value in enumerate(values[-choice.choice([1, 1, 5, 20]) :])}


RANDOM = [f"random {seed}" for seed in range(60)]
PROGRAMS = {
    "tokens": tokens,
    "constant": indices * 0 + 1,
    "raw": raspir.raw([1, 2, 3]),
    "flip": attention.flip(),
    "add": addition.add(),
    "smallest": puzzles.smallest,
    "wide": {str(n): (key(indices) == query(indices + n)).value(tokens) for n in range(20)},
    "same": {str(n): (key(indices) == query(indices)).value(indices + n) for n in range(50)},
    "outputs": {str(n): indices + n for n in range(30)},
    "deep": previous(tokens, 40),
    "far": where(previous(tokens, 5) == tokens, previous(indices, 3), tokens),
    "long names": (key(tokens.name("t" * 60)) == query(indices.name("漢字" * 30))).value(tokens).name("a" * 99),
    "selector": raspir.select(tokens, tokens, lambda k, q: k == q).value(1),
    **{name: random_program(name) for name in RANDOM},
}  # fmt: skip


def checked(svg):
    """Return a picture, after checking what holds for all of them."""
    found = picture(svg)
    for frame in found.frames:
        assert found.view.contains(frame)
    for written in found.titles:
        assert found.view.contains(written.box), written.text
    for card in found.cards:
        assert any(frame.contains(card.box) for frame in found.frames)
        for written in card.texts:
            assert card.box.contains(written.box, NEAR), (card.kind, written.text)
    check_apart(found)
    for edge in found.edges:
        check_edge(found, edge)
    check_overlaps(found)
    return found


def check_apart(found):
    """Check that no card is on another one, or on a title."""
    for number, card in enumerate(found.cards):
        others = [other.box for other in found.cards[number + 1 :]] + [written.box for written in found.titles]
        assert not any(card.box.meets(box) for box in others)


def check_edge(found, edge):
    """Check that an edge is in the frame, and crosses neither titles nor cards, of which it only touches its ends."""
    tail, head = found.tail(edge), found.head(edge)
    touched = [Box(tail.box.left, tail.box.top, tail.box.right, tail.box.bottom - NEAR)]
    touched += [Box(head.box.left, head.box.top + NEAR, head.box.right, head.box.bottom)]
    obstacles = touched + [card.box for card in found.cards if card not in (tail, head)]
    obstacles += [written.box for written in found.titles]
    near = [box for box in obstacles if box.bottom >= edge.start[1] and box.top <= edge.tip[1]]
    for segment in edge.segments:
        assert any(frame.left < segment.left and segment.right < frame.right for frame in found.frames)
        thick = Box(segment.left - NEAR, segment.top, segment.right + NEAR, segment.bottom)
        assert found.view.contains(thick)
        assert not any(thick.meets(box) for box in near), (edge.start, edge.tip)


def check_overlaps(found):
    """Check that edges from different cards are never on one line."""
    lines = {}
    for edge in found.edges:
        for segment in edge.segments:
            if segment.right - segment.left > NEAR:
                lines.setdefault(("y", round(segment.top)), set()).add((segment.left, segment.right, edge.start))
            if segment.bottom - segment.top > NEAR:
                lines.setdefault(("x", round(segment.left)), set()).add((segment.top, segment.bottom, edge.start))
    for spans in lines.values():
        for one, other in combinations(sorted(spans), 2):
            assert one[2] == other[2] or min(one[1], other[1]) - other[0] < NEAR, (one, other)


def check_order(found):
    """Check that the heads of each layer are in order, in rows from the left and from the top."""
    for frame in found.frames:
        heads = [card for card in found.cards if card.kind == "head" and frame.contains(card.box)]
        placed = sorted(heads, key=lambda card: (card.box.top, card.box.left))
        numbers = [int(text.text.split()[-1]) for card in placed for text in card.texts if " head " in f" {text.text}"]
        assert numbers == sorted(numbers)


def check_reads(found, graph):
    """Check that each sequence that a head or a feed-forward block reads has an edge from its card."""
    depends, program = dependencies(graph), DrawnProgram(graph)
    tails = {(id(found.head(edge)), edge.tip[0]): found.tail(edge) for edge in found.edges}
    assert len(tails) == len(found.edges)
    sources = {card.texts[0].text: card for card in found.cards if card.kind == "source"}
    cards = iter([card for card in found.cards if card.kind in ("head", "mlp")])
    for layer in program.layers:
        for head in layer.heads:
            card = next(cards)
            for (_, port), (_, box) in zip(ports_of(head), card.ports, strict=True):
                read = [tail for (of, x), tail in tails.items() if of == id(card) and box.left <= x <= box.right]
                assert bool(read) == bool(port is None or depends[port.node])
                if port is not None and depends[port.node] and port.node.operation.role is Role.SOURCE:
                    assert read == [sources[label(port.name, 40)]]
        if layer.layer.mlp is not None:
            card = next(cards)
            read = [tail for (of, _), tail in tails.items() if of == id(card)]
            names = [program.operand("source", node).name for node in layer.layer.mlp.inputs if is_source(node)]
            assert all(sources[label(name, 40)] in read for name in names)
    assert next(cards, None) is None


def is_source(node):
    return node.operation.role is Role.SOURCE


@pytest.mark.parametrize("name", chosen(PROGRAMS, lambda name: name not in RANDOM[6:]))
def test_geometry(name):
    program = PROGRAMS[name]
    for given_input in (None, "ab"):
        found = checked(raspir.draw(program, input=given_input))
        check_order(found)
        if not any(card.kind in ("more", "failure") for card in found.cards):
            check_reads(found, raspir.lower(program))
    for width in (300, 900):
        check_order(checked(raspir.draw(program, width=width)))


@pytest.mark.parametrize("name", chosen(PROGRAMS, lambda name: name in ("add", "far", "wide", "long names")))
def test_side_by_side(name):
    checked(raspir.draw(PROGRAMS[name], optimize=True, max_heads=4))


@pytest.mark.parametrize("name", chosen(PROGRAMS, lambda name: name not in RANDOM[3:]))
def test_causal_programs(name):
    graph = raspir.lower(PROGRAMS[name], causal=True)
    for options in ({}, {"input": "ab"}, {"width": 300}, {"title": "t" * 99, "theme": "dark"}):
        found = checked(raspir.draw(graph, **options))
        check_order(found)
        if "input" not in options and not any(card.kind == "more" for card in found.cards):
            check_reads(found, graph)


@examples(200)
@given(programs(), st.one_of(st.none(), inputs), st.sampled_from([None, 300]), st.booleans())
def test_generated_programs(program, given_input, width, causal):
    graph = raspir.lower(build(program), causal=causal)
    found = checked(raspir.draw(graph, input=given_input, width=width))
    check_order(found)
    if not any(card.kind in ("more", "failure") for card in found.cards):
        check_reads(found, graph)
