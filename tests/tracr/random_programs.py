"""Random programs of Tracr's dialect, as functions of the module ``rasp``: raspir's, or the naive one of the tests."""

import random

WORDS = ["a", "b", "c", ""]
NUMBERS = [-1, 0, 1, 2, 3, 0.5]
ANY = [*WORDS, *NUMBERS, True, False, None]

ON_NUMBERS = [
    lambda x: x + 1,
    lambda x: x * x - 2,
    lambda x: x % 3,
    lambda x: x > 1,
    lambda x: None if x == 1 else x,
    lambda x: "odd" if x == 1 else x,
    abs,
    float,
]
ON_ANY = [
    lambda x: x,
    lambda x: x == "a",
    lambda x: x is None,
    lambda x: None if x == "a" else x,
    lambda x: 1 if x else 0,
    lambda x: "none" if x is None else x,
    str,
    lambda x: x if isinstance(x, str) else None,
]
OF_TWO = [
    lambda x, y: x == y,
    lambda x, y: x if y else None,
    lambda x, y: (x, y) == (1, "a"),
    lambda x, y: x or y,
]
OF_TWO_NUMBERS = [lambda x, y: x - 2 * y, lambda x, y: x < y, lambda x, y: max(x, y), lambda x, y: x * y]
PREDICATES = [
    lambda key, query: key == query,
    lambda key, query: key is None,
    lambda key, query: key == "a" and query != "a",
    lambda key, query: bool(query),
    lambda key, query: key is not None and query is not None and str(key) < str(query),
]
PREDICATES_OF_NUMBERS = [
    lambda key, query: key == query - 1,
    lambda key, query: key + query > 3,
    lambda key, query: key < query,
    lambda key, query: abs(key - query) <= 1,
]


def program(seed, rasp, uses_length=True):
    """Return the program of a seed, or a selector: the same one whatever the module."""
    return _Maker(random.Random(seed), rasp, uses_length).program()


class _Maker:
    def __init__(self, rng, rasp, uses_length):
        self.rng, self.rasp = rng, rasp
        self.numbers = [rasp.indices] + [rasp.length] * uses_length
        self.values = [rasp.tokens, rasp.tokens]
        self.selectors = []

    def program(self):
        for _ in range(self.rng.randrange(1, 9)):
            self.grow()
        made = [*self.numbers[1:], *self.values[2:]] or [self.rasp.tokens]
        if self.selectors and self.rng.random() < 0.1:
            return self.selectors[-1]
        return made[-1] if self.rng.random() < 0.7 else self.rng.choice(made)

    def number(self):
        return self.rng.choice(self.numbers[-4:])

    def value(self):
        return self.rng.choice([*self.values[-4:], self.rng.choice(self.numbers)])

    def default(self):
        return self.rng.choice([None, None, 0, 1, "a", False])

    def grow(self):
        twice = [self.numeric, self.other, self.attend]
        self.rng.choice([*twice, *twice, self.select, self.paired])()

    def numeric(self):
        rasp, rng, a = self.rasp, self.rng, self.number()
        kind = rng.randrange(6)
        if kind == 0:
            made = self.operator(a, rng.choice([self.number(), rng.choice(NUMBERS)]), "+-*/")
        elif kind == 1:
            made = self.operator(rng.choice(NUMBERS), a, "+-*/")
        elif kind == 2:
            made = rasp.Map(rng.choice(ON_NUMBERS), a, simplify=rng.random() < 0.7)
        elif kind == 3:
            made = rasp.SequenceMap(rng.choice(OF_TWO_NUMBERS), a, self.number())
        elif kind == 4:
            made = rasp.LinearSequenceMap(a, self.number(), rng.choice(NUMBERS), rng.choice(NUMBERS))
        else:
            made = self.operator(a, rng.choice(NUMBERS), "<≤>≥=≠")
        self.numbers.append(self.marked(made))

    def other(self):
        rasp, rng, a = self.rasp, self.rng, self.value()
        kind = rng.randrange(8)
        if kind == 7:
            made = rasp.ConstantSOp([rng.choice(ANY) for _ in range(rng.choice([2, 3, 4]))])
        elif kind == 0:
            made = rasp.Map(rng.choice(ON_ANY), a, simplify=rng.random() < 0.7)
        elif kind == 1:
            made = rasp.SequenceMap(rng.choice(OF_TWO), a, self.value())
        elif kind == 2:
            made = self.operator(a, rng.choice([x for x in ANY if x is not None] + [None] * (rng.random() < 0.2)), "=≠")
        elif kind == 3:
            made = self.operator(a, rng.choice([self.value(), rng.choice(ANY)]), "&|")
        elif kind == 4:
            made = ~a if rng.random() < 0.5 else rasp.sop_not(a)
        elif kind == 5:
            made = rasp.Full(rng.choice(ANY))
        else:
            made = rng.choice(ANY) & a if rng.random() < 0.5 else rng.choice(ANY) | a
        self.values.append(self.marked(made))

    def paired(self):
        """Make a pair of values, and something of it."""
        rasp, rng = self.rasp, self.rng
        pairs = rng.choice(
            [
                lambda: rasp.SequenceMap(lambda x, y: (x, y), self.value(), self.number()),
                lambda: rasp.Map(lambda x: (x, 1), self.value(), simplify=rng.random() < 0.5),
            ]
        )()
        taken = [
            lambda: rasp.Map(lambda pair: pair[0], pairs),
            lambda: rasp.Map(lambda pair: pair[1] if pair[0] else None, pairs, simplify=False),
            lambda: rasp.SequenceMap(lambda pair, x: pair[0] == x, pairs, self.value()),
            lambda: rasp.SequenceMap(lambda x, pair: (x, *pair)[1], self.value(), pairs),
            lambda: pairs == ("a", 0),
            lambda: rasp.SelectorWidth(rasp.Select(pairs, pairs, lambda key, query: key == query)),
            lambda: rasp.SelectorWidth(rasp.Select(pairs, self.value(), lambda key, query: key[0] == query)),
        ]
        self.values.append(rng.choice(taken)())

    def operator(self, a, b, symbols):
        functions = {
            "+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b,
            "<": lambda: a < b, "≤": lambda: a <= b, ">": lambda: a > b, "≥": lambda: a >= b,
            "=": lambda: a == b, "≠": lambda: a != b, "&": lambda: a & b, "|": lambda: a | b,
        }  # fmt: skip
        return functions[self.rng.choice(symbols)]()

    def marked(self, made):
        kind = self.rng.randrange(12)
        if kind == 0:
            return self.rasp.numerical(made)
        return self.rasp.categorical(made.named("x")) if kind == 1 else made

    def select(self):
        rasp, rng = self.rasp, self.rng
        comparison = rng.choice(["EQ", "LT", "LEQ", "GT", "GEQ", "NEQ", "TRUE", "FALSE"])
        kind = rng.randrange(9)
        if kind == 8:
            size = rng.choice([2, 3, 4])
            made = rasp.ConstantSelector([[rng.random() < 0.5 for _ in range(size)] for _ in range(size)])
        elif kind == 0:
            made = rasp.Select(self.value(), self.value(), rng.choice(PREDICATES))
        elif kind == 1:
            made = rasp.Select(self.number(), self.number(), rng.choice(PREDICATES_OF_NUMBERS))
        elif kind == 2:
            made = rasp.Select(self.value(), self.value(), getattr(rasp.Comparison, rng.choice(["EQ", "NEQ"])))
        elif kind in (3, 4):
            made = rasp.Select(self.number(), self.number(), getattr(rasp.Comparison, comparison))
        elif kind == 5:
            made = rasp.Select(self.value(), rasp.Full(rng.choice(WORDS)), rasp.Comparison.EQ)
        else:
            made = self.chain()
        self.selectors.append(made)
        if len(self.selectors) > 1 and rng.random() < 0.4:
            self.combine(*rng.sample(self.selectors, 2))

    def chain(self):
        """Make a combination of selectors of the same keys and queries, or of fixed values in place of some."""
        rasp, rng = self.rasp, self.rng
        kind = rng.randrange(3)
        side, fixed, names = [
            (self.value, ANY[:-1], "EQ NEQ"),
            (self.number, NUMBERS, "EQ NEQ LT GEQ"),
            (lambda: rasp.tokens, ANY[:-1], "EQ NEQ LT GEQ TRUE FALSE"),
        ][kind]
        predicates = [getattr(rasp.Comparison, name) for name in names.split()] + PREDICATES * (kind == 0)
        sides = [side(), side()]
        made = None
        for _ in range(rng.choice([2, 2, 3, 4])):
            chosen = rng.randrange(4)  # at most one side, as fixed values of different kinds cannot be ordered
            keys, queries = (
                rasp.Full(rng.choice(fixed)) if number == chosen else side for number, side in enumerate(sides)
            )
            each = rasp.Select(keys, queries, rng.choice(predicates))
            if rng.random() < 0.2:
                each = ~each
            if made is not None:
                first, second = (made, each) if rng.random() < 0.7 else (each, made)
                each = first & second if rng.random() < 0.5 else first | second
            made = each if rng.random() < 0.9 else ~each
        return made

    def combine(self, a, b):
        rasp, kind = self.rasp, self.rng.randrange(8)
        combined = [
            lambda: a & b, lambda: a | b, lambda: ~a, lambda: rasp.SelectorAnd(a, b), lambda: rasp.SelectorOr(a, b),
            lambda: rasp.SelectorNot(a), lambda: rasp.selector_and(a, ~b, simplify=False),
            lambda: rasp.selector_not(rasp.selector_or(a, b), simplify=False),
        ]  # fmt: skip
        self.selectors.append(combined[kind]())

    def attend(self):
        if not self.selectors or self.rng.random() < 0.3:
            self.select()
        rasp, rng = self.rasp, self.rng
        selector = rng.choice(self.selectors[-3:])
        kind = rng.randrange(3)
        if kind == 0:
            self.numbers.append(rasp.SelectorWidth(selector).named("count"))
        elif kind == 1:
            self.numbers.append(rasp.Aggregate(selector, self.number(), default=rng.choice([0, 1])))
        else:
            self.values.append(rasp.Aggregate(selector, self.value(), default=self.default()))
