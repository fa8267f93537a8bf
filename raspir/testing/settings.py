"""Settings: the passes, assumptions and backend under which a program's results are compared."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields, replace
from random import Random
from unittest import mock

from raspir.api import optimize
from raspir.ir import Atom, Graph
from raspir.passes.base import Pass, Remark
from raspir.passes.options import Attention, Target
from raspir.passes.pipeline import DEFAULT
from raspir.testing.generate import Generated
from raspir.testing.literals import literal
from raspir.testing.quiet import quiet
from raspir.testing.thresholds import replaced, thresholds

TIME_LIMIT = 60.0
"""The default time limit of a case in seconds."""


@dataclass(frozen=True)
class Setting:
    """How a program is optimized and run.

    Attributes:
        passes: the passes in order, as names with options in braces or as objects; ``None`` for the default pipeline,
            empty for the unoptimized program.
        attention: the kind of attention heads available.
        vocab: the assumed vocabulary, if any.
        max_length: the assumed maximum length, if any.
        backend: the name of the backend that runs the program.
        forced: the backend thresholds to lower, so that small inputs reach code paths for large ones.
        time_limit: the time limit of one case in seconds; typical cases take milliseconds.
        causal: ``True`` for a causal program; ``False`` for a program whose heads have the causal mask, but which
            passes may rewrite to heads that look ahead; ``None`` leaves the program as it is.
    """

    passes: tuple[str | Pass, ...] | None = None
    attention: Attention = "select"
    vocab: tuple[Atom, ...] | None = None
    max_length: int | None = None
    backend: str = "reference"
    forced: tuple[str, ...] = ()
    time_limit: float = TIME_LIMIT
    causal: bool | None = field(default=None, kw_only=True)

    @property
    def target(self) -> Target:
        """The transformer to compile for."""
        return Target(self.attention)

    def meant(self, graph: Graph) -> Graph:
        """Return ``graph`` with the causal mask where the setting asks for it, since it changes results."""
        return graph if self.causal is None else graph.assume(causal=True)

    def assumed(self, graph: Graph) -> Graph:
        """Return ``graph`` under the assumptions."""
        with quiet():
            return self.meant(graph).assume(self.vocab, self.max_length, self.causal)

    def optimized(
        self,
        assumed: Graph,
        remarks: list[Remark] | None = None,
        on_pass: Callable[[Pass, Graph, Graph], None] | None = None,
    ) -> Graph:
        """Apply the passes to the result of :meth:`assumed`.

        Args:
            assumed: the program under its assumptions.
            remarks: a list that receives the passes' remarks.
            on_pass: called with each pass that ran, and the graph before and after it.

        Raises:
            RaspirError: for any failure of a pass.
        """
        if self.passes == ():
            return assumed
        with quiet():
            return optimize(assumed, attention=self.attention, passes=self.passes, remarks=remarks, on_pass=on_pass)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Set the thresholds, and turn warnings into errors."""
        with ExitStack() as stack:
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("error")
            for name in self.forced:
                for owner, attribute, value in replaced(self.backend, name):
                    stack.enter_context(mock.patch.object(owner, attribute, value))
            yield

    def simpler(self) -> Iterator[Setting]:
        """Yield settings with one threshold, assumption or pass less, or on the reference alone."""
        for name in self.forced:
            yield replace(self, forced=tuple(each for each in self.forced if each != name))
        if self.backend != "reference" and self.passes != ():
            yield replace(self, passes=())
            yield replace(self, backend="reference", forced=())
        if self.max_length is not None:
            yield replace(self, max_length=None)
        if self.vocab is not None:
            yield replace(self, vocab=None)
            for atom in self.vocab if len(self.vocab) > 1 else ():
                yield replace(self, vocab=tuple(each for each in self.vocab if each is not atom))
        if self.causal is not None:
            yield replace(self, causal=None)
            yield from [replace(self, causal=False)] if self.causal else []
        if self.attention != "select":
            yield replace(self, attention="select")
        passes = DEFAULT if self.passes is None else self.passes
        for index in range(len(passes) - 1, -1, -1):
            left = passes[:index] + passes[index + 1 :]
            if left or self.backend != "reference":
                yield replace(self, passes=left)

    @property
    def order(self) -> str:
        """The passes in short: ``default``, ``as written``, the name of a single pass, or ``orders`` for several."""
        if not self.passes:
            return "default" if self.passes is None else "as written"
        return _named(self.passes[0]) if len(self.passes) == 1 else "orders"

    def __str__(self) -> str:
        return "\n".join(f"{each.name}: {_formatted(getattr(self, each.name))}" for each in fields(self))

    def __repr__(self) -> str:
        """Return Python that reconstructs the setting, omitting defaults; pass objects appear by name."""
        usual = Setting()
        parts = {each.name: getattr(self, each.name) for each in fields(self)}
        if self.passes is not None:
            parts["passes"] = tuple(map(_named, self.passes))
        arguments = (f"{name}={literal(value)}" for name, value in parts.items() if value != getattr(usual, name))
        return f"Setting({', '.join(arguments)})"


def _named(each: str | Pass) -> str:
    return each if isinstance(each, str) else each.name


def _formatted(value: object) -> str:
    return literal(tuple(map(_named, value)) if isinstance(value, tuple) and _holds_passes(value) else value)


def _holds_passes(value: tuple[object, ...]) -> bool:
    return any(isinstance(each, Pass) for each in value)


def simplest(setting: Setting, fails: Callable[[Setting], bool]) -> Setting:
    """Return the simplest setting that still fails."""
    changed = True
    while changed:
        changed = False
        for simpler in setting.simpler():
            if fails(simpler):
                setting, changed = simpler, True
                break
    return setting


def drawn(
    random: Random,
    generated: Generated,
    backends: tuple[str, ...],
    names: tuple[str, ...],
    passes: tuple[str, ...] | None = None,
) -> Setting:
    """Return a random setting for a generated program, whose assumptions its own inputs satisfy.

    Args:
        random: the source of randomness.
        generated: the program.
        backends: the names of the candidate backends.
        names: the names of the candidate passes.
        passes: the passes, if they are not chosen at random.
    """
    backend = random.choice(backends)
    if passes is None:
        passes = _some_passes(random, names, as_written=backend != "reference")
    vocab = generated.vocab if random.random() < 0.6 else None
    longest = generated.longest if random.random() < 0.3 else None
    forced: tuple[str, ...] = ()
    if random.random() < 0.5:
        forced = tuple(name for name in thresholds(backend) if random.random() < 0.4)
    return Setting(passes, random.choice(("select", "best")), vocab, longest, backend, forced)


def _some_passes(random: Random, names: tuple[str, ...], as_written: bool) -> tuple[str, ...] | None:
    """Return the default pipeline (``None``), one pass, several in random order, or none."""
    kind = random.random()
    if kind < 0.25 or not names:
        return None
    if as_written and kind < 0.4:
        return ()
    if kind < 0.75:
        return ("depth" if "depth" in names and random.random() < 0.3 else random.choice(names),)
    return tuple(random.choices(names, k=min(random.randint(2, len(names) + 1), random.randint(2, len(names) + 1))))
