"""SMT encoding of programs on inputs of one length: a term for each value, and for whether it is defined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import z3

from raspir.ir import Atom, Node, Role
from raspir.ir.atoms import FAILED, Failed
from raspir.ir.evaluation import refuses_none
from raspir.ir.graph import topological
from raspir.ir.operations import COMPARISONS, AttributeKind
from raspir.ir.types import BOOL, FLOAT, INT, NONE, NUMBER, SELECTOR, STR
from raspir.ir.views import (
    Aggregate,
    Average,
    Best,
    Const,
    Has,
    Input,
    Item,
    Lookup,
    Map,
    Mean,
    OneType,
    Raw,
    Select,
    SelectBy,
    Where,
)
from raspir.validation import values
from raspir.validation.values import (
    FALSE,
    TRUE,
    NoEncodingError,
    Strings,
    Term,
    Value,
    choose,
    conjunction,
    disjunction,
)

Table = Sequence[tuple[tuple[Atom, ...], Atom | Failed]]
"""The graph of an opaque function: argument atoms and result, ``FAILED`` if it fails."""

Tables = Callable[[Node], Table | None]
"""A function from a node to its opaque function's table over the operands' domains; ``None`` if there is none."""


_UNARY: dict[str, Callable[[Value], tuple[Value, Term]]] = {
    "neg": values.negated,
    "abs": values.absolute,
    "round": values.rounded,
    "not": values.inverted,
    "to_int": values.to_int,
    "to_float": values.to_float,
    "to_bool": values.truth_of,
}
"""The encoding of each function of one atom."""

_TRUTHS = ("False", "True")
"""The strings of the booleans."""


class Encoding:
    """The encoding of nodes on all inputs of one length.

    Args:
        n: the length.
        roots: the nodes to encode.
        tables: the tables of opaque functions; without a table, a function is uninterpreted.
        texts: string literals to encode in addition to those of the nodes.

    Raises:
        NoEncodingError: if a construct has no faithful encoding.
    """

    def __init__(
        self, n: int, roots: Iterable[Node], tables: Tables = lambda node: None, texts: Iterable[str] = ()
    ) -> None:
        self.n = n
        self.order = topological(roots)
        self.strings = Strings([*texts, *(text for node in self.order for text in _texts(node, tables))])
        self.rows: dict[Node, list[Value]] = {}
        """The atoms of each sequence, by position."""
        self.matrices: dict[Node, list[list[Term]]] = {}
        """The entries of each selector, row by row: the query's position first."""
        self.held: list[Term] = [values.LARGE]
        """The axioms: constraints on all inputs."""
        self.claims: list[Term] = []
        """The proof obligations of tables: every argument that occurs is in the table."""
        self._tables = tables
        self._succeeds: dict[Node, Term] = {}
        for node in self.order:
            if node.type is SELECTOR:
                self.matrices[node], self._succeeds[node] = self._selector(node)
            else:
                self.rows[node], self._succeeds[node] = self._sequence(node)

    def succeeds(self, *roots: Node) -> Term:
        """Return the term for whether ``roots`` and their transitive operands are defined."""
        return conjunction(self._succeeds[node] for node in topological(roots))

    def equal(self, a: Node, b: Node, exact: bool = False) -> Term:
        """Return the term for whether two sequences are equal by Python's ``==``, or two selectors are identical.

        Args:
            a: a node.
            b: a node of the same type.
            exact: whether equal atoms must be of the same kind, so that ``True`` differs from ``1``.
        """
        return conjunction(self.equal_rows(a, b, exact))

    def equal_rows(self, a: Node, b: Node, exact: bool = False) -> list[Term]:
        """Return, for each position, the term for whether two sequences, or two rows of selectors, are equal there."""
        if a.type is SELECTOR:
            rows = zip(self.matrices[a], self.matrices[b], strict=True)
            return [conjunction(one == other for one, other in zip(*row, strict=True)) for row in rows]
        return list(map(values.same if exact else values.equal, self.rows[a], self.rows[b]))

    # Sequences

    def _sequence(self, node: Node) -> tuple[list[Value], Term]:
        if node.operation.role is Role.SOURCE:
            return self._source(node)
        if isinstance(node, OneType):
            row = self.rows[node.operand]
            return [value.only(NUMBER | STR) for value in row], _are_of_one_type(row)
        if isinstance(node, Aggregate):
            made = [self._aggregated(node, i) for i in range(self.n)]
        else:
            made = [self._mapped(node, i) for i in range(self.n)]
        return [value for value, _ in made], conjunction(ok for _, ok in made)

    def _source(self, node: Node) -> tuple[list[Value], Term]:
        if isinstance(node, Input):
            return self._input(node), TRUE
        if isinstance(node, Const):
            return [self._atom(node.value)] * self.n, TRUE
        if isinstance(node, Raw):
            return list(map(self._atom, (node.values * self.n)[: self.n])), z3.BoolVal(len(node.values) == self.n)
        return list(map(self._atom, range(self.n))), TRUE

    def _input(self, node: Input) -> list[Value]:
        row, vocab = [], node.vocabulary
        atoms = None if vocab is None else list(map(self._atom, vocab))
        size = None if atoms is None else values.largest(atoms)
        for i in range(self.n):
            value, held = values.fresh(f"{node.name}[{i}]", node.type, size)
            self.held.append(held)
            if atoms is not None:
                self.held.append(disjunction(values.same(value, atom) for atom in atoms))
            row.append(value)
        return row

    def _atom(self, atom: Atom) -> Value:
        return self.strings.const(atom)

    def _mapped(self, node: Node, i: int) -> tuple[Value, Term]:
        arguments = [self.rows[operand][i] for operand in node.operands]
        if isinstance(node, Map):
            table = self._tables(node)
            if table is not None:
                return self._tabulated(node, table, arguments)

        def function(*known: Value) -> tuple[Value, Term]:
            return self._applied(node, known)

        if refuses_none(node) or node.none == "skip":
            return values.without_none(function, node.none or "error", arguments)
        return function(*arguments)

    def _applied(self, node: Node, arguments: Sequence[Value]) -> tuple[Value, Term]:
        """Return the function of an elementwise node on atoms, regardless of how it treats ``None``."""
        name = node.operation.name
        if name in COMPARISONS:
            outcome, ok = values.compared(name, *arguments)
            return Value.of(BOOL, outcome), ok
        if name in ("add", "sub", "mul", "truediv", "floordiv", "mod"):
            return values.arithmetic(name, *arguments)
        if name in ("and", "or"):
            return values.logic(name, *arguments)
        if name == "pow":
            return values.power(arguments[0], self._constant(node.operands[1]))
        if isinstance(node, Where):
            return choose(arguments[0].truth, *arguments[1:]), TRUE
        if isinstance(node, Has):
            equal = (values.equal(arguments[0], self._atom(atom)) for atom in node.values)
            return Value.of(BOOL, disjunction(equal)), TRUE
        if isinstance(node, Lookup):
            return self._looked_up(node, arguments), TRUE
        if isinstance(node, Item):
            return self._item(node, arguments[0])
        if name == "to_str":
            return values.to_str(arguments[0], *map(self._atom, _TRUTHS))
        if isinstance(node, Map):
            return values.applied(node.function, *arguments)
        return _UNARY[name](arguments[0])

    def _item(self, node: Item, argument: Value) -> tuple[Value, Term]:
        found, ok = self._atom(0), list[Term]()
        for key, result in zip(node.keys, node.values, strict=True):
            test = values.equal(argument, self._atom(key))
            found = choose(test, self._atom(result), found) if ok else self._atom(result)
            ok.append(test)
        return found, disjunction(ok)

    def _constant(self, node: Node) -> Atom:
        if not isinstance(node, Const):
            raise NoEncodingError("a power")
        return node.value

    def _looked_up(self, node: Lookup, arguments: Sequence[Value]) -> Value:
        found = self._atom(node.otherwise)
        for row, result in zip(node.rows, node.values, strict=True):
            found = choose(self._are(arguments, row), self._atom(result), found)
        return found

    def _are(self, arguments: Sequence[Value], atoms: Sequence[Atom]) -> Term:
        """Return the term for whether arguments are identical to some atoms."""
        return conjunction(map(values.same, arguments, map(self._atom, atoms)))

    def _tabulated(self, node: Map, table: Table, arguments: Sequence[Value]) -> tuple[Value, Term]:
        """Return an opaque function on its arguments by its table, which also says what ``None`` does."""
        found, ok = self._atom(0), list[Term]()
        for test, result in self._tests(node, table, arguments):
            if result is not FAILED:
                found = choose(test, self._atom(result), found) if ok else self._atom(result)
                ok.append(test)
        return found, disjunction(ok)

    def _tests(self, node: Node, table: Table, arguments: Sequence[Value]) -> list[tuple[Term, Atom | Failed]]:
        """Return the guard and result of each row of a node's table; add the obligation that some guard holds."""
        tests = [(self._are(arguments, atoms), result) for atoms, result in table]
        self.claims.append(z3.Implies(self.succeeds(*node.operands), disjunction(test for test, _ in tests)))
        return tests

    # Selectors

    def _selector(self, node: Node) -> tuple[list[list[Term]], Term]:
        positions = range(self.n)
        if not isinstance(node, Select):
            parts = [self.matrices[operand] for operand in node.operands]
            join = {"selector.and": z3.And, "selector.or": z3.Or, "selector.not": z3.Not}[node.operation.name]
            return [[join(*(part[i][j] for part in parts)) for j in positions] for i in positions], TRUE
        keys, queries = self.rows[node.key], self.rows[node.query]
        made = [[self._entry(node, keys[j], queries[i]) for j in positions] for i in positions]
        return [[entry for entry, _ in row] for row in made], conjunction(ok for row in made for _, ok in row)

    def _entry(self, node: Select, key: Value, query: Value) -> tuple[Term, Term]:
        if not isinstance(node, SelectBy):
            outcome, ok = values.compared(node.comparison, key, query)
            missing = values.any_missing([key, query]) if refuses_none(node) else FALSE
            return outcome, ok if z3.is_false(missing) else conjunction([ok, z3.Not(missing)])
        table = self._tables(node)
        if table is None:
            return values.predicate(node.function, key, query)
        tests = self._tests(node, table, [key, query])
        chosen = disjunction(test for test, result in tests if result is True)
        return chosen, disjunction(test for test, result in tests if result is not FAILED)

    # Aggregates

    def _aggregated(self, node: Aggregate, i: int) -> tuple[Value, Term]:
        selected = self.matrices[node.selector][i]
        row, default = self.rows[node.value], self._atom(node.default)
        if isinstance(node, Best):
            found, ok = self._best(node, selected, row)
        else:
            found, ok = _added(selected, row, mean=isinstance(node, Mean))
        if isinstance(node, Average):
            ok = conjunction([ok, _may_be_averaged(selected, row)])
        none = z3.Not(disjunction(selected)) if selected else TRUE
        return (default if found is None else choose(none, default, found)), ok

    def _best(self, node: Best, selected: list[Term], row: list[Value]) -> tuple[Value | None, Term]:
        """Return the value at the selected position of the best score, and whether it is defined."""
        scores, positions = self.rows[node.score], range(self.n)
        wins, ties_left = ("gt" if node.pick == "highest" else "lt"), node.ties == "left"
        found, ok = None, []
        for j in positions:
            beaten = []
            for k in positions:
                if k != j:
                    better, comparable = values.compared(wins, scores[j], scores[k])
                    equal = values.equal(scores[j], scores[k])
                    tie = equal if (j < k) == ties_left else z3.BoolVal(False)
                    beaten.append(z3.Implies(selected[k], disjunction([better, tie])))
                    ok.append(z3.Implies(z3.And(selected[j], selected[k]), disjunction([equal, comparable])))
            is_best = conjunction([selected[j], *beaten])
            found = row[j] if found is None else choose(is_best, row[j], found)
        return found, conjunction(ok)


def _are_of_one_type(row: list[Value]) -> Term:
    """Return the term for whether a sequence holds either only strings or only numbers."""
    return disjunction(conjunction(value.when(kinds) for value in row) for kinds in (STR, NUMBER))


def _may_be_averaged(selected: list[Term], row: list[Value]) -> Term:
    """Return the term for whether at most one is selected, or the sequence holds numbers, and not only booleans."""
    numbers = conjunction(value.when(NUMBER) for value in row)
    some = disjunction(value.when(INT | FLOAT) for value in row)
    few = z3.AtMost(*selected, 1) if len(selected) > 1 else TRUE
    return disjunction([few, conjunction([numbers, some])])


def _added(selected: list[Term], row: list[Value], mean: bool) -> tuple[Value | None, Term]:
    """Return the only selected value, or the sum or mean of several, and whether it is defined."""
    if not row:
        return None, TRUE
    alone = row[0]
    for chosen, value in zip(selected[1:], row[1:], strict=True):
        alone = choose(chosen, value, alone)
    if len(row) == 1:
        return alone, TRUE
    count, most = z3.Sum([z3.If(chosen, z3.IntVal(1), z3.IntVal(0)) for chosen in selected]), len(row)
    fine = [z3.Implies(chosen, value.when(NUMBER)) for chosen, value in zip(selected, row, strict=True)]
    ok = disjunction([count <= 1, conjunction(fine)]) if any(value.may_be(STR | NONE) for value in row) else TRUE
    if all(not value.may_be(NUMBER) for value in row):
        return alone, ok
    total, added = _total(selected, row)
    if mean:
        total, divided = values.arithmetic(
            "truediv", total, Value.of(INT, z3.If(count == 0, z3.IntVal(1), count), most)
        )
        added = conjunction([added, divided])
    ok = conjunction([ok, z3.Implies(count > 1, added)])
    if not mean and all(value.cases.keys() == {INT} for value in row):
        return total, ok
    return choose(count <= 1, alone, total), ok


def _total(selected: list[Term], row: list[Value]) -> tuple[Value, Term]:
    """Return the sum of the selected numbers, from left to right, and whether it is defined."""
    if all(value.cases.keys() <= {BOOL, INT} for value in row):
        terms = [z3.If(chosen, value.number, z3.IntVal(0)) for chosen, value in zip(selected, row, strict=True)]
        largest = values.largest(row)
        return Value.of(INT, z3.Sum(terms), None if largest is None else len(row) * largest), TRUE
    total, none, succeeds = Value.of(INT, z3.IntVal(0)), TRUE, []
    for chosen, value in zip(selected, row, strict=True):
        number = value.only(NUMBER)
        if number.cases:
            more, ok = values.arithmetic("add", total, number)
            succeeds.append(z3.Implies(z3.And(chosen, z3.Not(none), value.when(NUMBER)), ok))
            total = choose(chosen, choose(none, number, more), total)
            none = conjunction([none, z3.Not(chosen)])
    return total, conjunction(succeeds)


def _texts(node: Node, tables: Tables) -> Iterable[str]:
    """Yield the string literals of a node's attributes and of its table."""
    literals: list[object] = []
    for (_, kind), value in zip(node.operation.attributes, node.attributes, strict=True):
        if kind in (AttributeKind.ATOM, AttributeKind.ATOMS, AttributeKind.VOCABULARY):
            literals += value if isinstance(value, tuple) else (value,)
    if node.operation.name == "to_str":
        literals += _TRUTHS
    if node.operation.name in ("map", "select.by"):
        literals += [atom for atoms, result in tables(node) or () for atom in (*atoms, result)]
    yield from (each for each in literals if isinstance(each, str))
