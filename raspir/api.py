"""What others call: from a program or a graph to an optimised graph, something that runs, or a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Listed

from raspir.backends.base import Backend, Executable, drawer, runner, writer
from raspir.frontends.python.embedded import SOp
from raspir.frontends.python.lowering import lower
from raspir.ir import Atom, BackendError, Graph
from raspir.ir.atoms import is_one_of, show
from raspir.passes.base import Attention, Pass, Remark
from raspir.passes.pipeline import run_passes
from raspir.runtime.inputs import batch_of

Program = SOp | Graph | Mapping[str, SOp]
"""What can be compiled: a program of the embedded language, several by name, or a graph."""


def to_graph(program: Program, vocab: Iterable[Atom] | None = None, max_length: int | None = None) -> Graph:
    """Return ``program`` as a graph with these promises."""
    return program.assume(vocab, max_length) if isinstance(program, Graph) else lower(program, vocab, max_length)


def optimize(
    program: Program,
    vocab: Iterable[Atom] | None = None,
    max_length: int | None = None,
    attention: Attention = "select",
    passes: str | Listed[str | Pass] | None = None,
    max_heads: int | None = None,
    time_budget: float | None = None,
    remarks: list[Remark] | None = None,
    progress: Callable[[int, int], None] | None = None,
    on_pass: Callable[[Pass, Graph, Graph], None] | None = None,
) -> Graph:
    """Return a graph that equals ``program`` on every input that keeps the promises, after the optimiser's passes.

    Args:
        program: a program, several by name, or a graph.
        vocab: a promise of which atoms an input holds, with their types; a ``str`` promises its characters.
        max_length: a promise that no input is longer.
        attention: which attention heads may be used: plain selectors (``"select"``), or also ``"best"``.
        passes: which passes run, as names with commas between them and options in braces, as in
            ``fold,depth{max_heads=4}``, or as a list of such names and of passes; the default pipeline for ``None``.
        max_heads: the most attention heads that a layer may be given to save layers; what the passes say for ``None``.
        time_budget: the seconds that a pass may search; what the passes say for ``None``.
        remarks: a list to which the passes add what they did that mattered, in order.
        progress: told by passes that can take long how many steps of how many are done.
        on_pass: told each pass that ran, and the graph before and after it.

    Raises:
        ProgramError: if ``program`` is not one.
        InputError: if a promise makes no sense.
        BackendError: if there is no such pass, option or kind of attention, no chosen pass has an option that is
            given, or a value of an option makes no sense.
        GraphError: for an error of a pass, which is none of the program.
    """
    return run_passes(
        to_graph(program, vocab, max_length),
        passes,
        attention,
        options=_options(max_heads, time_budget),
        remarks=remarks,
        progress=progress,
        on_pass=on_pass,
    )


def compile(
    program: Program,
    backend: str | Backend = "numpy",
    optimize: bool = True,
    vocab: Iterable[Atom] | None = None,
    max_length: int | None = None,
    attention: Attention = "select",
    max_heads: int | None = None,
    time_budget: float | None = None,
) -> Executable:
    """Return a function that runs ``program`` on an input; its ``batch`` runs a list of inputs.

    Args:
        program: a program, several by name, or a graph.
        backend: the name of a backend that runs programs, with options in braces as in ``name{option=value}``; or a
            backend that need not be installed.
        optimize: whether the default passes run first.
        vocab: as for :func:`optimize`; an input that breaks the promise is refused.
        max_length: likewise.
        attention: as for :func:`optimize`.
        max_heads: likewise; it does nothing where no pass runs.
        time_budget: likewise.

    Raises:
        ProgramError: if ``program`` is not one.
        InputError: if a promise makes no sense.
        BackendError: if the backend is unknown, runs no programs, does not support all of this one or fails, or a
            function that must be called is missing.
    """
    chosen = runner(backend)
    graph = to_graph(program, vocab, max_length)
    passes, options = None if optimize else (), _options(max_heads, time_budget)
    return chosen.compile(run_passes(graph, passes, attention, options=options))


def emit(
    program: Program,
    backend: str | Backend,
    input: object = None,
    optimize: bool = True,
    vocab: Iterable[Atom] | None = None,
    max_length: int | None = None,
    attention: Attention = "select",
    max_heads: int | None = None,
    time_budget: float | None = None,
) -> str | bytes:
    """Return ``program`` as ``backend`` writes it.

    Args:
        program: a program, several by name, or a graph.
        backend: the name of a backend that writes programs, with options in braces as in ``name{option=value}``; or a
            backend that need not be installed.
        input: an input to show the program at work on, for backends that can.
        optimize: whether the default passes run first.
        vocab: as for :func:`optimize`.
        max_length: likewise.
        attention: likewise.
        max_heads: likewise; it does nothing where no pass runs.
        time_budget: likewise.

    Raises:
        ProgramError, InputError: as :func:`compile`.
        BackendError: if the backend is unknown, writes nothing, does not support all of the program or fails.
    """
    chosen = writer(backend)
    graph = to_graph(program, vocab, max_length)
    passes, options = None if optimize else (), _options(max_heads, time_budget)
    return chosen.emit(run_passes(graph, passes, attention, options=options), input=input)


def draw(
    program: Program,
    format: str = "svg",
    input: object = None,
    optimize: bool = False,
    vocab: Iterable[Atom] | None = None,
    max_length: int | None = None,
    attention: Attention = "select",
    max_heads: int | None = None,
    time_budget: float | None = None,
    backend: str | Backend = "graphviz",
    renderer: str = "auto",
    title: str = "",
) -> str | bytes:
    """Return a picture of ``program``: text as ``svg`` or ``dot``, bytes as ``png`` or ``pdf``.

    Args:
        program: a program, several by name, or a graph.
        format: what the picture is written as.
        input: an input to show the program at work on.
        optimize: whether the program is drawn as written and optimised beside each other, and not as written alone.
        vocab: as for :func:`optimize`.
        max_length: likewise.
        attention: likewise.
        max_heads: likewise.
        time_budget: likewise.
        backend: the name of a backend that draws programs, with options in braces as in ``name{option=value}``; or a
            backend that need not be installed.
        renderer: what lays it out: ``wasm`` within this process, ``dot`` for the command, ``auto`` for what is there.
        title: what the picture calls the program; the names of its outputs if it is empty.

    Raises:
        ProgramError, InputError: as :func:`compile`.
        BackendError: as for :func:`emit`, and if the format or renderer is unknown, or the picture cannot be drawn.
    """
    chosen = drawer(backend)
    if not is_one_of(format, chosen.formats):
        raise BackendError(f"there is no format {show(format)} (there are: {', '.join(chosen.formats)})")
    graphs = [to_graph(program, vocab, max_length)]
    if optimize:
        graphs.append(run_passes(graphs[0], None, attention, options=_options(max_heads, time_budget)))
    return chosen.draw(graphs, format=format, input=input, title=title, renderer=renderer)


def report(
    program: Program,
    inputs: Mapping[str, object] | Listed[object],
    optimize: bool = True,
    vocab: Iterable[Atom] | None = None,
    max_length: int | None = None,
    attention: Attention = "select",
    max_heads: int | None = None,
    time_budget: float | None = None,
    title: str = "",
) -> str:
    """Return a page of HTML, whole in itself, on what a program is and what each of its layers does on inputs.

    Args:
        program: a program, several by name, or a graph.
        inputs: inputs to show it at work on, each by what the page calls it, or in a list.
        optimize: whether the page also tells of the program optimised.
        vocab: as for :func:`optimize`.
        max_length: likewise.
        attention: likewise.
        max_heads: likewise.
        time_budget: likewise.
        title: what the page calls the program; the names of its outputs if it is empty.

    Raises:
        ProgramError, InputError: as :func:`compile`; an input on which the program fails is no error.
        BackendError: if a function that must be called is missing.
    """
    written, remarks = to_graph(program, vocab, max_length), list[Remark]()
    optimised = None
    if optimize:
        options = _options(max_heads, time_budget)
        optimised = run_passes(written, None, attention, options=options, remarks=remarks)
    return report_on(written, optimised, remarks, inputs, title)


def report_on(
    written: Graph,
    optimised: Graph | None,
    remarks: Listed[Remark],
    inputs: Mapping[str, object] | Listed[object],
    title: str = "",
) -> str:
    """Return the page of :func:`report` for a program that is optimised already; ``None`` if it is not to be.

    Raises:
        InputError, BackendError: as :func:`report`.
    """
    from raspir.backends.tracing import traced
    from raspir.viz.report import Report, page

    same = optimised is None or optimised == written
    graphs = [written] if optimised is None or same else [written, optimised]
    named = [(str(label), given) for label, given in inputs.items()] if isinstance(inputs, Mapping) else _named(inputs)
    traces = [(label, [traced(graph, given) for graph in graphs]) for label, given in named]
    title = title or ", ".join(written.name_of(node) or name for name, node in written.outputs.items())
    diagrams, note = _diagrams(graphs, title)
    return page(Report(title, written, None if same else optimised, remarks, traces, diagrams, note))


def _named(inputs: object) -> list[tuple[str, object]]:
    """Return several inputs, each with what a page calls it.

    Raises:
        InputError: if it is one input, or none.
    """
    return [(given if isinstance(given, str) else show(given), given) for given in batch_of(inputs)]


def _diagrams(graphs: Listed[Graph], title: str) -> tuple[list[str], str]:
    """Return the diagrams of some graphs as SVG, or none and why: a page does without."""
    try:
        drawn = [drawer("graphviz").draw([graph], format="svg", title=title) for graph in graphs]
    except BackendError as error:
        return [], f"There is no diagram: {error.message}"
    return [str(each) for each in drawn], ""


def _options(max_heads: int | None, time_budget: float | None) -> dict[str, object]:
    """Return the options that are given, by the names that passes have for them.

    Raises:
        BackendError: if one makes no sense for any pass.
    """
    if max_heads is not None and (type(max_heads) is not int or max_heads < 1):
        raise BackendError(f"max_heads is a positive integer, not {show(max_heads)}")
    if time_budget is not None and (type(time_budget) not in (int, float) or not time_budget >= 0):
        raise BackendError(f"time_budget is a number of seconds, not {show(time_budget)}")
    given = {"max_heads": max_heads, "time_budget": time_budget}
    return {name: value for name, value in given.items() if value is not None}
