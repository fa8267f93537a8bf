"""Random graphs whose values hold ``None``, with every operation and attribute, and inputs for them."""

from random import Random

from raspir import ir
from raspir.ir import Graph, build
from raspir.ir.atoms import atom_key
from raspir.ir.errors import GraphError
from raspir.ir.operations import OPERATIONS, Role

FUNCTIONS = {
    "size": lambda a: len(str(a)),
    "odd": lambda a: None if a == 1 else a,
    "both": lambda a, b: a + b if type(a) is type(b) else None,
    "three": lambda a, b, c: (a == b) + (b == c),
    "picky": lambda a, b: 1 // (a != b),
    "alike": lambda k, q: type(k) is type(q),
    "under": lambda k, q: k is None or (q is not None and str(k) < str(q)),
    "ordered": lambda k, q: k < q,
}
"""The opaque functions: of one, two and three atoms, and predicates."""

ARITY = {"size": 1, "odd": 1, "both": 2, "three": 3, "picky": 2}
PREDICATES = ("alike", "under", "ordered")
ATOMS = {
    "integers": [None, None, 0, 1, 2, -1, 3],
    "booleans": [None, True, False],
    "characters": [None, "a", "b", "c"],
    "numbers": [None, 0, 1, True, 0.5, -0.5, 2**70],
    "any": [None, 1, True, "a", "ab", 0.5, 2**70, ""],
    "nothing": [None],
    "no missing": [0, 1, 2, 3],
}
"""The atoms of an input and of the constants beside it, by name."""

SCALARS = [
    name
    for name, operation in OPERATIONS.items()
    if operation.role is Role.ELEMENTWISE and not operation.variadic and name not in ("where", "has", "item")
]
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")


class Maker:
    """A graph under construction, from the atoms of one name."""

    def __init__(self, random: Random, name: str, vocabulary: bool) -> None:
        self.random, self.atoms = random, ATOMS[name]
        vocab = tuple({atom_key(atom): atom for atom in self.atoms}.values()) if vocabulary else None
        self.tokens = build("input", name="tokens", vocab=vocab)
        self.values = [self.tokens, build("indices")]

    def graph(self, size: int) -> Graph:
        """Return a graph of about so many operations."""
        while len(self.values) < size:
            try:
                self.values.append(self._value())
            except GraphError:  # ill-typed
                continue
        names = dict(zip(("first", "second"), reversed(self.values), strict=False))
        return Graph(names, [self.tokens], FUNCTIONS)

    def _value(self) -> ir.Node:
        kind = self.random.choice(("scalar", "scalar", "scalar", "other", "other", "aggregate", "aggregate"))
        return getattr(self, f"_{kind}")()

    def _pick(self) -> ir.Node:
        if self.random.random() < 0.15:
            return build("const", value=self._atom())
        return self.random.choice((*self.values, self.tokens))

    def _atom(self):
        return self.random.choice((*self.atoms, None, 0, 1))

    def _none(self, name: str) -> dict[str, str]:
        kinds = dict(OPERATIONS[name].attributes)
        if "none" not in kinds:
            return {}
        return {
            "none": self.random.choice(
                (*kinds["none"].choices, *("skip" for c in kinds["none"].choices if c == "skip"))
            )
        }

    def _scalar(self) -> ir.Node:
        name = self.random.choice((*SCALARS, "add", "sub", "eq", "ne"))
        operands = [self._pick() for _ in OPERATIONS[name].operands]
        if name == "pow":
            operands[1] = build("const", value=2)
        if name == "mul" and 2**70 in self.atoms:
            operands[1] = build("const", value=self.random.choice((None, 2)))
        return build(name, *operands, **self._none(name))

    def _other(self) -> ir.Node:
        name = self.random.choice(("where", "where", "has", "item", "lookup", "map", "map", "raw"))
        if name == "where":
            return build("where", self._pick(), self._pick(), self._pick())
        if name == "has":
            values = tuple(self._atom() for _ in range(self.random.choice((0, 1, 3, 10))))
            return build("has", self._pick(), values=values, **self._none("has"))
        if name == "item":
            keys = tuple(dict.fromkeys(self._atom() for _ in range(self.random.choice((3, 6, 10)))))
            return build("item", self._pick(), keys=keys, values=tuple(self._atom() for _ in keys))
        if name == "map":
            function = self.random.choice(list(ARITY))
            return build(name, *(self._pick() for _ in range(ARITY[function])), function=function, **self._none(name))
        if name == "raw":
            return build("raw", values=tuple(self._atom() for _ in range(4)))
        return self._lookup()

    def _lookup(self) -> ir.Node:
        operands = [self._pick() for _ in range(self.random.choice((1, 2, 2, 3)))]
        rows = [tuple(self._atom() for _ in operands) for _ in range(self.random.randrange(6))]
        rows = list({tuple(map(atom_key, row)): row for row in rows}.values())
        values = tuple(self._atom() for _ in rows)
        keys = tuple(atom for row in rows for atom in row)
        return build("lookup", *operands, otherwise=self._atom(), keys=keys, values=values)

    def selector(self, depth: int = 2) -> ir.Node:
        """Return a selector."""
        choice = self.random.random()
        if depth and choice < 0.35:
            name = self.random.choice(("and", "and", "or", "not"))
            return build(f"selector.{name}", *(self.selector(depth - 1) for _ in range(1 if name == "not" else 2)))
        if choice < 0.45:
            return build("select.by", self._pick(), self._pick(), function=self.random.choice(PREDICATES))
        key = query = self.values[1]
        if self.random.random() < 0.6:
            key, query = self._pick(), self._pick()
        name = self.random.choice(("eq", "eq", "ne", *COMPARISONS) if key is not query else COMPARISONS)
        none = "error" if self.random.random() < 0.1 else "value"
        return build(f"select.{name}", key, query, **({"none": none} if name in ("eq", "ne") else {}))

    def _aggregate(self) -> ir.Node:
        name = self.random.choice(("sum", "sum", "mean", "average", "best"))
        default = self._atom()
        if name == "best":
            options = {"pick": self.random.choice(("highest", "lowest")), "ties": self.random.choice(("left", "right"))}
            return build("best", self.selector(), self._pick(), self._pick(), default=default, **options)
        value = build("const", value=self.random.choice((1, 1, None))) if self.random.random() < 0.3 else self._pick()
        return build(name, self.selector(), value, default=default)


def program(random: Random) -> tuple[Graph, list]:
    """Return a random graph, and the atoms of its input."""
    name = random.choice(list(ATOMS))
    return Maker(random, name, vocabulary=random.random() < 0.8).graph(random.randrange(3, 12)), ATOMS[name]


def inputs(random: Random, atoms: list, count: int) -> list[list]:
    """Return random inputs of these atoms, short ones first."""
    lengths = [0, 1, 4, 4, *(random.randrange(12) for _ in range(count))][:count]
    return [[random.choice(atoms) for _ in range(length)] for length in lengths]
