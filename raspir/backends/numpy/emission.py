"""Emission of plans as standalone Python modules that depend on NumPy alone."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from raspir._version import __version__
from raspir.backends.numpy import source
from raspir.backends.numpy.extract import Extract
from raspir.backends.numpy.kernels import failures
from raspir.backends.numpy.kernels.execution import Executor, listed_results
from raspir.backends.numpy.plan import ConstantInit, Plan
from raspir.ir import Graph
from raspir.ir.atoms import read_mapping, read_sequence, show

_WIDTH = 116
_CAUSAL = "It is causal: each position attends only to itself and to those before it. "


def module(plan: Plan, input: object = None) -> str:
    """Return a Python module that runs ``plan`` and depends on NumPy alone.

    Args:
        plan: the plan to emit; no step may call an opaque function.
        input: a sample input for the module to run when executed as a script.
    """
    made = list(plan.constants.items())
    extract = Extract(
        [
            *(kernel for step in plan for kernel in step.kernels),
            *(constant.call for _, constant in made),
            Executor,
            listed_results,
        ],
        [(failures.__name__, "NOWHERE")],
    )
    parts = [
        f'"""{_docstring(plan)}"""\n\nfrom __future__ import annotations\n',
        "\n".join(extract.imports()) + "\n",
        "# The kernels that the program below needs.\n",
        extract.definitions().strip("\n") + "\n",
        "# The program.\n",
        "\n".join(_constant(name, constant) for name, constant in made) + "\n\n",
        source.function(plan),
        _functions(plan),
    ]
    if input is not None:
        parts.append(f'\nif __name__ == "__main__":\n    print(run({_shown(input)}))\n')
    return "\n".join(parts)


def _shown(input: object) -> str:
    """Return a source expression for an input, since ``repr`` of infinities and arrays does not evaluate.

    Raises:
        InputError: if it is neither a sequence of atoms nor a mapping of names to such sequences.
    """
    if isinstance(input, Mapping):
        return f"{{{', '.join(f'{name!r}: {_shown(each)}' for name, each in read_mapping(input).items())}}}"
    return repr(input) if type(input) is str else f"[{', '.join(map(source.literal, read_sequence(input)))}]"


def _docstring(plan: Plan) -> str:
    """Return the module docstring: what the module computes, from which inputs, and with which strategies."""
    graph = plan.graph
    stats = graph.stats()
    outputs = ", ".join(graph.name_of(node) or name for name, node in graph.outputs.items())
    paragraphs = [
        f"{_one_line(outputs)}, from {_one_line(', '.join(graph.inputs))}: a RASP program as NumPy.",
        "``run(input)`` returns a list of atoms for a ``str``, a list or an array; ``batch(inputs)`` a list of those."
        + (" With several outputs, each result is a dictionary." if len(graph.outputs) > 1 else ""),
        f"As a transformer it has {_count(stats.layers, 'layer')} and {_count(stats.heads, 'head')}. "
        f"{_CAUSAL if graph.causal else ''}{_assumptions(graph)}".strip(),
        f"Written by raspir {__version__}. How each selector is evaluated:",
    ]
    text = "\n\n".join(textwrap.fill(paragraph, _WIDTH) for paragraph in paragraphs)
    strategies = "\n".join(f"    {line}" for line in str(plan).split("\n"))
    lines = "\n".join(map(source.printable, f"{text}\n\n{strategies}\n".split("\n")))
    return lines.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _count(number: int, of: str) -> str:
    return f"{number} {of}" if number == 1 else f"{number} {of}s"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _assumptions(graph: Graph) -> str:
    assumptions = []
    for name, node in graph.inputs.items():
        vocab = node.vocabulary
        if isinstance(vocab, tuple):
            assumptions.append(f"{name} holds only {show(list(vocab))}")
    if graph.max_length is not None:
        assumptions.append(f"no input is longer than {show(graph.max_length)}")
    return f"It assumes that {' and '.join(assumptions)}." if assumptions else ""


def _constant(name: str, made: ConstantInit) -> str:
    """Return the assignment of a constant, wrapped if it is too long for one line."""
    line = source.constant(name, made)
    if len(line) <= _WIDTH:
        return line
    return f"{name} = {made.call.__name__}(\n{''.join(map(_argument, made.arguments))})"


def _argument(value: object) -> str:
    """Return an argument on its own line, a long tuple wrapped over several."""
    line = f"    {source.literal(value)},\n"
    if len(line) <= _WIDTH or not isinstance(value, tuple):
        return line
    lines = [""]
    for item in map(source.literal, value):
        if len(lines[-1]) + len(item) > _WIDTH - 10:
            lines.append("")
        lines[-1] += f"{item}, "
    return "    (\n" + "".join(f"        {each.rstrip()}\n" for each in lines) + "    ),\n"


def _functions(plan: Plan) -> str:
    graph = plan.graph
    vocabularies = ", ".join(f"{name!r}: {source.literal(node['vocab'])}" for name, node in graph.inputs.items())
    fixed = ", ".join(f"({length}, {at})" for length, at in plan.fixed())
    fixed = f"({fixed},)" if fixed else "()"
    names = source.literal(tuple(graph.outputs))
    return f'''
_EXECUTOR = Executor(program, {len(graph.outputs)}, {{{vocabularies}}}, {source.literal(graph.max_length)}, {fixed})


def run(input):
    """Return the result of the program on one input.

    Raises:
        InputError: if it is not a sequence of atoms, or violates an assumption.
        EvaluationError: if an operation fails.
    """
    return listed_results({names}, *_EXECUTOR.run_one(input))[0]


def batch(inputs):
    """Return the result of the program on each of several inputs, run as one batch.

    Raises:
        InputError, EvaluationError: as for :func:`run`, with the index of the input.
    """
    return [result for results in _EXECUTOR.run_many(inputs) for result in listed_results({names}, *results)]
'''
