"""Batch execution: runs a program on the lines of a file, block by block in bounded memory."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from raspir.backends.base import Streams
from raspir.ir import Atom, InputError, Location, RaspirError
from raspir.ir.text.printer import escape
from raspir.runtime.sequence import Sequence

BLOCK = 1 << 18
"""The block size in bytes."""

FLUSH = 0.1
"""The interval in seconds at which finished results are written, even within a block."""

Read = Callable[[str], object]
"""A parser from a line to an input."""

Run = Callable[[object], object]
"""A compiled program, or another function from an input to a result that JSON can express."""


def read_json(text: str) -> str | list[Atom] | dict[str, object]:
    """Parse an input from JSON: a list of atoms, a string, or an object with one of these per name.

    Raises:
        InputError: if it is malformed.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"this is not JSON: {error.msg} at character {error.pos + 1}") from None
    except ValueError:  # an integer of too many digits, as parsing takes quadratic time
        raise InputError(f"this contains an integer of more than {sys.get_int_max_str_digits()} digits") from None
    except RecursionError:
        raise InputError("this is nested too deeply: an input is a list of atoms") from None
    if not isinstance(value, list | str | dict):
        raise InputError(f"an input is a list of atoms such as [5, 2], not {text[:40]}")
    return value


def to_json(value: object) -> str:
    """Encode ``value``, which may contain sequences, as JSON.

    Raises:
        RaspirError: if it contains an integer of more digits than Python's limit.
    """
    try:
        return _ENCODER.encode(value)
    except ValueError:
        digits = sys.get_int_max_str_digits()
        raise RaspirError(f"the result contains an integer of more than {digits} digits, too long for JSON") from None


def cause(error: Exception) -> str:
    """Return why an operation on a file failed: without the name of the file, which messages contain."""
    return getattr(error, "strerror", None) or str(error)


def _plain(value: object) -> object:
    if isinstance(value, Sequence):
        return value.tolist()
    raise TypeError(f"not JSON: {value!r}")


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=_plain)


class Lines:
    """The lines of a file, read in blocks; lines of a pipe or terminal are available as they arrive.

    Args:
        path: the file; ``-`` for stdin.

    Attributes:
        name: the name of the file in messages.
        size: the size in bytes; ``None`` if unknown in advance.
        read: the number of bytes read.

    Raises:
        InputError: if the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.name = "standard input" if str(path) == "-" else str(path)
        self.size: int | None = None
        self.read = 0
        if str(path) == "-":
            self._file: BinaryIO = sys.stdin.buffer
            return
        try:
            self._file = path.open("rb")
            self.size = path.stat().st_size if path.is_file() else None
        except (OSError, ValueError) as error:  # a path may contain a null character
            raise self._unreadable(error) from None

    def _unreadable(self, error: Exception) -> InputError:
        return InputError(f"cannot read {self.name}: {cause(error)}")

    def blocks(self) -> Iterator[bytes]:
        """Yield blocks of complete lines, without the newline of the last line.

        Raises:
            InputError: if reading fails.
        """
        parts: list[bytes] = []
        for block in self._read():
            head, end, tail = block.rpartition(b"\n")
            if end:
                yield b"".join([*parts, head])
                parts = []
            if tail:
                parts.append(tail)
        if parts:
            yield b"".join(parts)

    def _read(self) -> Iterator[bytes]:
        try:
            while block := self._file.read1(BLOCK):  # type: ignore[attr-defined]  # not declared for BinaryIO
                start = 3 if not self.read and block.startswith(b"\xef\xbb\xbf") else 0
                self.read += len(block)
                yield block[start:]
        except OSError as error:
            raise self._unreadable(error) from None
        finally:
            if self._file is not sys.stdin.buffer:
                self._file.close()


class Writer:
    """A writer of results as JSON lines.

    Args:
        file: the output file.
        encoding: the encoding of the file; unencodable characters are escaped.
        name: the name of the file in messages.
        terminal: whether the file is a terminal, which interprets some characters that JSON leaves unescaped.
    """

    def __init__(
        self, file: BinaryIO, encoding: str = "utf-8", name: str = "the results", terminal: bool = False
    ) -> None:
        self._file, self._encoding, self._name, self._terminal = file, encoding, name, terminal

    def line(self, result: object) -> str:
        """Return the line for a result.

        Raises:
            RaspirError: if it contains an integer too long for JSON.
        """
        text = to_json(result)
        return escape(text) if self._terminal else text

    def write(self, lines: list[str]) -> None:
        """Write and flush lines.

        Raises:
            RaspirError: if writing fails.
            BrokenPipeError: if the reader has closed the pipe.
        """
        try:
            data = "".join(f"{line}\n" for line in lines).encode(self._encoding)
        except UnicodeEncodeError:
            data = b"".join(map(self._escaped, lines))
        try:
            self._file.write(data)
            self._file.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise RaspirError(f"cannot write {self._name}: {cause(error)}") from None

    def _escaped(self, line: str) -> bytes:
        try:
            return f"{line}\n".encode(self._encoding)
        except UnicodeEncodeError:
            return f"{json.dumps(json.loads(line))}\n".encode(self._encoding)


def run_lines(
    run: Run,
    lines: Lines,
    read: Read,
    writer: Writer,
    progress: Callable[[int, int, int | None], None],
    skip_blank: bool = False,
) -> int:
    """Run a program on each line, write the results as they become available, and return their number.

    Args:
        run: the program.
        lines: the lines.
        read: the parser from a line to an input.
        writer: the writer of the results.
        progress: a progress callback, called with the lines run, the bytes run, and the total bytes if known.
        skip_blank: whether blank lines are skipped rather than run as inputs.

    Raises:
        RaspirError: for the first line that fails, at its location, after the results of all earlier lines.
    """
    total = above = 0
    for block in lines.blocks():
        inputs, numbers, mistakes = _inputs(block, read, skip_blank)
        before, done, found = lines.read - len(block), 0, []
        written = time.monotonic()
        try:
            for result in _results(run, inputs, mistakes):
                found.append(writer.line(result))
                done += 1
                if time.monotonic() - written > FLUSH:
                    ready, found = found, []
                    writer.write(ready)
                    progress(total + done, before + len(block) * done // len(inputs), lines.size)
                    written = time.monotonic()
        finally:
            writer.write(found)
        total += done
        if mistakes:
            raise _at_line(lines.name, above + numbers[done], mistakes[-1])
        above += block.count(b"\n") + 1
        progress(total, lines.read, lines.size)
    return total


def _results(run: Run, inputs: list[object], mistakes: list[RaspirError]) -> Iterator[object]:
    """Yield the results of ``inputs`` up to the first error, which is appended to ``mistakes``."""
    try:
        yield from run.stream(inputs) if isinstance(run, Streams) else map(run, inputs)
    except RaspirError as error:
        mistakes.append(error)


def _inputs(block: bytes, read: Read, skip_blank: bool) -> tuple[list[object], list[int], list[RaspirError]]:
    """Return the inputs up to the first malformed line, their line numbers and the next one, and that line's error."""
    mistakes: list[RaspirError] = []
    try:
        lines = block.decode().split("\n")
    except UnicodeDecodeError as error:
        mistakes.append(InputError("this is not UTF-8 text"))
        lines = block[: block.rfind(b"\n", 0, error.start) + 1].decode().split("\n")[:-1]
    inputs: list[object] = []
    numbers: list[int] = []
    number = 0
    try:
        for number, line in enumerate(lines, 1):
            if not skip_blank or line.strip(" \t\r"):  # JSON whitespace
                inputs.append(read(line.removesuffix("\r")))
                numbers.append(number)
        number += 1
    except InputError as error:
        mistakes.append(error)
    return inputs, [*numbers, number], mistakes


def _at_line(name: str, number: int, error: RaspirError) -> RaspirError:
    """Return ``error`` relocated to a line of the input file; its source location moves into the message."""
    message = error.message if error.location is None else f"{error.location}: {error.message}"
    return RaspirError(message, Location(name, number))
