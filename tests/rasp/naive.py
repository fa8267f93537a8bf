"""A second interpreter of the paper's language, written from its description alone: slow, and without any graph.

An s-op is a function from an input to a list, a selector one to a list of rows. It shares with raspir only syntax
trees.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, replace
from functools import partial

from raspir.frontends.rasp import syntax

OWN, PYTHON, CALL = "own error", "runtime error", "not callable"


class Failure(Exception):
    """The error of a statement: its kind, and its message if the language words it."""

    def __init__(self, kind, text=""):
        super().__init__(kind, text)
        self.kind, self.text = kind, text


class Input:
    """An input: what was given, and the values of s-ops and selectors on it, computed once."""

    def __init__(self, given):
        self.given = given
        self.items = list(given) if isinstance(given, str | list | dict) else []
        self.n = len(self.items)
        self._memo = {}

    def of(self, value):
        """Return the list of an s-op, or the rows of a selector."""
        if not self.items:
            raise Failure(OWN, f"RASP sequences/selectors expect non-empty iterables, got: {plain(self.given)}")
        if value.make not in self._memo:
            made = value.make(self)
            self._memo[value.make] = typed(made) if isinstance(value, Seq) else made
        return self._memo[value.make]


@dataclass(eq=False, repr=False)
class Of:
    """A function of the input, under a name; equal to what computes the same under another name."""

    make: object
    label: str = "plain select"

    def __eq__(self, other):
        return isinstance(other, Of) and self.make is other.make

    def __hash__(self):
        return hash(self.make)

    def __repr__(self):
        return self.label


@dataclass(eq=False, repr=False)
class Seq(Of):
    label: str = "s-op"


@dataclass(eq=False, repr=False)
class Sel(Of):
    pass


@dataclass(eq=False, repr=False)
class Fun:
    name: str
    parameters: tuple
    call: object
    creator: str = "RASP_support/rasplib"

    def __repr__(self):
        return f"{self.creator} function: {self.name}({', '.join(self.parameters)})"


@dataclass(eq=False)
class Scope:
    parent: Scope | None
    names: dict = field(default_factory=dict)
    creator: str = "console"

    def find(self, name):
        scope = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        raise Failure(OWN, f"Error: Undefined variable: {name}")


def is_atom(value):
    return isinstance(value, bool | int | float | str)


def is_number(value):
    return isinstance(value, bool | int | float)


def typed(values, brackets="()"):
    """Check that a list may be the value of an s-op."""
    if not all(map(is_atom, values)):
        raise Failure(
            OWN,
            "attempted to create sequence with illegal val types (vals must be bool, float, int or string):\n\t\t "
            + shown(values, brackets),
        )
    if any(value != value for value in values):
        raise Failure(PYTHON)
    if not all(isinstance(value, str) for value in values) and not all(map(is_number, values)):
        text = "attempted to create sequence with vals of different types:\n\t\t "
        raise Failure(OWN, text + shown(values, brackets))
    return values


def shown(values, brackets):
    texts = [str([value])[1:-1] if flat(value) else described(value) for value in values]
    comma = "," if brackets == "()" and len(values) == 1 else ""
    return brackets[0] + ", ".join(texts) + comma + brackets[1]


def flat(value):
    if isinstance(value, dict):
        return all(map(flat, value.values()))
    return all(map(flat, value)) if isinstance(value, list) else is_atom(value)


def described(value):
    if isinstance(value, Seq | Sel):
        return value.label
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(map(described, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{described(k)}: {described(v)}" for k, v in value.items()) + "}"
    return str(value)


def plain(value):
    return str(value) if flat(value) else described(value)


def bare(value):
    return value if isinstance(value, str) else described(value)


def clipped(label, long="s-op"):
    return label if len(label) <= 30 else long


def python(function, *operands):
    """Apply a function of Python; complex numbers and NaN are errors, too."""
    try:
        result = function(*operands)
    except (TypeError, ValueError, ArithmeticError):
        raise Failure(PYTHON) from None
    if isinstance(result, complex) or (isinstance(result, float) and result != result):
        raise Failure(PYTHON)
    return result


def remainder(a, b):
    if isinstance(a, str):
        raise TypeError
    return a % b


BINARY = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": remainder, "^": operator.pow,
    "==": operator.eq, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "!=": operator.ne,
}  # fmt: skip
MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "=="}
UNARY = {"-": operator.neg, "+": operator.pos, "round": round, "not": operator.not_}


def at(value, where, i):
    """Return the value at a position: that of an s-op, or anything else as it is."""
    return where.of(value)[i] if isinstance(value, Seq) else value


def everywhere(value):
    """Return an s-op or an atom as it is, and the s-op of anything else at every position, which fails."""
    return value if isinstance(value, Seq) or is_atom(value) else Seq(lambda where: [value] * where.n)


def each(function, *values):
    """Return what computes a function of values at each position; s-ops are computed first, from left to right."""

    def make(where):
        for value in values:
            if isinstance(value, Seq):
                where.of(value)
        return [function(*(at(value, where, i) for value in values)) for i in range(where.n)]

    return make


def _differ(a, b):
    return False


# Operators


def unary(sign, value):
    if sign == "indicator":
        if not isinstance(value, Seq):
            raise Failure(OWN, f"indicator operator expects s-op, got: {described(value)}")
        return Seq(each(lambda a: 1 if a else 0, value), clipped(f"I({value.label})"))
    if isinstance(value, Seq):
        return Seq(each(lambda a: python(UNARY[sign], a), value), clipped(f"( {sign} {value.label} )"))
    if isinstance(value, Sel):
        if sign != "not":
            raise Failure(PYTHON)
        return Sel(lambda where: [[not cell for cell in row] for row in where.of(value)])
    return python(UNARY[sign], value)


def binary(sign, a, b):
    if sign in ("and", "or"):
        return logical(sign, a, b)
    if isinstance(a, Sel) or isinstance(b, Sel):
        raise Failure(OWN, f"Cannot apply {sign} to selector(s)")
    if not isinstance(a, Seq) and not isinstance(b, Seq):
        return python(BINARY[sign], a, b)
    left, right, name = a, b, {"^": "pow"}.get(sign, sign)
    if sign in MIRRORED and not isinstance(a, Seq):
        left, right, name = b, a, MIRRORED[sign]
    function = BINARY[sign]
    if not all(isinstance(side, Seq) or is_atom(side) for side in (a, b)):
        if sign != "==":
            raise Failure(PYTHON)
        function = _differ
    made = each(lambda x, y: python(function, x, y), a, b)
    return Seq(made, clipped(f"( {bare(left)} {name} {bare(right)} )"))


def logical(sign, a, b):
    if isinstance(a, Sel) != isinstance(b, Sel):
        raise Failure(OWN, "Cannot apply and/or between selector and non-selector")
    if isinstance(a, Sel):
        both = all if sign == "and" else any
        return Sel(
            lambda where: [
                [both(p) for p in zip(r, s, strict=True)] for r, s in zip(where.of(a), where.of(b), strict=True)
            ]
        )
    if not isinstance(a, Seq) and not isinstance(b, Seq):
        return (a and b) if sign == "and" else (a or b)
    both = (lambda x, y: bool(x) and bool(y)) if sign == "and" else (lambda x, y: bool(x) or bool(y))
    return Seq(each(both, everywhere(a), everywhere(b)), clipped(f"( {bare(a)} {sign} {bare(b)})"))


def choice(condition, value, otherwise):
    if isinstance(condition, Sel):
        raise Failure(OWN, f"a selector is no condition, got: {condition.label}")
    label = clipped(f"{bare(value)} if {bare(condition)} else {bare(otherwise)}")
    made = each(lambda c, a, b: a if c else b, condition, everywhere(value), everywhere(otherwise))
    return Seq(made, label)


def contains(item, holder, name):
    if isinstance(item, Sel | Fun):
        kind = "select" if isinstance(item, Sel) else "function"
        raise Failure(
            OWN,
            f"don't check if {kind} is contained in list/dict: unless exact same instance, unable to check "
            f"equivalence of {kind}s",
        )
    if isinstance(item, Seq):
        expects = '"[s-op] in X" expects X to be list of atoms, but got'
        if not isinstance(holder, list):
            raise Failure(OWN, f"{expects} non-list: {described(holder)}")
        if not all(map(is_atom, holder)):
            raise Failure(OWN, f"{expects} list with values: {described(holder)}")
        return Seq(each(lambda a: a in holder, item), clipped(f"{item.label} in {name or holder}"))
    if not is_atom(item):
        raise Failure(OWN, f'"A in X" expects A to be s-op or atom, but got A: {described(item)}')
    if isinstance(holder, list):
        return any(is_atom(one) and one == item for one in holder)
    if isinstance(holder, Seq):
        return Seq(lambda where: [item in where.of(holder)] * where.n, "( s-op > 0 )")
    raise Failure(OWN, f'"[atom] in X" expects X to be list or s-op, but got: {described(holder)}')


def index_of(tree):
    return tree.name if isinstance(tree, syntax.Name) else "out"


def index(holder, place, tree):
    label = f"{index_of(tree.container)}[{index_of(tree.index)}]"
    if isinstance(holder, list | str):
        kind = "list" if isinstance(holder, list) else "string"
        if isinstance(place, Seq):
            return Seq(each(lambda i: item(holder, i, kind), place), clipped(label))
        if not isinstance(place, int):
            raise Failure(OWN, f"index into {kind} has to be s-op or integer, got: {described(place)}")
        return item(holder, place, kind)
    if isinstance(holder, dict):
        if isinstance(place, Seq):
            return Seq(each(lambda key: entry(holder, key), place), clipped(label))
        if not is_atom(place):
            what = "index into dict has to be s-op or atom (i.e., string, int, float, bool)"
            raise Failure(OWN, f"{what}, got: {described(place)}")
        return entry(holder, place)
    if isinstance(holder, Seq):
        if not isinstance(place, int):
            raise Failure(OWN, f"index into sequence has to be integer, got: {described(place)}")

        def placed(where):
            values = where.of(holder)
            i = int(place) if place >= 0 else place + where.n
            return [values[i] if 0 <= i < where.n else 0] * where.n

        return Seq(placed, clipped(f"{index_of(tree.container)}[{place}]"))
    what = "can only index into a list, dict, string,or sequence, but instead got"
    raise Failure(OWN, f"{what}: {described(holder)}")


def item(holder, i, kind):
    if not isinstance(i, int):
        raise Failure(PYTHON)
    if not -len(holder) <= i < len(holder):
        raise Failure(OWN, f"index {i} out of range for {kind} of length {len(holder)}")
    return holder[i]


def entry(holder, key):
    if key not in holder:
        raise Failure(OWN, f"index [ {described(key)} ] not in dict.")
    return holder[key]


# Attention


def select(keys, queries, sign):
    keys, queries = everywhere(keys), everywhere(queries)

    def make(where):
        for side in (keys, queries):
            if isinstance(side, Seq):
                where.of(side)
        return [
            [python(BINARY[sign], at(keys, where, j), at(queries, where, i)) for j in range(where.n)]
            for i in range(where.n)
        ]

    return Sel(make)


def aggregate(selector, value, default=0):
    if not isinstance(selector, Sel):
        raise Failure(OWN, f"Expected selector, got: {described(selector)}")
    if isinstance(default, Seq | Sel | Fun):
        raise Failure(OWN, f"Expected atom, got: {described(default)}")

    def make(where):
        rows = where.of(selector)
        values = where.of(value) if isinstance(value, Seq) else typed([value] * where.n)
        return [mean([a for a, on in zip(values, row, strict=True) if on], values, default) for row in rows]

    return Seq(make)


def mean(chosen, values, default):
    if len(chosen) < 2:
        return chosen[0] if chosen else default
    if not all(map(is_number, values)) or all(isinstance(value, bool) for value in values):
        shown_values = shown(values, "[]")
        raise Failure(PYTHON, f"asked to average multiple values, but they are non-numbers: {shown_values}")
    return python(lambda: sum(chosen[1:], chosen[0]) / len(chosen))


# The library

indices = Seq(lambda where: list(range(where.n)), "indices")
full_s = Sel(lambda where: [[True] * where.n for _ in range(where.n)], "full_s")
length = Seq(lambda where: [where.n] * where.n, "length")


def width(selector):
    if not isinstance(selector, Sel):
        raise Failure(OWN, "Cannot apply and/or between selector and non-selector")
    return Seq(lambda where: [sum(row) for row in where.of(selector)])


def has_focus(selector):
    if not isinstance(selector, Sel):
        raise Failure(OWN, f"Expected selector, got: {described(selector)}")
    return Seq(lambda where: [any(row) for row in where.of(selector)])


def count(seq, atom):
    same = unary("indicator", binary("==", seq, atom))
    return Seq(lambda where: [sum(where.of(same))] * where.n)


def either(sign):
    def function(a, b):
        condition = binary(sign, a, b)
        return choice(condition, a, b) if isinstance(condition, Seq) else a if condition else b

    return function


def mark(side):
    def function(seq, val):
        same = binary("==", seq, val)

        def make(where):
            hits = [j for j in range(where.n) if at(same, where, j)]
            return [i == side(hits) if hits else False for i in range(where.n)]

        return Seq(make)

    return function


def marked(side):
    return lambda seq, val: select(mark(side)(seq, val), True, "==")


def shift(seq, n, filler):
    source = select(indices, binary("-", indices, n), "==")
    if not isinstance(filler, Seq | Sel | Fun):
        return aggregate(source, seq, filler)

    def make(where):  # the selector is checked before the default is
        where.of(source)
        aggregate(source, seq, filler)

    return Seq(make)


def sort(seq, key):
    key = everywhere(key)

    def make(where):
        keys = [at(key, where, i) for i in range(where.n)]
        python(sorted, keys)
        for a in keys:
            for b in keys:
                python(operator.lt, a, b)
        order = sorted(range(where.n), key=lambda i: keys[i])
        return [at(seq, where, i) for i in order]

    return Seq(make)


def next_identical(seq):
    seq = everywhere(seq)

    def make(where):
        values = [at(seq, where, i) for i in range(where.n)]
        rows = []
        for i in range(where.n):
            later = [j for j in range(i + 1, where.n) if values[j] == values[i]]
            rows.append([j == min(later, default=None) for j in range(where.n)])
        return rows

    return Sel(make)


LIBRARY = {
    "selector_width": ("sel", width),
    "has_focus": ("sel", has_focus),
    "count": ("seq atom", count),
    "contains": ("seq atom", lambda seq, atom: binary(">", count(seq, atom), 0)),
    "max": ("a b", either(">")),
    "min": ("a b", either("<")),
    "average": ("a", lambda a: aggregate(full_s, a)),
    "load_from_location": ("seq location", lambda seq, where: aggregate(select(indices, where, "=="), seq)),
    "shift": ("seq n filler", shift),
    "mark_last_instance": ("seq val", mark(max)),
    "mark_first_instance": ("seq val", mark(min)),
    "select_from_last": ("seq val", marked(max)),
    "select_from_first": ("seq val", marked(min)),
    "sort": ("seq key", sort),
    "select_next_identical": ("seq", next_identical),
}
RESERVED = {
    "out", "True", "False", "indices", "tokens_asis", "tokens_str", "tokens_int", "tokens_float", "tokens_bool", "get",
    "len", "zip", "range",
}  # fmt: skip


def tokens(conversion):
    if conversion is None:
        return Seq(lambda where: typed(where.items, "[]"), "tokens_asis")
    function = {"str": str, "int": int, "float": float, "bool": bool}[conversion]
    return Seq(lambda where: [python(function, a) for a in where.items], f"tokens_{conversion}")


class Naive:
    """Runs statements. After each one, ``value`` is what an expression or an assignment yielded."""

    def __init__(self, given="hello"):
        base = Scope(None, {"True": True, "False": False, "indices": indices, "tokens_asis": tokens(None)})
        base.names |= {f"tokens_{kind}": tokens(kind) for kind in ("str", "int", "float", "bool")}
        library = Scope(base, {"full_s": full_s, "length": length})
        library.names["tokens"] = replace(base.names["tokens_str"], label="tokens")
        library.names |= {name: Fun(name, tuple(given.split()), call) for name, (given, call) in LIBRARY.items()}
        self.base, self.console = base, Scope(library)
        self.example = self.on = Input(given)
        self.depth = 0
        self.value = None

    def run(self, statement):
        """Run a statement of the console; raise :class:`Failure` if it fails."""
        self.on = self.example
        self.value = None
        if isinstance(statement, syntax.SetExample):
            given = self.of(statement.value, self.console)
            if not isinstance(given, str | list | dict):
                raise Failure(OWN, f"example not iterable: {plain(given)}")
            self.example = Input(given)
        else:
            self.one(statement, self.console)

    def one(self, statement, scope):
        match statement:
            case syntax.Expression(_, syntax.Call(_, callee, arguments)) if len(arguments) == 1:
                self.value = self.called(callee, arguments, scope, applied=True)
            case syntax.Expression(_, expression):
                self.value = self.of(expression, scope)
            case syntax.Assignment(_, names, expressions):
                self.assign(names, [self.of(one, scope) for one in expressions], scope)
            case syntax.Definition(_, name, parameters, _, _):
                call = partial(self.body, statement, scope)
                fun = Fun(name, parameters, call, scope.creator)
                self.bind([name], [fun], scope)
            case syntax.For(_, names, iterable, body):
                items = self.of(iterable, scope)
                if not isinstance(items, list | dict):
                    raise Failure(OWN, f"for loop needs to iterate over a list or dict, but got: {plain(items)}")
                for one in items:
                    self.bind_item(names, one, scope)
                    for inner in body:
                        self.one(inner, scope)
            case _:
                raise AssertionError(f"the grammar has no {type(statement)}")

    def assign(self, names, values, scope):
        if len(names) == 1:
            values = values if len(values) == 1 else [values]
        elif len(values) == 1 and isinstance(values[0], list | str | dict):
            values = list(values[0])
        if len(values) != len(names):
            raise Failure(OWN, f"expected {len(names)} values, but got: {len(values)}")
        values = [self.renamed(value, name) for value, name in zip(values, names, strict=True)]
        self.bind(names, values, scope)
        self.value = values[0] if len(values) == 1 else values

    def renamed(self, value, name):
        if not isinstance(value, Seq | Sel):
            return value
        named = replace(value, label=clipped(name, "s-op" if isinstance(value, Seq) else "sel"))
        for key, own in self.base.names.items():  # inputs go by the name that they were last given
            if isinstance(own, Seq) and own.make is value.make:
                self.base.names[key] = named
        return named

    def bind(self, names, values, scope):
        for name in names:
            reserved = scope is self.console and (name in LIBRARY or name in ("full_s", "length"))
            if name in RESERVED or reserved:
                raise Failure(OWN, f"Error: Cannot set reserved name: {name}")
        scope.names.update(zip(names, values, strict=True))

    def bind_item(self, names, one, scope):
        if len(names) == 1:
            self.bind(names, [one], scope)
        elif not isinstance(one, list | dict | str):
            what = "iterating with multiple iterator names, but got single iterator value"
            raise Failure(OWN, f"{what}: {plain(one)}")
        elif len(one) != len(names):
            raise Failure(OWN, f"iterating with {len(names)} names but got {len(one)} values ( {plain(one)} )")
        else:
            self.bind(names, list(one), scope)

    def body(self, definition, scope, *given):
        if self.depth > 100:
            raise Failure(PYTHON)
        inner = Scope(scope, creator=f"{scope.creator}'")
        self.bind(definition.parameters, given, inner)
        before, self.on = self.on, self.example
        self.depth += 1
        try:
            for statement in definition.body:
                self.one(statement, inner)
            results = [self.of(one, inner) for one in definition.results]
        finally:
            self.on, self.depth = before, self.depth - 1
        return results[0] if len(results) == 1 else results

    def of(self, tree, scope):
        """Return the value of an expression, checked where it stands."""
        value = self.evaluated(tree, scope)
        if isinstance(value, Seq | Sel):
            self.on.of(value)
        return value

    def evaluated(self, tree, scope):
        def of(part):
            return self.of(part, scope)

        match tree:
            case syntax.Literal(_, value):
                return value
            case syntax.Name(_, name):
                return scope.find(name)
            case syntax.ListOf(_, items):
                return list(map(of, items))
            case syntax.DictOf(_, pairs):
                return {self.key(key, scope): of(value) for key, value in pairs}
            case syntax.ListComprehension(_, inside, names, iterable):
                inner = Scope(scope, creator=scope.creator)
                return [self.of(inside, inner) for _ in self.rounds(names, iterable, scope, inner, "list")]
            case syntax.DictComprehension(_, key, value, names, iterable):
                inner = Scope(scope, creator=scope.creator)
                rounds = self.rounds(names, iterable, scope, inner, "dict")
                return {self.key(key, inner): self.of(value, inner) for _ in rounds}
            case syntax.Unary(_, sign, operand):
                return unary(sign, of(operand))
            case syntax.Binary(_, "in", left, right):
                name = right.name if isinstance(right, syntax.Name) else None
                return contains(of(left), of(right), name)
            case syntax.Binary(_, sign, left, right):
                return binary(sign, of(left), of(right))
            case syntax.Ternary(_, value, condition, otherwise):
                decided = of(condition)
                if isinstance(decided, Seq | Sel):
                    return choice(decided, of(value), of(otherwise))
                return of(value) if decided else of(otherwise)
            case syntax.Index(_, container, place):
                return index(of(container), of(place), tree)
            case syntax.Call(_, callee, arguments):
                return self.called(callee, arguments, scope)
            case syntax.Select(_, keys, queries, sign):
                return select(of(keys), of(queries), sign)
            case syntax.Aggregate(_, selector, value, default):
                selector, value = of(selector), of(value)
                default = 0 if default is None else of(default)
                made = aggregate(selector, value, default)
                return made
        return self.listed(tree, of)

    def listed(self, tree, of):
        if isinstance(tree, syntax.Len):
            items = of(tree.argument)
            if not isinstance(items, list):
                raise Failure(OWN, f"attempting to compute length of non-list: {described(items)}")
            return len(items)
        given = list(map(of, tree.arguments))
        if isinstance(tree, syntax.Range):
            if not all(isinstance(one, int) for one in given):
                raise Failure(OWN, f"range expects all integer inputs, but got: {described(given)}")
            if len(given) > 3:
                what = "wrong number of inputs to range, expected: 1, 2, or 3, got"
                raise Failure(OWN, f"{what}: {len(given)}")
            return python(lambda: list(range(*given)))
        for number, one in enumerate(given, 1):
            if not isinstance(one, list):
                what = f"attempting to zip lists, but {number} -th element is not list"
                raise Failure(OWN, f"{what}: {described(one)}")
        for number, one in enumerate(given, 1):
            if len(one) != len(given[0]):
                what = f"attempting to zip lists of length {len(given[0])} , but {number} -th list has length"
                raise Failure(OWN, f"{what} {len(one)}")
        return [list(items) for items in zip(*given, strict=True)]

    def key(self, tree, scope):
        key = self.of(tree, scope)
        if not is_atom(key):
            raise Failure(OWN, f"dictionary keys can only be atoms, but instead got: {described(key)}")
        return key

    def rounds(self, names, iterable, scope, inner, kind):
        items = self.of(iterable, scope)
        if not isinstance(items, list | dict):
            what = f"{kind} comprehension should have got a list or dict to loop over, but got"
            raise Failure(OWN, f"{what}: {plain(items)}")
        for one in items:
            self.bind_item(names, one, inner)
            yield

    def called(self, callee, arguments, scope, applied=False):
        if len(arguments) == 1:
            given = [self.of(arguments[0], scope)]
            before, self.on = self.on, Input(given[0])
            try:
                function = self.of(callee, scope)
            finally:
                self.on = before
        else:
            function = self.of(callee, scope)
            given = [self.of(one, scope) for one in arguments]
        if isinstance(function, Fun):
            self.expect(function.name, len(function.parameters), given)
            result = function.call(*given)
            if isinstance(result, Seq | Sel):
                self.example.of(result)
                self.on.of(result)
                label = f"{function.name}({' , '.join(map(argument, given))})"
                result = replace(result, label=clipped(label, "s-op" if isinstance(result, Seq) else "sel"))
            return result
        if isinstance(function, Seq | Sel):
            self.expect("evaluate unfinished", 1, given)
            return Input(given[0]).of(function)
        raise Failure(CALL)

    def expect(self, name, arity, given):
        if arity != len(given):
            raise Failure(OWN, f"wrong number of args for {name}- expected: {arity}, got: {len(given)}.")


def argument(value):
    text = described(value)
    return f"({type(value).__name__})" if isinstance(value, list | dict) and len(text) > 20 else text
