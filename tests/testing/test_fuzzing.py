"""The fuzzer: detection, minimization, and determinism across numbers of processes."""

import re
from collections import Counter
from functools import partial
from random import Random

import numpy as np
import pytest
from daily import first
from faults import Crash, Deepen, Swap

import raspir
from raspir import indices, tokens
from raspir.backends.base import BACKENDS, Capabilities
from raspir.backends.numpy.kernels import elementwise, execution, selections
from raspir.ir.atoms import show
from raspir.ir.composition import Composed
from raspir.passes.base import PASSES
from raspir.passes.depth import RULES
from raspir.plugins.registry import Registry
from raspir.testing import Setting, difference, functions, trying
from raspir.testing.fuzzer import Fuzzed, fuzz
from raspir.testing.generate import program
from raspir.testing.quiet import quiet
from raspir.testing.scripts import save, script, shrunk
from raspir.testing.settings import drawn
from raspir.testing.thresholds import thresholds
from raspir.testing.trying import ODD, SETTINGS, Campaign, Outcome, covered

NONE = "no difference"


def first_failure(campaign, programs=300):
    campaign = campaign.check()
    found = (campaign.tried(number).failure for number in range(programs))
    return next((failure for failure in found if failure), None)


def planted(broken, monkeypatch):
    """Let every case have a pass that is wrong, and return the first failure made small."""
    monkeypatch.setattr(trying, "drawn", lambda random, *rest: Setting(passes=(broken,)))
    failure = first_failure(Campaign(0, ("reference",)))
    return None if failure is None else shrunk(failure)


@pytest.mark.parametrize(("old", "new"), [("select.lt", "select.le"), ("sum", "mean"), ("and", "or"), ("add", "sub")])
def test_a_wrong_rewrite_is_found_and_made_small(old, new, monkeypatch):
    found = planted(Swap(old, new), monkeypatch)
    assert found.description.startswith("unoptimized it yields ")
    assert "\noptimized " in found.description
    assert old in {node.operation.name for node in found.graph}
    assert len(found.graph) <= 6
    assert [len(each) <= 3 for each in found.inputs] == [True]
    assert found.setting == Setting(passes=(Swap(old, new),))


def test_more_layers_are_told_of_own_passes_alone(monkeypatch):
    with monkeypatch.context() as patch:
        assert planted(Deepen(), patch) is None  # a pass of others may have its reasons
    monkeypatch.setattr("raspir.passes.fold.Fold.run", Deepen.run)
    failure = first_failure(Campaign(0, ("reference",), "fold"))
    assert re.search(r"increases the layers from \d+ to \d+", failure.problem.description)


def test_a_failing_pass_is_found(monkeypatch):
    found = planted(Crash(), monkeypatch)
    assert "the optimizer failed: GraphError: internal error: pass crash failed" in found.description
    assert "ZeroDivisionError: not today" in found.description
    assert len(found.graph) == 1


def test_a_rewrite_that_is_right_passes(monkeypatch):
    assert planted(Swap("no such operation", ""), monkeypatch) is None


def test_some_generated_programs_on_all_backends():
    campaign, done = Campaign(20).check(), Outcome()
    assert campaign.backends == ("numpy", "reference")
    for number in range(80):
        outcome = campaign.tried(number)
        assert outcome.failure is None, outcome.failure
        done += outcome
    counts = done.counts
    assert done.cases == 80 * SETTINGS
    assert counts["results"] > 6 * done.cases
    assert 0 < counts["failing"] < counts["results"] / 5
    assert counts["impossible"] < done.cases / 20
    assert counts["unsupported"] == 0
    for group, least in {"passes": 8, "attention": 2, "assumed": 4, "backend": 2, "forced": 5, "strategy": 8}.items():
        assert sum(name.startswith(f"{group} ") for name in counts) >= least, group


def test_the_rules_of_depth_that_save_layers_are_counted():
    done = fuzz(Campaign(3, ("reference",), "depth"), 160)
    used = {name.removeprefix("rule ") for name in done.counts if name.startswith("rule ")}
    assert "gathers compose" in used
    assert {*done.unused} == {rule.name for rule in RULES} - used
    assert Fuzzed().unused == []


@pytest.mark.evidence
def test_generated_programs_use_every_rule_of_depth():
    used = set()
    for number in range(4000):
        made = program(Random(f"rules {number}"), small=number % 10 != 0, causal=number % 5 == 0)
        remarks = []
        with quiet():
            raspir.optimize(made.assumed if number % 3 else made.graph, attention="best", remarks=remarks)
        used |= {remark.rule for remark in remarks}
    assert [rule.name for rule in RULES if rule.name not in used] == []


def of_most(selection, weights, most):
    return np.minimum(window_sums(selection, weights, most), 2)


window_sums = selections.Window.sums


@pytest.mark.parametrize(
    ("owner", "name", "wrong", "message"),
    [
        (selections.Window, "sums", of_most, r"reference yields \[\d"),
        (
            elementwise,
            "booleans",
            lambda data: elementwise.integers(data.astype(int)),
            r"yields \[(True|False)",
        ),
        (execution.Executor, "_chunk", lambda self, chunk, number: iter([self._run_batch(chunk)]), "of input 0: "),
    ],
)
def test_a_wrong_backend_is_found_and_made_small(owner, name, wrong, message, monkeypatch):
    monkeypatch.setattr(owner, name, wrong)
    found = shrunk(first_failure(Campaign(0, ("numpy",)), 800))
    assert re.search(message, found.description)
    assert found.setting.backend == "numpy"
    assert len(found.graph) <= 7
    monkeypatch.undo()
    assert difference(found.graph, found.inputs, found.setting) is None


class Planted:
    """A backend that yields the reference's results, with something wrong."""

    name = "planted"
    summary = "is wrong"

    def __init__(self, wrong):
        self._wrong = wrong

    def compile(self, graph):
        return Run(raspir.compile(graph, "reference", optimize=False), self._wrong)


class Run:
    def __init__(self, run, wrong):
        self._run, self._wrong = run, wrong

    def __call__(self, given):
        return self._made(self._run(given))

    def batch(self, inputs):
        return [self._made(result) for result in self._run.batch(inputs)]

    def _made(self, result):
        if isinstance(result, dict):
            return {name: self._wrong(each) for name, each in result.items()}
        return self._wrong(result)


def floats(sequence):
    return raspir.Sequence([float(a) if type(a) is int else a for a in sequence], sequence.layers)


def ends(sequence):
    return raspir.Sequence(sequence.tolist()[:-1], sequence.layers)


@pytest.mark.parametrize("wrong", [floats, ends])
def test_a_backend_of_others_is_found_wrong(wrong, monkeypatch):
    monkeypatch.setitem(BACKENDS.built_in, "planted", "tests_planted:made")
    monkeypatch.setattr("raspir.plugins.registry.import_module", modules({"tests_planted": wrong}))
    found = shrunk(first_failure(Campaign(0, ("planted",))))
    assert "planted yields [" in found.description
    assert len(found.graph) <= 2


LITTLE = Capabilities(
    operations=["input", "indices", "const", "add", "select.eq", "select.lt"],
    aggregates=["sum"],
    types=["int"],
    mixed=False,
    outputs=False,
    vocabulary=False,
    length=False,
)


def add(monkeypatch, backend):
    """Let there be a backend of others called ``planted``."""

    def get(registry, name, real=Registry.get):
        return backend if name == "planted" else real(registry, name)

    monkeypatch.setattr(Registry, "get", get)


def test_a_backend_of_little_is_given_what_it_supports(monkeypatch):
    backend = Planted(None)
    backend.supports = LITTLE
    backend.compile = lambda graph: partial(raspir.compile(graph, "reference", optimize=False))
    add(monkeypatch, backend)
    done = fuzz(Campaign(0, ("planted",), ""), 80)
    assert not done.failures
    assert done.counts["ran planted"] == 80
    assert done.counts["assumed vocabulary and length"] == 80
    made = [Campaign(0, ("planted",), "").program(number)[0].graph for number in range(20)]
    assert {node.operation.name for graph in made for node in graph} >= {"select.eq", "sum"}
    both = fuzz(Campaign(0, ("planted", "numpy"), ""), 40, failures=100)
    assert both.counts["unsupported"] == 0


def test_passes_of_others_are_tried_where_all_backends_are(monkeypatch):
    def names(registry):
        return (*registry.built_in, "broken", "other") if registry is PASSES else tuple(registry.built_in)

    def get(registry, name, real=Registry.get):
        if name == "broken":
            raise raspir.BackendError("cannot be used")
        return Crash() if name == "other" else real(registry, name)

    monkeypatch.setattr(Registry, "names", names)
    monkeypatch.setattr(Registry, "get", get)
    assert Campaign().check().names == (*PASSES.built_in, "other")
    assert Campaign().left_out() == ("pass broken",)
    assert Campaign(0, ("numpy",)).check().names == tuple(PASSES.built_in)
    assert Campaign(0, ("numpy",)).left_out() == Campaign(0, (), "fold").left_out() == ()
    assert Campaign(0, ("numpy",), "other").check().pipeline == ("other",)


def crash(graph):
    raise KeyError("not today")


def refuse(graph):
    raise raspir.BackendError("not today")


def test_a_crash_at_compiling_is_a_difference_and_a_refusal_is_none(monkeypatch):
    backend = Planted(None)
    add(monkeypatch, backend)
    setting = Setting(passes=(), backend="planted")
    backend.compile = crash
    assert re.search(
        r"FaultyBackendError: backend 'planted' failed at \S*test_fuzzing.py:\d+: KeyError: 'not today'",
        difference(raspir.tokens, ["a"], setting),
    )
    backend.compile = lambda graph: 5
    assert "compiled the program to 5, which cannot be called" in difference(raspir.tokens, ["a"], setting)
    backend.compile = refuse
    assert difference(raspir.tokens, ["a"], setting) is None


@pytest.mark.parametrize(
    ("setting", "error", "message"),
    [
        (Setting(passes=("nowhere",)), raspir.BackendError, "there is no pass 'nowhere'"),
        (Setting(passes=("depth{heads=4}",)), raspir.BackendError, "pass depth has no option 'heads'"),
        (Setting(attention="all"), raspir.BackendError, "attention must be select or best, not 'all'"),
        (Setting(vocab=()), raspir.RaspirError, "vocab"),
        (Setting(max_length=-1), raspir.InputError, "the maximum length must be a natural number, not -1"),
    ],
)
def test_mistakes_of_who_asks_for_a_difference_are_no_difference(setting, error, message):
    with pytest.raises(error, match=re.escape(message)):
        difference(raspir.tokens, ["a"], setting)


def test_what_assumptions_make_impossible_is_no_difference():
    assert difference(raspir.tokens + 1, [[1]], Setting(vocab=("a",))) is None


def test_errors_of_others_are_held_by_their_class_and_shown_in_full(monkeypatch):
    backend = Planted(None)
    add(monkeypatch, backend)

    def wrongly(error):
        def run(given):
            raise error

        backend.compile = lambda graph: run
        return difference(1 // raspir.tokens, [[0]], Setting(passes=(), backend="planted"))

    assert wrongly(raspir.EvaluationError("in other words")) is None
    found = wrongly(KeyError("not today"))
    assert re.search(r"the reference yields EvaluationError: .*zero.* \(.*test_fuzzing\.py:\d+\)", found)
    assert re.search(r"planted yields FaultyBackendError: backend 'planted' failed at .*: KeyError: 'not today'", found)


def modules(planted):
    """Return what imports a module: one of those planted, made of what is wrong in it, or any other."""
    import importlib
    from types import SimpleNamespace

    def import_module(name):
        return SimpleNamespace(made=Planted(planted[name])) if name in planted else importlib.import_module(name)

    return import_module


def summary(done):
    return done.cases, done.counts, [(each.number, each.at, repr(each.setting)) for each in done.failures]


@pytest.mark.parametrize("cases", first([53, 203]))
def test_processes_change_nothing(cases):
    here, elsewhere = (fuzz(Campaign(7), cases, jobs) for jobs in (1, 2))
    assert summary(here) == summary(elsewhere)
    assert here.cases == cases
    assert elsewhere.cpu > 0


def test_it_stops_after_so_many_failures(monkeypatch):
    monkeypatch.setattr(trying, "drawn", lambda random, *rest: Setting(passes=(Crash(),)))
    done = fuzz(Campaign(1), 400, failures=3)
    assert [failure.number for failure in done.failures] == [0, 1, 2]
    assert done.cases == 3


def test_a_seed_and_a_number_decide_everything():
    first, again, other = (Campaign(seed).check() for seed in (3, 3, 4))
    settings = []
    for campaign in (first, again, other):
        random = Random("5")
        settings.append(drawn(random, program(random), campaign.backends, campaign.names))
    assert settings[0] == settings[1]
    assert summary(fuzz(first, 30)) == summary(fuzz(again, 30)) != summary(fuzz(other, 30))


def test_fixed_passes_keep_their_options():
    campaign = Campaign(0, (), " fold, depth{max-heads=4} ")
    assert campaign.pipeline == ("fold", "depth{max_heads=4}")
    assert Campaign(0, (), "").pipeline == ()
    done = fuzz(campaign, 40)
    assert done.counts["passes orders"] == 40


@pytest.mark.parametrize(
    ("campaign", "message"),
    [
        (Campaign(0, ("nowhere",)), "there is no backend 'nowhere'"),
        (Campaign(0, ("text",)), "does not run programs"),
        (Campaign(0, (), "fold,nowhere"), "there is no pass 'nowhere'"),
        (Campaign(0, (), "depth{heads=4}"), "pass depth has no option 'heads'"),
    ],
)
def test_what_there_is_not_is_told(campaign, message):
    with pytest.raises(raspir.BackendError, match=re.escape(message)):
        fuzz(campaign, 4)


def test_all_thresholds_are_reached():
    random = Random(1)
    generated = program(random)
    counts = Counter(
        name for _ in range(300) for name in covered(drawn(random, generated, ("numpy",), ("fold", "merge")))
    )
    assert len(thresholds("numpy")) == 5
    for name in thresholds("numpy"):
        assert counts[f"forced {name}"] > 20
    with Setting(backend="numpy", forced=("chunks",)).applied():
        assert execution.CHUNK == 3
    assert execution.CHUNK != 3


def test_odd_inputs_are_tried():
    random = Random(2)
    generated = program(random, small=True)
    made = [trying.some_input(random, generated) for _ in range(400)]
    assert {len(each) for each in made} >= {0, 1, 2, 3}
    assert max(map(len, made)) > 20
    beyond = [atom for each in made for atom in each if atom not in generated.vocab]
    assert len({show(atom) for atom in beyond}) > len(ODD) / 2


@pytest.mark.parametrize(
    ("setting", "shown"),
    [
        (Setting(), "Setting()"),
        (
            Setting(("fold",), "best", (float("-inf"), "é", True), 3, "numpy", ("chunks",)),
            "Setting(passes=('fold',), attention='best', vocab=(-inf, 'é', True), max_length=3, backend='numpy', "
            "forced=('chunks',))",
        ),
        (Setting(passes=(Swap("add", "sub"), "fold")), "Setting(passes=('swap', 'fold'))"),
    ],
)
def test_settings_are_shown_as_python(setting, shown):
    assert repr(setting) == shown


def test_a_difference_that_functions_and_infinities_make_is_python(monkeypatch):
    graph = raspir.parse(
        'raspir 1\n%0 = input name="tokens" : atom\n%1 = map %0 function=@halved : atom\n'
        '%2 = eq %1, "\\"é\\\\" : bool\noutput out = %2\n'
    ).bind({"halved": functions.halved})
    inputs = [[float("inf"), -0.0, 'a"""\\', 10**400]]
    made = trying.Failure(0, 0, trying.Trial(graph, inputs), Setting(("fold",)), trying.DifferenceError("a\\b", inputs))
    found = shrunk(made, attempts=0)
    namespace = {"__name__": "shown"}
    exec(script(found, "title"), namespace)
    assert namespace["PROGRAM"] == graph
    assert namespace["INPUTS"] == inputs
    assert namespace["SETTING"] == found.setting
    assert namespace["__doc__"] == "title\n\na\\b\n"


def test_a_difference_in_composed_functions_is_python():
    graph = raspir.lower(raspir.apply(functions.paired, tokens, indices).map(functions.second, none="skip"))
    (composed,) = graph.functions.values()
    assert isinstance(composed, Composed)
    made = trying.Failure(0, 0, trying.Trial(graph, [[1]]), Setting(), trying.DifferenceError("a", [[1]]))
    namespace = {"__name__": "shown"}
    exec(script(shrunk(made, attempts=0), "title"), namespace)
    assert namespace["PROGRAM"] == graph
    assert dict(namespace["PROGRAM"].functions) == dict(graph.functions)


def test_nothing_is_replaced_when_a_difference_is_saved(tmp_path):
    paths = [save(f"{number}\n", tmp_path / "found.py") for number in range(3)]
    assert [path.name for path in paths] == ["found.py", "found-2.py", "found-3.py"]
    assert [path.read_text() for path in paths] == ["0\n", "1\n", "2\n"]
