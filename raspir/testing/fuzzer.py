"""Parallel fuzzing: tries programs in a pool of processes, with results in program order whatever the pool's size."""

from __future__ import annotations

import gc
import math
import multiprocessing
import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import islice

from raspir.ir import BackendError
from raspir.passes.depth import RULES
from raspir.runtime.interrupts import held_back
from raspir.testing.differences import DifferenceError
from raspir.testing.trying import SETTINGS, Campaign, Failure

CHUNK = 16
"""The number of programs per task of a worker process."""


@dataclass
class Fuzzed:
    """The cumulative result of a campaign.

    Attributes:
        cases: the number of fuzz cases: programs under one setting each.
        counts: the number of results compared, and coverage counters.
        failures: the differences found.
        seconds: the elapsed wall-clock time.
        cpu: the processor seconds spent by all processes.
        stopped: whether it was interrupted.
    """

    cases: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0
    stopped: bool = False

    @property
    def unused(self) -> list[str]:
        """The rules of the pass depth that saved no layers, if any did."""
        unused = [rule.name for rule in RULES if not self.counts[f"rule {rule.name}"]]
        return unused if len(unused) < len(RULES) else []

    def add(self, tried: Tried) -> None:
        """Add the result of one program."""
        self.cases += tried.cases
        self.counts += tried.counts


@dataclass(frozen=True)
class Tried:
    """The result of one program, in the form that worker processes return.

    Attributes:
        number: the program's number.
        cases: the number of settings tried.
        counts: the counters.
        problem: the difference under the last setting tried, if any.
        cpu: the processor seconds spent.
    """

    number: int
    cases: int
    counts: Counter[str]
    problem: DifferenceError | None
    cpu: float


def fuzz(
    campaign: Campaign,
    cases: int,
    jobs: int = 1,
    failures: int = 1,
    on_progress: Callable[[Fuzzed], None] | None = None,
) -> Fuzzed:
    """Try programs in order until the number of cases or failures is reached.

    The programs and their results depend on the campaign alone. An interrupt (Ctrl-C) stops fuzzing and returns the
    results so far.

    Args:
        campaign: the campaign.
        cases: the number of cases: programs under one setting each.
        jobs: the number of worker processes; 1 runs in this process.
        failures: the number of differences after which to stop.
        on_progress: a callback that periodically receives the results so far.

    Raises:
        BackendError: if the campaign names an unknown backend, pass or option, or a worker dies.
    """
    campaign = campaign.check()
    done, start = Fuzzed(), time.monotonic()
    found = _here(campaign, cases) if jobs == 1 else _elsewhere(campaign, cases, jobs)
    try:
        for tried in found:
            done.add(tried)
            done.cpu += tried.cpu
            done.seconds = time.monotonic() - start
            if tried.problem is not None:
                done.failures.append(campaign.failure(tried.number, tried.cases - 1, tried.problem))
            if on_progress is not None:
                on_progress(done)
            if len(done.failures) >= failures:
                break
    except KeyboardInterrupt:
        done.stopped = True
    finally:
        found.close()
    done.seconds = time.monotonic() - start
    return done


def _numbers(cases: int) -> Iterator[tuple[int, int]]:
    """Yield each program's number and its number of settings, which sum to ``cases``."""
    for number in range(math.ceil(cases / SETTINGS)):
        yield number, min(SETTINGS, cases - number * SETTINGS)


def _try(campaign: Campaign, number: int, limit: int) -> Tried:
    start = time.process_time()
    outcome = campaign.tried(number, limit)
    problem = None if outcome.failure is None else outcome.failure.problem
    return Tried(number, outcome.cases, outcome.counts, problem, time.process_time() - start)


def _here(campaign: Campaign, cases: int) -> Generator[Tried, None, None]:
    """Yield the result of each program, tried in this process."""
    for number, limit in _numbers(cases):
        with held_back():
            tried = _try(campaign, number, limit)
        yield tried


_campaign = Campaign()
"""The campaign of this worker process."""


def _begin(campaign: Campaign) -> None:
    """Initialize a worker process; an interrupt terminates it silently, and the parent process reports it."""
    global _campaign
    _campaign = campaign
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.freeze()  # imported modules are permanent; rescanning them takes a tenth of the time
    gc.set_threshold(20_000)


def _chunk(programs: list[tuple[int, int]]) -> list[Tried]:
    return [_try(_campaign, number, limit) for number, limit in programs]


def _elsewhere(campaign: Campaign, cases: int, jobs: int) -> Generator[Tried, None, None]:
    """Yield the result of each program in order, tried in worker processes."""
    numbers, waiting = _numbers(cases), deque[Future[list[Tried]]]()
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, _begin, (campaign,))
    try:
        while True:
            while len(waiting) < 3 * jobs and (programs := list(islice(numbers, CHUNK))):
                waiting.append(pool.submit(_chunk, programs))
            if not waiting:
                break
            yield from waiting.popleft().result()
    except BrokenProcessPool as error:
        raise BackendError("a worker process died: run with --jobs 1 to see the cause") from error
    finally:
        for child in set(multiprocessing.active_children()) - before if waiting else ():
            child.terminate()
        pool.shutdown(cancel_futures=True)
