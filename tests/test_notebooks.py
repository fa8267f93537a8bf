"""Notebooks run in a fresh kernel and reproduce their stored output."""

import copy
import importlib.util
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))

with warnings.catch_warnings():
    # jupyter_client's and pyzmq's own, of what they will change one day; nothing that raspir could do about
    warnings.simplefilter("ignore", DeprecationWarning)
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("nbclient")
    specification = importlib.util.spec_from_file_location("refresh", ROOT / "docs" / "notebooks" / "refresh.py")
    refresh = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(refresh)


def outputs(notebook):
    """Return the source and the outputs of each cell with code: their text, and their pictures."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            data = [output.get("data", {"text/plain": output.get("text")}) for output in cell.outputs]
            found.append((cell.source, [each.get("text/plain") for each in data], [*map(pictures, data)]))
    return found


def pictures(data):
    return data.get("image/svg+xml")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client", "ignore::DeprecationWarning:zmq")
@pytest.mark.filterwarnings("ignore:Proactor event loop:RuntimeWarning")
def test_a_notebook_shows_what_it_would_show_now(path):
    stored = nbformat.read(path, as_version=4)
    executed = copy.deepcopy(stored)
    refresh.execute(executed)
    for old, new in zip(outputs(stored), outputs(executed), strict=True):
        assert old == new, "run python docs/notebooks/refresh.py"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_pictures_of_a_notebook_are_there_and_well_formed(path):
    stored = nbformat.read(path, as_version=4)
    nbformat.validate(stored)
    svgs = [svg for _, _, found in outputs(stored) for svg in found if svg]
    assert len(svgs) > 15
    for svg in svgs:
        root = ET.fromstring(svg)
        assert root.get("role") == "img"
        assert root.get("aria-label")
    assert "error" not in [output.output_type for cell in stored.cells for output in cell.get("outputs", [])]


def test_there_is_a_notebook():
    assert [path.stem for path in NOTEBOOKS] == ["thinking_like_transformers"]
