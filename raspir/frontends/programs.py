"""Programs and selectors of any dialect: what can be called on an input, displayed, and taken by every tool.

A dialect derives its classes from :class:`ProgramExpression` and :class:`SelectorExpression`, and gives them operators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raspir.backends.running import run, run_selector
from raspir.frontends.expressions import MISSING, Expression, RefusedOperations, expression
from raspir.frontends.lowering import lower
from raspir.frontends.python.example import example
from raspir.ir import RaspirError
from raspir.ir.atoms import show
from raspir.ir.tracebacks import public_methods
from raspir.runtime.display import Displayed
from raspir.runtime.matrix import Matrix
from raspir.runtime.sequence import Sequence

if TYPE_CHECKING:
    from raspir.backends.picture import Kind, Picture


class Shown(Displayed):
    """Base class of what is displayed on an input."""

    __slots__ = ()

    def _pictured(self) -> tuple[Kind, Expression]:
        """Return what is displayed, and the program that computes it."""
        raise NotImplementedError

    def _repr_svg_(self) -> str | None:
        """Return the notebook rendering, on the example input."""
        from raspir.backends.drawing import svg  # deferred, to keep `import raspir` fast

        kind, program = self._pictured()
        try:
            return svg(kind, lower(program), example())
        except Exception:  # notebooks fall back to the repr, which reports the error
            return None


class Evaluated(Shown):
    """Base class of what can be called on an input."""

    __slots__ = ()

    def show(self, input: object = MISSING) -> Picture:
        """Return the picture on ``input``, by default on the example: a drawing in a notebook, and text elsewhere.

        It is that of ``raspir.show``, which also takes options.

        Raises:
            InputError: if ``input`` is not a sequence of atoms. If the program fails on it, the picture says why.
        """
        from raspir.backends.picture import Picture  # deferred, to keep `import raspir` fast

        kind, program = self._pictured()
        return Picture(kind, lower(program), example() if input is MISSING else input)


def pictured(shown: object) -> tuple[Kind, Any]:
    """Return what a program, selector, key or query is displayed as, and the program that computes it."""
    return shown._pictured() if isinstance(shown, Shown) else ("program", shown)


@public_methods
class ProgramExpression(Expression, Evaluated):
    """A program of any dialect: it computes one atom for each position of its input."""

    __slots__ = ()

    _what = "a program"

    def __call__(self, input: object = MISSING, *more: object, **named: object) -> Any:
        """Return the result on ``input``: the characters of a ``str``, or the items of any other sequence.

        Raises:
            InputError: if ``input`` is not a sequence of atoms.
            EvaluationError: if an operation fails; the message names the source line, the position and the values.
        """
        return self._run(self._input(input, more, named))

    def _run(self, input: object, causal: bool | None = None) -> Sequence:
        return run(lower(self, causal=causal), input)

    @property
    def layers(self) -> int:
        """The number of attention layers that the program needs as written."""
        return self.layer

    def __repr__(self) -> str:
        try:
            return repr(self._run(example()))
        except RaspirError as error:
            return f"<a program that fails on {show(example())}: {error}>"

    def _pictured(self) -> tuple[Kind, Expression]:
        return "program", self

    __hash__ = RefusedOperations.__hash__


@public_methods
class SelectorExpression(Expression, Evaluated):
    """A selector of any dialect: an n×n boolean matrix with a row for each query and a column for each key."""

    __slots__ = ()

    _what = "a selector"

    def __call__(self, input: object = MISSING, *more: object, **named: object) -> Any:
        """Return the matrix on ``input``: a list of rows (queries) of booleans (keys).

        Raises:
            InputError: if ``input`` is not a sequence of atoms.
            EvaluationError: if an operation fails.
        """
        return self._run(self._input(input, more, named))

    def _run(self, input: object, causal: bool | None = None) -> Matrix:
        return run_selector(lower(self._count(), causal=causal), input)

    def _count(self) -> ProgramExpression:
        """Return the number of selected positions, a program that computes the selector."""
        one = expression(ProgramExpression, "const", attributes=(1,))
        return expression(ProgramExpression, "sum", (self, one), (0,))

    def __repr__(self) -> str:
        from raspir.backends.drawing import selector_text  # deferred, to keep `import raspir` fast

        try:
            return selector_text(lower(self._count()), example())
        except RaspirError as error:
            return f"<a selector that fails on {show(example())}: {error}>"

    def _pictured(self) -> tuple[Kind, Expression]:
        return "selector", self._count()

    __hash__ = RefusedOperations.__hash__
