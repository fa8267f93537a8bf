"""The ``verify-rules`` command."""

from __future__ import annotations

import math
import os
import time
from typing import TYPE_CHECKING, Annotated

import typer

from raspir._distribution import installing
from raspir.cli import completion
from raspir.cli.options import AsJson, Jobs, examples
from raspir.cli.shared import print_json, print_message
from raspir.ir import InputError, RaspirError
from raspir.plugins.registry import advice
from raspir.viz.shown import counted

if TYPE_CHECKING:
    from raspir.testing.proofs.findings import Finding
    from raspir.testing.proofs.proving import Provable

commands = typer.Typer()

_SHOWN = 3  # the conditions shown per rule without --all


@commands.command(
    epilog=examples("raspir verify-rules", "raspir verify-rules --rule 'closed form' --longest 5"),
)
def verify_rules(
    rule: Annotated[
        list[str] | None,
        typer.Option(
            "--rule", metavar="NAME", help="Check only this rule. May be repeated.", autocompletion=completion.rules
        ),
    ] = None,
    longest: Annotated[
        int, typer.Option("--longest", metavar="N", help="The greatest length for which rules are proved.")
    ] = 4,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="S", help="The time limit of the solver for one program and length.")
    ] = 20.0,
    generated: Annotated[
        int,
        typer.Option(
            "--generated",
            metavar="N",
            help="The number of generated programs that test each rule; at least 5,000 without an SMT encoding.",
        ),
    ] = 100,
    jobs: Jobs = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Show a counterexample for every condition, instead of a few per rule.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Prove the rewrite rules of the optimizer with an SMT solver, and check that their side conditions are needed.

    Each rule's own code rewrites programs on symbolic inputs. The solver proves, for each length, that the results are
    equal for all inputs, and must find a counterexample when a side condition is dropped. Then the rule alone is tested
    on generated programs. Requires z3-solver.
    """
    if longest < 0 or not 0 < seconds < math.inf or generated < 0 or (jobs is not None and jobs < 1):
        raise InputError("--longest and --generated are natural numbers, --seconds and --jobs positive ones")
    chosen = _chosen(rule)
    _announce(len(chosen), longest, min(jobs or os.cpu_count() or 1, len(chosen)))
    start = time.monotonic()
    found, stopped = _all(chosen, longest, seconds, generated, jobs or os.cpu_count() or 1)
    if as_json:
        print_json([each.to_json() for each in found])
    elif found:
        _print(found, time.monotonic() - start, longest, None if show_all or rule else _SHOWN)
    if stopped:
        print_message(f"interrupted: {len(found)} of {len(chosen)} rules were checked")
        raise typer.Exit(130)
    if not all(each.holds for each in found):
        raise typer.Exit(1)


_EACH = 8.0
"""The seconds that a rule takes on one core, on average, for lengths up to 4."""
_GROWTH = 1.4
"""The factor from one length to the next."""


def _announce(rules: int, longest: int, jobs: int) -> None:
    """Print how long the proofs take, if they are slow."""
    from raspir.cli.progress import announced

    message = announced(f"checking {counted(rules, 'rule')}", _EACH * rules * _GROWTH ** min(longest - 4, 20), jobs)
    if message is not None:
        print_message(message)


def _chosen(names: list[str] | None) -> list[Provable]:
    """Return the rules with these names, or all for ``None``.

    Raises:
        RaspirError: if a rule is unknown, or the solver is not installed.
    """
    try:
        from raspir.testing.proofs.cases import RULES
    except ImportError as error:
        if error.name != "z3":
            raise
        raise RaspirError(f"verify-rules needs an SMT solver: {installing('proofs')}") from None
    known = dict.fromkeys(each.name for each in RULES)
    for name in names or ():
        if name not in known:
            raise InputError(f"there is no rule {name!r} ({advice(name, known)})")
    return [each for each in RULES if names is None or each.name in names]


def _all(chosen: list[Provable], longest: int, seconds: float, generated: int, jobs: int) -> tuple[list[Finding], bool]:
    """Return the findings on the rules, and whether Ctrl-C interrupted the run."""
    from raspir.cli.progress import progress_bar
    from raspir.testing.proofs.findings import findings

    found: list[Finding] = []
    with progress_bar("proving") as progress:
        try:
            for each in findings(chosen, longest, seconds, generated, min(jobs, len(chosen))):
                found.append(each)
                if progress is not None:
                    progress(len(found), len(chosen))
        except KeyboardInterrupt:
            return found, True
    return found, False


def _print(found: list[Finding], seconds: float, longest: int, most: int | None) -> None:
    from raspir.cli.tables import console, finding_table, need_table

    console().print(finding_table(found))
    if any(each.needs for each in found):
        console().print()
        console().print(need_table(found, most))
    for each in found:
        for problem in each.problems:
            typer.echo(f"\n{each.rule}: {problem}")
        if each.checks is not None and each.checks.difference is not None:
            typer.echo(f"\n{each.rule}: {each.checks.difference}")
    typer.echo(f"\n{_summary(found, seconds, longest)}")


def _summary(found: list[Finding], seconds: float, longest: int) -> str:
    proofs = [each for each in found if each.lengths and each.holds]
    needs = [need for each in found for need in each.needs]
    idle = sum(need.counterexample is None for need in needs)
    programs, others = sum(each.cases for each in proofs), sum(bool(each.unencoded) for each in found)
    text = (
        f"{counted(len(found), 'rule')} in {seconds:.0f} s: {len(proofs)} proved, on {programs} programs with symbolic "
        f"inputs; {others} not encoded, and tested only on generated programs; {len(needs)} conditions dropped, "
        f"{len(needs) - idle} with a counterexample"
    )
    if not idle:
        return text
    conditions = "1 condition has" if idle == 1 else f"{idle} conditions have"
    return f"{text}; {conditions} no counterexample up to length {longest}"
