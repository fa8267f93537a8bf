"""Parsing of rendered pictures back to the values of their cells, from embedded data."""

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg):
    """Return the root of a picture, after holding what all pictures must be."""
    root = ET.fromstring(svg.encode())
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert root.find(f"{SVG}title").text
    assert root.find(f"{SVG}desc").text
    allowed = {f"{SVG}{tag}" for tag in "svg title desc style g rect circle path text".split()}
    width, height = float(root.get("width")), float(root.get("height"))
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    for element in root.iter():
        assert element.tag in allowed
        assert not any(name.startswith("on") or name in ("id", "href") for name in element.attrib)
    card = root.find(f"{SVG}rect")
    assert [float(card.get("width")), float(card.get("height"))] == pytest.approx([width - 1, height - 1])
    return root


def selected(root):
    """Return the cells of each matrix that are dark, and how many marks there are."""
    dark = [each for each in root.iter(f"{SVG}rect") if each.get("data-row")]
    cells = [(int(each.get("data-row")), int(each.get("data-column"))) for each in dark]
    return cells, len(list(root.iter(f"{SVG}circle")))


def strips(root, part):
    """Return position and text of the cells with the border of ``part``, in order."""
    found = []
    for group in root.iter():
        for box, written in pairwise(group):
            if box.get("data-position") and box.get("class").split()[1].endswith(f"line-{part}"):
                found.append((int(box.get("data-position")), written_in(written)))
    return found


def written_in(element):
    """Return the text that an element shows, without its tooltip."""
    titles = [child.tail or "" for child in element if child.tag == f"{SVG}title"]
    return (element.text or "") + "".join(titles)


def texts(root):
    return [written_in(element) for element in root.iter(f"{SVG}text")]
