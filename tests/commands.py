"""Runs ``raspir`` as a command, in a process forked from one that has imported it already.

Most of what a short command takes is the start of the interpreter and imports. A process that has done both waits for
commands and forks for each: the copy has its own working directory, environment, streams and modules, and ends as an
interpreter does. Where processes cannot fork, each command has an interpreter of its own.
"""

import atexit
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
PRELOADED = (
    "raspir.backends.numpy", "raspir.cli", "raspir.cli.fuzzing", "raspir.cli.listing", "raspir.cli.pictures",
    "raspir.cli.programs", "raspir.cli.proofs", "raspir.cli.repl.piped", "raspir.cli.running", "raspir.cli.tables",
    "raspir.passes.depth", "raspir.passes.fold", "raspir.passes.fuse", "raspir.passes.merge",
    "raspir.passes.schedule", "raspir.testing.fuzzer", "raspir.viz.diagram", "raspir.viz.report", "highspy", "networkx",
    "rich.progress", "rich.table",
)  # fmt: skip
MAIN = "from raspir.cli import main; main()"

SERVER = """
import gc, importlib, json, os, sys
from typer.testing import CliRunner
for module in sys.argv[1:]:
    importlib.import_module(module)
for arguments in (["run", "--help"], ["repl"]):  # import what a command line needs, and build a parser
    CliRunner().invoke(sys.modules["raspir.cli"].app, arguments)
gc.freeze()
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        arguments, folder, environment, given, out, errors = json.loads(line)
        for stream, path, mode in ((0, given, os.O_RDONLY), (1, out, os.O_WRONLY), (2, errors, os.O_WRONLY)):
            os.dup2(os.open(path, mode | os.O_CREAT, 0o600), stream)
        sys.stdin = open(0, closefd=False)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        sys.path[1:1] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
        importlib.invalidate_caches()
        sys.argv = ["-c", *arguments]
        from raspir.cli import main
        main()
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def environment():
    return {**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}


OUTSIDE = environment()
"""The environment outside of tests, some of which change where packages are found."""


@cache
def server():
    """Start the process that forks; it ends with this one."""
    command = [sys.executable, "-c", SERVER, *PRELOADED]
    started = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=OUTSIDE)
    atexit.register(started.communicate)
    return started


def raspir(*arguments, cwd=ROOT, stdin=None):
    """Run a command and return what it has printed, with its exit code."""
    if not hasattr(os, "fork"):
        return interpreter(MAIN, *arguments, cwd=cwd, stdin=stdin)
    with TemporaryDirectory() as folder:
        out, errors, given = Path(folder) / "out", Path(folder) / "errors", Path(folder) / "given"
        given.write_text(stdin or "", encoding="utf-8")
        request = [arguments, str(cwd), environment(), str(given), str(out), str(errors)]
        started = server()
        print(json.dumps(request), file=started.stdin, flush=True)
        code = int(started.stdout.readline())
        streams = (path.read_text(encoding="utf-8") for path in (out, errors))
        return subprocess.CompletedProcess(arguments, code, *streams)


def interpreter(code, *arguments, cwd=ROOT, stdin=None):
    """Run Python code in an interpreter of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(),
        check=False,
    )
