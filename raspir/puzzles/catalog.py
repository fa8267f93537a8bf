"""The puzzles: what each asks for, the inputs on which solutions are checked, and the fewest layers known."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import product
from typing import Any, NamedTuple

from raspir.frontends.python.embedded import SOp, tokens
from raspir.ir import Atom, RaspirError

Arguments = Mapping[str, Atom]
Values = list[Any]  # atoms, which are plain Python values to the function that states what is expected

PROGRAMS: dict[str, SOp] = {"tokens": tokens, 'tokens != "<"': tokens != "<"}
"""The programs that solutions receive as arguments, by their text."""


class Example(NamedTuple):
    """An example: the call of a solution in words, an input and the result."""

    call: str
    input: Values
    output: Values


@dataclass(frozen=True)
class Puzzle:
    """A puzzle.

    Attributes:
        name: the name of the puzzle.
        task: what a solution computes, in one sentence or two.
        expected: returns the result on an input, by keyword the atoms among the arguments.
        inputs: returns the inputs on which a solution is checked, given the atoms among the arguments.
        layers: the fewest layers of attention known, and the fewest with ``best``.
        programs: the text of the programs among the arguments, by parameter.
        arguments: the atoms among the arguments, by parameter: a solution is checked for each of these.
        optional: atoms that a solution may take as arguments, by parameter, and that are the same in every check.
        shown: the examples: the number of the arguments, and an input.
        vocab: the atoms that inputs may hold, which the optimizer may assume; ``None`` for any.
        uses: earlier puzzles that help.
    """

    name: str
    task: str
    expected: Callable[..., Values]
    inputs: Callable[..., Iterable[Values]]
    layers: tuple[int, int]
    programs: Mapping[str, str] = field(default_factory=lambda: {"seq": "tokens"})
    arguments: tuple[Arguments, ...] = ({},)
    optional: Arguments = field(default_factory=dict)
    shown: tuple[tuple[int, Iterable[Atom]], ...] = ((0, "hello"), (0, "abb"))
    vocab: str | None = None
    uses: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters of a solution, in order."""
        return (*self.arguments[0], *self.programs)

    @property
    def is_function(self) -> bool:
        """Whether a solution must be a function, as its results depend on arguments other than programs."""
        return bool(self.arguments[0])

    @property
    def signature(self) -> str:
        """The signature of a solution."""
        return f"{self.name}({', '.join(self.parameters)})"

    def call(self, arguments: Arguments) -> str:
        """Return the call of a solution with ``arguments`` in words."""
        values = (repr(arguments[name]) if name in arguments else self.programs[name] for name in self.parameters)
        return f"{self.name}({', '.join(values)})" if self.parameters else self.name

    def examples(self) -> list[Example]:
        """Return the examples, with their results."""
        asked = [(self.arguments[number], list(given)) for number, given in self.shown]
        return [Example(self.call(arguments), given, self.expected(given, **arguments)) for arguments, given in asked]

    def fewest(self, attention: str) -> int:
        """Return the fewest layers known with a kind of attention."""
        return self.layers[attention == "best"]

    def cases(self) -> Iterator[tuple[Arguments, Values]]:
        """Yield the arguments and inputs of all checks, the shortest inputs first."""
        all_cases = [(arguments, given) for arguments in self.arguments for given in self.inputs(**arguments)]
        yield from sorted(all_cases, key=lambda case: len(case[1]))


def puzzle_named(name: str) -> Puzzle:
    """Return the puzzle called ``name``.

    Raises:
        RaspirError: if there is none; the message suggests similar names.
    """
    if name in PUZZLES:
        return PUZZLES[name]
    near = get_close_matches(name.lower(), PUZZLES, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"the puzzles: {', '.join(PUZZLES)}"
    raise RaspirError(f"there is no puzzle {name} ({hint})")


def _short(atoms: Iterable[Atom], size: int) -> list[Values]:
    """Return all words over ``atoms`` up to a length."""
    return [list(word) for length in range(size + 1) for word in product(atoms, repeat=length)]


def _words(atoms: Iterable[Atom], more: Iterable[Atom]) -> list[Values]:
    """Return all words over ``atoms`` up to length 4, and some longer ones over ``atoms`` and ``more``."""
    all_atoms = [*atoms, *more]
    rng = random.Random(0)  # the same words in every run
    return _short(atoms, 4) + [rng.choices(all_atoms, k=length) for length in range(5, 17) for _ in range(3)]


def _padded() -> list[Values]:
    """Return words with "_" at their ends alone."""
    return [word + ["_"] * size for word in [*_short("ab", 3), [*"abcd"], [*"abcdabcdabcd"]] for size in range(6)]


def _with_one(v: Atom) -> list[Values]:
    """Return words that hold ``v`` once."""
    short, rng = _short("ab", 2), random.Random(0)
    longer = [(rng.choices("abcd", k=rng.randint(0, 6)), rng.choices("abcd", k=rng.randint(0, 6))) for _ in range(20)]
    return [[*left, v, *right] for left, right in [*product(short, short), *longer]]


def _sums() -> list[Values]:
    """Return sums of two numbers: all of one digit each, some of more, and some whose carries run far."""
    rng = random.Random(0)
    random_ones = [
        (rng.randint(0, 10 ** rng.randint(1, 6)), rng.randint(0, 10 ** rng.randint(1, 6))) for _ in range(100)
    ]
    carried = [(10**size - 1, other) for size in (2, 3, 6) for other in (0, 1, 10, 999)]
    pairs = [*product(range(10), repeat=2), *random_ones, *carried, *((b, a) for a, b in carried)]
    return [[*f"{a}+{b}"] for a, b in pairs] + [[*"00+00"], [*"019+999290"], [*"7+0003"]]


def _everywhere(value: Callable[[Values], Atom]) -> Callable[[Values], Values]:
    return lambda x: [value(x)] * len(x) if x else []


def _at(x: Values, i: int, default: Atom) -> Atom:
    atom: Atom = x[i] if 0 <= i < len(x) else default
    return atom


def _aligned(x: Values, size: int, fill: Atom) -> Values:
    return [fill] * (size - len(x)) + x


def _split(x: Values, v: Atom, get_first_part: bool) -> Values:
    place = x.index(v)
    return _aligned(x[:place] if get_first_part else x[place + 1 :], len(x), "0")


def _slid(x: Values) -> Values:
    return [next((atom for atom in x[i:] if atom != "<"), 0) for i in range(len(x))]


def _added(x: Values) -> Values:
    total = sum(map(int, "".join(x).split("+")))
    return _aligned([int(digit) for digit in str(total)], len(x), 0)


_LISTED = (
    Puzzle(
        "length",
        "The number of positions, at every position.",
        expected=_everywhere(len),
        inputs=lambda: _words("abc", "defg"),
        layers=(1, 1),
        programs={},
    ),
    Puzzle(
        "hist",
        "At each position, how many have the same value.",
        expected=lambda x: [x.count(atom) for atom in x],
        inputs=lambda: _words("abc", "defg"),
        layers=(1, 1),
    ),
    Puzzle(
        "flip",
        "The values in reverse order.",
        expected=lambda x: x[::-1],
        inputs=lambda: _words("abc", "defg"),
        layers=(2, 2),
        uses=("length",),
    ),
    Puzzle(
        "cumsum",
        "The running sum, up to and including each position.",
        expected=lambda x: [sum(x[: i + 1]) for i in range(len(x))],
        inputs=lambda: _words((0, 2, -1), (5, 10)),
        layers=(1, 1),
        shown=((0, (3, 1, -2)), (0, (1, 1, 1, 1))),
    ),
    Puzzle(
        "window_sum",
        "The sum of each value and the two before it.",
        expected=lambda x: [sum(x[max(0, i - 2) : i + 1]) for i in range(len(x))],
        inputs=lambda: _words((0, 2, -1), (5, 10)),
        layers=(1, 1),
        shown=((0, (1, 3, 2, 2)), (0, (5, 5))),
    ),
    Puzzle(
        "index",
        "The value at position i, at every position; 0 if the input is too short.",
        expected=lambda x, i: [_at(x, i, 0)] * len(x),
        inputs=lambda i: _words("abc", "defg"),
        layers=(1, 1),
        arguments=tuple({"i": i} for i in (1, 0, 2, 7)),
        shown=((0, "hello"), (3, "hello")),
    ),
    Puzzle(
        "shift",
        'The values moved right by i positions, or left by -i; "_" where nothing arrives.',
        expected=lambda x, i: [_at(x, j - i, "_") for j in range(len(x))],
        inputs=lambda i: _words("abc", "defg"),
        layers=(1, 1),
        arguments=tuple({"i": i} for i in (2, 1, 0, -1, -2, 7)),
        shown=((0, "hello"), (3, "hello")),
        optional={"default": "_"},
    ),
    Puzzle(
        "minimum",
        "The smallest value, at every position.",
        expected=_everywhere(min),
        inputs=lambda: _words((2, 0, -1), (5, 10)),
        layers=(2, 1),
        shown=((0, (5, 3, 2, 5, 2)), (0, (0, -1))),
    ),
    Puzzle(
        "first",
        "The first position with the value q, at every position; 99 if there is none.",
        expected=lambda x, q: [x.index(q) if q in x else 99] * len(x),
        inputs=lambda q: _words("abl", "defg"),
        layers=(2, 1),
        arguments=({"q": "l"}, {"q": "a"}),
        shown=((0, "hello"), (1, "hello")),
        uses=("minimum",),
    ),
    Puzzle(
        "ralign",
        'A word that is padded with "_" at its end, moved to the right end; "-" in front.',
        expected=lambda x: _aligned([atom for atom in x if atom != "_"], len(x), "-"),
        inputs=_padded,
        layers=(2, 2),
        optional={"default": "-"},
        shown=((0, "xyz__"), (0, "ab")),
    ),
    Puzzle(
        "split",
        'The part before the value v, moved to the right end, or the part after it, in place; "0" elsewhere. The input '
        "holds v once.",
        expected=_split,
        inputs=lambda v, get_first_part: _with_one(v),
        layers=(2, 2),
        arguments=tuple({"v": v, "get_first_part": part} for v in "+|" for part in (True, False)),
        shown=((0, "xyz+zyr"), (1, "xyz+zyr")),
        vocab="abcd+|",
        uses=("ralign",),
    ),
    Puzzle(
        "slide",
        'Each "<" replaced by the closest other value to its right; 0 if there is none.',
        expected=_slid,
        inputs=lambda: _words("a<b", "cd"),
        layers=(2, 1),
        programs={"seq": "tokens", "match": 'tokens != "<"'},
        shown=((0, "xh<<l"), (0, "<a<")),
        uses=("cumsum",),
    ),
    Puzzle(
        "add",
        "The digits of the sum of two numbers, such as 683+345, at the right end; 0 in front.",
        expected=_added,
        inputs=_sums,
        layers=(4, 3),
        shown=((0, "683+345"), (0, "99+1")),
        vocab="0123456789+",
        uses=("split", "shift", "slide"),
    ),
)

PUZZLES = {puzzle.name: puzzle for puzzle in _LISTED}
"""The puzzles by name, each building on earlier ones."""
