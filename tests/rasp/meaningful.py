"""Random programs in the paper's language that mean something: most of their operands are of a kind that fits."""

from __future__ import annotations

from raspir.frontends.rasp import syntax
from raspir.ir.location import Location

PLACE = Location("generated", 1, 1)

ATOMS = ("int", "float", "bool", "str")
SOPS = ("s-int", "s-float", "s-bool", "s-str")
KINDS = (*ATOMS, *SOPS, "selector", "list", "s-list", "dict", "function")
EXAMPLES = {
    "str": ["hello", "a", "aab", "abcab", "1203", "+-1 2", "éß😀"],
    "int": [[3, 1, 2], [0], [-1, 5, 5, -1, 0, 7], [2, 2, 2], [10**20, 1, -3]],
    "float": [[0.5, 1.0, -0.0], [2.5, 2.5, 1e300, -3.75], [0.1, 0.2, 0.3, 0.4]],
    "bool": [[True, False, True], [False], [True, True]],
    "mixed": [[1, True, 0.5], [0, False, 2], [1.0, 2, True, False], ["1", 2, "x"], ["1", "0.5", ""]],
    "dict": [{"a": 1, "b": 2}, {1: "x", 0: "y", 5: "z"}],
}
INPUTS = [each for some in EXAMPLES.values() for each in some]
STRINGS = ("a", "b", "l", "", "ab", "1", "0", "hello", "%s")
NAMES = ("a", "b", "c", "d", "e", "x", "y", "z")
LIBRARY = {
    "count": ("s-int", ("sop", "atom")),
    "contains": ("s-bool", ("sop", "atom")),
    "selector_width": ("s-int", ("selector",)),
    "has_focus": ("s-bool", ("selector",)),
    "average": ("s-float", ("s-int",)),
    "load_from_location": ("sop", ("sop", "s-int")),
    "shift": ("s-str", ("s-str", "int", "str")),
    "sort": ("sop", ("sop", "s-int")),
    "mark_last_instance": ("s-bool", ("s-str", "str")),
    "mark_first_instance": ("s-bool", ("s-int", "int")),
    "select_from_last": ("selector", ("sop", "atom")),
    "select_from_first": ("selector", ("sop", "atom")),
    "select_next_identical": ("selector", ("sop",)),
    "max": ("s-int", ("s-int", "s-int")),
    "min": ("int", ("int", "int")),
}
ARITHMETIC = ("+", "-", "*", "/", "%", "+", "-", "^")
ORDER = ("==", "<", ">", "<=", ">=")


def node(cls, *parts):
    return cls(PLACE, *parts)


def name(text):
    return node(syntax.Name, text)


class Programs:
    """Makes programs.

    Args:
        random: the source of choices.
        wrong: how often an operand is of any kind.
        size: the most levels of operations in an expression.
    """

    def __init__(self, random, wrong=0.04, size=3):
        self.random, self.wrong, self.size = random, wrong, size
        self.known = {}
        self.functions = {}

    def program(self, statements):
        """Return an example and a list of statements."""
        example = self.random.choice(INPUTS)
        made = [node(syntax.SetExample, None, literal_of(example))] if self.random.random() < 0.8 else []
        return made + [self.statement() for _ in range(statements)]

    def statement(self):
        kind = self.random.random()
        if kind < 0.55:
            return self.assignment()
        if kind < 0.75:
            return node(syntax.Expression, self.any(self.size))
        if kind < 0.80:
            return node(syntax.Expression, self.application())
        if kind < 0.87:
            return self.definition()
        if kind < 0.95:
            return self.loop()
        if kind < 0.98:
            return node(syntax.SetExample, None, literal_of(self.random.choice(INPUTS)))
        return node(syntax.SetExample, None, self.of("list", 1))

    def assignment(self):
        if self.random.random() < 0.08:
            count = self.random.choice((2, 2, 3))
            names = tuple(self.random.choice(NAMES) for _ in range(count))
            return node(syntax.Assignment, names, tuple(self.any(2) for _ in range(self.random.choice((count, 1, 2)))))
        kind = self.random.choice(KINDS[:-1])
        value = self.of(kind, self.size)
        bound = self.random.choice((*NAMES, "tokens")) if self.random.random() < 0.97 else "length"
        if bound != "tokens" or kind == "s-str":
            self.known[bound] = kind
        return node(syntax.Assignment, (bound,), (value,))

    def application(self):
        return node(syntax.Call, self.of(self.random.choice((*SOPS, "selector")), 2), (self.an_input(),))

    def an_input(self):
        if self.random.random() < 0.9:
            return literal_of(self.random.choice(INPUTS))
        return self.any(1)

    def definition(self):
        called = self.random.choice(("f", "g", "h"))
        parameters = tuple(self.random.choice((("p",), ("p", "q"), ("p",), ())))
        kinds = tuple(self.random.choice(KINDS[:-1]) for _ in parameters)
        before, self.known = self.known, self.known | dict(zip(parameters, kinds, strict=True))
        body = []
        if self.random.random() < 0.4:
            kind = self.random.choice(KINDS[:-1])
            body.append(node(syntax.Assignment, ("w",), (self.of(kind, 2),)))
            self.known["w"] = kind
        if self.random.random() < 0.15:
            body.append(self.loop())
        result = self.random.choice((*SOPS, *SOPS, "selector", "int", "list"))
        results = (self.of(result, 2),) if self.random.random() < 0.9 else (self.any(1), self.any(1))
        self.known = before
        self.functions[called] = (result, kinds)
        return node(syntax.Definition, called, parameters, tuple(body), results)

    def loop(self):
        iterable = self.of(self.random.choice(("list", "list", "dict")), 1)
        before, self.known = self.known, self.known | {"i": "int"}
        body = tuple(self.assignment() for _ in range(self.random.choice((1, 1, 2))))
        self.known = before
        return node(syntax.For, ("i",), iterable, body)

    # Expressions

    def any(self, depth):
        return self.of(self.random.choice(KINDS), depth)

    def of(self, kind, depth):
        """Return an expression that is probably of a kind."""
        if kind == "sop":
            kind = self.random.choice(SOPS)
        elif kind == "atom":
            kind = self.random.choice(ATOMS)
        if self.random.random() < self.wrong:
            kind = self.random.choice(KINDS)
        fitting = [each for each, held in self.known.items() if held == kind]
        if fitting and self.random.random() < (0.35 if depth else 0.7):
            return name(self.random.choice(fitting))
        if depth <= 0:
            return self.leaf(kind)
        if self.random.random() < 0.12:
            return self.through_containers(kind, depth - 1)
        if self.random.random() < 0.12:
            return self.call(kind, depth - 1)
        return getattr(self, "_" + kind.replace("-", "_"))(depth - 1)

    def leaf(self, kind):
        choose = self.random.choice
        match kind:
            case "int":
                return node(syntax.Literal, choose((0, 1, 1, 2, 2, 3, 7, 10)))
            case "float":
                return node(syntax.Literal, choose((0.5, 1.0, 0.0, 2.5, 0.1)))
            case "bool":
                return name(choose(("True", "False")))
            case "str":
                return node(syntax.Literal, choose(STRINGS))
            case "s-int":
                return name(choose(("indices", "indices", "length", "tokens_int")))
            case "s-float":
                return choose((name("tokens_float"), node(syntax.Binary, "*", name("indices"), self.leaf("float"))))
            case "s-bool":
                return choose((name("tokens_bool"), node(syntax.Binary, "<", name("indices"), self.leaf("int"))))
            case "s-str":
                return name(choose(("tokens", "tokens_str", "tokens", "tokens_asis")))
            case "selector":
                return choose((name("full_s"), self.select(0)))
            case "list":
                return node(syntax.ListOf, tuple(self.leaf(choose(ATOMS)) for _ in range(choose((0, 2, 3)))))
            case "s-list":
                return node(syntax.ListOf, (self.leaf("s-int"), self.leaf(choose(KINDS[:8]))))
            case "dict":
                return node(syntax.DictOf, tuple((self.leaf(choose(ATOMS)), self.leaf("int")) for _ in range(2)))
        return name(choose(tuple(self.functions) or ("max",)))

    def through_containers(self, kind, depth):
        """Return an item of a list, an entry of a dict, or a choice, of a kind."""
        way = self.random.randrange(4)
        if way == 0:
            items = tuple(self.of(kind, depth - 1) for _ in range(self.random.choice((1, 2, 3))))
            place = self.random.choice((self.of("int", 0), node(syntax.Literal, 0), literal_of(-1)))
            return node(syntax.Index, node(syntax.ListOf, items), place)
        if way == 1 and kind in SOPS:
            return self.looked_up(kind, depth)
        if way == 2 and kind in SOPS:
            return node(syntax.Index, self.of(kind, depth), literal_of(self.random.choice((0, 1, -1, -2, 9))))
        condition = self.of(self.random.choice(("bool", "int", "s-bool", "s-int", "list")), depth)
        return node(syntax.Ternary, self.of(kind, depth), condition, self.of(kind, depth))

    def looked_up(self, kind, depth):
        """Return an s-op that looks up each position in a list, a string or a dict."""
        atom = kind.removeprefix("s-")
        if self.random.random() < 0.5:
            keys = [node(syntax.Literal, each) for each in (0, 1, 2, 3, 4, 5)]
            held = tuple(self.leaf(atom) for _ in keys)
            holder = node(syntax.ListOf, held)
            if self.random.random() < 0.3:
                holder = node(syntax.DictOf, tuple(zip(keys, held, strict=True)))
            if atom == "str" and self.random.random() < 0.3:
                holder = node(syntax.Literal, "abcdef")
            return node(syntax.Index, holder, self.of("s-int", depth - 1))
        keys = [node(syntax.Literal, each) for each in "heloab"]
        holder = node(syntax.DictOf, tuple((key, self.leaf(atom)) for key in keys))
        return node(syntax.Index, holder, self.of("s-str", depth - 1))

    def call(self, kind, depth):
        """Return a call of a function that returns a kind, if one does."""
        made = {each: held for each, held in {**LIBRARY, **self.functions}.items() if held[0] in (kind, "sop")}
        if not made:
            return self.leaf(kind)
        called = self.random.choice(sorted(made))
        arguments = tuple(self.of(each, depth) for each in made[called][1])
        if self.random.random() < self.wrong:
            arguments = arguments[1:]
        return node(syntax.Call, name(called), arguments)

    def binary(self, signs, left, right, depth):
        return node(syntax.Binary, self.random.choice(signs), self.of(left, depth), self.of(right, depth))

    def _int(self, depth):
        way = self.random.randrange(5)
        if way == 0:
            return node(syntax.Unary, self.random.choice(("-", "+", "round")), self.of("int", depth))
        if way == 1:
            return node(syntax.Len, self.of("list", depth))
        return self.binary(("+", "-", "*", "%"), "int", "int", depth)

    def _float(self, depth):
        return self.binary(ARITHMETIC[:5], "float", self.random.choice(("int", "float", "bool")), depth)

    def _bool(self, depth):
        if self.random.random() < 0.3:
            return node(syntax.Binary, "in", self.of("atom", depth), self.of("list", depth))
        if self.random.random() < 0.3:
            return node(syntax.Unary, "not", self.of("atom", depth))
        kind = self.random.choice(("int", "float", "str", "list"))
        return self.binary((*ORDER, "and", "or"), kind, kind, depth)

    def _str(self, depth):
        if self.random.random() < 0.3:
            return node(syntax.Binary, "*", self.of("str", depth), node(syntax.Literal, 2))
        return self.binary(("+", "+", "and", "or"), "str", "str", depth)

    def _s_int(self, depth):
        way = self.random.randrange(8)
        if way == 0:
            return node(syntax.Unary, self.random.choice(("-", "+", "round", "round")), self.of("s-int", depth))
        if way == 1:
            return node(syntax.Unary, "indicator", self.of(self.random.choice(SOPS), depth))
        if way == 2:
            return node(syntax.Unary, "round", self.of("s-float", depth))
        if way == 3:
            return node(syntax.Call, name("selector_width"), (self.of("selector", depth),))
        left, right = self.random.choice((("s-int", "int"), ("s-int", "s-int"), ("int", "s-int"), ("s-int", "s-bool")))
        if self.random.random() < 0.08:
            return node(syntax.Binary, "^", self.of(left, depth), self.leaf("int"))
        return self.binary(("+", "-", "*", "%"), left, right, depth)

    def _s_float(self, depth):
        if self.random.random() < 0.4:
            return self.aggregate(self.random.choice(("s-int", "s-float", "s-bool", "s-int")), depth)
        left = self.random.choice(("s-int", "s-float", "s-bool"))
        return self.binary(("/", "*", "+", "-", "%"), left, self.random.choice(("int", "float", "s-float")), depth)

    def aggregate(self, kind, depth):
        default = None
        if self.random.random() < 0.5:
            default = self.of(self.random.choice((*ATOMS, kind.removeprefix("s-"))), 0)
        return node(syntax.Aggregate, self.of("selector", depth), self.of(kind, depth), default)

    def _s_bool(self, depth):
        way = self.random.randrange(6)
        if way == 0:
            return node(syntax.Unary, "not", self.of("sop", depth))
        if way == 1:
            return node(syntax.Binary, "in", self.of("sop", depth), self.of("list", depth))
        if way == 2:
            return node(syntax.Binary, "in", self.of("atom", depth), self.of("sop", depth))
        if way == 3:
            return self.binary(("and", "or"), "sop", self.random.choice(("sop", "atom")), depth)
        left, right = self.random.choice((("s-int", "int"), ("s-str", "str"), ("int", "s-int"), ("s-float", "s-int")))
        return self.binary(ORDER, left, right, depth)

    def _s_str(self, depth):
        way = self.random.randrange(4)
        if way == 0:
            return self.aggregate("s-str", depth)
        if way == 1:
            chosen = self.of("s-str", depth), self.of("s-bool", depth), self.of("s-str", depth)
            return node(syntax.Ternary, *chosen)
        if way == 2:
            return node(syntax.Binary, "*", self.of("s-str", depth), self.leaf("int"))
        left, right = self.random.choice((("s-str", "str"), ("str", "s-str"), ("s-str", "s-str")))
        return self.binary(("+",), left, right, depth)

    def select(self, depth):
        keys, queries = self.random.choice(
            (("s-int", "s-int"), ("s-str", "s-str"), ("s-int", "int"), ("s-str", "str"), ("s-bool", "bool"))
        )
        return node(
            syntax.Select, self.of(keys, depth), self.of(queries, depth), self.random.choice(syntax.COMPARISONS)
        )

    def _selector(self, depth):
        way = self.random.randrange(6)
        if way == 0:
            return node(syntax.Unary, "not", self.of("selector", depth))
        if way == 1:
            return self.binary(("and", "or"), "selector", "selector", depth)
        return self.select(depth)

    def _list(self, depth):
        way = self.random.randrange(6)
        if way == 0:
            return node(syntax.Range, tuple(self.of("int", 0) for _ in range(self.random.choice((1, 2, 3)))))
        if way == 1:
            return self.comprehension("atom", depth)
        if way == 2:
            return node(syntax.Zip, (self.of("list", depth), self.of("list", depth)))
        if way == 3:
            return self.binary(("+",), "list", "list", depth)
        if way == 4:
            return node(syntax.Binary, "*", self.of("list", depth), self.leaf("int"))
        return node(syntax.ListOf, tuple(self.of("atom", depth) for _ in range(self.random.choice((1, 2, 3)))))

    def comprehension(self, kind, depth):
        before, self.known = self.known, self.known | {"v": "int"}
        item = self.of(kind, depth)
        self.known = before
        return node(syntax.ListComprehension, item, ("v",), self.of(self.random.choice(("list", "dict")), depth))

    def _s_list(self, depth):
        if self.random.random() < 0.4:
            return self.comprehension("sop", depth)
        return node(syntax.ListOf, tuple(self.any(depth) for _ in range(self.random.choice((1, 2)))))

    def _dict(self, depth):
        if self.random.random() < 0.3:
            before, self.known = self.known, self.known | {"v": "int"}
            item = self.any(depth)
            self.known = before
            return node(syntax.DictComprehension, name("v"), item, ("v",), self.of("list", depth))
        pairs = ((self.of("atom", depth), self.any(depth)) for _ in range(self.random.choice((0, 1, 2))))
        return node(syntax.DictOf, tuple(pairs))

    def _function(self, depth):
        return self.leaf("function")


def literal_of(value):
    """Return the expression of an atom, a list or a dict of atoms."""
    if isinstance(value, list):
        return node(syntax.ListOf, tuple(map(literal_of, value)))
    if isinstance(value, dict):
        return node(syntax.DictOf, tuple((literal_of(key), literal_of(held)) for key, held in value.items()))
    if isinstance(value, bool):
        return name(str(value))
    if isinstance(value, int | float) and str(value).startswith("-"):
        return node(syntax.Unary, "-", node(syntax.Literal, -value))
    return node(syntax.Literal, value)
