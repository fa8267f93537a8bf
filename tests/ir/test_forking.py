"""Forking while other threads build programs: the child can build, compile and run its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import raspir

PACKAGE = Path(raspir.__file__).parent
FORKS = """
import os, signal, threading, traceback
import raspir
from raspir import indices, key, query, tokens

def built(number):
    program = tokens
    for step in range(40):
        program = program + (100 * number + step)
    return (key(program) == query(indices)).value(program)

def build(first, stop):
    number = first
    while not stop.is_set():
        number += 3
        graph = raspir.lower(built(number))
        graph.stats()
        if number % 5 == 0:
            raspir.compile(graph)

def child(number):
    signal.alarm(40)  # which ends the child where it waits for a lock that is never released
    status = 1
    try:
        run = raspir.compile(built(number) + (key(indices) <= query(indices)).value(1))
        status = 0 if run([1, 2, 3]) == [1, 2, 3] else 2
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)

stop = threading.Event()
threads = [threading.Thread(target=build, args=(first, stop), daemon=True) for first in range(3)]
for thread in threads:
    thread.start()
children = []
for number in range(FORKED):
    pid = os.fork()
    if not pid:
        child(number)
    children.append(pid)
    if number >= FORKED // 2:  # the first ones come while the threads import what compiling needs
        status = os.waitpid(children.pop(), 0)[1]
        assert status == 0, (number, status)
print([os.waitpid(pid, 0)[1] for pid in children])
stop.set()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_threads_may_build_while_the_process_forks():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"}
    code = FORKS.replace("FORKED", "12")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, env=environment)
    assert (done.stdout, done.returncode) == (f"{[0] * 6}\n", 0), done.stderr[-2000:]


LOCKS = r"threading\.(R?Lock|Condition|Semaphore)|functools\.cached_property|functools import .*cached_property"


def test_there_are_no_other_locks():
    for file in PACKAGE.rglob("*.py"):
        assert file.name in ("_forking.py", "lazy.py") or not re.search(LOCKS, file.read_text()), file
