"""Fuzzing by number: generates each program and tries it under several settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random
from typing import Any

from raspir.backends.base import BACKENDS, Capabilities, Runs, runner
from raspir.backends.protocols import support_of
from raspir.ir import Atom, BackendError
from raspir.ir.layers import dependencies
from raspir.ir.lazy import cached_property
from raspir.ir.types import ATOM
from raspir.passes.base import PASSES
from raspir.passes.pipeline import choose
from raspir.plugins.options import parse_choices
from raspir.plugins.registry import Registry
from raspir.testing.comparing import Trial
from raspir.testing.differences import DifferenceError
from raspir.testing.generate import Generated, in_any_form, program
from raspir.testing.maker import LARGE
from raspir.testing.settings import TIME_LIMIT, Setting, drawn

SETTINGS = 4
"""The number of settings per program, each a fuzz case."""
INPUTS = 6
"""The number of inputs per program."""
CAUSAL, UNRECORDED = 0.2, 0.2
"""The probabilities that a program is causal, and that passes may make heads that look ahead in one of its cases."""
TEXT, AGAIN = 0.1, 0.2
"""The probabilities of also testing the textual IR round trip, and the idempotence of the last of several passes."""

ODD: tuple[Atom, ...] = (
    0, 1, -1, 2, 3, True, False, 0.0, -0.0, 0.5, 0.1, 1.0, float("inf"), -float("inf"), 1e308, -1e308, 5e-324, 2.0**53,
    2**70, -(2**70), 127, 128, -128, -129, 32767, 32768, 2**31 - 1, 2**31, -(2**31),
    2**53, 2**53 + 1, -(2**53) - 1, 2**62, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**400,
    "", "a", "b", "1", "ab", "long " * 20, "é", "\U0001f600", "\ud800", "\udfff", "\0", None,
)  # fmt: skip
"""Atoms outside every program's vocabulary."""
HUGE: tuple[Atom, ...] = tuple(
    sign * 2**bits + more for bits in (600_000, 1_100_000) for sign in (1, -1) for more in (0, 1)
)
"""Integers valid in sums and comparisons but too large for products and quotients (:mod:`raspir.ir.evaluation`)."""


@dataclass(frozen=True)
class Campaign:
    """A fuzzing campaign: picklable, so that any process can try any of its programs.

    Attributes:
        seed: determines, with a program's number, everything about it.
        backends: the names of the backends that run the programs; if empty, all that can run any.
        passes: a pipeline in text form; ``None`` for random orders.
        names: the names of the passes to choose from at random.
        time_limit: the time limit of one case in seconds.
        causal: whether every program is causal, instead of some.
    """

    seed: int = 0
    backends: tuple[str, ...] = ()
    passes: str | None = None
    names: tuple[str, ...] = ()
    time_limit: float = TIME_LIMIT
    causal: bool = False

    def check(self) -> Campaign:
        """Return the campaign with the defaults for backends and passes filled in.

        Passes from installed packages are included only if no backends are named: testing one backend is not about
        them.

        Raises:
            BackendError: if a backend or pass does not exist, or a backend does not run programs.
        """
        for name in self.backends:
            runner(name)
        choose(self.passes, {})
        names = self.names or (tuple(PASSES.built_in) if self.backends else _usable(PASSES))
        return replace(self, backends=self.backends or _unassuming(), names=names)

    def left_out(self) -> tuple[str, ...]:
        """Return the unusable backends and passes, each as ``backend name``."""
        if self.backends:
            return ()
        registries: list[Registry[Any]] = [BACKENDS] if self.passes is not None else [BACKENDS, PASSES]
        found = []
        for registry in registries:
            usable = _usable(registry)
            found += [f"{registry.what} {name}" for name in registry.names() if name not in usable]
        return tuple(found)

    @cached_property
    def supports(self) -> dict[str, Capabilities]:
        """The capabilities of each backend."""
        return {name: support_of(runner(name).backend) for name in self.backends}

    @cached_property
    def pipeline(self) -> tuple[str, ...] | None:
        """The fixed pipeline, one pass with its options each."""
        if self.passes is None:
            return None
        return tuple(_written(name, options) for name, options in parse_choices(self.passes, "pass"))

    def program(self, number: int) -> tuple[Generated, Random]:
        """Return the program of this number, and the random state for the rest of its cases."""
        random = Random(f"{self.seed}:{number}")
        support = Capabilities()
        if any(each != support for each in self.supports.values()):
            support = self.supports[random.choice(self.backends)]
        return program(random, random.random() < 0.9, support, LARGE, self._is_causal(number)), random

    def _is_causal(self, number: int) -> bool:
        return self.causal or Random(f"causal {self.seed}:{number}").random() < CAUSAL

    def _setting(self, random: Random, generated: Generated, backends: tuple[str, ...]) -> Setting:
        """Return a random setting on one of ``backends``, with the assumptions that it requires."""
        setting = replace(drawn(random, generated, backends, self.names, self.pipeline), time_limit=self.time_limit)
        support = self.supports.get(setting.backend, Capabilities())
        if support == Capabilities():
            return setting
        typed = support.types != Capabilities().types or not support.mixed
        vocab = generated.vocab if typed or not support.vocabulary else setting.vocab
        return replace(setting, vocab=vocab, max_length=setting.max_length if support.length else generated.longest)

    def _cases(self, number: int) -> tuple[Trial, Iterator[tuple[Setting, bool, bool]]]:
        """Return the program of this number with its inputs, and its settings.

        Each setting comes with whether to test the textual IR round trip and the idempotence of the last pass.
        """
        generated, random = self.program(number)
        trial = Trial(generated.graph, [some_input(random, generated) for _ in range(INPUTS)])
        able = tuple(name for name in self.backends if self.supports[name].takes(generated.assumed))
        masked = generated.causal and (self.causal or bool(able))
        if not able and not masked:
            able = tuple(name for name in self.backends if self.supports[name].takes(generated.unmasked))
        others = Random(f"causal settings {self.seed}:{number}")  # so that all other draws are those without the mask

        def settings() -> Iterator[tuple[Setting, bool, bool]]:
            for _ in range(SETTINGS):
                setting = self._setting(random, generated, able or self.backends)
                if masked:
                    setting = replace(setting, causal=others.random() >= UNRECORDED or self.causal)
                again = random.random() < AGAIN or (setting.passes is not None and len(setting.passes) == 1)
                yield setting, random.random() < TEXT, again

        return trial, settings()

    def tried(self, number: int, limit: int = SETTINGS) -> Outcome:
        """Try the program of this number under its first ``limit`` settings, up to the first difference."""
        trial, settings = self._cases(number)
        done = Outcome()
        for at, (setting, text, again) in enumerate(islice(settings, limit)):
            try:
                counts = trial.compare(setting, text, again)
            except DifferenceError as problem:
                found = Failure(number, at, trial, setting, problem)
                return done + Outcome(1, Counter([*covered(setting), f"difference {problem.kind}"]), found)
            done += Outcome(1, counts + Counter(covered(setting)))
        return done

    def failure(self, number: int, at: int, problem: DifferenceError) -> Failure:
        """Reconstruct the failure that a worker process found under one setting of a program."""
        trial, settings = self._cases(number)
        setting, _, _ = next(islice(settings, at, None))
        return Failure(number, at, trial, setting, problem)


@dataclass(frozen=True)
class Failure:
    """A difference with its context.

    Attributes:
        number: the program's number.
        at: the index of the setting.
        trial: the program and its inputs.
        setting: how it was optimized and run.
        problem: the difference.
    """

    number: int
    at: int
    trial: Trial
    setting: Setting
    problem: DifferenceError


@dataclass(frozen=True)
class Outcome:
    """The result of one or several programs.

    Attributes:
        cases: the number of programs under one setting each.
        counts: the number of results compared, and coverage counters.
        failure: the difference, if any.
    """

    cases: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    failure: Failure | None = None

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.cases + other.cases, self.counts + other.counts, self.failure or other.failure)


_HEADS = {None: "as written", True: "causal", False: "masked"}


def covered(setting: Setting) -> list[str]:
    """Return the coverage keys of a case under a setting, each as ``group name``."""
    assumptions = {"vocabulary": setting.vocab, "length": setting.max_length}
    return [
        f"passes {setting.order}",
        f"attention {setting.attention}",
        f"heads {_HEADS[setting.causal]}",
        f"assumed {' and '.join(name for name, held in assumptions.items() if held is not None) or 'nothing'}",
        f"backend {setting.backend}",
        *(f"forced {name}" for name in setting.forced),
    ]


def _usable(registry: Registry[Any]) -> tuple[str, ...]:
    """Return the names of all usable members."""
    found = []
    for name in registry.names():
        try:
            registry.get(name)
        except BackendError:
            continue
        found.append(name)
    return tuple(found)


def runners() -> tuple[str, ...]:
    """Return the names of all loadable backends that run programs."""
    return tuple(name for name in _usable(BACKENDS) if isinstance(BACKENDS.get(name), Runs))


def _unassuming() -> tuple[str, ...]:
    """Return the names of all loadable backends that run programs without assumptions about inputs."""
    supports = {name: support_of(BACKENDS.get(name)) for name in runners()}
    return tuple(name for name, support in supports.items() if support.vocabulary and support.length)


def some_input(random: Random, generated: Generated) -> Any:
    """Return an input: mostly one within the program's vocabulary, sometimes a longer one or one of arbitrary atoms."""
    given = generated.input(random)
    style = random.random()
    if style < 0.03:
        few = random.sample(generated.vocab, random.randint(1, len(generated.vocab)))
        given = random.choices(few, k=random.randint(13, 70))
    elif style < 0.2:
        odd = random.sample(ODD, random.randint(1, 6))
        given = [random.choice(odd) if random.random() < 0.6 else each for each in given]
    elif style < 0.2 + _exposed(generated):
        given = given[:4] or [0]
        given[random.randrange(len(given))] = random.choice(HUGE)
    return in_any_form(random, given)


def _exposed(generated: Generated) -> float:
    """Return the probability of a :data:`HUGE` integer in an input; it is low because such inputs are slow.

    It is higher for programs with operations that reject such integers, and highest if these also gather at positions
    computed from the tokens: then the gather finds nothing, and no operation sees such a position.
    """
    nodes = generated.graph.nodes
    if all(node.operation.bits is None for node in nodes):
        return 0.001
    depends = dependencies(nodes)
    named = ({"tokens"}, {"tokens", "positions"})
    sides = (each for node in nodes if node.operation.name == "select.eq" for each in node.operands)
    return 0.12 if any(each.type is not ATOM and depends[each] in named for each in sides) else 0.01


def _written(name: str, options: dict[str, str]) -> str:
    if not options:
        return name
    return f"{name}{{{','.join(f'{option}={value}' for option, value in options.items())}}}"
