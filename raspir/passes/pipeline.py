"""The pass manager, which runs the verifier after each pass."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence

from raspir.analysis.causality import looking_ahead
from raspir.ir import BackendError, Graph, GraphError, Location, RaspirError, RaspirWarning, print_graph, verify
from raspir.ir.atoms import show
from raspir.ir.errors import reason
from raspir.ir.text.describe import Describer
from raspir.ir.tracebacks import package_of, place, public
from raspir.passes.base import PASSES, Pass, PassContext, Remark
from raspir.passes.options import Target
from raspir.plugins.options import options_of, parse_choices, read_options, with_options
from raspir.plugins.registry import advice
from raspir.rewriting.graphs import gain

_SHALLOWER = ("depth", "fold", "merge", "fuse", "fold")
DEFAULT: tuple[str, ...] = ("recognize", "fold", "merge", *_SHALLOWER, *_SHALLOWER, "schedule")
"""The default pipeline, in order."""


@public
def run_passes(
    graph: Graph,
    passes: str | Sequence[str | Pass] | None = None,
    target: Target | None = None,
    *,
    options: Mapping[str, object] | None = None,
    remarks: list[Remark] | None = None,
    progress: Callable[[int, int], None] | None = None,
    on_pass: Callable[[Pass, Graph, Graph], None] | None = None,
) -> Graph:
    """Return ``graph`` after ``passes``.

    Args:
        graph: the graph to transform.
        passes: comma-separated names with options in braces, as in ``fold,depth{max_heads=4}``, or a list of such names
            and of passes; ``None`` for the default pipeline.
        target: the transformer to compile for; ``None`` for one with plain selectors.
        options: option values by name, for each pass that declares the option and does not set it in braces.
        remarks: a list to which the passes append their remarks, in order.
        progress: a callback for slow passes, called with the steps done and the steps in total.
        on_pass: a callback after each pass, called with the pass, the graph before it and the graph after it.

    Raises:
        GraphError: if ``graph`` violates a rule of the IR, or (an internal error) a pass fails or returns such a graph.
        BackendError: if a pass, an option or a value of an option does not exist.
    """
    chosen = choose(passes, options or {})
    context = PassContext(target or Target(), [] if remarks is None else remarks, progress)
    verify(graph)
    ahead = _looks_ahead(graph, context)
    if ahead is not None:
        raise GraphError(f"{ahead[0]}, but the graph is causal: raspir.lower and Graph.assume add the mask", ahead[1])
    for each in chosen:
        reported = len(context.remarks)
        before, graph = graph, _run(each, graph, context)
        _account_for_growth(each, before, graph, context, reported)
        if on_pass is not None:
            on_pass(each, before, graph)
    return graph


@public
def choose(passes: str | Sequence[str | Pass] | None, options: Mapping[str, object]) -> list[Pass]:
    """Return the passes that ``passes`` names, each with its share of ``options``.

    Raises:
        BackendError: if a pass or value does not exist, or no pass of a non-empty list declares one of the options.
    """
    chosen = list(_listed(passes))
    known = [{option.name: None for option in options_of(each, PASSES.what)} if options else {} for each, _ in chosen]
    everything = {name: None for names in known for name in names}
    for name in options if chosen else ():
        if name not in everything:
            among = ", ".join(each.name for each, _ in chosen)
            raise BackendError(f"no pass of {among} has an option {show(name)} ({advice(name, everything)})")
    return [
        with_options(each, {**{name: value for name, value in options.items() if name in names}, **given}, PASSES.what)
        for (each, given), names in zip(chosen, known, strict=True)
    ]


def _listed(passes: str | Sequence[str | Pass] | None) -> Iterable[tuple[Pass, dict[str, object]]]:
    """Yield each pass with its options in braces."""
    items = DEFAULT if passes is None else [passes] if isinstance(passes, str) else passes
    if not isinstance(items, Iterable):
        raise BackendError(f"passes must be a string such as 'a,b' or a list of names and passes, not {show(items)}")
    try:
        listed = list(items)
    except Exception as error:
        problem = f"reading it raises {type(error).__name__}"
        raise BackendError(f"{show(items)} is not a list of passes: {problem}") from error
    for item in listed:
        if isinstance(item, str):
            for name, texts in parse_choices(str.__str__(item), PASSES.what):
                found = PASSES.get(name)
                yield found, read_options(found, texts, PASSES.what)
        elif isinstance(item, Pass) and not isinstance(item, type):
            yield item, {}
        else:
            raise BackendError(f"{show(item)} is not a pass: it needs a name, a summary and run(graph, context)")


def _run(each: Pass, graph: Graph, context: PassContext) -> Graph:
    """Return the result of ``each`` on ``graph``.

    Raises:
        GraphError: if the pass fails, or its result is invalid or changes the interface.
        RaspirError: if the pass reports an error of its user.
    """
    try:
        after = each.run(graph, context)
    except GraphError as error:  # the graph before is valid, so the pass tried to build an invalid one
        raise _internal(each, graph, f"violated a rule of the IR{_at(each, error)}: {error.message}", error) from error
    except (RaspirError, RaspirWarning):  # a warning that the user turned into an error
        raise
    except (Exception, SystemExit) as error:
        raise _internal(each, graph, f"failed{_at(each, error)}: {reason(error)}", error) from error
    if after is graph:  # the verifier has accepted it
        return graph
    if not isinstance(after, Graph):
        raise _internal(each, graph, f"returned {show(after)}, which is not a graph")
    try:
        verify(after)
    except GraphError as error:
        raise _internal(each, graph, f"returned an invalid graph: {error.message}", error) from error
    problem = _changed(graph, after)
    if problem is not None:
        raise _internal(each, graph, f"changed {problem}")
    ahead = _looks_ahead(after, context)
    if ahead is not None:
        advice = "if it only lost the mask, PassContext.kept_causal restores it"
        raise _internal(each, graph, f"made a head that a causal graph must not contain: {ahead[0]} ({advice})")
    return after


def _looks_ahead(graph: Graph, context: PassContext) -> tuple[str, Location | None] | None:
    """Return which head of a causal graph may attend to a position after its own, in words, and its source line."""
    heads = looking_ahead(context.analysis(graph), graph) if graph.causal else []
    return (f"`{Describer(graph).subject(heads[0])}` may look ahead", graph.locations.get(heads[0])) if heads else None


def _account_for_growth(each: Pass, before: Graph, after: Graph, context: PassContext, reported: int) -> None:
    """Add a remark on the gain of a larger graph, unless the pass has added one after the first ``reported``."""
    if len(after) > len(before) and len(context.remarks) == reported:
        found = gain(before, after)
        if found is not None:
            context.remarks.append(Remark(each.name, "the whole program", f"{found}, for {len(after)} nodes"))


def _changed(before: Graph, after: Graph) -> str | None:
    """Return the part of a graph that a pass must preserve but changed, in words."""
    if list(after.outputs) != list(before.outputs):
        return f"the outputs from {', '.join(before.outputs)} to {', '.join(after.outputs)}"
    if list(after.inputs.items()) != list(before.inputs.items()):
        return f"the inputs {', '.join(before.inputs)}, or their vocabularies"
    if after.max_length != before.max_length:
        return f"the maximum length from {show(before.max_length)} to {show(after.max_length)}"
    if after.causal != before.causal:
        return f"whether the graph is causal from {before.causal} to {after.causal}"
    lost = [symbol for symbol in after.unbound if symbol not in before.unbound]
    return f"the function @{lost[0]} to an unbound symbol" if lost else None


def _at(each: Pass, error: BaseException) -> str:
    """Return the line of the code of a pass at which an exception occurred, as an adverbial, if known."""
    at = place(error, package_of(each))
    return "" if at is None else f" at {at}"


def _internal(each: Pass, before: Graph, problem: str, cause: BaseException | None = None) -> GraphError:
    location = cause.location if isinstance(cause, GraphError) else None
    saved = _save(before, each.name)
    name = f"{each.name}{PASSES.origin_of(each)}"
    error = GraphError(f"internal error: pass {name} {problem}; the graph before it {saved}", location)
    error.crash = cause is not None
    return error


MOST_SAVED = 20
"""Number of saved graphs to keep; the oldest are deleted."""


def _save(graph: Graph, name: str) -> str:
    """Save ``graph`` as text in a temporary folder, and return where, or why that failed.

    The file name is determined by the graph and the pass, so that repeated failures do not add files.
    """
    text = print_graph(graph, locations=True).encode()
    stem = f"raspir-{re.sub(r'[^A-Za-z0-9_.]', '-', name)[:40]}"
    try:
        folder = _own_folder()
        path = os.path.join(folder, f"{stem}-{hashlib.sha256(text).hexdigest()[:16]}.rir")
        handle, new = tempfile.mkstemp(".new", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        os.replace(new, path)
        _make_room(folder, path)
    except OSError as error:
        return f"could not be saved: {error.strerror}"
    return f"is saved in {path}"


def _own_folder() -> str:
    """Return the user's folder for saved graphs, which nobody else can write to.

    Raises:
        OSError: if something else has its name, as another user may have created.
    """
    user = os.getuid() if hasattr(os, "getuid") else None
    folder = os.path.join(tempfile.gettempdir(), "raspir" if user is None else f"raspir-{user}")
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or (user is not None and found.st_uid != user):
        raise OSError(errno.EPERM, f"{folder} is not a folder of yours")
    if user is not None and stat.S_IMODE(found.st_mode) != 0o700:
        os.chmod(folder, 0o700)
    return folder


def _make_room(folder: str, saved: str) -> None:
    """Delete the oldest files of a folder, but not the one just saved, to bound their number."""
    ages: dict[str, int] = {}
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        with contextlib.suppress(FileNotFoundError):  # another process may delete it concurrently
            ages[path] = os.lstat(path).st_mtime_ns
    ages.pop(saved, None)
    for path in sorted(ages, key=ages.__getitem__)[: max(0, len(ages) - MOST_SAVED + 1)]:
        with contextlib.suppress(OSError):
            os.unlink(path)
