"""Extraction of definitions with their dependencies, so that emitted modules embed the kernels the backend runs."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

_OWN = "raspir."


@dataclass(eq=False)
class _Module:
    """A module's source, top-level definitions and imports."""

    name: str
    lines: list[bytes]
    definitions: dict[str, ast.stmt] = field(default_factory=dict)
    imported: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    requires: list[str] = field(default_factory=list)


class Extract:
    """Transitive closure of definitions over raspir's own modules.

    Args:
        roots: the functions and classes to extract.
        constants: the constants to extract, as pairs of module and name.
    """

    def __init__(self, roots: Iterable[Any], constants: Iterable[tuple[str, str]] = ()) -> None:
        self._modules: dict[str, _Module] = {}
        self._needed: dict[tuple[str, str], None] = {}
        self._imports: set[tuple[str, str | None, str]] = set()
        for root in roots:
            self._need(root.__module__, root.__name__)
        for module, name in constants:
            self._need(module, name)

    def imports(self) -> list[str]:
        """Return the import statements that the extracted definitions require."""
        plain = sorted(
            f"import {module}" + (f" as {name}" if name != module else "")
            for module, of, name in self._imports
            if of is None
        )
        grouped: dict[str, set[str]] = {}
        for module, of, name in self._imports:
            if of is not None:
                grouped.setdefault(module, set()).add(of if of == name else f"{of} as {name}")
        named = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(grouped.items())]
        library = [line for line in (*plain, *named) if line.split()[1].split(".")[0] in sys.stdlib_module_names]
        others = [line for line in (*plain, *named) if line not in library]
        return [*library, "", *others]

    def definitions(self) -> str:
        """Return the extracted definitions in dependency order.

        Raises:
            AssertionError: if two modules define the same name, which is not allowed for kernels.
        """
        parts: list[str] = []
        seen: dict[str, str] = {}
        before = "assignment"
        for module in self._ordered():
            for name, statement in module.definitions.items():
                if (module.name, name) not in self._needed:
                    continue
                if seen.setdefault(name, module.name) != module.name:
                    raise AssertionError(f"{name} is in {seen[name]} and in {module.name}")
                kind = "assignment" if isinstance(statement, ast.Assign | ast.AnnAssign) else "definition"
                parts += ["\n\n" if "definition" in (kind, before) else "", _text(module, statement), "\n"]
                before = kind
        return "".join(parts)

    def _need(self, module: str, name: str) -> None:
        stack = [(module, name)]
        while stack:
            place = stack.pop()
            if place in self._needed:
                continue
            self._needed[place] = None
            held = self._modules[place[0]] = _module(place[0])
            for used in _names(held.definitions[place[1]]):
                if used in held.definitions:
                    stack.append((held.name, used))
                elif used in held.imported:
                    source, of = held.imported[used]
                    if source.startswith(_OWN) and of is not None:
                        stack.append((source, of))
                    else:
                        self._imports.add((source, of, used))

    def _ordered(self) -> Iterator[_Module]:
        """Yield the modules that contribute definitions in post-order: each after the modules it imports from."""
        done: set[str] = set()

        def visit(name: str) -> Iterator[_Module]:
            if name not in done:
                done.add(name)
                for required in self._modules[name].requires:
                    if required in self._modules:
                        yield from visit(required)
                yield self._modules[name]

        for name in sorted(self._modules):
            yield from visit(name)


@cache
def _module(name: str) -> _Module:
    source = inspect.getsource(import_module(name))
    module = _Module(name, source.encode().splitlines(keepends=True))
    for statement in ast.parse(source).body:
        _read(module, statement)
    return module


def _read(module: _Module, statement: ast.stmt) -> None:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        module.definitions[statement.name] = statement
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            for each in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(each, ast.Name):
                    module.definitions[each.id] = statement
    elif isinstance(statement, ast.ImportFrom) and statement.module and statement.module != "__future__":
        module.imported |= {alias.asname or alias.name: (statement.module, alias.name) for alias in statement.names}
        module.requires.append(statement.module)
    elif isinstance(statement, ast.Import):
        module.imported |= {alias.asname or alias.name: (alias.name, None) for alias in statement.names}


@cache
def _names(statement: ast.stmt) -> set[str]:
    """Return the names that a definition refers to, except in annotations that are stripped from its text."""
    hidden = {id(inner) for annotation in _annotations(statement) for inner in ast.walk(annotation)}
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and id(node) not in hidden}


def _annotations(statement: ast.stmt) -> Iterator[ast.expr]:
    fields = _fields(statement)
    for node in ast.walk(statement):
        if isinstance(node, ast.arg) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            yield node.returns
        elif isinstance(node, ast.AnnAssign) and id(node) not in fields:
            yield node.annotation


def _fields(statement: ast.stmt) -> set[int]:
    """Return the ids of the statements in class bodies, whose annotations declare dataclass fields."""
    return {id(each) for node in ast.walk(statement) if isinstance(node, ast.ClassDef) for each in node.body}


@cache
def _text(module: _Module, statement: ast.stmt) -> str:
    """Return the source of a definition with annotations stripped, except those of class attributes."""
    first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", ()))])
    assert statement.end_lineno is not None
    lines = list(module.lines[first - 1 : statement.end_lineno])
    cuts: list[tuple[int, int, int, int]] = []
    plain: set[tuple[int, int]] = set()
    fields = _fields(statement)
    for node in ast.walk(statement):
        if isinstance(node, ast.arg) and node.annotation is not None:
            start = (node.lineno, node.col_offset + len(node.arg.encode()))
            plain.add(start)  # an annotated parameter has spaces around its default
            cuts.append((*start, node.annotation.end_lineno or 0, node.annotation.end_col_offset or 0))
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            arrow = module.lines[node.returns.lineno - 1].rfind(b" ->", 0, node.returns.col_offset)
            cuts.append((node.returns.lineno, arrow, node.returns.end_lineno or 0, node.returns.end_col_offset or 0))
        elif isinstance(node, ast.AnnAssign) and id(node) not in fields and node.value is not None:
            start = (node.target.end_lineno or 0, node.target.end_col_offset or 0)
            cuts.append((*start, node.annotation.end_lineno or 0, node.annotation.end_col_offset or 0))
    for start_line, start_column, end_line, end_column in sorted(cuts, reverse=True):
        i, j = start_line - first, end_line - first
        rest = lines[j][end_column:]
        rest = b"=" + rest[3:] if rest.startswith(b" = ") and (start_line, start_column) in plain else rest
        lines[i : j + 1] = [lines[i][:start_column] + rest]
    kept = [_without_pragma(line.decode()) for line in lines]
    return "".join(kept).rstrip("\n")


def _without_pragma(line: str) -> str:
    """Return a line without its type-checker pragma."""
    code, mark, _ = line.partition("  # type: ignore")
    return f"{code}\n" if mark else line
