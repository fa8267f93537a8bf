"""An evaluator of Tracr's dialect that shares nothing with raspir: n×n lists of booleans, one value after another.

It has the names of ``rasp``, so a test writes a program once, as a function of the module, and runs it on both. The
meaning is that of the contract: maps skip None, a map on a map composes, an aggregate is a mean, the mask of a causal
evaluation is on every selector, and the number of positions is not masked.
"""

import operator


class Input:
    """An input and whether it is evaluated causally, with the values of the expressions so far."""

    def __init__(self, xs, causal):
        self.xs, self.causal, self.known = list(xs), causal, {}

    def __len__(self):
        return len(self.xs)

    def of(self, expression):
        if id(expression) not in self.known:
            self.known[id(expression)] = expression.compute(self)
        return self.known[id(expression)]


def evaluate(expression, xs, causal=False):
    return Input(xs, causal).of(expression)


class SOp:
    def named(self, name):
        return self

    def _with(self, function, other, reflected=False):
        if isinstance(other, SOp):
            return SequenceMap(function, *((other, self) if reflected else (self, other)))
        return Map((lambda x: function(other, x)) if reflected else (lambda x: function(x, other)), self)

    def __add__(self, other):
        return self._with(operator.add, other)

    def __radd__(self, other):
        return self._with(operator.add, other, True)

    def __sub__(self, other):
        return self._with(operator.sub, other)

    def __rsub__(self, other):
        return self._with(operator.sub, other, True)

    def __mul__(self, other):
        return self._with(operator.mul, other)

    def __rmul__(self, other):
        return self._with(operator.mul, other, True)

    def __truediv__(self, other):
        return self._with(operator.truediv, other)

    def __rtruediv__(self, other):
        return self._with(operator.truediv, other, True)

    def __and__(self, other):
        return self._with(lambda x, y: x and y, other)

    def __rand__(self, other):
        return self._with(lambda x, y: x and y, other, True)

    def __or__(self, other):
        return self._with(lambda x, y: x or y, other)

    __ror__ = __or__  # as Tracr has it

    def __invert__(self):
        return Map(lambda x: not x, self)

    def __lt__(self, other):
        return self._with(operator.lt, other)

    def __le__(self, other):
        return self._with(operator.le, other)

    def __gt__(self, other):
        return self._with(operator.gt, other)

    def __ge__(self, other):
        return self._with(operator.ge, other)

    def __eq__(self, other):
        return self._with(operator.eq, other)

    def __ne__(self, other):
        return self._with(operator.ne, other)

    __hash__ = object.__hash__


class _Source(SOp):
    def __init__(self, compute):
        self.compute = compute


tokens = _Source(lambda given: given.xs)
indices = _Source(lambda given: list(range(len(given))))
length = _Source(lambda given: [len(given)] * len(given))


class Full(SOp):
    def __init__(self, value):
        self.value = value

    def compute(self, given):
        return [self.value] * len(given)


class ConstantSOp(SOp):
    def __init__(self, values):
        self.values = values

    def compute(self, given):
        if len(self.values) != len(given):
            raise ValueError("length")
        return list(self.values)


class Map(SOp):
    def __init__(self, f, inner, simplify=True):
        if simplify and isinstance(inner, Map):
            before, self.inner = inner.f, inner.inner
            self.f = lambda x: f(before(x))
        else:
            self.f, self.inner = f, inner

    def compute(self, given):
        return [None if x is None else self.f(x) for x in given.of(self.inner)]


class SequenceMap(SOp):
    def __init__(self, f, fst, snd):
        self.f, self.fst, self.snd = f, fst, snd

    def compute(self, given):
        pairs = zip(given.of(self.fst), given.of(self.snd), strict=True)
        return [None if x is None or y is None else self.f(x, y) for x, y in pairs]


class LinearSequenceMap(SequenceMap):
    def __init__(self, fst, snd, fst_fac, snd_fac):
        super().__init__(lambda x, y: fst_fac * x + snd_fac * y, fst, snd)


def sop_not(sop):
    return Map(lambda x: not x, sop)


def numerical(sop):
    return sop


categorical = numerical


class Comparison:
    """Predicates: those that compare fail on None."""


def _comparing(function):
    def compare(key, query):
        if key is None or query is None:
            raise ValueError("None")
        return function(key, query)

    return staticmethod(compare)


for _name, _function in {"EQ": "eq", "LT": "lt", "LEQ": "le", "GT": "gt", "GEQ": "ge", "NEQ": "ne"}.items():
    setattr(Comparison, _name, _comparing(getattr(operator, _function)))
Comparison.TRUE = staticmethod(lambda key, query: True)
Comparison.FALSE = staticmethod(lambda key, query: False)
_FIXED = (Comparison.TRUE, Comparison.FALSE)


class Selector:
    def named(self, name):
        return self

    def compute(self, given):
        rows = self.rows(given)
        return [[bool(x) and (j <= i or not given.causal) for j, x in enumerate(row)] for i, row in enumerate(rows)]

    def __and__(self, other):
        return selector_and(self, other)

    def __or__(self, other):
        return selector_or(self, other)

    def __invert__(self):
        return selector_not(self)


class Select(Selector):
    def __init__(self, keys, queries, predicate):
        self.keys, self.queries, self.predicate = keys, queries, predicate

    def rows(self, given):
        if self.predicate in _FIXED:  # Tracr fails where the keys or the queries do
            return [[self.predicate(None, None)] * len(given) for _ in given.xs]
        keys, queries = given.of(self.keys), given.of(self.queries)
        return [[self.predicate(key, query) for key in keys] for query in queries]


class ConstantSelector(Selector):
    def __init__(self, matrix):
        self.matrix = matrix

    def rows(self, given):
        if len(self.matrix) != len(given):
            raise ValueError("length")
        return self.matrix


class _Pair(Selector):
    def __init__(self, fst, snd):
        self.fst, self.snd = fst, snd

    def rows(self, given):
        both = zip(given.of(self.fst), given.of(self.snd), strict=True)
        return [[self.join(a, b) for a, b in zip(*rows, strict=True)] for rows in both]


class SelectorAnd(_Pair):
    def join(self, a, b):
        return a and b


class SelectorOr(_Pair):
    def join(self, a, b):
        return a or b


class SelectorNot(Selector):
    def __init__(self, inner):
        self.inner = inner

    def rows(self, given):
        return [[not entry for entry in row] for row in given.of(self.inner)]


def selector_and(fst, snd, simplify=True):
    return (_one(fst, snd, lambda a, b: a() and b()) if simplify else None) or SelectorAnd(fst, snd)


def selector_or(fst, snd, simplify=True):
    return (_one(fst, snd, lambda a, b: a() or b()) if simplify else None) or SelectorOr(fst, snd)


def selector_not(inner, simplify=True):
    if simplify and isinstance(inner, Select):
        if inner.predicate in _FIXED:
            return Select(inner.keys, inner.queries, _FIXED[inner.predicate is _FIXED[0]])
        return Select(inner.keys, inner.queries, lambda k, q: not inner.predicate(k, q))
    return SelectorNot(inner)


def _one(fst, snd, join):
    """Return two selectors of the same keys and queries as one, which evaluates the second where that matters."""
    if not (isinstance(fst, Select) and isinstance(snd, Select)):
        return None
    keys, queries = _common(fst.keys, snd.keys), _common(fst.queries, snd.queries)
    if keys is None or queries is None:
        return None

    if fst.predicate in _FIXED and snd.predicate in _FIXED:
        fixed = join(*(lambda each=each: each.predicate is _FIXED[0] for each in (fst, snd)))
        return Select(keys, queries, _FIXED[not fixed])

    def holds(select, key, query):
        if select.keys is not keys:
            key = select.keys.value
        return select.predicate(key, query if select.queries is queries else select.queries.value)

    return Select(keys, queries, lambda k, q: join(lambda: holds(fst, k, q), lambda: holds(snd, k, q)))


def _common(a, b):
    """Return the program on one side of two selectors, if there is one; a fixed value gives way to any other."""
    return a if a is b or isinstance(b, Full) else b if isinstance(a, Full) else None


class SelectorWidth(SOp):
    def __init__(self, selector):
        self.selector = selector

    def compute(self, given):
        return [sum(row) for row in given.of(self.selector)]


class Aggregate(SOp):
    def __init__(self, selector, sop, default=None):
        self.selector, self.sop, self.default = selector, sop, default

    def compute(self, given):
        values = given.of(self.sop)
        return [
            self._mean([x for x, chosen in zip(values, row, strict=True) if chosen]) for row in given.of(self.selector)
        ]

    def _mean(self, chosen):
        if len(chosen) < 2:
            return chosen[0] if chosen else self.default
        if not all(isinstance(x, int | float) for x in chosen):
            raise ValueError("no mean of these")
        total = chosen[0]
        for x in chosen[1:]:
            total = total + x
        return total / len(chosen)
