"""Write all of raspir's output on its examples, to compare two versions: ``python tests/snapshot.py FOLDER``.

A refactoring is checked with ``diff -r`` on the folders written at two commits. The folder ``exact`` holds output that
must be identical: optimized IR, figures, strategies, results, and the structure of diagrams. The folder ``words`` holds
text for people, whose wording may change.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from typer.testing import CliRunner

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

from programs import PROGRAMS, Measured  # noqa: E402

import raspir  # noqa: E402
from raspir.cli import app  # noqa: E402

FILES = ("transforms", "attention", "puzzles", "addition", "tracr", "rasp", "causal")
ATTENTION = ("select", "best")
WORDS = re.compile(r'"(?:name|what|title|why|note|remark|subject|gain|label)": "[^"]*"')


def command(*arguments: str) -> str:
    """Return what a command prints, its exit code first."""
    done = CliRunner().invoke(app, list(arguments))
    return f"exit code {done.exit_code}\n{done.stdout}"


def programs() -> Iterator[tuple[str, raspir.SOp, str | None]]:
    """Yield a name, a program and its vocabulary: every program of the examples, and those that are measured."""
    for file, name in examples():
        program = getattr(__import__(file), name)
        yield f"{file}-{name}", program if isinstance(program, raspir.SOp) else program(), None
    for measured in PROGRAMS:
        yield f"measured-{slug(measured)}", measured.program, measured.vocab


def examples() -> Iterator[tuple[str, str]]:
    """Yield the file and the name of every program of the examples: a sequence, or a function that makes one."""
    for file in FILES:
        for name, value in vars(__import__(file)).items():
            made = inspect.isfunction(value) and value.__module__ == file
            if made and all(each.default is not each.empty for each in inspect.signature(value).parameters.values()):
                value = value()
            if isinstance(value, raspir.SOp) and name not in ("tokens", "indices", "length"):
                yield file, name


def slug(measured: Measured) -> str:
    """Return the name of a measured program as part of a file's name."""
    return re.sub(r"\W+", "-", measured.name).strip("-")


def structure(svg: str) -> str:
    """Return how many elements of each kind a picture has and how they are nested."""
    lines: list[str] = []

    def walk(element: ElementTree.Element, depth: int) -> None:
        lines.append("  " * depth + element.tag.rsplit("}", 1)[-1])
        for child in element:
            walk(child, depth + 1)

    walk(ElementTree.fromstring(svg), 0)
    return "\n".join(lines)


def optimised(folder: Path) -> None:
    """Write the IR, the figures and the strategies of every program."""
    for name, program, vocab in programs():
        for attention in ATTENTION:
            for known in {None, vocab, "abc"}:
                graph = raspir.optimize(program, vocab=known, attention=attention)  # type: ignore[arg-type]
                stem = f"{name}.{attention}.{'any' if known is None else slugged(known)}"
                write(folder / "exact" / "ir" / f"{stem}.rir", str(graph))
                write(folder / "exact" / "stats" / f"{stem}.txt", repr(graph.stats().to_json()))
                write(folder / "words" / "plan" / f"{stem}.txt", str(raspir.compile(graph).plan))


def slugged(vocab: str) -> str:
    """Return a vocabulary as part of a file's name."""
    return re.sub(r"\W", lambda found: f"x{ord(found[0]):x}", vocab)


def emitted(folder: Path) -> None:
    """Write what the emitted module of every program yields."""
    for name, program, vocab in programs():
        module: dict[str, object] = {}
        try:
            text = raspir.emit(program, backend="numpy", vocab=vocab)
        except raspir.BackendError:  # a Python function must become a table
            text = raspir.emit(program, backend="numpy", vocab="helo1234+")
        exec(compile(text, f"{name}.py", "exec"), module)
        results = [result(module["run"], given) for given in ("", "hello", "12+34", [3, 1, 2], [0.5, -1])]
        write(folder / "exact" / "emitted" / f"{name}.txt", "\n".join(results))


def result(run: object, given: str | list[float]) -> str:
    """Return what a program yields on an input, or that it fails."""
    try:
        return repr(run(given))  # type: ignore[operator]
    except Exception as error:
        return type(error).__name__


def drawn(folder: Path) -> None:
    """Write the structure of every diagram, as written and optimised."""
    for name, program, vocab in programs():
        for optimize in (False, True):
            svg = raspir.draw(program, optimize=optimize, vocab=vocab)
            write(
                folder / "exact" / "diagrams" / f"{name}.{'optimised' if optimize else 'written'}.txt", structure(svg)
            )


def commands(folder: Path) -> None:
    """Write what the commands print as JSON, and as text for people."""
    for file, name in examples():
        at = f"examples/{file}.py:{name}"
        write(folder / "exact" / "cli" / f"{file}-{name}.run.json", command("run", at, "--input", "hello"))
        for attention in ATTENTION:
            stem = f"{file}-{name}.{attention}"
            text = command("stats", at, "--json", "--attention", attention)
            write(folder / "exact" / "cli" / f"{stem}.stats.json", WORDS.sub("…", text))
            write(folder / "words" / "cli" / f"{stem}.plan.json", command("plan", at, "--json"))
            text = command("stats", at, "--attention", attention) + command("opt", at, "--remarks")
            write(folder / "words" / "cli" / f"{stem}.txt", text)
    for each in ("backends", "passes"):
        write(folder / "words" / "cli" / f"{each}.json", command(each, "--json"))


def write(path: Path, text: str) -> None:
    """Write a text, with no path of this machine in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(f"{ROOT}/", "").rstrip("\n") + "\n", encoding="utf-8")


def main() -> None:
    """Write everything into the folder that the command line names."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python tests/snapshot.py FOLDER")
    folder = Path(sys.argv[1]).resolve()
    os.chdir(ROOT)  # paths are shown as they are given
    for part in (optimised, emitted, drawn, commands):
        part(folder)
    count = sum(1 for each in folder.rglob("*") if each.is_file())
    print(json.dumps({"folder": sys.argv[1], "files": count}))


if __name__ == "__main__":
    main()
