"""Generated programs on a backend and on the reference: ``python benchmarks/fuzz.py --backend numpy --cases 100000``.

A case is one program, as written or optimised, on one input, or on several as a batch. The backend must give the same
atoms of the same types, and fail with the same words. Inputs hold what programs were made for, and now and then
anything. Thresholds at which the backend turns to other ways of doing the same are often set so low, or so high, that
small inputs reach all of these. At the end it tells how often each strategy was compared.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from math import fsum, inf
from random import Random
from typing import Any
from unittest import mock

from cases import INPUTS, Options, Outcome, UnequalError, scratch, simplest

import raspir
from raspir.backends.base import Executable
from raspir.backends.numpy.kernels import aggregates, conditions, execution, selections, summation
from raspir.backends.numpy.plan import Plan, Ref
from raspir.backends.numpy.program import Program
from raspir.backends.reference import trace
from raspir.ir import Atom, Graph
from raspir.ir.atoms import atom_key
from raspir.testing.generate import Generated, program
from raspir.testing.minimise import minimised, with_outputs

Inputs = list[Any]
"""Inputs of one program: lists of atoms, strings, or tuples."""

ODD: tuple[Atom, ...] = (
    0, 1, -1, 2, 3, True, False, 0.0, -0.0, 0.5, 0.1, 1.0, inf, -inf, 1e308, -1e308, 5e-324, 2.0**53, 2**70, -(2**70),
    127, 128, -128, -129, 32767, 32768, 2**31 - 1, 2**31, -(2**31),
    2**53, 2**53 + 1, -(2**53) - 1, 2**62, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**400,
    "", "a", "b", "1", "ab", "long " * 20, "é", "\U0001f600", "\ud800", "\udfff", "\0",
)  # fmt: skip
"""What no program was made for."""

THRESHOLDS: Mapping[str, tuple[tuple[tuple[Any, str, Any], ...], ...]] = {
    "numpy": (
        ((summation, "SMALL", 0),),
        ((conditions, "small", lambda size, n: False), (selections, "small", lambda size, n: False)),
        ((conditions, "_LARGE", 0),),
        ((execution, "CHUNK", 3),),
        ((selections, "are_short", lambda run: not run.single),),
    )
}
"""By the names of backends, what is set together: modules, names in them and values."""


@dataclass(frozen=True)
class Setting:
    """How a backend is run.

    Attributes:
        backend: its name.
        options: how the program is optimised first; ``None`` for as written.
        forced: which of its thresholds are set.
    """

    backend: str
    options: Options | None = None
    forced: tuple[int, ...] = ()

    def compiled(self, graph: Graph) -> tuple[Graph, Executable]:
        """Return the program after the optimiser, and as the backend runs it."""
        if self.options is not None:
            graph = self.options.optimise(graph)
        return graph, raspir.compile(graph, self.backend, optimize=False)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Set the thresholds, and take warnings as failures."""
        with ExitStack() as stack:
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("error")
            for group in self.forced:
                for module, name, value in THRESHOLDS[self.backend][group]:
                    stack.enter_context(mock.patch.object(module, name, value))
            yield

    def simpler(self) -> Iterator[Setting]:
        """Yield settings with fewer thresholds set, and without the optimiser."""
        for group in self.forced:
            yield Setting(self.backend, self.options, tuple(each for each in self.forced if each != group))
        if self.options is not None:
            yield Setting(self.backend, None, self.forced)

    def __str__(self) -> str:
        names = [name for group in self.forced for _, name, _ in THRESHOLDS[self.backend][group][:1]]
        forced = f", other branches by {', '.join(names)}" if names else ""
        return f"{self.backend}, {'as written' if self.options is None else self.options}{forced}"


def tried(number: int, seed: int, backend: str) -> Outcome:
    """Try the program of this number."""
    random = Random(f"{seed}:{number}:{backend}")
    generated = program(random)
    inputs = [drawn(random, generated) for _ in range(INPUTS)]
    done = Outcome()
    for options in (None, *(Options.drawn(random, generated, each) for each in ("select", "best"))):
        groups = range(len(THRESHOLDS.get(backend, ())))
        forced = tuple(group for group in groups if random.random() < 0.4) if random.random() < 0.5 else ()
        setting = Setting(backend, options, forced)
        try:
            done += compare(generated.graph, setting, inputs)
        except UnequalError as problem:
            with scratch():
                return Outcome(report=f"program {number} of seed {seed}: {report(generated, setting, problem)}")
    return done


def drawn(random: Random, generated: Generated) -> Any:
    """Return an input: mostly one that the program is made for, sometimes a longer one, or one that holds anything."""
    given = generated.input(random)
    style = random.random()
    if style < 0.06:
        few = random.sample(generated.vocab, random.randint(1, len(generated.vocab)))
        given = random.choices(few, k=random.randint(13, 70))
    elif style < 0.3:
        odd = random.sample(ODD, random.randint(1, 6))
        given = [random.choice(odd) if random.random() < 0.6 else each for each in given]
    if all(isinstance(each, str) and len(each) == 1 for each in given) and random.random() < 0.5:
        return "".join(map(str, given))
    return tuple(given) if random.random() < 0.2 else given


def compare(graph: Graph, setting: Setting, inputs: Inputs) -> Outcome:
    """Compare what a backend yields with what the reference does, on each input and on all of them as a batch.

    Raises:
        UnequalError: saying what is different, and on which inputs.
    """
    try:
        graph, run = setting.compiled(graph)
    except raspir.ProgramError:  # an opaque function fails on the promised vocabulary
        return Outcome()
    except Exception as error:  # whatever is raised is a finding
        raise UnequalError(f"it cannot be compiled: {type(error).__name__}: {error}", inputs[:1]) from error
    judge = raspir.compile(graph, "reference", optimize=False)
    wanted = [_yielded(partial(judge, given)) for given in inputs]
    counts = Counter(strategies(run))
    with setting.applied():
        for given, result in zip(inputs, wanted, strict=True):
            got = _yielded(partial(run, given))
            if got != result:
                if not _excused(setting, graph, [given]):
                    raise UnequalError(f"on {given!r}\nwanted {result}\ngot    {got}", [given])
                counts["excused"] += 1
        together = _batch(wanted)
        got = _yielded(partial(run.batch, inputs))
        if got != together:
            if not _excused(setting, graph, inputs):
                raise UnequalError(f"on the batch {inputs!r}\nwanted {together}\ngot    {got}", inputs)
            counts["excused"] += 1
    counts["failing"] += sum(map(_failed, (*wanted, together)))
    return Outcome(len(inputs) + 1 - counts["excused"], counts=counts)


def _yielded(run: partial[Any]) -> Any:
    """Return what a program yields so that types and layers count, or how it fails."""
    try:
        result = run()
    except raspir.RaspirError as error:
        told = {"message": error.message, "location": error.location, "input": error.input}
        return {"failed": type(error).__name__, **told}
    except Exception as error:  # whatever is raised is a finding
        return {"failed": type(error).__name__, "message": str(error)}
    return [_exact(each) for each in result] if isinstance(result, list) else _exact(result)


def _exact(result: Any) -> Any:
    if isinstance(result, Mapping):
        return {name: _exact(each) for name, each in result.items()}
    return result.layers, [atom_key(atom) for atom in result]


def _failed(result: Any) -> bool:
    return isinstance(result, dict) and "failed" in result


def _batch(wanted: list[Any]) -> Any:
    """Return what a batch must yield, or how it must fail, by what its inputs yield one at a time."""
    for number, result in enumerate(wanted):
        if _failed(result):
            return {**result, "input": number}
    return wanted


def _excused(setting: Setting, graph: Graph, inputs: Inputs) -> bool:
    """Tell whether results may differ, since the floats of long inputs are not always added from left to right.

    They may where adding the floats of some row from left to right rounds.
    """
    if setting.backend != "numpy":
        return False
    forced = any(module is summation for g in setting.forced for module, _, _ in THRESHOLDS[setting.backend][g])
    lengths = [len(given) for given in inputs]
    if not forced and max(lengths) ** 2 <= summation.SMALL:
        return False
    return any(_rounds(graph, given) for given in inputs)


def _rounds(graph: Graph, given: Any) -> bool:
    for node in graph:
        if node.operation.name in ("sum", "mean"):
            try:
                values = trace(with_outputs(graph, {"out": node}), given)
            except raspir.RaspirError as error:
                if "NaN" in error.message:
                    return True
                continue
            selector, value = (values[operand] for operand in node.operands)
            for row in selector:
                chosen = [atom for atom, there in zip(value, row, strict=True) if there]
                if any(type(atom) is float for atom in chosen) and not _exactly_added(chosen):
                    return True
    return False


def _exactly_added(atoms: list[Any]) -> bool:
    if any(abs(atom) > 2**53 for atom in atoms):
        return False
    return all(fsum(atoms[: k + 1]) == each for k, each in enumerate(accumulate(atoms)))


def strategies(run: Executable) -> Iterator[str]:
    """Yield the names of the strategies of a program, and what is fetched by the score from which selections."""
    plan = getattr(run, "plan", None)
    if isinstance(plan, Plan):
        for strategy in plan.strategies:
            yield from (f"strategy {name}" for name in re.split(r" [+-] (?:- )?|^- ", strategy.name) if name)
        yield from (f"best of {name}" for name in _best(plan))


def _best(plan: Plan) -> Iterator[str]:
    made = {step.result.name: step for step in plan}
    for step in plan:
        if step.call is aggregates.best:
            whole = made[step.arguments[0].name]
            refs = [whole.result]
            if whole.call in (selections.Union, selections.Signed):
                refs = [each for each in whole.arguments[0] if isinstance(each, Ref)]
            yield from (made[ref.name].call.__name__ for ref in refs)


def report(generated: Generated, setting: Setting, problem: UnequalError) -> str:
    """Return a text on a difference, after making it small."""
    graph, inputs = minimised(generated.graph, problem.args[1], partial(_differs, setting))
    setting = simplest(setting, lambda simpler: _differs(simpler, graph, inputs))
    graph, inputs = minimised(graph, inputs, partial(_differs, setting))
    try:
        compare(graph, setting, inputs)
    except UnequalError as smallest:
        problem = smallest
    parts = [problem.args[0], f"run as: {setting}", "", str(graph)]
    with suppress(Exception):  # the optimiser's own failure may be what is being reported
        optimised, run = setting.compiled(graph)
        parts += [] if setting.options is None else ["optimised:", "", str(optimised)]
        parts += ["strategies:", str(run.plan)] if isinstance(run, Program) else []
    return "\n".join(parts)


def _differs(setting: Setting, graph: Graph, inputs: Inputs) -> bool:
    """Tell whether there is a difference, and not for want of a program or of an input."""
    if not inputs:
        return False
    try:
        graph.promise(None if setting.options is None else setting.options.vocab)
    except raspir.RaspirError:
        return False
    try:
        compare(graph, setting, inputs)
    except UnequalError:
        return True
    return False


def told(done: Outcome) -> str:
    """Return a line on what was compared, and one on the strategies."""
    counts = done.counts
    lines = [
        f"{done.cases} cases, no difference; {counts['failing']} of them fail alike; {counts['excused']} more differ "
        "as they may, where adding many floats from left to right rounds"
    ]
    for kind, called in (("strategy ", "strategies"), ("best of ", "best of")):
        found = [(count, name.removeprefix(kind)) for name, count in counts.items() if name.startswith(kind)]
        if found:
            lines.append(f"{called}: {', '.join(f'{name} {count}' for count, name in sorted(found, reverse=True))}")
    return "\n".join(lines)
