"""What commands take: arguments and options that several of them share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from raspir.cli import completion


class AttentionKind(StrEnum):
    """The choices of --attention."""

    select = "select"
    best = "best"


class BatchFormat(StrEnum):
    """The choices of --batch-format."""

    text = "text"
    json = "json"


Target = Annotated[
    str,
    typer.Argument(
        metavar="FILE[:NAME]",
        help="A Python file, a dotted module or a textual IR file; NAME is a program in it, or a function of no "
        "arguments that returns one, and may be left out where there is only one.",
        show_default=False,
    ),
]
Vocab = Annotated[
    str | None,
    typer.Option(
        "--vocab", metavar="CHARS", help="Promise that inputs hold only these characters.", show_default=False
    ),
]
MaxLength = Annotated[
    int | None,
    typer.Option("--max-length", metavar="N", help="Promise that no input is longer.", show_default=False),
]
Attention = Annotated[AttentionKind, typer.Option(help="Which attention heads the optimiser may use.")]
MaxHeads = Annotated[
    int | None,
    typer.Option(
        "--max-heads", metavar="N", help="The most heads a layer may be given to save layers.", show_default=False
    ),
]
TimeBudget = Annotated[
    float | None,
    typer.Option(
        "--time-budget", metavar="SECONDS", help="How long a pass of the optimiser may search.", show_default=False
    ),
]
NoOptimize = Annotated[bool, typer.Option("--no-optimize", help="Leave the program as written.")]
Input = Annotated[
    str | None, typer.Option("--input", "-i", metavar="TEXT", help="The input, as characters.", show_default=False)
]
JsonInput = Annotated[
    str | None,
    typer.Option("--json", metavar="JSON", help="The input, as a JSON list such as '[5, 2]'.", show_default=False),
]
Batch = Annotated[
    Path | None,
    typer.Option(
        "--batch",
        metavar="FILE",
        help="Inputs, one a line; - for standard input. Results come one a line, too.",
        show_default=False,
    ),
]
BatchFormatOption = Annotated[
    BatchFormat | None,
    typer.Option(
        "--batch-format",
        help="Whether a line of --batch is characters or JSON. If left out: JSON in files that end in .jsonl or "
        ".ndjson, characters in all others. A blank line is the input of no characters; of JSON it is left out.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="OUT", help="Write here and not on the terminal.", show_default=False),
]
Bind = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SYMBOL=FILE:NAME",
        help="The Python function behind a symbol of a textual IR file. May be repeated.",
        show_default=False,
    ),
]
Passes = Annotated[
    str | None,
    typer.Option(
        metavar="A,B{OPTION=VALUE},C",
        help="The passes to run, in order, and not the default ones; see [bold]raspir passes[/bold].",
        show_default=False,
        autocompletion=completion.passes,
    ),
]
BackendName = Annotated[
    str,
    typer.Option(
        "--backend",
        "-b",
        metavar="NAME{OPTION=VALUE}",
        help="See [bold]raspir backends[/bold].",
        autocompletion=completion.backends,
    ),
]


def examples(*lines: str) -> str:
    """Return the end of a command's help."""
    return "Examples:\n\n" + "\n\n".join(f"  $ {line}" for line in lines)
