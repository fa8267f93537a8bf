"""What others call: from a program or a graph to an optimised graph, something that runs, or a text.

The parameters of a function are the fields of a dataclass, so that all functions share the options of the optimiser.
Fields come base by base, from the last base to the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Listed
from dataclasses import dataclass

from raspir.backends.base import Backend, Executable, drawer, runner, writer
from raspir.frontends.python.embedded import SOp
from raspir.frontends.python.lowering import lower
from raspir.ir import Atom, BackendError, Graph
from raspir.ir.atoms import is_one_of, show
from raspir.passes.base import Pass, Remark
from raspir.passes.options import Assumptions, Limits, Options, Target, called_with
from raspir.passes.pipeline import run_passes
from raspir.runtime.inputs import batch_of

Program = SOp | Graph | Mapping[str, SOp]
"""What can be compiled: a program of the embedded language, several by name, or a graph."""


def to_graph(program: Program, vocab: Iterable[Atom] | None = None, max_length: int | None = None) -> Graph:
    """Return ``program`` as a graph under these assumptions."""
    return program.assume(vocab, max_length) if isinstance(program, Graph) else lower(program, vocab, max_length)


@dataclass(frozen=True)
class _Program:
    program: Program


@dataclass(frozen=True)
class _Passes:
    passes: str | Listed[str | Pass] | None = None


# Options comes with its bases by name, so that passes keep their place between the target and the limits.
@dataclass(frozen=True)
class _Optimize(Options, Limits, _Passes, Target, Assumptions, _Program):
    remarks: list[Remark] | None = None
    progress: Callable[[int, int], None] | None = None
    on_pass: Callable[[Pass, Graph, Graph], None] | None = None


@called_with(_Optimize)
def optimize(call: _Optimize) -> Graph:
    """Return a graph that equals ``program`` on every input within the assumptions, after the optimiser's passes.

    Args:
        program: a program, several by name, or a graph.
        **options: the fields of :class:`raspir.passes.options.Options`.
        passes: the passes to run, as names with commas between them and options in braces, as in
            ``fold,depth{max_heads=4}``, or as a list of such names and of passes; the default pipeline for ``None``.
        remarks: a list to which the passes add what they did that mattered, in order.
        progress: called by passes that can take long, with the number of steps done and of all steps.
        on_pass: called after each pass, with the pass, the graph before it and the graph after it.

    Raises:
        ProgramError: if ``program`` is not one.
        InputError: if an assumption makes no sense.
        BackendError: if there is no such pass or option, no chosen pass has an option that is given, or a value of an
            option makes no sense.
        GraphError: for an error of a pass, which is none of the program.
    """
    graph = call.assumed(to_graph(call.program))
    return run_passes(
        graph,
        call.passes,
        call.target,
        options=call.limits,
        remarks=call.remarks,
        progress=call.progress,
        on_pass=call.on_pass,
    )


@dataclass(frozen=True)
class _CompiledProgram(_Program):
    backend: str | Backend = "numpy"
    optimize: bool = True


@dataclass(frozen=True)
class _Compile(Options, _CompiledProgram):
    pass


@called_with(_Compile)
def compile(call: _Compile) -> Executable:
    """Return a function that runs ``program`` on an input; its ``batch`` runs a list of inputs.

    Args:
        program: a program, several by name, or a graph.
        backend: the name of a backend that runs programs, with options in braces as in ``name{option=value}``; or a
            backend that need not be installed.
        optimize: whether the default passes run first; the options other than the assumptions are for them.
        **options: the fields of :class:`raspir.passes.options.Options`.

    Raises:
        ProgramError: if ``program`` is not one.
        InputError: if an assumption makes no sense.
        BackendError: if the backend is unknown, runs no programs, does not support all of this one or fails, a
            function that must be called is missing, or a value of an option makes no sense.
    """
    return runner(call.backend).compile(_after_passes(call.assumed(to_graph(call.program)), call, call.optimize))


@dataclass(frozen=True)
class _EmittedProgram(_Program):
    backend: str | Backend
    input: object = None
    optimize: bool = True


@dataclass(frozen=True)
class _Emit(Options, _EmittedProgram):
    pass


@called_with(_Emit)
def emit(call: _Emit) -> str | bytes:
    """Return ``program`` as ``backend`` writes it.

    Args:
        program: a program, several by name, or a graph.
        backend: the name of a backend that writes programs, with options in braces as in ``name{option=value}``; or a
            backend that need not be installed.
        input: an input to show the program at work on, for backends that can.
        optimize: whether the default passes run first; the options other than the assumptions are for them.
        **options: the fields of :class:`raspir.passes.options.Options`.

    Raises:
        ProgramError, InputError: as :func:`compile`.
        BackendError: if the backend is unknown, writes nothing, does not support all of the program or fails, or a
            value of an option makes no sense.
    """
    chosen = writer(call.backend)
    graph = _after_passes(call.assumed(to_graph(call.program)), call, call.optimize)
    return chosen.emit(graph, input=call.input)


@dataclass(frozen=True)
class _DrawnProgram(_Program):
    format: str = "svg"
    input: object = None
    optimize: bool = False


@dataclass(frozen=True)
class _Draw(Options, _DrawnProgram):
    backend: str | Backend = "graphviz"
    renderer: str = "auto"
    title: str = ""


@called_with(_Draw)
def draw(call: _Draw) -> str | bytes:
    """Return a picture of ``program``: text as ``svg`` or ``dot``, bytes as ``png`` or ``pdf``.

    Args:
        program: a program, several by name, or a graph.
        format: the format of the picture.
        input: an input to show the program at work on.
        optimize: whether the program is drawn as written and optimised beside each other, and not as written alone.
        **options: the fields of :class:`raspir.passes.options.Options`.
        backend: the name of a backend that draws programs, with options in braces as in ``name{option=value}``; or a
            backend that need not be installed.
        renderer: what lays it out: ``wasm`` within this process, ``dot`` for the command, ``auto`` for what is there.
        title: what the picture calls the program; the names of its outputs if it is empty.

    Raises:
        ProgramError, InputError: as :func:`compile`.
        BackendError: as for :func:`emit`, and if the format or renderer is unknown, or the picture cannot be drawn.
    """
    chosen = drawer(call.backend)
    if not is_one_of(call.format, chosen.formats):
        raise BackendError(f"there is no format {show(call.format)} (there are: {', '.join(chosen.formats)})")
    graphs = [call.assumed(to_graph(call.program))]
    if call.optimize:
        graphs.append(_after_passes(graphs[0], call))
    return chosen.draw(graphs, format=call.format, input=call.input, title=call.title, renderer=call.renderer)


@dataclass(frozen=True)
class _ReportedProgram(_Program):
    inputs: Mapping[str, object] | Listed[object]
    optimize: bool = True


@dataclass(frozen=True)
class _Report(Options, _ReportedProgram):
    title: str = ""


@called_with(_Report)
def report(call: _Report) -> str:
    """Return a page of HTML, whole in itself, on a program and the work of each of its layers on inputs.

    Args:
        program: a program, several by name, or a graph.
        inputs: inputs to show it at work on, each by what the page calls it, or in a list.
        optimize: whether the page also shows the program optimised.
        **options: the fields of :class:`raspir.passes.options.Options`.
        title: what the page calls the program; the names of its outputs if it is empty.

    Raises:
        ProgramError, InputError: as :func:`compile`; an input on which the program fails is no error.
        BackendError: if a function that must be called is missing, or a value of an option makes no sense.
    """
    written, remarks = call.assumed(to_graph(call.program)), list[Remark]()
    optimised = _after_passes(written, call, remarks=remarks) if call.optimize else None
    return report_on(written, optimised, remarks, call.inputs, call.title)


def _after_passes(graph: Graph, options: Options, optimize: bool = True, remarks: list[Remark] | None = None) -> Graph:
    """Return ``graph`` after the default passes, or after none, verified."""
    passes = None if optimize else ()
    return run_passes(graph, passes, options.target, options=options.limits, remarks=remarks)


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
