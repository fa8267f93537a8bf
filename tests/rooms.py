"""Print raspir's rooms, their sizes in lines, imports between them, and cycles: ``python tests/rooms.py``.

Exits with code 1 if the imports between files or between rooms have a cycle.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import networkx as nx

PACKAGE = Path(__file__).resolve().parent.parent / "raspir"


def module_of(file: Path) -> str:
    """Return the dotted name of a file of the package."""
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_of(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def imported(module: str) -> set[str]:
    """Return the modules of raspir that a module imports, wherever in it; those for type checkers, too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(FILES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in FILES}
        elif isinstance(node, ast.ImportFrom) and node.module in FILES:
            below = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= below & FILES.keys() or {node.module}
            if not below <= FILES.keys():
                found.add(node.module)
    return found - {module}


def room_of(module: str) -> str:
    """Return the room of a module: the first package below ``raspir``, or the module that stands there itself."""
    return module.split(".")[1] if "." in module else module


@cache
def file_graph() -> nx.DiGraph[str]:
    """Return the imports between files. A package stands for what its ``__init__`` imports."""
    return nx.DiGraph([(module, each) for module in FILES for each in imported(module)])


def room_graph() -> nx.DiGraph[str]:
    """Return the imports between rooms."""
    pairs = {(room_of(one), room_of(other)) for one, other in file_graph().edges}
    return nx.DiGraph((one, other) for one, other in pairs if one != other and one != "raspir")


def cycles(graph: nx.DiGraph[str]) -> list[list[str]]:
    """Return the groups of nodes that reach each other."""
    return sorted(sorted(group) for group in nx.strongly_connected_components(graph) if len(group) > 1)


def main() -> int:
    """Print everything, and return the exit code."""
    lines: Counter[str] = Counter()
    for module, file in FILES.items():
        lines[room_of(module)] += len(file.read_text(encoding="utf-8").splitlines())
    rooms = room_graph()
    for room, count in lines.most_common():
        below = ", ".join(sorted(rooms.successors(room))) if room in rooms else ""
        print(f"{room:14}{count:7,}  {below and '→ ' + below}")
    print(f"{'in all':14}{lines.total():7,}")
    found = [*(("rooms", group) for group in cycles(rooms)), *(("files", group) for group in cycles(file_graph()))]
    for kind, group in found:
        print(f"cycle of {kind}: {', '.join(group)}")
    print(f"{len(found)} cycles")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
