"""Mutation testing of rules and kernels: ``python benchmarks/mutations.py``.

Each fault is one edit of raspir's source, applied to a copy. The fuzzer runs on it, then for a rule the solver, and if
neither detects the fault (or with ``--all``) the tests of the edited code, each in its own process. The table shows
what detected the fault: the fuzzer with its number of cases, the solver with a counterexample, or the first failing
test. An undetected fault ends with exit code 1; so does an edit whose text does not occur exactly once.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("raspir", "_raspir_pytest.py", "tests", "benchmarks", "docs", "examples", "pyproject.toml", "README.md")
RULES, NUMPY, LIMITS = ("tests/passes", "tests/analysis"), ("tests/backends/numpy",), ("tests/hostile",)
RECOGNIZED = ("tests/passes/recognize",)
CHECKS = ("tests/ir/test_checks_and_conversions.py", "tests/backends/numpy/test_elementwise.py", "tests/testing")
LOOKING_BACK = (
    "tests/ir/test_causal_graphs.py", "tests/analysis/test_leads.py", "tests/passes/test_causal_passes.py",
    "tests/testing/test_causal_fuzzing.py",
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One source edit.

    Attributes:
        what: a description of the fault.
        file: the file, relative to ``raspir``.
        right: the original text, which must occur exactly once.
        wrong: the replacement.
        tests: the tests of the edited code.
        rule: the rule to check with the solver, if any.
        cases: the minimum number of fuzz cases, raised for those of :data:`AT_LIMITS`.
        more: further edits that belong to it, as file, original text and replacement.
    """

    what: str
    file: str
    right: str
    wrong: str
    tests: tuple[str, ...] = RULES
    rule: str = ""
    cases: int = 0
    more: tuple[tuple[str, str, str], ...] = ()

    def make(self, copy: Path) -> None:
        """Apply the edit to a copy of raspir.

        Raises:
            SystemExit: if the original text does not occur exactly once.
        """
        for file, right, wrong in ((self.file, self.right, self.wrong), *self.more):
            path = copy / "raspir" / file
            source = path.read_text(encoding="utf-8")
            if source.count(right) != 1:
                raise SystemExit(f"{self.what}: {file} has {right!r} {source.count(right)} times, not once")
            path.write_text(source.replace(right, wrong), encoding="utf-8")


FAULTS = (
    Fault("x * b is x or 1, not x or 0", "rewriting/rules/numbers.py",
          'algebra("where", test, number, algebra.const(0))', 'algebra("where", test, number, algebra.const(1))',
          rule="masked"),
    Fault("not < becomes > and not >=", "rewriting/builder.py",
          '{"eq": "ne", "ne": "eq", "lt": "ge"', '{"eq": "ne", "ne": "eq", "lt": "gt"',
          rule="not"),
    Fault("a comparison that may hold is folded as one that does", "rewriting/rules/comparisons.py",
          "if possible <= allowed:\n        return algebra.const(True)",
          "if possible & allowed:\n        return algebra.const(True)",
          rule="bounded"),
    Fault("a mean over several is a sum", "rewriting/rules/attention.py",
          "if algebra.facts.at_most_one(node.selector):", "if node.operands:",
          rule="one value"),
    Fault("a decided choice takes the other branch", "rewriting/rules/logic.py",
          "return a if known[0] else b", "return b if known[0] else a",
          rule="choice"),
    Fault("selectors that overlap unite", "analysis/facts.py",
          "return selectors.both(self[a].formula, self[b].formula) == selectors.NOTHING",
          "return selectors.both(self[a].formula, self[b].formula) is not None",
          rule="disjoint selectors unite"),
    Fault("one of two sums is counted with the other's sign", "passes/merge.py",
          "value = value.plus(self._facts.linear(term.value), coefficient)",
          "value = value.plus(self._facts.linear(term.value), abs(coefficient))",
          rule="sums are linear"),
    Fault("less a part is less everything", "rewriting/joins.py",
          "normal.both(whole, normal.complement(part))", "normal.both(whole, normal.complement(whole))",
          rule="sums unite"),
    Fault("a sum of nothing is 0, whatever its default", "passes/depth/closed_forms.py",
          'yield algebra("where", none, algebra.const(aggregate.default), total)', "yield total",
          rule="default apart"),
    Fault("an interval misses one position", "passes/depth/closed_forms.py",
          "interval.high, interval.low)), 1)", "interval.high, interval.low)), 0)",
          rule="closed form"),
    Fault("an interval reaches beyond the input", "passes/depth/closed_forms.py",
          "return algebra.facts.bounds(room)[0] >= 1", "return True",
          rule="closed form"),
    Fault("values outside the input are computed there", "passes/depth/gathers.py",
          "if fetch.total or _is_default_outside(algebra, fetch, there, aggregate.default):", "if fetch.position:",
          rule="gathers compose"),
    Fault("a shift omits its boundary", "passes/depth/shifts.py",
          'return algebra("add", *parts)', "return parts[0]",
          rule="shift absorbed"),
    Fault("a reversal keeps the side of ties", "passes/depth/shifts.py",
          '"left" if aggregate.ties == "right" else "right"', "aggregate.ties",
          rule="reversal absorbed"),
    Fault("the best by rank takes ties from the other side", "passes/depth/best.py",
          'ties = "right" if order.reverse != last else "left"', 'ties = "left" if order.reverse != last else "right"',
          rule="best by rank"),
    Fault("where a condition of the query does not hold, the head selects everything", "passes/depth/split.py",
          "known[case.condition] = algebra.everything if holds else algebra.selector(NOTHING)",
          "known[case.condition] = algebra.everything",
          rule="split by value"),
    Fault("1 and True are split as if comparisons distinguished them", "passes/depth/split.py",
          "return answer is other", "return True",
          rule="split by value"),
    Fault("an empty interval between a query and a key is summed", "passes/depth/regions.py",
          "return normal.both(region, shallower)", "return region",
          rule="exchange of sums"),
    Fault("what a condition excludes is added", "passes/depth/exchange.py",
          'yield algebra("sub", algebra("sum", whole', 'yield algebra("add", algebra("sum", whole',
          rule="complement"),
    Fault("a rank that counts its own position starts at 0", "passes/depth/permutations.py",
          "None if rank is None or place is None else self._algebra.plus(place, int(rank.inclusive))", "place",
          rule="ranks enumerated"),
    Fault("a mirrored fetch moves positions as one that is not", "passes/depth/reorderings.py",
          "Linear({}, -single)).scaled(multiple)", "Linear({}, -single))",
          rule="reordering absorbed"),
    Fault("a remainder ignores what is added to the position", "passes/depth/residues.py",
          "return algebra.const(first % by)", "return algebra.const(multiple * self._residue % by)",
          rule="sum by residues"),
    Fault("an atom is not counted among those up to itself", "passes/depth/order_statistics.py",
          '"ge" if rank.order.falling else "le", order', '"gt" if rank.order.falling else "lt", order',
          rule="counting sort"),
    Fault("a rank with a negative factor is a score as without it", "passes/depth/scores.py",
          "last = highest == scored[1]\n        yield best", "last = highest\n        yield best",
          rule="score by order"),
    Fault("the lowest position of an interval is its last", "passes/depth/ends.py",
          'place = interval.high if aggregate.pick == "highest" else interval.low', "place = interval.high",
          rule="best at an end"),
    Fault("a sum before a member includes it", "passes/depth/ends.py",
          'return total if inclusive else algebra("sub", total, own)', "return total",
          rule="sum at a member"),
    Fault("a key that is not found has the default of no other", "passes/depth/keys.py",
          'IntSet.where("eq", offset + sign * int(finder.default))', 'IntSet.where("eq", offset)',
          rule="fetched by its key"),
    Fault("the first member is not among the positions up to it", "passes/depth/members.py",
          '("lt" if inclusive else "le"))\n', '("lt" if inclusive else "lt"))\n',
          rule="first or last member"),
    Fault("no positive term means that the sum is positive", "passes/depth/monotone.py",
          'yield algebra("gt" if tested[0] else "le", total', 'yield algebra("gt", total',
          rule="sum of positives"),
    Fault("the search for a member is bounded on the wrong side", "passes/depth/best.py",
          "if last == order.reverse else (high == inf", "if last != order.reverse else (high == inf",
          rule="best by rank"),
    Fault("of two classes with one score, the later has the better", "passes/depth/classes.py",
          'better = algebra("gt" if highest else "lt", other.score',
          'better = algebra("ge" if highest else "le", other.score',
          rule="best by classes"),
    Fault("what a mask hides counts as 1", "passes/masking.py",
          'algebra("where", holds, aggregate.value, algebra.const(0))',
          'algebra("where", holds, aggregate.value, algebra.const(1))',
          rule="masked values"),
    Fault("every count is less than the length", "analysis/excess.py",
          "max(-1 if self._facts.never_own(node.selector) else 0, alone)", "max(-1, alone)",
          ("tests/analysis", "tests/passes/depth")),
    Fault("a lower rank is that of a later position", "analysis/forms.py",
          "(-1, rank.order.formula(later=False, own=False))", "(-1, rank.order.formula(later=True, own=False))",
          ("tests/analysis", "tests/passes/depth")),
    Fault("a value is uniform where the selector's rows are not the same", "analysis/facts.py",
          "return operands[0].uniform, positional", "return operands[1].uniform, positional"),
    Fault("the bounds of a difference ignore the sign", "ir/ranges.py",
          "return plus(a.low, -b.high), plus(a.high, -b.low)", "return plus(a.low, -b.low), plus(a.high, -b.high)"),
    Fault("the complement of a clause is that of one condition only", "analysis/selectors.py",
          "parts = [condition(pair, ~allowed) for pair, allowed in clause.sets.items()]",
          "parts = [condition(pair, ~allowed) for pair, allowed in clause.sets.items()][:1]",
          rule="comparisons merge"),
    Fault("a table yields the value of another atom", "rewriting/columns.py",
          "pairs = zip(self.atoms(self.roots[node]), self._columns[node], strict=True)",
          "pairs = zip(self.atoms(self.roots[node]), self._columns[node][::-1], strict=True)", ("tests/passes",),
          "fuse"),
    Fault("a sum of none is 0 and not the default", "backends/numpy/kernels/aggregates.py",
          "if self._default.kind != INT or self._default.data[0] != 0:", "if self._default.kind != INT:", NUMPY),
    Fault("a single True becomes 1", "backends/numpy/kernels/aggregates.py",
          "if single_boolean.any():\n                result", "if single_boolean.all():\n                result",
          NUMPY),
    Fault("integers too large for 64 bits are added in 64 bits", "backends/numpy/kernels/aggregates.py",
          "(EXACT if self._mean else 2**62)", "(EXACT if self._mean else 2**90)", NUMPY),
    Fault("a window ends one position too early", "backends/numpy/kernels/selections.py",
          "np.clip(run.positions + (self._high + 1), run.first, run.end)",
          "np.clip(run.positions + self._high, run.first, run.end)", NUMPY),
    Fault("a band omits its first key", "backends/numpy/kernels/conditions.py",
          "return (codes >= _picked(self.low, rows))", "return (codes > _picked(self.low, rows))", NUMPY),
    Fault("a position beyond the end is fetched", "backends/numpy/kernels/selections.py",
          "valid = (places >= 0) & (places < lengths)", "valid = (places >= 0) & (places <= lengths)", NUMPY),
    Fault("the best of equals is on the other side", "backends/numpy/kernels/aggregates.py",
          'positions = run.positions if ties == "right" else', 'positions = run.positions if ties == "left" else',
          NUMPY),
    Fault("integers and floats are compared as floats", "backends/numpy/kernels/elementwise.py",
          "if max(map(abs, integral.bounds())) <= EXACT:\n            return booleans",
          "if integral:\n            return booleans", NUMPY),
    Fault("a difference is kept in too few bits", "backends/numpy/kernels/elementwise.py",
          "lambda x, y: (x[0] - y[1], x[1] - y[0]), a, b, at)", "lambda x, y: (x[0] - y[0], x[1] - y[1]), a, b, at)",
          NUMPY),
    Fault("a branch that may fail is computed where the other is taken", "passes/recognize/expressions.py",
          "if not any(typing.may_fail(node) for node in reached(_roots(side)) if node not in ran):", "if side:",
          RECOGNIZED),
    Fault("a function may keep a state", "passes/recognize/purity.py",
          'elif name == "STORE_DEREF" and each.argval in code.co_freevars:', "elif False:", RECOGNIZED),
    Fault("NaN is compared", "passes/recognize/failures.py",
          "        for node in conditions:\n            self._require(node, self._left[node])\n", "", RECOGNIZED),
    Fault("key and query change sides without their comparison", "passes/recognize/selectors.py",
          'return build(f"select.{MIRRORED[name]}", b, a)', 'return build(f"select.{name}", b, a)', RECOGNIZED),
    Fault("what is skipped is computed with None", "passes/recognize/applications.py",
          "if all(strict[node] or not typing.may_fail(node) for node in reached([value])):", "if True:", RECOGNIZED),
    Fault("a recorded function is believed without samples", "passes/recognize/samples.py",
          "for row in differences(root, function, parameters, rows):", "for row in ():", RECOGNIZED),
)  # fmt: skip
"""Faults in rules and the analyses they rely on, then faults in kernels."""

MISSING = (
    Fault("an operation that may meet None loses its attribute", "rewriting/rules/missing.py",
          "if has_default_none(node) or _may_be_none(algebra, node):", "if has_default_none(node):"),
    Fault("a choice is thought not to yield the atom that it tests for", "analysis/facts.py",
          'holds == (condition.operation.name == "ne")', 'holds == (condition.operation.name == "eq")'),
    Fault("keys of a table of several values are in another order", "rewriting/columns.py",
          "rows.append((tuple(given[operand] for operand in varying), value))",
          "rows.append((tuple(given[operand] for operand in varying[::-1]), value))",
          rule="table"),
    Fault("tables of several keys are read in another order", "backends/numpy/kernels/elementwise.py",
          "zip(self._indices.shape, self._sides, columns, strict=True)",
          "zip(self._indices.shape, self._sides, columns[::-1], strict=True)", NUMPY),
    Fault("None is held as 0", "backends/numpy/kernels/columns.py",
          "            return nones(len(atoms))", "            return integers(np.zeros(len(atoms), dtype=np.int64))",
          NUMPY),
    Fault("None == None is false", "backends/numpy/kernels/elementwise.py",
          "np.broadcast_to(is_none(y) != (kernel is ne), max(len(a), len(b)))", "np.full(len(b), kernel is ne)", NUMPY),
    Fault("None is true as a condition", "backends/numpy/kernels/columns.py",
          "    true = data != 0\n    if column.kind & FLOAT:",
          "    true = (data != 0) | (tags == NONE)\n    if column.kind & FLOAT:", NUMPY),
    Fault("a function is called where None is skipped", "backends/numpy/kernels/elementwise.py",
          'function = skipping(function) if none == "skip" else refusing(function)',
          'function = function if none == "skip" else refusing(function)', NUMPY),
    Fault("None is skipped in the first operand only", "backends/numpy/kernels/elementwise.py",
          "    for column in columns:\n        if column.kind & NONE:\n            missing |=",
          "    for column in columns[:1]:\n        if column.kind & NONE:\n            missing |=", NUMPY),
    Fault("a function of several sequences is called at every position", "backends/numpy/kernels/elementwise.py",
          "    classes, firsts = numbered(columns)\n    if any(",
          "    classes = firsts = np.arange(max(map(len, columns)))\n    if any(", NUMPY),
    Fault("pairs of atoms are distinguished by the first one alone", "backends/numpy/kernels/columns.py",
          "        codes *= kind(size)\n", "        codes *= kind(1)\n", NUMPY),
    Fault("None is not found in tables", "backends/numpy/kernels/elementwise.py",
          "(NONE, {0: none[0]} if none else {}),", "(NONE, {}),", NUMPY),
    Fault("scores are compared with None", "backends/numpy/kernels/aggregates.py",
          "if classes.min() < classes.max():", "if classes.min() > classes.max():", NUMPY),
    Fault("None is added among numbers", "backends/numpy/kernels/aggregates.py",
          "invalid = (selection.sums((~numbers).astype(np.int64), 1) > 0) & (selection.counts > 1)",
          "invalid = selection.counts < 0", NUMPY),
    Fault("a selector that refuses None compares it", "backends/numpy/kernels/conditions.py",
          "    if (key.kind | query.kind) & NONE:\n        keys, queries",
          "    if key.kind & query.kind & NONE:\n        keys, queries", NUMPY),
)  # fmt: skip
"""Faults in missing values and in functions of several sequences."""

CAUSAL = (
    Fault("a head that looks ahead costs what others do", "analysis/facts.py",
          "if self.causal and isinstance(node, Aggregate) and not looks_back(self, node.selector):", "if False:",
          LOOKING_BACK),
    Fault("a head may look one position ahead", "analysis/causality.py",
          "facts.bounds(ahead)[1] + high <= 0", "facts.bounds(ahead)[1] + high <= 1", LOOKING_BACK),
    Fault("a head may look ahead in all clauses but one", "analysis/causality.py",
          "return all(any(_looks_back(", "return any(any(_looks_back(", LOOKING_BACK),
    Fault("every selector looks back", "analysis/causality.py",
          "    formula = facts[selector].formula\n    if formula is not None:\n        return _every",
          "    formula = facts[selector].formula\n    if formula is not None:\n        return True or _every",
          LOOKING_BACK),
    Fault("the mask leaves out the position itself", "ir/causal.py",
          'return build("select.le", build("indices"), build("indices"))',
          'return build("select.lt", build("indices"), build("indices"))', LOOKING_BACK),
    Fault("the mask joins each comparison, below the complement", "ir/causal.py",
          "        if node in heads:\n"
          '            operands[0] = build("selector.and", operands[0], mask())\n'
          "        new[node] = make(node.operation, operands, node.attributes, node.type)\n",
          "        new[node] = make(node.operation, operands, node.attributes, node.type)\n"
          "        if isinstance(node, Select):\n"
          '            new[node] = build("selector.and", new[node], mask())\n', LOOKING_BACK),
    Fault("only sums are masked", "ir/causal.py",
          '        if node in heads:\n            operands[0]',
          '        if node in heads and node.operation.name == "sum":\n            operands[0]', LOOKING_BACK),
    Fault("any comparison of positions counts as the mask", "ir/causal.py",
          'isinstance(node, Select) and node.comparison == "le" and all(', "isinstance(node, Select) and all(",
          LOOKING_BACK),
    Fault("a derived graph forgets that it is causal", "ir/graph.py",
          '"locations", "max_length", "causal"]', '"locations", "max_length"]', LOOKING_BACK),
    Fault("a pass may forget that a graph is causal", "passes/pipeline.py",
          "if after.causal != before.causal:", "if False:", LOOKING_BACK),
    Fault("a mask that a rewrite dropped is not restored", "analysis/causality.py",
          "return graph.masked(ahead) if ahead else graph", "return graph", LOOKING_BACK),
    Fault("a choice leads by the branch that is less far ahead", "analysis/leads.py",
          "return max(self._chosen(node.condition, True, node.a), self._chosen(node.condition, False, node.b))",
          "return self._chosen(node.condition, True, node.a)", LOOKING_BACK),
    Fault("a condition bounds the branch that it does not choose", "analysis/leads.py",
          "(allowed if holds else ~allowed).intervals", "allowed.intervals", LOOKING_BACK),
    Fault("a masked fetch is composed also where the mask does not hold", "passes/depth/gathers.py",
          'return algebra("where", guard, algebra.linear(fetched), algebra.const(-1))',
          "return algebra.linear(fetched)", ("tests/passes/depth",)),
    Fault("a count of positions so far leaves out the position itself", "analysis/leads.py",
          "return 0 if self._facts.contains(before, selector) else 1", "return 0", LOOKING_BACK),
)  # fmt: skip
"""Faults in causal programs: in the mask, in what looks back, and in what passes may do."""

CONVERSIONS = (
    Fault("int of a boolean is the boolean", "rewriting/rules/conversions.py",
          "return node.operand if algebra.facts[node.operand].domain.kinds is node.type else None",
          "return node.operand if algebra.facts[node.operand].domain.kinds in node.type | BOOL else None",
          rule="converted",
          more=(("rewriting/rules/conversions.py",
                 "import NUMBER, STR", "import BOOL, NUMBER, STR"),)),
    Fault("a lookup by equality yields its first value", "rewriting/rules/conversions.py",
          "rows = [(atom, value) for", "rows = [(atom, node.values[0]) for",
          rule="table of items"),
    Fault("a string is true as a number is", "rewriting/rules/conversions.py",
          "if kinds in NUMBER:", "if kinds in NUMBER | STR:",
          rule="tested"),
    Fault("a float is rounded and not cut off", "backends/numpy/kernels/elementwise.py",
          "return integers(a.data.astype(np.int64))", "return integers((a.data + 0.5).astype(np.int64))", CHECKS),
    Fault("a key is found by kind", "backends/numpy/kernels/elementwise.py",
          "for place, (key, _) in enumerate(table) for atom in equal_atoms(key)]",
          "for place, (key, _) in enumerate(table) for atom in equal_atoms(key)[-1:]]", CHECKS),
    Fault("strings and numbers are of one type", "backends/numpy/kernels/sequences.py",
          "bad = (least != most) | (least == 0)", "bad = least == 0", CHECKS),
    Fault("booleans alone are averaged", "backends/numpy/kernels/sequences.py",
          "bad = (least == 0) | (most < _NUMBERS)", "bad = least == 0", CHECKS),
    Fault("the sequences of a batch are checked as one", "backends/numpy/kernels/sequences.py",
          "return np.minimum.reduceat(classes, run.starts), np.maximum.reduceat(classes, run.starts)",
          "return classes.min() + 0 * run.starts, classes.max() + 0 * run.starts", CHECKS),
    Fault("a conversion that fails on a known atom is recognized", "passes/recognize/__init__.py",
          "if tried is not None and len(tried[0]) < prod(map(len, known)):", "if tried is not None and not known:",
          RECOGNIZED),
    Fault("NaN that is read from a string is compared", "passes/recognize/failures.py",
          'return held | {"nan", "read"}', "return held", RECOGNIZED),
)  # fmt: skip
"""Faults in conversions, in lookups by equality and in checks of whole sequences."""

AT_LIMITS = (
    Fault("zero is added to integers with a default of another kind", "rewriting/builder.py",
          "if form.constant or BOOL in self.facts[result].domain.kinds:",
          "if form.constant or str(result.type) != 'int':",
          LIMITS, cases=20_000),
    Fault("a comparison with a chain of choices recurses", "rewriting/rules/comparisons.py",
          "while isinstance(rest, Where) and (algebra.uses[rest] == 1 or len(levels) < _CHOICES):",
          "while isinstance(rest, Where) and not levels:",
          LIMITS, cases=20_000),
    Fault("folding may make a program larger", "passes/fold.py",
          "if len(folded) > len(graph) and cost(folded) > cost(graph):", "if not graph.nodes:",
          LIMITS, cases=20_000),
    Fault("walks over a selector visit shared parts repeatedly", "passes/depth/sides.py",
          "    made = dict(known or {})\n    for part in selector_parts(selector):\n",
          "    if not isinstance(selector, Select) and selector not in (known or {}):\n"
          "        parts = [with_sides(algebra, part, key, query, meets, known) for part in selector.operands]\n"
          "        return None if None in parts else algebra.rebuilt(selector, parts)\n"
          "    made = dict(known or {})\n    for part in selector_parts(selector):\n",
          LIMITS, cases=20_000,
          more=(("ir/layers.py",
                 "    return tuple(part for part in selector_parts(selector) if isinstance(part, Select))\n",
                 "    found, stack = {}, [selector]\n"
                 "    while stack:\n"
                 "        part = stack.pop()\n"
                 "        if isinstance(part, Select):\n"
                 "            found.setdefault(part)\n"
                 "        else:\n"
                 "            stack.extend(reversed(part.operands))\n"
                 "    return tuple(found)\n"),)),
    Fault("results on integers are never too large", "ir/operations.py",
          "return self.bits(*operands) > arithmetic.MOST_BITS", "return False",
          LIMITS, cases=20_000),
    Fault("an unfolded term counts as folded", "rewriting/builder.py",
          "if result not in form.terms:  # a term that has not been folded must not pass for one that has",
          "if result is not None:",
          LIMITS, cases=20_000,
          more=(("passes/depth/rounds.py",
                 "        for _ in range(_MOST):\n            algebra = Algebra(analysis, graph, self.max_table)\n",
                 "        algebra = Algebra(analysis)\n        for _ in range(_MOST):\n"),)),
)  # fmt: skip
"""Faults that only programs and inputs at the limits expose, each a reverted fix, with ``cases=20_000``: growth without
a gain, recursion over long chains, unmemoized walks over shared selectors, defaults of a kind other than the values',
integers too large for a product, and passes that are not idempotent."""

ALONE, BOUNDS = ("tests/transformer/test_compiling.py",), ("tests/transformer/test_error_bounds.py",)
CHECKED, SOFTMAX = ("tests/transformer/test_checking.py",), ("tests/transformer/test_softmax.py",)
OF_MODELS, OF_BOS = ("tests/transformer/test_model.py",), ("tests/transformer/test_bos.py",)

TRANSFORMERS = (
    Fault("numbers are embedded at the position before their own", "transformer/assembly.py",
          "table[1 : len(direction.values) + 1, at] += factor * direction.values",
          "table[: len(direction.values), at] += factor * direction.values", ALONE),
    Fault("tokens are embedded in the order of the vocabulary", "transformer/assembly.py",
          "rows = [order[atom_key(atom)] for atom in vocabulary] if order else []",
          "rows = list(range(len(vocabulary))) if order else []", ALONE),
    Fault("scores are not multiplied by their factor", "transformer/assembly.py",
          "= self._read(query.form, of_bos, factor)", "= self._read(query.form, of_bos)", ALONE),
    Fault("BOS scores more than what is selected", "transformer/attention.py",
          "plan.sink = -(span + 0.5)", "plan.sink = span + 0.5", ALONE),
    Fault("sums have the scale of means", "transformer/assembly.py",
          "w_o[at, to] = plan.scale * share", "w_o[at, to] = share", ALONE),
    Fault("scores of selected keys need not be 0 where nothing may be selected", "transformer/attention.py",
          "calibrated = self._may_be_empty(aggregate) or not design.single or isinstance(aggregate, Best)",
          "calibrated = not design.single or isinstance(aggregate, Best)", ALONE),
    Fault("the best of equals is on the other side", "transformer/attention.py",
          'if aggregate.ties == "left":\n            places = places.max() - places',
          'if aggregate.ties == "right":\n            places = places.max() - places', ALONE),
    Fault("the lowest score is the best one's opposite", "transformer/attention.py",
          'if aggregate.pick == "lowest":\n            ranks', 'if aggregate.pick == "highest":\n            ranks',
          ALONE),
    Fault("where nothing is selected, the result is 0", "transformer/attention.py",
          "return known.get(atom_key(aggregate.default), 0.0)", "return 0.0", ALONE),
    Fault("every head for a digit selects equal numbers", "transformer/digits.py",
          "own and level == 0) for level", "own) for level", ("tests/transformer/test_digits.py",)),
    Fault("a hidden unit is missing", "transformer/assembly.py",
          "for unit in direction.units.units:\n            forms.setdefault",
          "for unit in direction.units.units[:2]:\n            forms.setdefault", ALONE),
    Fault("units are on at BOS", "transformer/placing.py",
          "if high > 0:  # off at BOS", "if high > 1e9:", ALONE),
    Fault("heads that others read do not attend to themselves at BOS", "transformer/assembly.py",
          "writer.attends_to_itself = True", "writer.attends_to_itself = False", ALONE),
    Fault("a cube adds its result to what holds everywhere", "transformer/cubes.py",
          "terms.append((cube, result - base))", "terms.append((cube, result))", ("tests/transformer/test_cubes.py",)),
    Fault("kinks are where a legal value may be", "transformer/piecewise.py",
          "rest = (gap - width) / 2", "rest = gap - width", ("tests/transformer/test_piecewise.py",)),
    Fault("the error of a mean does not grow with what is selected", "transformer/softmax.py",
          "_bound((selected + 2) * rounding_unit(bits), magnitude)", "_bound(rounding_unit(bits), magnitude)", SOFTMAX),
    Fault("no width keeps a sum off", "transformer/softmax.py",
          "return bias + total + _SCORE", "return total + _SCORE", SOFTMAX),
    Fault("positions that are not selected have no weight", "transformer/softmax.py",
          "return 0.0 if gap >= _UNDERFLOW[bits] else", "return 0.0 if gap >= 10 else", SOFTMAX),
    Fault("numbers are stored exactly", "transformer/stream.py",
          "return abs(float(np.float32(value)) - value) if self.bits == 24 else 0.0", "return 0.0", BOUNDS),
    Fault("a sum of values is as exact as a value", "transformer/attention.py",
          "return found.error + count * (of_value + spread * extent)", "return of_value", BOUNDS),
    Fault("errors of what units read are not passed on", "transformer/relu.py",
          "off = {source: Fraction(e) for source, e in errors.items()}", "off = dict.fromkeys(errors, Fraction())",
          ("tests/transformer/test_relu.py",)),
    Fault("hidden units do not round", "transformer/relu.py",
          "if self._is_exact(box, max([everything, *inner]), bits):", "if bits:", ("tests/transformer/test_relu.py",)),
    Fault("logits grow with the number and not with its square", "transformer/outputs.py",
          "total(form * (2 * n) - n * n for", "total(form * (2 * n) - n for", ALONE),
    Fault("points may be as close as floats are", "transformer/outputs.py",
          "return gap * gap - 2 * gap * off * len(placed) - 2 * rounding", "return gap * gap", ALONE),
    Fault("a constant is not read at BOS", "transformer/bos.py",
          "target[at] = read.target - float(read.form.constant)", "target[at] = read.target", OF_BOS),
    Fault("units that heads turn on count as off at BOS", "transformer/bos.py",
          "return sum(terms) + constant + reach <= 0", "return sum(terms) + constant <= 0", OF_BOS),
    Fault("what is multiplied by a large scale may round at BOS", "transformer/bos.py",
          "return not read.exact or (", "return not read.exact or bool(terms) or (", OF_BOS),
    Fault("the last position of each input is hidden", "transformer/forward.py",
          "(places <= lengths[:, None])", "(places < lengths[:, None])", ALONE),
    Fault("inputs of a batch see what they are padded with", "transformer/forward.py",
          "(places <= lengths[:, None])", "(places <= lengths.max())", OF_MODELS),
    Fault("a causal position does not see itself", "transformer/forward.py",
          "visible & (places <= places[:, None])", "visible & (places < places[:, None])", OF_MODELS),
    Fault("outputs of a position are those of the one before", "transformer/model.py",
          "logits[:, 1:, own].argmax", "logits[:, :-1, own].argmax", OF_MODELS),
    Fault("patterns are not compared", "transformer/comparison.py",
          "_SHARE = 0.05", "_SHARE = 1.0", CHECKED),
    Fault("numbers of the residual stream are compared as integers", "transformer/comparison.py",
          "~(off <= placed.error + _SLACK * size)", "~(off <= 0.5)", CHECKED),
    Fault("outputs that count as equal may be of another type", "transformer/checking.py",
          "elif not _is_of_kind(found, optimized) or not", "elif not", CHECKED),
)  # fmt: skip
"""Faults in each stage from a program to the weights of a transformer, for its tests: no fuzzer is run on these."""

EVERY = (*FAULTS, *MISSING, *CAUSAL, *CONVERSIONS, *AT_LIMITS, *TRANSFORMERS)


@dataclass(frozen=True)
class Detection:
    """The detection of a fault by one method.

    Attributes:
        by: a description; empty if undetected.
        seconds: the time taken.
    """

    by: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.by or 'not detected'} ({self.seconds:.0f} s)"


FUZZ = """
from raspir.testing.fuzzer import fuzz
from raspir.testing.trying import Campaign

found = fuzz(Campaign(seed=0, time_limit=10), {cases})
if found.failures:
    (failure,) = found.failures
    nodes = len(failure.trial.graph)
    raise SystemExit(f"a program of {{nodes}} nodes, after {{found.cases}} cases ({{failure.problem.kind}})")
"""
PROVE = """
from raspir.testing.proofs.findings import findings
from raspir.testing.proofs.cases import RULES

(found,) = findings([each for each in RULES if each.name == {rule!r}], 3, 20.0, 0)
if found.problems:
    raise SystemExit(found.problems[0])
"""


def scripted(copy: Path, code: str) -> Detection:
    """Run a script on a copy, which fails with a description of what it detected."""
    done, seconds = _run(copy, ["-c", code])
    return Detection("" if done.returncode == 0 else _last(done), seconds)


def tested(copy: Path, tests: tuple[str, ...]) -> Detection:
    """Run tests on a copy, up to the first failure."""
    done, seconds = _run(copy, ["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", *tests])
    if done.returncode == 0:
        return Detection("", seconds)
    found = re.search(r"^(?:FAILED|ERROR) (?:\S*/)?(\S+)", done.stdout, re.MULTILINE)
    return Detection(found[1] if found else _last(done), seconds)


def _run(copy: Path, arguments: list[str]) -> tuple[subprocess.CompletedProcess[str], float]:
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    return done, time.perf_counter() - start


def _last(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[-1] if lines else f"exit code {done.returncode}"


def copied(folder: Path) -> Path:
    """Copy the project into ``folder`` and return the copy."""
    copy = folder / "copy"
    for name in COPIED:
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__", ".hypothesis")
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=ignored)
        else:
            copy.mkdir(exist_ok=True)
            shutil.copy(source, copy / name)
    return copy


def checked(fault: Fault, cases: int, everything: bool) -> list[Detection | None]:
    """Return the results of the fuzzer, the solver and the tests on a fault; ``None`` for those that did not run."""
    with TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        fault.make(copy)
        fuzzed = not fault.file.startswith("transformer/")  # the fuzzer runs other backends
        found: list[Detection | None] = [
            scripted(copy, FUZZ.format(cases=max(cases, fault.cases))) if fuzzed else None,
            scripted(copy, PROVE.format(rule=fault.rule)) if fault.rule else None,
        ]
        detected = any(each is not None and each.by for each in found)
        return [*found, tested(copy, fault.tests) if everything or not detected else None]


def main() -> int:
    """Test each fault; return 1 if one is undetected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=8_000, help="fuzzer cases per fault (8000)")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="faults checked in parallel (one per processor)"
    )
    parser.add_argument("--all", action="store_true", help="also run the tests on faults that were already detected")
    parser.add_argument("--only", default="", help="only faults whose description or file contains this")
    options = parser.parse_args()
    chosen = [fault for fault in EVERY if options.only in f"{fault.what} {fault.file}"]
    console = Console(highlight=False)
    table = Table(show_lines=True)
    for heading in ("fault", "the fuzzer", "the solver", "the tests"):
        table.add_column(heading, overflow="fold")
    missed = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        results = pool.map(lambda fault: checked(fault, options.cases, options.all), chosen)
        for fault, found in zip(chosen, results, strict=True):
            detected = any(each is not None and each.by for each in found)
            missed += not detected
            cells = [f"{fault.what} ({fault.file})", *("" if each is None else str(each) for each in found)]
            table.add_row(*map(Text, cells), style="" if detected else "bold red")
            console.print(" | ".join(cells), markup=False, soft_wrap=True)
    console.print(table)
    console.print(f"{len(chosen)} faults, {missed} of them not detected")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
