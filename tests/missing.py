"""Random programs with missing values and functions of several sequences, as graphs."""

from __future__ import annotations

from random import Random

import raspir
from raspir.ir import Graph, GraphError, Node, build
from raspir.ir.operations import OPERATIONS, Role
from raspir.ir.types import SELECTOR

VOCABULARIES = [(None, 0, 1), (None, 1, 2, 3), (None, True, False), (None, "a", "b"), (None, 1, "a"), (0, 1, 2), None]
ATOMS = [None, None, 0, 1, 2, -1, True, False, "a", "", 0.5]


def first_known(*atoms):
    return next((atom for atom in atoms if atom is not None), None)


def pair(*atoms):
    return ",".join(map(repr, atoms))


def total(*atoms):
    return sum(atom + 1 for atom in atoms)


def same_kind(key, query):
    return type(key) is type(query)


FUNCTIONS = {"first": first_known, "pair": pair, "total": total}
ELEMENTWISE = [
    name for name, operation in OPERATIONS.items()
    if operation.role is Role.ELEMENTWISE and name not in ("has", "lookup", "map", "pow")
]  # fmt: skip
SELECTS = ["eq", "ne", "eq", "lt", "le", "by"]


def program(random: Random, steps: int = 9) -> tuple[Graph, list]:
    """Return a random program, and the atoms of its inputs."""
    vocabulary = random.choice(VOCABULARIES)
    source = build("input", name="tokens", vocab=vocabulary)
    atoms: list[Node] = [source, source, build("indices")]
    selectors: list[Node] = [build("select.le", atoms[-1], atoms[-1])]
    for _ in range(steps):
        try:
            node = step(random, atoms, selectors)
        except GraphError:  # ill-typed
            continue
        (selectors if node.type is SELECTOR else atoms).append(node)
    functions = {**{f"{name}{count}": FUNCTIONS[name] for name in FUNCTIONS for count in (1, 2, 3)}, "same": same_kind}
    used = {node["function"] for node in Graph({"out": atoms[-1]}, [source]) if "function" in node.named_attributes}
    graph = Graph({"out": atoms[-1]}, [source], {symbol: functions[symbol] for symbol in used})
    return graph, list(ATOMS if vocabulary is None else vocabulary)


def step(random: Random, atoms: list[Node], selectors: list[Node]) -> Node:
    """Return a random node on some of those made so far."""

    def some() -> Node:
        if random.random() < 0.2:
            return build("const", value=random.choice(ATOMS))
        return random.choice(atoms[-4:] if random.random() < 0.7 else atoms)

    kind = random.choice(
        ["elementwise"] * 5 + ["or else", "has", "lookup", "map", "select", "algebra"] + ["aggregate"] * 3
    )
    if kind == "elementwise":
        return treated(random, random.choice(ELEMENTWISE), some)
    if kind == "or else":
        value = some()
        return build("where", build("eq", value, build("const", value=None)), some(), value)
    if kind == "has":
        return treated(random, "has", some, values=tuple(raspir.ir.atoms.distinct(random.choices(ATOMS, k=2))))
    if kind == "lookup":
        count = random.choice([1, 2])
        rows = {
            tuple(map(raspir.ir.atoms.atom_key, row)): row for row in [random.choices(ATOMS, k=count) for _ in range(3)]
        }
        keys = tuple(atom for row in rows.values() for atom in row)
        values = tuple(random.choices(ATOMS, k=len(rows)))
        operands = [some() for _ in range(count)]
        return build("lookup", *operands, keys=keys, values=values, otherwise=random.choice(ATOMS))
    if kind == "map":
        count = random.choice([1, 2, 2, 3])
        function = f"{random.choice(list(FUNCTIONS))}{count}"
        return build("map", *(some() for _ in range(count)), function=function, none=random.choice(["error", "skip"]))
    if kind == "select":
        name = random.choice(SELECTS)
        if name == "by":
            return build("select.by", some(), some(), function="same")
        return treated(random, f"select.{name}", some)
    if kind == "algebra":
        name = random.choice(["selector.and", "selector.or", "selector.not"])
        return build(name, *(random.choice(selectors) for _ in OPERATIONS[name].operands))
    name = random.choice(["sum", "sum", "mean", "best"])
    others = {"pick": random.choice(["highest", "lowest"]), "ties": random.choice(["left", "right"])}
    operands = [random.choice(selectors[-3:]), *(some() for _ in OPERATIONS[name].operands[1:])]
    return build(name, *operands, default=random.choice(ATOMS), **(others if name == "best" else {}))


def treated(random: Random, name: str, some, **attributes) -> Node:
    """Return a node of an operation that treats ``None`` in one of the ways that it can."""
    kinds = dict(OPERATIONS[name].attributes)
    if "none" in kinds:
        attributes["none"] = random.choice(
            ["skip", *kinds["none"].choices] if "skip" in kinds["none"].choices else kinds["none"].choices
        )
    return build(name, *(some() for _ in OPERATIONS[name].operands), **attributes)


def inputs(random: Random, atoms: list, count: int = 6) -> list[list]:
    """Return random inputs, short ones among them."""
    return [random.choices(atoms, k=random.choice([0, 1, 1, 2, 3, 4])) for _ in range(count)]
