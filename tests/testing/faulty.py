"""Backends that are the reference with one fault each, for the conformance suite to detect."""

import functools
import math
import operator
from collections.abc import Mapping

from raspir.backends.base import Capabilities
from raspir.ir import BackendError, EvaluationError, InputError, RaspirError, verify
from raspir.ir.causal import is_mask
from raspir.ir.evaluation import refusing
from raspir.runtime.inputs import read_inputs
from raspir.runtime.reference import Executable, Reference, _Step, require_functions
from raspir.runtime.sequence import Sequence


class Step(_Step):
    """The evaluation of one node; faults replace its methods."""

    @property
    def what(self):
        return self.node.operation.name


class Run(Executable):
    """A graph that runs on inputs, node by node as its class of steps says."""

    def __init__(self, graph, step):
        self._graph, self._step = verify(graph), step

    def inputs(self, given):
        return read_inputs(self._graph, given)

    def __call__(self, given):
        inputs = self.inputs(given)
        n = len(next(iter(inputs.values())))
        values = {}
        for node in self._graph:
            step = self._step(self._graph, node, inputs, n)
            values[node] = step.value([values[operand] for operand in node.operands])
        return self.results(values)

    def results(self, values):
        layer = self._graph.layering.layer
        results = {name: Sequence(values[node], layer[node]) for name, node in self._graph.outputs.items()}
        return next(iter(results.values())) if len(results) == 1 else results


class Faulty(Reference):
    """The reference backend with other steps, or another way to run."""

    name = "faulty"
    step, run = Step, Run

    def compile(self, graph):
        require_functions(graph)
        return self.run(graph, self.step)


FAULTS = {}


def fault(caught_by):
    """Note a fault, and the beginning of the name of a case that must find it."""

    def note(made):
        name = made.__name__
        if issubclass(made, Step):
            made = type(name, (Faulty,), {"step": made, "name": name})
        elif issubclass(made, Run):
            made = type(name, (Faulty,), {"run": made, "name": name})
        FAULTS[name] = made, caught_by
        return made

    return note


@fault("sums: sum default")
class WrongDefault(Step):
    def _aggregate(self, node, selector, value):
        found = super()._aggregate(node, selector, value)
        return [atom if any(row) else 0 for row, atom in zip(selector, found, strict=True)]


@fault("sums: sum of one selected leaves out the default")
class DefaultAddedToOneSelected(Step):
    def _aggregate(self, node, selector, value):
        found = super()._aggregate(node, selector, value)
        one = [sum(row) == 1 and isinstance(atom, int) for row, atom in zip(selector, found, strict=True)]
        default = self.node["default"]
        return [atom + default if add and default == 100 else atom for atom, add in zip(found, one, strict=True)]


@fault("sums: sum by hand")
class MeanForSum(Step):
    def _combined(self, i, selected, value):
        return super()._combined(i, selected, value) / (len(selected) if self.what == "sum" else 1)


@fault("means: mean by hand")
class SumForMean(Step):
    def _combined(self, i, selected, value):
        return super()._combined(i, selected, value) * (len(selected) if self.what == "mean" else 1)


@fault("means: mean of one selected int")
class MeanOfOneIsAFloat(Step):
    def _aggregate(self, node, selector, value):
        found = super()._aggregate(node, selector, value)
        return [float(atom) if self.what == "mean" and type(atom) is int else atom for atom in found]


@fault("selectors: lt of positions by hand")
class OffByOneCausalMask(Step):
    def _select(self, keys, queries):
        if self.what == "select.lt" and keys == queries == list(range(self.n)):
            return [[j <= i for j in range(self.n)] for i in range(self.n)]
        return super()._select(keys, queries)


@fault("sums: sum of several int")
class FloatForInt(Step):
    def _combined(self, i, selected, value):
        found = super()._combined(i, selected, value)
        return float(found) if abs(found) < 1e300 else found


@fault("sums: sum of several bool")
class BoolsAddedAsBools(Step):
    def _combined(self, i, selected, value):
        found = super()._combined(i, selected, value)
        return bool(found) if all(type(value[j]) is bool for j in selected) else found


@fault("comparisons: eq")
class IntForBool(Step):
    def _elementwise(self, operands):
        found = super()._elementwise(operands)
        return list(map(int, found)) if self.what == "eq" else found


@fault("best: best highest, ties to the right")
class BrokenTie(Step):
    def _better(self, node, i, score, j, found):
        return score[j] != score[found] and super()._better(node, i, score, j, found)


@fault("best: best lowest, ties to the left")
class BestIgnoresPick(Step):
    def _better(self, node, i, score, j, found):
        return score[j] > score[found] or (score[j] == score[found] and self.node["ties"] == "right")


@fault("best: best compares scores of selected positions only")
class BestLooksAtAllScores(Step):
    def _best(self, node, selector, value, score):
        if {type(each) is str for each in score} == {True, False}:
            self._fail("compares a string with a number")
        return super()._best(node, selector, value, score)


@fault("selector algebra: not")
class NotOfASelectorIgnored(Step):
    def value(self, operands):
        return operands[0] if self.what == "selector.not" else super().value(operands)


@fault("selectors: predicate of key and query, in this order")
class PredicateArgumentsSwapped(Step):
    def _select(self, keys, queries):
        predicate = self._function()
        if self.what != "select.by":
            return super()._select(keys, queries)
        return [[bool(predicate(queries[i], keys[j])) for j in range(self.n)] for i in range(self.n)]


@fault("sums: sum of two strings fails")
class StringsAdded(Step):
    def _combined(self, i, selected, value):
        if all(isinstance(value[j], str) for j in selected):
            return "".join(value[j] for j in selected)
        return super()._combined(i, selected, value)


@fault("moving atoms: shift right of long strings")
class StringsTruncated(Step):
    def value(self, operands):
        found = super().value(operands)
        return [each[:30] if isinstance(each, str) else each for each in found]


@fault("sources: tokens str")
class TrailingNulLost(Step):
    def value(self, operands):
        found = super().value(operands)
        return [each.rstrip("\0") if isinstance(each, str) else each for each in found]


@fault("integers: plus one")
class SixtyFourBits(Step):
    def _elementwise(self, operands):
        return [
            (each + 2**63) % 2**64 - 2**63 if type(each) is int else each for each in super()._elementwise(operands)
        ]


@fault("selectors: eq mixed")
class IntegersComparedAsFloats(Step):
    def _function(self):
        predicate = super()._function()
        if self.what.startswith("select.") and self.what != "select.by":
            return lambda keyed, queried: predicate(_rounded(keyed), _rounded(queried))
        return predicate


def _rounded(atom):
    return float(atom) if not isinstance(atom, str | None) and abs(atom) < 10**300 else atom


@fault("unary operators: neg by hand")
class NegativeZeroLost(Step):
    def _elementwise(self, operands):
        return [0.0 if type(each) is float and each == 0 else each for each in super()._elementwise(operands)]


@fault("floats: no operation makes NaN")
class NaNLetThrough(Step):
    def _elementwise(self, operands):
        if self.what == "sub" and operands[0] == operands[1] and math.inf in operands[0]:
            return [0.0] * self.n
        return super()._elementwise(operands)


@fault("where, has, lookup, map: lookup finds keys of the same class")
class LookupByEquality(Step):
    def _function(self):
        if self.what != "lookup":
            return super()._function()
        table = dict(zip(self.node["keys"], self.node["values"], strict=True))
        return lambda *atoms: table.get(atoms[0], self.node["otherwise"])


@fault("where, has, lookup, map: has finds equal atoms")
class HasByClass(Step):
    def _function(self):
        if self.what != "has":
            return super()._function()
        return lambda atom: any(type(atom) is type(each) and atom == each for each in self.node["values"])


@fault("where, has, lookup, map: where follows Python's truth values")
class WhereTakesTrueAlone(Step):
    def _function(self):
        return (lambda c, a, b: a if c is True else b) if self.what == "where" else super()._function()


@fault("floats: sums that round, over so far")
class SumsInSinglePrecision(Step):
    def _combined(self, i, selected, value):
        found = super()._combined(i, selected, value)
        return float(f"{found:.7g}") if type(found) is float and math.isfinite(found) else found


@fault("sources: indices")
class EmptyInputFails(Run):
    def inputs(self, given):
        inputs = super().inputs(given)
        next(iter(inputs.values()))[0]
        return inputs


@fault("operators: truediv int int")
class ErrorOfTheWrongClass(Run):
    def __call__(self, given):
        try:
            return super().__call__(given)
        except EvaluationError as error:
            raise InputError(error.message, error.location) from error


@fault("operators: floordiv int int")
class ErrorIsPythons(Run):
    def __call__(self, given):
        try:
            return super().__call__(given)
        except EvaluationError as error:
            raise ZeroDivisionError from error


@fault("operators: mod int int")
class ErrorWithoutLocation(Run):
    def __call__(self, given):
        try:
            return super().__call__(given)
        except EvaluationError as error:
            raise EvaluationError(error.message) from None


@fault("assumptions: vocabulary")
class AssumptionsNotChecked(Run):
    def inputs(self, given):
        if isinstance(given, Mapping):
            return {name: list(each) for name, each in given.items()}
        return {"tokens": list(given)}


@fault("assumptions: vocabulary mixed")
class AssumptionsByEquality(Run):
    def inputs(self, given):
        try:
            return super().inputs(given)
        except InputError:
            atoms = list(given)
            if all(atom in (node["vocab"] or ()) for node in self._graph.inputs.values() for atom in atoms):
                return {"tokens": atoms}
            raise


@fault("several outputs: keep their order and names")
class OutputsSwapped(Run):
    def results(self, values):
        found = super().results(values)
        return found if isinstance(found, Sequence) else dict(zip(found, reversed(found.values()), strict=True))


@fault("several outputs: one output is a sequence")
class OneOutputNamed(Run):
    def results(self, values):
        found = super().results(values)
        return {"out": found} if isinstance(found, Sequence) else found


@fault("sources: tokens int")
class ListForSequence(Run):
    def results(self, values):
        return list(super().results(values))


@fault("layers: of two aggregates, one after the other")
class LayersOfTheFirstOnly(Run):
    def results(self, values):
        found = super().results(values)
        return Sequence(found, min(1, found.layers)) if isinstance(found, Sequence) else found


@fault("sources: tokens bool")
class InputChanged(Run):
    def __call__(self, given):
        found = super().__call__(given)
        if isinstance(given, list) and given:
            given.append(given[0])
        return found


@fault("batches: of repeated inputs")
class RememberedByLength(Run):
    def __call__(self, given):
        self.__dict__.setdefault("held", {})
        return self.held.setdefault(len(given), super().__call__(given))


@fault("batches: ragged: count of all")
class PaddingLeaks(Run):
    def batch(self, inputs):
        inputs = [list(given) for given in inputs]
        longest = max(map(len, inputs), default=0)
        padded = [given + [0] * (longest - len(given)) for given in inputs]
        found = super().batch(padded)
        return [Sequence(each[: len(given)], each.layers) for each, given in zip(found, inputs, strict=True)]


@fault("batches: ragged")
class BatchOutOfOrder(Run):
    def batch(self, inputs):
        return super().batch(sorted(inputs, key=len))


@fault("batches: of nothing")
class EmptyBatchFails(Run):
    def batch(self, inputs):
        inputs = list(inputs)
        longest = max(map(len, inputs))
        return super().batch(inputs) if longest >= 0 else []


@fault("batches: an error has the index of its input")
class BatchErrorWithoutNumber(Run):
    def batch(self, inputs):
        try:
            return super().batch(inputs)
        except RaspirError as error:
            error.input = None
            raise


@fault("batches: an error of an aggregate has the index of its input")
class BatchErrorOfTheLastInput(Run):
    def batch(self, inputs):
        inputs = list(inputs)
        try:
            return super().batch(inputs)
        except RaspirError as error:
            error.input = len(inputs) - 1
            raise


@fault("sums: sum of three to ten strings fails")
class StringsFetchedInLargeRows(Step):
    def _combined(self, i, selected, value):
        if len(selected) > 3 and all(isinstance(value[j], str) for j in selected):
            return value[selected[-1]]
        return super()._combined(i, selected, value)


@fault("batches: of 33 inputs")
class LargeBatchWrong(Run):
    def batch(self, inputs):
        found = super().batch(list(inputs))
        return [
            *found[:32],
            *(Sequence([0] * len(each), each.layers) if isinstance(each, Sequence) else each for each in found[32:]),
        ]


@fault("mistakes: a map that is missing")
class MissingFunctionsFoundLate(Faulty):
    def compile(self, graph):
        return Run(graph, Step)


@fault("missing values: map skips, without a call")
class SkippedFunctionsCalled(Step):
    def _function(self):
        if self.what != "map" or self.node.none != "skip":
            return super()._function()
        function = self.graph.functions[self.node["function"]]
        return lambda *atoms: (function(*atoms), None)[1] if None in atoms else function(*atoms)


@fault("missing values: add skips")
class NothingSkipped(Step):
    def _function(self):
        return refusing(super()._function()) if self.node.none == "skip" else super()._function()


@fault("missing values: eq fails")
class EqualityNeverFails(Step):
    def _function(self):
        return operator.eq if self.what in ("eq", "select.eq") and self.node.none == "error" else super()._function()


@fault("missing values: sum default None")
class DefaultNoneBecomesZero(Step):
    def _aggregate(self, node, selector, value):
        found = super()._aggregate(node, selector, value)
        empty = [node.default is None and not any(row) for row in selector]
        return [0 if none else atom for atom, none in zip(found, empty, strict=True)]


@fault("missing values: eq by hand")
class NoneUnlikeItself(Step):
    def _function(self):
        function = super()._function()
        if self.what != "eq":
            return function
        return lambda a, b: False if a is None and b is None else function(a, b)


@fault("missing values: select.eq")
class NoneNeverSelected(Step):
    def _select(self, keys, queries):
        found = super()._select(keys, queries)
        if self.what != "select.eq":
            return found
        return [[entry and keys[j] is not None for j, entry in enumerate(row)] for row in found]


@fault("missing values: where")
class NoneCountsAsTrue(Step):
    def _function(self):
        return (lambda c, a, b: a if c is None or c else b) if self.what == "where" else super()._function()


@fault("missing values: sum of several with None fails")
class NoneAddedAsZero(Step):
    def _combined(self, i, selected, value):
        return super()._combined(i, selected, [0 if atom is None else atom for atom in value])


@fault("missing values: best of None as scores")
class NoneScoresLowest(Step):
    def _better(self, node, i, score, j, best):
        return super()._better(node, i, [-math.inf if atom is None else atom for atom in score], j, best)


@fault("missing values: lookup")
class NoneIsNoKey(Step):
    def _function(self):
        function = super()._function()
        if self.what != "lookup":
            return function
        return lambda *atoms: self.node["otherwise"] if None in atoms else function(*atoms)


@fault("functions of several sequences: map of two, in this order")
class OperandsOfMapsSwapped(Step):
    def _function(self):
        function = super()._function()
        return (lambda *atoms: function(*reversed(atoms))) if self.what == "map" else function


@fault("functions of several sequences: map distinguishes atoms by their class")
class ResultsRememberedByEquality(Step):
    def _function(self):
        return functools.cache(super()._function()) if self.what == "map" else super()._function()


@fault("functions of several sequences: lookup of two keys, in this order")
class KeysOfTablesSwapped(Step):
    def _function(self):
        function = super()._function()
        return (lambda *atoms: function(*reversed(atoms))) if self.what == "lookup" else function


@fault("functions of several sequences: lookup of two keys")
class TheFirstKeyDecides(Step):
    def _function(self):
        if self.what != "lookup" or len(self.node.operands) == 1:
            return super()._function()
        table = {row[0]: value for row, value in zip(self.node.rows, self.node.values, strict=True)}
        return lambda *atoms: table.get(atoms[0], self.node.otherwise)


class FromTheRight(Faulty):
    """No fault: floats may be added in any order."""

    class Step(Step):
        def _combined(self, i, selected, value):
            return super()._combined(i, selected[::-1], value)

    step = Step


class Picky(Faulty):
    """No fault: some operations are not supported, which compiling says."""

    name = "Picky"
    unsupported = ("best", "map")

    def compile(self, graph):
        for node in graph:
            if node.operation.name in self.unsupported:
                raise BackendError(f"no {node.operation.name}")
        return super().compile(graph)


class Integers(Faulty):
    """No fault: integers and booleans alone are supported, which it declares."""

    name = "Integers"
    supports = Capabilities(types=["int", "bool"])


class NeedsAssumptions(Faulty):
    """No fault: programs must come with a vocabulary and a length."""

    name = "NeedsAssumptions"
    supports = Capabilities(vocabulary=False, length=False)


class Numbers(Faulty):
    """No fault: each value holds integers, or floats; assumptions are needed, and some operations left out."""

    name = "Numbers"
    supports = Capabilities.without("best", "str", "map", mixed=False, vocabulary=False)


class WithoutNone(Faulty):
    """No fault: a backend written before missing values and functions of several sequences."""

    name = "WithoutNone"
    supports = Capabilities.without("none", several=False)


class AddsOneAboveThree(Step):
    """A fault that integers alone show, and only those above three."""

    def _elementwise(self, operands):
        found = super()._elementwise(operands)
        large = self.what in ("add", "mul", "where")
        return [atom + 1 if large and type(atom) is int and atom > 3 else atom for atom in found]


class RefusesAll(Faulty):
    """Supports nothing."""

    name = "RefusesAll"

    def compile(self, graph):
        raise BackendError("not today")


FIXED = (
    "ListForSequence",
    "InputChanged",
    "MissingFunctionsFoundLate",
    "AssumptionsNotChecked",
    "AssumptionsByEquality",
)
"""Faults that do no harm, since raspir sees to these things itself when it calls a backend."""


class OwnMask(Step):
    """A mask of its own for causal graphs, in place of the one in their selectors."""

    def _masks(self):
        return self.graph.causal and is_mask(self.node)


@fault("causal programs: count of everything")
class MaskWithoutTheDiagonal(OwnMask):
    def _select(self, keys, queries):
        found = super()._select(keys, queries)
        return [[on and i != j for j, on in enumerate(row)] for i, row in enumerate(found)] if self._masks() else found


@fault("causal programs: count of everything")
class MaskOneTooWide(OwnMask):
    def _select(self, keys, queries):
        found = super()._select(keys, queries)
        return [[j <= i + 1 for j in range(len(row))] for i, row in enumerate(found)] if self._masks() else found


@fault("causal programs: complement of another selector")
class MaskBeforeTheComplement(Step):
    def value(self, operands):
        if self.graph.causal and self.what == "selector.not":
            return [[j > i or not on for j, on in enumerate(row)] for i, row in enumerate(operands[0])]
        if self.graph.causal and is_mask(self.node):
            return [[True] * self.n for _ in range(self.n)]
        found = super().value(operands)
        if self.graph.causal and self.what.startswith("select."):
            return [[on and j <= i for j, on in enumerate(row)] for i, row in enumerate(found)]
        return found


@fault("causal programs: best of everything")
class BestWithoutTheMask(Step):
    def _best(self, node, selector, value, score):
        if self.graph.causal and node.selector.operation.name == "selector.and" and is_mask(node.selector.operands[1]):
            selector = [[True] * self.n for _ in selector]
        return super()._best(node, selector, value, score)


@fault("conversions: to_int by hand")
class IntRounds(Step):
    def _function(self):
        if self.what != "to_int":
            return super()._function()
        return refusing(lambda atom: round(atom) if isinstance(atom, float) else int(atom))


@fault("conversions: to_float fails")
class NaNRead(Step):
    def _elementwise(self, operands):
        if self.what == "to_float" and "nan" in operands[0]:
            return [0.0] * self.n
        return super()._elementwise(operands)


@fault("conversions: item finds equal keys")
class ItemByClass(Step):
    def _function(self):
        if self.what != "item":
            return super()._function()
        table = {(type(key), key): value for key, value in zip(self.node["keys"], self.node["values"], strict=True)}
        return lambda atom: table[type(atom), atom]


@fault("conversions: one_type fails on a mixture")
class AnyTypes(Step):
    def value(self, operands):
        return operands[0] if self.what == "one_type" else super().value(operands)


@fault("conversions: average looks at the whole sequence")
class AverageOfWhatIsSelected(Step):
    def _require_numbers(self, i, selected, values):
        super()._require_numbers(i, selected, [values[j] for j in selected])


@fault("conversions: average by hand")
class AverageRefusesAllBooleans(Step):
    def _require_numbers(self, i, selected, values):
        if any(isinstance(atom, bool) for atom in values):
            self._fail("averages a boolean")
        super()._require_numbers(i, selected, values)
