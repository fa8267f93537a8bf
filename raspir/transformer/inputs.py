"""Inputs to check a transformer on: all of them up to a budget, else short ones, ones made to be hard, and samples."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from random import Random

from raspir.ir import Atom, Graph
from raspir.transformer.assumptions import lengths_of
from raspir.transformer.atomsets import canonical

Checked = list[Atom] | dict[str, list[Atom]]
"""One input: the atoms of the only input sequence, or of each by name."""

_Word = tuple[int, ...]  # a letter for each position: the number of one combination of the inputs' atoms

_HARD = 16  # letters from which hard inputs are made
_ATTEMPTS = 4  # words drawn for each sample wanted, as some are drawn again


@dataclass(frozen=True)
class Coverage:
    """How many inputs are checked.

    Attributes:
        checked: their number.
        possible: the number of inputs that satisfy the assumptions.
        exhaustive: the length up to which all are checked; -1 if not even the empty one is possible.
    """

    checked: int
    possible: int
    exhaustive: int

    @property
    def complete(self) -> bool:
        """Whether all possible inputs are checked."""
        return self.checked == self.possible

    def __str__(self) -> str:
        if self.complete:
            return f"all {self.possible:,} inputs" if self.possible != 1 else "the only input"
        possible = f"{self.possible:,}" if self.possible < 10**12 else f"10^{len(str(self.possible)) - 1}"
        return f"{self.checked:,} of about {possible} inputs, all up to length {self.exhaustive}"


class CheckedInputs:
    """The inputs to check a program on, in a fixed order: without duplicates, by length as far as all are taken.

    Where there are more than the budget, half of it goes to all inputs of the least lengths. Beyond these come
    inputs that are hard for attention: all atoms equal, one different at either end or in the middle, two or all that
    alternate or stand in blocks, sorted and reversed, which make ties, empty selections and longest runs. The rest are
    samples, half of them of the greatest length, half of few different atoms.

    Args:
        graph: a program with a vocabulary for each input and a maximum length.
        budget: the most inputs.
        seed: the seed of the samples.

    Attributes:
        coverage: how many inputs these are, of how many.

    Raises:
        TransformerError, BackendError: if an assumption or a function is missing.
    """

    def __init__(self, graph: Graph, budget: int = 10_000, seed: int = 0) -> None:
        self._names = tuple(graph.inputs)
        self._vocabularies = [canonical(node.vocabulary or ()) for node in graph.inputs.values()]
        self._letters = prod(map(len, self._vocabularies))
        positive = lengths_of(graph)
        shortest = 0 if positive.start <= 1 else positive.start  # a fixed sequence admits its own length only
        self._lengths = range(shortest, max(positive.stop, shortest + 1))
        self._words = tuple(self._chosen(max(1, budget), Random(seed)))

    def __len__(self) -> int:
        return len(self._words)

    def __iter__(self) -> Iterator[Checked]:
        for word in self._words:
            letters = [self._letter(number) for number in word]
            columns = [[letter[at] for letter in letters] for at in range(len(self._names))]
            yield columns[0] if len(columns) == 1 else dict(zip(self._names, columns, strict=True))

    def _letter(self, number: int) -> list[Atom]:
        """Return one atom for each input: their combination of a number."""
        atoms: list[Atom] = []
        for vocabulary in reversed(self._vocabularies):
            number, at = divmod(number, len(vocabulary))
            atoms.append(vocabulary[at])
        return atoms[::-1]

    def _chosen(self, budget: int, random: Random) -> Iterable[_Word]:
        """Return the words to check, and note their coverage."""
        counts = [self._letters**n for n in self._lengths]
        totals = list(itertools.accumulate(counts))
        full = sum(total <= (budget if totals[-1] <= budget else budget // 2) for total in totals)
        words = dict.fromkeys(
            word for n in self._lengths[:full] for word in itertools.product(range(self._letters), repeat=n)
        )
        rest = self._lengths[full:]
        if rest:
            harder = dict.fromkeys(n for n in (rest[-1], rest[0], *rest[-2:], rest[len(rest) // 2]))
            words.update(dict.fromkeys(word for n in harder for word in self._hard(n)))
            words = dict.fromkeys(itertools.islice(words, budget))
            for _ in range(_ATTEMPTS * (budget - len(words))):
                if len(words) < budget:
                    words[self._sampled(rest, random)] = None
        self.coverage = Coverage(len(words), totals[-1], self._lengths[full - 1] if full else -1)
        return words

    def _hard(self, n: int) -> Iterator[_Word]:
        """Yield words of length ``n`` that are hard for attention, of letters from all over the alphabet."""
        step = max(1, self._letters // _HARD)
        letters = range(0, self._letters, step)
        size = len(letters)
        yield from ((letter,) * n for letter in letters)
        yield tuple(letters[at % size] for at in range(n))
        yield tuple(letters[-1 - at % size] for at in range(n))
        yield tuple(letters[at * size // n] for at in range(n))
        yield tuple(letters[-1 - at * size // n] for at in range(n))
        for a, b in itertools.permutations(letters, 2) if size <= 4 else _neighbors(letters):
            for at in dict.fromkeys((0, n // 2, n - 1)):
                yield (a,) * at + (b,) + (a,) * (n - 1 - at)
            yield tuple(b if at % 2 else a for at in range(n))
            yield (a,) * (n // 2) + (b,) * (n - n // 2)

    def _sampled(self, lengths: Sequence[int], random: Random) -> _Word:
        n = lengths[-1] if random.random() < 0.5 else random.choice(lengths)
        if random.random() < 0.5:
            return tuple(random.randrange(self._letters) for _ in range(n))
        few = [random.randrange(self._letters) for _ in range(random.choice((2, 2, 3)))]
        return tuple(random.choice(few) for _ in range(n))


def _neighbors(letters: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield each letter with the one after it, in both orders, and the first and the last."""
    for a, b in (*itertools.pairwise(letters), (letters[0], letters[-1])):
        yield a, b
        yield b, a
