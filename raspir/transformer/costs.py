"""What the parameters of a transformer are spent on, and the limit on their number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from raspir.ir import Location
from raspir.transformer.errors import TransformerError


@dataclass(frozen=True)
class Cost:
    """The parameters of a part of a transformer.

    Attributes:
        what: the part, with the value that it serves.
        parameters: their number.
        place: the source line of that value, if known.
    """

    what: str
    parameters: int
    place: Location | None = None


class TooLargeError(TransformerError):
    """A transformer of more parameters than are admitted.

    Attributes:
        parameters: their number.
    """

    def __init__(self, message: str, location: Location | None, parameters: int) -> None:
        super().__init__(message, location)
        self.parameters = parameters


def keep_below(most: int, costs: Sequence[Cost]) -> None:
    """Refuse a transformer of more than ``most`` parameters.

    Raises:
        TooLargeError: if it has more; the message names the part that takes most.
    """
    found = sum(cost.parameters for cost in costs)
    if found > most:
        dearest = max(costs, key=lambda cost: cost.parameters)
        raise TooLargeError(
            f"the transformer has {found:,} parameters, {found - most:,} more than max_parameters admits; what costs "
            f"most is {dearest.what} ({dearest.parameters:,}): a smaller vocabulary, a smaller maximum length or the "
            "other kind of attention may help",
            dearest.place,
            found,
        )


def smallest(refused: Iterable[TransformerError]) -> TransformerError:
    """Return the most helpful of several refusals: the one that the least limit lifts, else the first."""
    found = list(refused)
    sizes = [error for error in found if isinstance(error, TooLargeError)]
    return min(sizes, key=lambda error: error.parameters, default=found[0])
