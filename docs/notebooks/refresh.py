"""Run the notebooks beside this file, or the given ones, in a fresh kernel and store their output.

Try: python docs/notebooks/refresh.py
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent


def execute(notebook: nbformat.NotebookNode) -> None:
    """Run all cells of ``notebook`` in a fresh kernel and keep their outputs; an error in a cell is raised."""
    root = str(FOLDER.parent.parent)
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": root}})
    client.execute(env={**os.environ, "PYTHONPATH": path})
    for cell in notebook.cells:  # drop what differs from run to run
        cell.metadata.pop("execution", None)
    notebook.metadata.pop("language_info", None)


def refresh(path: Path) -> None:
    """Run the notebook at ``path`` and store its output."""
    notebook = nbformat.read(path, as_version=4)
    execute(notebook)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(FOLDER.glob("*.ipynb")):
        refresh(Path(name))
