"""Colors: legible contrast in light and dark themes."""

import re

import pytest
from viz.drawn import SVG, parsed

from raspir.viz.sequences import sequence_svg
from raspir.viz.theme import DARK, LIGHT, Part


def luminance(color):
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("shades", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("part", Part)
def test_ink_can_be_read(shades, part):
    assert contrast(shades[part].ink, shades[part].fill) >= 4.5


@pytest.mark.parametrize("shades", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ink", [Part.PAGE, Part.BAND, Part.UNSELECTED])
@pytest.mark.parametrize("under", [Part.PAGE, Part.BAND])
def test_names_notes_and_numbers_can_be_read_on_cards_and_bands(shades, ink, under):
    assert contrast(shades[ink].ink, shades[under].fill) >= 4.5


def test_dark_pages_have_the_dark_colors():
    root = parsed(sequence_svg("ab"))
    media = re.fullmatch(r"@media \(prefers-color-scheme:dark\)\{(.*)\}", root.find(f"{SVG}style").text)
    rules = dict(re.findall(r"\.([\w-]+)\{([^}]*)\}", media[1]))
    used = {name for element in root.iter() for name in element.get("class", "").split()}
    assert used
    for name in used:
        _, field, part = re.fullmatch(r"(r[0-9a-f]{8}-)(fill|line|ink)-(\w+)", name).groups()
        property = "stroke" if field == "line" else "fill"
        assert rules[name] == f"{property}:{getattr(DARK[part], field)}"
    for element in root.iter(f"{SVG}rect"):
        assert element.get("fill") in {shade.fill for shade in LIGHT.values()}
