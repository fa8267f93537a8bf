"""Many programs, in several processes: what comes of each in the order of their numbers, whatever the processes."""

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
from raspir.runtime.interrupts import held_back
from raspir.testing.differences import DifferenceError
from raspir.testing.trying import SETTINGS, Campaign, Failure

CHUNK = 16
"""Programs that a process tries before it tells what came of them."""


@dataclass
class Fuzzed:
    """What came of a campaign so far.

    Attributes:
        cases: programs tried under one setting each.
        counts: how many results were compared, and what was covered.
        failures: the differences.
        seconds: how long it has taken.
        cpu: the seconds that the processes have worked.
        stopped: whether it was stopped before the end.
    """

    cases: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0
    stopped: bool = False

    def add(self, tried: Tried) -> None:
        """Add what came of one program."""
        self.cases += tried.cases
        self.counts += tried.counts


@dataclass(frozen=True)
class Tried:
    """What came of one program, as a process tells it.

    Attributes:
        number: its number.
        cases: how many of its settings were tried.
        counts: what was counted.
        problem: the difference that the last setting showed, if it did.
        cpu: the seconds that it took.
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
    """Try programs one after the other until there are enough cases or failures.

    Which programs there are and what comes of them depends on the campaign alone. Interrupted (Ctrl-C), it stops and
    returns what there is.

    Args:
        campaign: what is tried.
        cases: how many cases: programs under one setting each.
        jobs: how many processes try programs; with one it is this process.
        failures: after how many differences to stop.
        on_progress: told, now and then, what has come of it so far.

    Raises:
        BackendError: if the campaign names what there is not, or a process dies.
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
    """Yield the number of each program and how many settings of it there are, so that there are so many cases."""
    for number in range(math.ceil(cases / SETTINGS)):
        yield number, min(SETTINGS, cases - number * SETTINGS)


def _try(campaign: Campaign, number: int, limit: int) -> Tried:
    start = time.process_time()
    outcome = campaign.tried(number, limit)
    problem = None if outcome.failure is None else outcome.failure.problem
    return Tried(number, outcome.cases, outcome.counts, problem, time.process_time() - start)


def _here(campaign: Campaign, cases: int) -> Generator[Tried, None, None]:
    """Yield what comes of each program, tried in this process."""
    for number, limit in _numbers(cases):
        with held_back():
            tried = _try(campaign, number, limit)
        yield tried


_campaign = Campaign()
"""In a process of a pool: what it tries."""


def _begin(campaign: Campaign) -> None:
    """Prepare a process of a pool; an interrupt ends it at once, and the process that started it tells of that."""
    global _campaign
    _campaign = campaign
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.freeze()  # what is imported stays: to look at it again and again takes a tenth of the time
    gc.set_threshold(20_000)


def _chunk(programs: list[tuple[int, int]]) -> list[Tried]:
    return [_try(_campaign, number, limit) for number, limit in programs]


def _elsewhere(campaign: Campaign, cases: int, jobs: int) -> Generator[Tried, None, None]:
    """Yield what comes of each program, tried in other processes, in the order of their numbers."""
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
        raise BackendError("a process that tried programs died: try --jobs 1, which shows how") from error
    finally:
        for child in set(multiprocessing.active_children()) - before if waiting else ():
            child.terminate()
        pool.shutdown(cancel_futures=True)
