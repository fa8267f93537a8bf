"""One program under one setting, compared with what it must yield."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from raspir.api import Program, to_graph
from raspir.backends.base import BACKENDS, FaultyBackendError, runner
from raspir.ir import BackendError, Graph, GraphError, ProgramError, RaspirError, parse
from raspir.ir.atoms import atom_key, read_sequence
from raspir.passes.pipeline import choose, run_passes
from raspir.testing.contracts import Contract
from raspir.testing.differences import DifferenceError, Inputs
from raspir.testing.limits import TimeUpError, limited
from raspir.testing.literals import literal, short
from raspir.testing.planned import planned
from raspir.testing.rounding import may_round
from raspir.testing.settings import Setting
from raspir.testing.thresholds import LONG_SUMS


class Trial:
    """A program and inputs, and what it yields on them by the reference: computed once for all settings.

    Args:
        graph: the program, without promises.
        inputs: the inputs.
    """

    def __init__(self, graph: Graph, inputs: Inputs) -> None:
        self.graph, self.inputs = graph, list(inputs)
        self._judged: dict[Graph, list[Any]] = {}
        self._doing = ""
        self._keys = [frozenset(map(atom_key, read_sequence(given))) for given in self.inputs]

    def judged(self, graph: Graph) -> list[Any]:
        """Return what ``graph`` yields on each input by the reference, or how it fails."""
        if graph not in self._judged:
            self._doing = "the reference"
            run = runner("reference").compile(graph)
            self._judged[graph] = [yielded(partial(run, given)) for given in self.inputs]
        return self._judged[graph]

    def compare(self, setting: Setting, text: bool = True, again: bool = True) -> Counter[str]:
        """Compare what the program yields under a setting with what it must yield.

        The optimiser's result must yield, by the reference, what is equal under ``==`` wherever the program as written
        yields something and the input keeps the promises. A backend must yield on the optimised graph the very atoms
        that the reference does, with their types, or the same error; on each input and on all of them as a batch.
        The passes must keep their :class:`~contracts.Contract`, and all that may take no longer than the setting says.

        Args:
            setting: how the program is optimised and run.
            text: whether the optimised graph must also survive being written as text and read again.
            again: whether the last pass must also change nothing when it runs on its own result.

        Returns:
            How many results were compared (``results``), how many of them failed alike (``failing``) or differ as they
            may since floats round (``excused``), whether the program became shallower, cannot work with the promises
            (``impossible``), or the backend does not support it (``unsupported``) or ran it (``ran NAME``).

        Raises:
            DifferenceError: saying what is wrong, and on which inputs.
        """
        try:
            with limited(setting.time_limit):
                return self._compared(setting, text, again)
        except TimeUpError:
            slow = f"it takes more than {setting.time_limit:g} s, and is not done with {self._doing}"
            raise DifferenceError(slow, kind="time") from None

    def _compared(self, setting: Setting, text: bool, again: bool) -> Counter[str]:
        counts: Counter[str] = Counter()
        try:
            promised, optimised = self._optimised(setting, again)
        except ProgramError:
            counts["impossible"] = 1
            return counts
        if setting.passes != ():
            counts["shallower"] += optimised.stats().layers < promised.stats().layers
            counts["results"] += self._equal(setting, promised, optimised)
        if text:
            _round_trip(optimised)
        if setting.backend != "reference":
            counts += self._run(setting, optimised)
        return counts

    def _optimised(self, setting: Setting, again: bool) -> tuple[Graph, Graph]:
        """Return the program with its promises, before and after the passes.

        Raises:
            ProgramError: if the program cannot work with its promises.
            DifferenceError: if the passes fail or break their contract.
        """
        contract = Contract()
        try:
            promised = setting.promised(self.graph)
            optimised = setting.optimised(promised, contract.remarks, contract.on_pass)
            if again:
                contract.check_again(optimised, setting.target)
        except (ProgramError, DifferenceError):
            raise
        except TimeUpError:
            self._doing = contract.running(setting.passes)
            raise
        except Exception as error:  # whatever else the optimiser raises is a finding
            raise DifferenceError(f"the optimiser failed: {type(error).__name__}: {error}", kind="failure") from error
        return promised, optimised

    def _equal(self, setting: Setting, promised: Graph, optimised: Graph) -> int:
        """Hold what the optimised graph yields against what the program as written does; return on how many inputs."""
        comparable = [
            i for i, wanted in enumerate(self.judged(self.graph)) if not _failed(wanted) and self._keeps(setting, i)
        ]
        if dict(optimised.outputs) == dict(promised.outputs):  # the very same nodes
            return len(comparable)
        results, wanted = self.judged(optimised), self.judged(self.graph)
        for i in comparable:
            if not _equal(results[i], wanted[i]):
                told = f"as written it yields {_shown(wanted[i])}\noptimised        {_shown(results[i])}"
                raise DifferenceError(told, [self.inputs[i]])
        return len(comparable)

    def _keeps(self, setting: Setting, i: int) -> bool:
        """Tell whether an input keeps the promises of a setting."""
        if setting.max_length is not None and len(self.inputs[i]) > setting.max_length:
            return False
        return setting.vocab is None or self._keys[i] <= set(map(atom_key, setting.vocab))

    def _run(self, setting: Setting, graph: Graph) -> Counter[str]:
        """Hold what a backend yields against what the reference does."""
        counts: Counter[str] = Counter()
        wanted = self.judged(graph)
        self._doing = setting.backend
        try:
            run = runner(setting.backend).compile(graph)
        except (GraphError, FaultyBackendError) as error:
            raise _uncompiled(error) from error
        except BackendError:
            counts["unsupported"] = 1
            return counts
        except Exception as error:  # whatever else is raised is a finding
            raise _uncompiled(error) from error
        with setting.applied():
            for given, result in zip(self.inputs, wanted, strict=True):
                got = yielded(partial(run, given))
                counts["excused"] += _same(setting, graph, [given], result, got)
            together = _batch(wanted)
            got = yielded(partial(run.batch, self.inputs))
            counts["excused"] += _same(setting, graph, self.inputs, together, got)
        counts[f"ran {setting.backend}"] += 1
        counts["results"] += len(self.inputs) + 1
        counts["failing"] += sum(map(_failed, (*wanted, together)))
        counts.update(planned(run))
        return counts


def _uncompiled(error: Exception) -> DifferenceError:
    return DifferenceError(f"it cannot be compiled: {type(error).__name__}: {error}", kind="backend")


def yielded(run: Callable[[], Any]) -> Any:
    """Return what a program yields so that types and layers count, or how it fails."""
    try:
        result = run()
    except RaspirError as error:
        told = {"message": error.message, "location": error.location, "input": error.input}
        return {"failed": type(error).__name__, **told}
    except Exception as error:  # whatever else is raised is a finding
        return {"failed": type(error).__name__, "message": str(error)}
    return [_exact(each) for each in result] if isinstance(result, list) else _exact(result)


def _exact(result: Any) -> Any:
    if isinstance(result, Mapping):
        return {name: _exact(each) for name, each in result.items()}
    return result.layers, [atom_key(atom) for atom in result]


def _failed(result: Any) -> bool:
    return isinstance(result, dict) and "failed" in result


def _equal(got: Any, wanted: Any) -> bool:
    """Tell whether atoms are equal under ``==``, whatever their types and layers."""
    if _failed(got):
        return False
    if isinstance(wanted, dict):
        return got.keys() == wanted.keys() and all(_equal(got[name], wanted[name]) for name in wanted)
    return [key[1] for key in got[1]] == [key[1] for key in wanted[1]]


def _as_told(result: Any) -> Any:
    return result


def _by_class(result: Any) -> Any:
    """Return a result of which an error counts by its class and input: backends of others have words of their own."""
    return {"failed": result["failed"], "input": result.get("input")} if _failed(result) else result


def _batch(wanted: list[Any]) -> Any:
    """Return what a batch must yield, or how it must fail, by what its inputs yield one at a time."""
    for number, result in enumerate(wanted):
        if _failed(result):
            return {**result, "input": number}
    return wanted


def _same(setting: Setting, graph: Graph, inputs: Inputs, wanted: Any, got: Any) -> bool:
    """Hold a result against another; tell whether there is a difference that may be.

    Raises:
        DifferenceError: if there is one that may not.
    """
    counted = _as_told if setting.backend in BACKENDS.built_in else _by_class
    if counted(got) == counted(wanted):
        return False
    if not _may_differ(setting, graph, inputs):
        where = "on the input" if len(inputs) == 1 else "on the batch"
        told = f"{where}, the reference yields {_shown(wanted)}\n{setting.backend} yields {_shown(got)}"
        raise DifferenceError(told, inputs, "backend")
    return True


def _may_differ(setting: Setting, graph: Graph, inputs: Inputs) -> bool:
    """Tell whether a backend may add floats in another order, and the order matters on one of the inputs."""
    if setting.backend == "numpy" and LONG_SUMS not in setting.forced:
        from raspir.backends.numpy.kernels.summation import SMALL

        if max(map(len, inputs)) ** 2 <= SMALL:
            return False
    return setting.backend != "reference" and any(may_round(graph, given) for given in inputs)


def _shown(result: Any) -> str:
    """Return a result in words: lists of atoms, or an error."""
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
    """Write a graph as text and read it again.

    Raises:
        DifferenceError: if that is another graph.
    """
    text = str(graph)
    try:
        again = parse(text)
    except RaspirError as error:
        raise DifferenceError(f"its text cannot be read: {error}", kind="text") from error
    if again != graph or str(again) != text:
        raise DifferenceError("its text, read again, is another graph", kind="text")


def difference(program: Program, inputs: Inputs, setting: Setting) -> str | None:
    """Return what is different about a program under a setting, in words; ``None`` if nothing is.

    Args:
        program: a program, several by name, or a graph; promises are the setting's.
        inputs: inputs, each compared alone and all as a batch.
        setting: how the program is optimised and run.

    Raises:
        ProgramError: if ``program`` is not one.
        InputError: if an input is not a sequence of atoms, or what is promised makes no sense.
        BackendError: if there is no such backend, pass, option or kind of attention.
    """
    runner(setting.backend)
    graph = to_graph(program)
    choose(setting.passes, {})
    run_passes(graph, (), setting.target)
    with suppress(ProgramError):  # a program that cannot work with its promises differs from nothing
        setting.promised(graph)
    try:
        Trial(graph, inputs).compare(setting)
    except DifferenceError as error:
        return error.told if not error.inputs else f"on {literal(error.inputs)}\n{error.told}"
    return None
