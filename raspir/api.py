"""The public API: optimizes, compiles, emits and draws programs and graphs, and reports on them.

The parameters of each function are the fields of a dataclass, so that all functions share the optimizer's options. A
dataclass orders inherited fields from its last base to its first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Listed
from dataclasses import dataclass

from raspir.backends.base import Backend, Executable, drawer, runner, writer
from raspir.backends.picture import Picture
from raspir.frontends.lowering import lower
from raspir.frontends.programs import ProgramExpression, SelectorExpression, pictured
from raspir.frontends.python.embedded import Key, Query
from raspir.ir import Atom, BackendError, Graph, ProgramError, atoms
from raspir.ir.atoms import is_one_of
from raspir.passes.base import Pass, Remark
from raspir.passes.options import Assumptions, Limits, Options, Target, called_with
from raspir.passes.pipeline import run_passes
from raspir.runtime.inputs import batch_of
from raspir.runtime.strings import warn_of_strings
from raspir.viz.drawings import BinaryDrawing, Drawing, drawing
from raspir.viz.options import DiagramOptions

Program = ProgramExpression | Graph | Mapping[str, ProgramExpression]
"""A compilable program: a program of any dialect, several by name, or a graph."""


def to_graph(
    program: Program,
    vocab: Iterable[Atom] | None = None,
    max_length: int | None = None,
    *,
    causal: bool | None = None,
) -> Graph:
    """Return ``program`` as a graph with these assumptions."""
    if isinstance(program, Graph):
        return program.assume(vocab, max_length, causal)
    return lower(program, vocab, max_length, causal=causal)


def written_graph(program: Program, assumptions: Assumptions, *inputs: object) -> Graph:
    """Return ``program`` as a graph, with a warning of strings that are likely mistakes on these inputs.

    Raises:
        ProgramError: if ``program`` is not a program.
        InputError: if an assumption is invalid.
    """
    graph = assumptions.assumed(to_graph(program, causal=assumptions.causal))
    if not isinstance(program, Graph):
        warn_of_strings(graph, *inputs)
    return graph


@dataclass(frozen=True)
class _Program:
    program: Program


@dataclass(frozen=True)
class _Passes:
    passes: str | Listed[str | Pass] | None = None


# The bases of Options are repeated here so that passes stay between the target and the limits.
@dataclass(frozen=True)
class _Optimize(Options, Limits, _Passes, Target, Assumptions, _Program):
    remarks: list[Remark] | None = None
    progress: Callable[[int, int], None] | None = None
    on_pass: Callable[[Pass, Graph, Graph], None] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.remarks, list | None):
            raise BackendError(f"remarks is a list to append to, not {atoms.show(self.remarks)}")
        for name, callback in (("progress", self.progress), ("on_pass", self.on_pass)):
            if callback is not None and not callable(callback):
                raise BackendError(f"{name} is a function, not {atoms.show(callback)}")


@called_with(_Optimize)
def optimize(call: _Optimize) -> Graph:
    """Return an optimized graph, equivalent to ``program`` on every input that satisfies the assumptions.

    Args:
        program: a program, several by name, or a graph.
        **options: the fields of :class:`raspir.passes.options.Assumptions`, :class:`raspir.passes.options.Target`.
        passes: the passes to run, as comma-separated names with options in braces, as in ``fold,depth{max_heads=4}``,
            or as a list of such names and of passes; ``None`` for the default pipeline.
        **options: the fields of :class:`raspir.passes.options.Limits`.
        remarks: a list to which the passes append their optimization remarks, in order.
        progress: a progress callback for slow passes, called with the number of steps done and the total.
        on_pass: a callback after each pass, called with the pass and the graphs before and after it.

    Raises:
        ProgramError: if ``program`` is not a program.
        InputError: if an assumption is invalid.
        BackendError: if a pass or option is unknown, a given option applies to none of the passes, or the value of an
            option or of ``remarks``, ``progress`` or ``on_pass`` is invalid.
        GraphError: if a pass has a bug; never because of the program.
    """
    return run_passes(
        written_graph(call.program, call),
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
    """Return an executable that runs ``program`` on an input; its ``batch`` runs a list of inputs.

    Args:
        program: a program, several by name, or a graph.
        backend: the name of a backend that runs programs, with options in braces as in ``name{option=value}``; or a
            backend object, which need not be installed.
        optimize: whether the default passes run first; all options but the assumptions apply to them.
        **options: the fields of :class:`raspir.passes.options.Options`.

    Raises:
        ProgramError: if ``program`` is not a program.
        InputError: if an assumption is invalid.
        BackendError: if the backend is unknown, does not run programs, does not support this one or fails, a required
            opaque function is missing, or the value of an option is invalid.
    """
    return runner(call.backend).compile(_after_passes(written_graph(call.program, call), call, call.optimize))


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
    """Return ``program`` in the format of ``backend``.

    Args:
        program: a program, several by name, or a graph.
        backend: the name of a backend that writes programs, with options in braces as in ``name{option=value}``; or a
            backend object, which need not be installed.
        input: an input on which to show the program's values, for backends that support it.
        optimize: whether the default passes run first; all options but the assumptions apply to them.
        **options: the fields of :class:`raspir.passes.options.Options`.

    Raises:
        ProgramError, InputError: as for :func:`compile`.
        BackendError: if the backend is unknown, does not write programs, does not support this one or fails, or the
            value of an option is invalid.
    """
    chosen = writer(call.backend)
    graph = _after_passes(written_graph(call.program, call, call.input), call, call.optimize)
    return chosen.emit(graph, input=call.input)


@dataclass(frozen=True)
class _DrawnProgram(_Program):
    format: str = "svg"
    input: object = None
    optimize: bool = False


@dataclass(frozen=True)
class _Draw(DiagramOptions, Options, _DrawnProgram):
    backend: str | Backend = "graphviz"
    renderer: str = "auto"
    title: str | bool = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.title, str | bool):
            raise BackendError(f"title must be text, or False for none, not {atoms.show(self.title)}")


@called_with(_Draw)
def draw(call: _Draw) -> Drawing | BinaryDrawing:
    """Return a drawing of ``program``: text for ``svg`` or ``dot``, bytes for ``png`` or ``pdf``.

    It displays itself in a notebook, and its method ``save`` writes it to a file.

    Args:
        program: a program, several by name, or a graph.
        format: the format of the drawing.
        input: an input on which to show the program's values.
        optimize: whether the optimized program is drawn beside the written one.
        **options: the fields of :class:`raspir.passes.options.Options`.
        backend: the name of a backend that draws programs, with options in braces as in ``name{option=value}``; or a
            backend object, which need not be installed.
        renderer: the layout engine, for backends that have several.
        title: the title of the drawing; the names of the outputs if empty, and none if ``False``.
        **options: the fields of :class:`raspir.viz.options.DiagramOptions`, for backends with options of these names.

    Raises:
        ProgramError, InputError: as for :func:`compile`.
        BackendError: as for :func:`emit`, and if the format or renderer is unknown, the program has no such head, the
            backend does not have a given option, or drawing fails.
    """
    untitled = {"title": False} if call.title is False else {}
    chosen = drawer(call.backend).with_options({**call.given, **untitled})
    if not is_one_of(call.format, chosen.formats):
        raise BackendError(f"there is no format {atoms.show(call.format)} (there are: {', '.join(chosen.formats)})")
    graphs = [written_graph(call.program, call, call.input)]
    if call.optimize:
        graphs.append(_after_passes(graphs[0], call))
    title = call.title if isinstance(call.title, str) else ""
    drawn = chosen.draw(graphs, format=call.format, input=call.input, title=title, renderer=call.renderer)
    return drawing(drawn, call.format)


@dataclass(frozen=True)
class _ShownProgram:
    program: Program | SelectorExpression | Key | Query
    input: object
    optimize: bool = False


@dataclass(frozen=True)
class _Show(Options, _ShownProgram):
    pass


@called_with(_Show)
def show(call: _Show) -> Picture:
    """Return a program on an input, layer by layer: a drawing in a notebook, and text elsewhere.

    Each head has its matrix, with the keys on top and the queries on the left. If the program fails on the input, the
    picture ends with the reason. The example input of ``raspir.set_example`` is left alone.

    Args:
        program: a program, several by name, or a graph; or a selector, a key or a query.
        input: a ``str`` or another sequence of atoms; a mapping by name if the graph has several inputs.
        optimize: whether the optimized program is shown instead of the written one.
        **options: the fields of :class:`raspir.passes.options.Options`.

    Raises:
        ProgramError, InputError: as for :func:`compile`.
        BackendError: if a required opaque function is missing, or the value of an option is invalid.
    """
    kind, program = pictured(call.program)
    graph = written_graph(program, call, call.input)
    if call.optimize and kind != "program":
        raise ProgramError(f"a {kind} is shown as written: only programs are optimized")
    return Picture(kind, _after_passes(graph, call) if call.optimize else graph, call.input)


@dataclass(frozen=True)
class _ReportedProgram(_Program):
    inputs: Mapping[str, object] | Listed[object]
    optimize: bool = True


@dataclass(frozen=True)
class _Report(Options, _ReportedProgram):
    title: str = ""


@called_with(_Report)
def report(call: _Report) -> Drawing:
    """Return a self-contained HTML page on a program and the values of its layers on some inputs.

    It displays itself in a notebook, and its method ``save`` writes it to a file.

    Args:
        program: a program, several by name, or a graph.
        inputs: the inputs on which to show its values: a mapping from labels to inputs, or a list.
        optimize: whether the page also shows the optimized program.
        **options: the fields of :class:`raspir.passes.options.Options`.
        title: the title of the page; the names of the outputs if empty.

    Raises:
        ProgramError, InputError: as for :func:`compile`; the program may fail on an input without an error.
        BackendError: if a required opaque function is missing, or the value of an option is invalid.
    """
    inputs = tuple(call.inputs.values()) if isinstance(call.inputs, Mapping) else call.inputs
    samples = inputs if isinstance(inputs, list | tuple) else ()  # what is not a batch is refused below
    written, remarks = written_graph(call.program, call, *samples), list[Remark]()
    optimized = _after_passes(written, call, remarks=remarks) if call.optimize else None
    return Drawing(report_on(written, optimized, remarks, call.inputs, call.title), "html")


def _after_passes(graph: Graph, options: Options, optimize: bool = True, remarks: list[Remark] | None = None) -> Graph:
    """Return ``graph`` after the default passes, or after verification alone."""
    passes = None if optimize else ()
    return run_passes(graph, passes, options.target, options=options.limits, remarks=remarks)


def report_on(
    written: Graph,
    optimized: Graph | None,
    remarks: Listed[Remark],
    inputs: Mapping[str, object] | Listed[object],
    title: str = "",
) -> str:
    """Return the page of :func:`report` for a graph as written and as optimized, the latter optional.

    Raises:
        InputError, BackendError: as for :func:`report`.
    """
    from raspir.backends.tracing import shown, traced
    from raspir.viz.report import WIDTHS, Report, page

    named = [(str(label), given) for label, given in inputs.items()] if isinstance(inputs, Mapping) else _named(inputs)
    written = shown(written, (given for _, given in named))
    same = optimized is None or optimized == written
    graphs = [written] if optimized is None or same else [written, optimized]
    traces = [(label, [traced(graph, given) for graph in graphs]) for label, given in named]
    title = str(title) or ", ".join(written.name_of(node) or name for name, node in written.outputs.items())
    drawers = [drawer("graphviz").with_options({"width": width}) for width in WIDTHS.values()]
    diagrams = [[str(each.draw([graph], format="svg", title=title)) for each in drawers] for graph in graphs]
    return page(Report(title, written, None if same else optimized, remarks, traces, diagrams))


def _named(inputs: object) -> list[tuple[str, object]]:
    """Return a batch of inputs with their labels.

    Raises:
        InputError: if it is a single input, or not a batch.
    """
    return [(given if isinstance(given, str) else atoms.show(given), given) for given in batch_of(inputs)]
