"""Differential comparison of one program under one setting with the reference."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from raspir.api import Program, to_graph
from raspir.backends.base import BACKENDS, FaultyBackendError, runner
from raspir.ir import BackendError, Graph, GraphError, ProgramError, RaspirError, parse
from raspir.ir.atoms import atom_key, read_sequence
from raspir.ir.packing import value_key
from raspir.passes.depth import RULES
from raspir.passes.pipeline import choose, run_passes
from raspir.testing.contracts import Contract
from raspir.testing.differences import DifferenceError, Inputs
from raspir.testing.limits import TimeUpError, limited
from raspir.testing.literals import literal, short
from raspir.testing.planned import planned
from raspir.testing.restricted import is_exact, looks_ahead, meets_none, takes_none
from raspir.testing.rounding import are_close, may_round
from raspir.testing.settings import Setting
from raspir.testing.thresholds import LONG_SUMS

_PARTICULAR = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"|-?\d[\d.,e+-]*")
_WORDS = 8  # of a message that say why a program is refused

DEPTH_RULES = frozenset(rule.name for rule in RULES)
"""The names of the rules of the pass depth."""


class Trial:
    """A program and inputs, with reference results that are computed once and shared by all settings.

    Args:
        graph: the program, without assumptions.
        inputs: the inputs.
    """

    def __init__(self, graph: Graph, inputs: Inputs) -> None:
        self.graph, self.inputs = graph, list(inputs)
        self._judged: dict[Graph, list[Any]] = {}
        self._doing = ""
        self._keys = [frozenset(map(atom_key, read_sequence(given))) for given in self.inputs]

    def judged(self, graph: Graph) -> list[Any]:
        """Return the reference result of ``graph``, or its failure, on each input."""
        if graph not in self._judged:
            self._doing = "the reference"
            run = runner("reference").compile(graph)
            self._judged[graph] = [yielded(partial(run, given)) for given in self.inputs]
        return self._judged[graph]

    def compare(self, setting: Setting, text: bool = True, again: bool = True) -> Counter[str]:
        """Compare the program's results under a setting with the reference.

        Under the reference backend, the optimized graph must yield results equal (``==``) to the unoptimized program's,
        on every input that satisfies the assumptions and on which the latter succeeds. A causal graph must remain
        causal, and no head may attend to a later position. On the optimized graph, a
        backend must match the reference exactly, in atoms, types and errors, for each input and for all of them as a
        batch. Passes must satisfy their :class:`~contracts.Contract`, and everything must finish within the setting's
        time limit.

        Args:
            setting: how the program is optimized and run.
            text: whether the optimized graph must also round-trip through textual IR.
            again: whether the last pass must also be idempotent.

        Returns:
            The number of results compared (``results``), of those that failed identically (``failing``) and of those
            that differ within floating-point rounding (``excused``); whether the program became shallower, is
            incompatible with the assumptions (``impossible``), or was not supported (``unsupported``, and ``refusal
            REASON``) or run (``ran NAME``) by the backend; and the rules of the pass depth that saved layers (``rule
            NAME``).

        Raises:
            DifferenceError: if there is a difference; it carries the offending inputs.
        """
        try:
            with limited(setting.time_limit):
                return self._compared(setting, text, again)
        except TimeUpError:
            slow = f"it exceeds the time limit of {setting.time_limit:g} s in {self._doing}"
            raise DifferenceError(slow, kind="time") from None

    def _compared(self, setting: Setting, text: bool, again: bool) -> Counter[str]:
        counts: Counter[str] = Counter()
        try:
            assumed, optimized, used = self._optimized(setting, again)
        except ProgramError:
            counts["impossible"] = 1
            return counts
        if setting.passes != ():
            counts["shallower"] += optimized.stats().layers < assumed.stats().layers
            counts["results"] += self._equal(setting, assumed, optimized)
            counts.update(f"rule {name}" for name in used)
            if assumed.causal:
                self._looks_back(setting, optimized)
        if text:
            _round_trip(optimized)
        if setting.backend != "reference":
            counts += self._run(setting, optimized)
        return counts

    def _optimized(self, setting: Setting, again: bool) -> tuple[Graph, Graph, frozenset[str]]:
        """Return the program under its assumptions, before and after the passes, and the rules of depth that they used.

        Raises:
            ProgramError: if the program is incompatible with the assumptions.
            DifferenceError: if the passes fail or violate their contract.
        """
        contract = Contract()
        try:
            assumed = setting.assumed(self.graph)
            optimized = setting.optimized(assumed, contract.remarks, contract.on_pass)
            if again:
                contract.check_again(optimized, setting.target)
        except (ProgramError, DifferenceError):
            raise
        except TimeUpError:
            self._doing = contract.running(setting.passes)
            raise
        except Exception as error:  # any other exception from the optimizer is a finding
            raise DifferenceError(f"the optimizer failed: {type(error).__name__}: {error}", kind="failure") from error
        return assumed, optimized, DEPTH_RULES.intersection(each.rule for each in contract.remarks)

    def _equal(self, setting: Setting, assumed: Graph, optimized: Graph) -> int:
        """Check the optimized graph's results against the unoptimized ones; return the number of inputs compared."""
        wanted = self.judged(setting.meant(self.graph))
        comparable = self._comparable(setting, wanted)
        if dict(optimized.outputs) == dict(assumed.outputs):  # identical nodes
            return len(comparable)
        results = self.judged(optimized)
        for i in comparable:
            if not _equal(results[i], wanted[i]):
                message = f"unoptimized it yields {_shown(wanted[i])}\noptimized it yields   {_shown(results[i])}"
                raise DifferenceError(message, [self.inputs[i]])
        return len(comparable)

    def _looks_back(self, setting: Setting, optimized: Graph) -> None:
        """Check that no head of a causal graph attends to a position after its own on any input."""
        if not optimized.causal:
            raise DifferenceError("the optimized graph is not causal", kind="causal")
        for i in self._comparable(setting, self.judged(optimized)):
            ahead = looks_ahead(optimized, self.inputs[i])
            if ahead is not None:
                raise DifferenceError(f"optimized, {ahead}", [self.inputs[i]], "causal")

    def _comparable(self, setting: Setting, results: list[Any]) -> list[int]:
        """Return the numbers of the inputs that satisfy the assumptions and have a result."""
        return [i for i, result in enumerate(results) if not _failed(result) and self._keeps(setting, i)]

    def _keeps(self, setting: Setting, i: int) -> bool:
        """Return whether an input satisfies the assumptions of a setting."""
        if setting.max_length is not None and len(self.inputs[i]) > setting.max_length:
            return False
        return setting.vocab is None or self._keys[i] <= set(map(atom_key, setting.vocab))

    def _run(self, setting: Setting, graph: Graph) -> Counter[str]:
        """Check a backend's results against the reference."""
        counts: Counter[str] = Counter()
        wanted, inputs = self.judged(graph), self.inputs
        if not takes_none(setting.backend):
            kept = [i for i, given in enumerate(inputs) if not meets_none(graph, given)]
            wanted, inputs = [wanted[i] for i in kept], [inputs[i] for i in kept]
        self._doing = setting.backend
        try:
            run = runner(setting.backend).compile(graph)
        except (GraphError, FaultyBackendError) as error:
            raise _uncompiled(error) from error
        except BackendError as error:
            counts.update(["unsupported", f"refusal {_reason(error)}"])
            return counts
        except Exception as error:  # any other exception is a finding
            raise _uncompiled(error) from error
        with setting.applied():
            for given, result in zip(inputs, wanted, strict=True):
                got = yielded(partial(run, given))
                counts["excused"] += _same(setting, graph, [given], result, got)
            together = _batch(wanted)
            got = yielded(partial(run.batch, inputs))
            counts["excused"] += _same(setting, graph, inputs, together, got)
        counts[f"ran {setting.backend}"] += 1
        counts["results"] += len(inputs) + 1
        counts["failing"] += sum(map(_failed, (*wanted, together)))
        counts.update(planned(run))
        return counts


def _reason(error: BackendError) -> str:
    """Return the reason of a refusal in short, without what is particular to a program: names, atoms and numbers."""
    clause = re.split(r": |; ", _PARTICULAR.sub("…", error.message))[0]
    return " ".join(clause.split()[:_WORDS])


def _uncompiled(error: Exception) -> DifferenceError:
    return DifferenceError(f"compilation failed: {type(error).__name__}: {error}", kind="backend")


def yielded(run: Callable[[], Any]) -> Any:
    """Return a program's result in a form that compares types and layers, or its failure."""
    try:
        result = run()
    except RaspirError as error:
        details = {"message": error.message, "location": error.location, "input": error.input}
        return {"failed": type(error).__name__, **details}
    except Exception as error:  # any other exception is a finding
        return {"failed": type(error).__name__, "message": str(error)}
    return [_exact(each) for each in result] if isinstance(result, list) else _exact(result)


def _exact(result: Any) -> Any:
    if isinstance(result, Mapping):
        return {name: _exact(each) for name, each in result.items()}
    return result.layers, [value_key(atom) for atom in result]


def _failed(result: Any) -> bool:
    return isinstance(result, dict) and "failed" in result


def _equal(got: Any, wanted: Any) -> bool:
    """Return whether results are equal under ``==``, ignoring types and layers."""
    if _failed(got):
        return False
    if isinstance(wanted, dict):
        return got.keys() == wanted.keys() and all(_equal(got[name], wanted[name]) for name in wanted)
    return [key[1] for key in got[1]] == [key[1] for key in wanted[1]]


def _by_class(result: Any) -> Any:
    """Reduce an error to its class and input: third-party backends word their messages differently."""
    return {"failed": result["failed"], "input": result.get("input")} if _failed(result) else result


def _batch(wanted: list[Any]) -> Any:
    """Return the expected result or failure of a batch, given those of its individual inputs."""
    for number, result in enumerate(wanted):
        if _failed(result):
            return {**result, "input": number}
    return wanted


def _same(setting: Setting, graph: Graph, inputs: Inputs, wanted: Any, got: Any) -> bool:
    """Compare two results; return whether they differ within what is permitted.

    Raises:
        DifferenceError: if they differ in any other way.
    """
    if got == wanted or (setting.backend not in BACKENDS.built_in and _by_class(got) == _by_class(wanted)):
        return False
    if not (_may_differ(setting, graph, inputs) if is_exact(setting.backend) else are_close(got, wanted)):
        where = "on the input" if len(inputs) == 1 else "on the batch"
        message = f"{where}, the reference yields {_shown(wanted)}\n{setting.backend} yields {_shown(got)}"
        raise DifferenceError(message, inputs, "backend")
    return True


def _may_differ(setting: Setting, graph: Graph, inputs: Inputs) -> bool:
    """Return whether a backend may reassociate float sums and the order matters on some input."""
    if setting.backend == "numpy" and LONG_SUMS not in setting.forced:
        from raspir.backends.numpy.kernels.summation import SMALL

        if max(map(len, inputs)) ** 2 <= SMALL:
            return False
    return setting.backend != "reference" and any(may_round(graph, given) for given in inputs)


def _shown(result: Any) -> str:
    """Format a result: lists of atoms, or an error."""
    if _failed(result):
        where = "" if result.get("input") is None else f" of input {result['input']}"
        location = f" ({result['location']})" if result.get("location") else ""
        message = f": {result['message']}" if "message" in result else ""
        return f"{result['failed']}{where}{message}{location}"
    if isinstance(result, dict):
        return f"{{{', '.join(f'{name}: {_shown(each)}' for name, each in result.items())}}}"
    if isinstance(result, list):
        return f"[{', '.join(map(_shown, result))}]"
    layers, keys = result
    return f"[{', '.join(short(key[1]) for key in keys)}] of layer {layers}"


def _round_trip(graph: Graph) -> None:
    """Round-trip a graph through textual IR.

    Raises:
        DifferenceError: if the parsed graph differs.
    """
    text = str(graph)
    try:
        again = parse(text)
    except RaspirError as error:
        raise DifferenceError(f"its textual IR cannot be parsed: {error}", kind="text") from error
    if again != graph or str(again) != text:
        raise DifferenceError("its textual IR parses to a different graph", kind="text")


def difference(program: Program, inputs: Inputs, setting: Setting) -> str | None:
    """Return a description of the first difference under a setting; ``None`` if there is none.

    Args:
        program: a program, several by name, or a graph; assumptions come from the setting.
        inputs: the inputs, each compared individually and all as a batch.
        setting: how the program is optimized and run.

    Raises:
        ProgramError: if ``program`` is not one.
        InputError: if an input is not a sequence of atoms, or an assumption is malformed.
        BackendError: if there is no such backend, pass, option or kind of attention.
    """
    runner(setting.backend)
    graph = to_graph(program)
    choose(setting.passes, {})
    run_passes(graph, (), setting.target)
    with suppress(ProgramError):  # a program incompatible with its assumptions shows no difference
        setting.assumed(graph)
    try:
        Trial(graph, inputs).compare(setting)
    except DifferenceError as error:
        return error.description if not error.inputs else f"on {literal(error.inputs)}\n{error.description}"
    return None
