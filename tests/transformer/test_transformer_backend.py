"""The backend that makes transformers, and the command that checks them."""

import io
import itertools
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from test_cli import output, refused
from typer.testing import CliRunner

import raspir
from raspir import indices, key, query, tokens, where
from raspir.backends.base import explainer, runner
from raspir.cli.app import app
from raspir.transformer import making
from raspir.transformer.compile import compiled
from raspir.transformer.model import Transformer

hist = (key(tokens) == query(tokens)).value(1).name("hist")
double = (hist + hist).name("double")
third = (key(indices) == query(hist * hist % 3)).value(tokens).name("third")
fragile = 1 // where(tokens == "b", 0, 1)
TEXTS = ["".join(each) for n in range(4) for each in itertools.product("abc", repeat=n)]


def emitted(program=double, **options):
    return raspir.emit(program, "transformer", vocab="abc", max_length=3, **options)


def test_runs():
    run = raspir.compile(double, "transformer", vocab="abc", max_length=3)
    assert isinstance(run, Transformer)
    assert run.batch(TEXTS) == raspir.compile(double, "reference").batch(TEXTS)
    assert run.check().ok
    assert run("aab").layers == 1


def test_options():
    run = raspir.compile(fragile, "transformer{dtype=float64}", optimize=False, vocab="ab", max_length=3)
    assert run.config.dtype == "float64"
    with pytest.raises(raspir.EvaluationError, match="ZeroDivisionError"):
        run("b")
    assert len(raspir.compile(fragile, "transformer{strict=false}", optimize=False, vocab="ab", max_length=3)("b")) == 1
    with pytest.raises(raspir.BackendError, match="the option dtype of backend transformer takes float32 or float64"):
        runner("transformer{dtype=float16}")


def test_needs_both_assumptions():
    with pytest.raises(raspir.BackendError, match="'transformer' needs a vocabulary for tokens"):
        raspir.compile(hist, "transformer", max_length=3)
    with pytest.raises(raspir.BackendError, match="'transformer' needs a maximum length"):
        raspir.emit(hist, "transformer", vocab="abc")


def test_emitted_arrays_are_the_weights():
    model = raspir.compile(double, "transformer", vocab="abc", max_length=3)
    with np.load(io.BytesIO(emitted())) as archive:
        arrays = dict(archive)
    description = json.loads(str(arrays.pop("description")))
    assert arrays.keys() == dict(model.weights.arrays()).keys()
    for name, array in model.weights.arrays():
        assert arrays[name].dtype == array.dtype
        assert np.array_equal(arrays[name], array)
    assert description["vocabulary"] == {"tokens": ["a", "b", "c"]}
    assert description["outputs"] == {"out": list(model.outputs["out"])}
    assert description["labels"] == list(model.labels)
    assert description["config"]["n_ctx"] == 4
    assert description["config"]["d_vocab"] == {"tokens": 4}


def test_equal_transformers_are_equal_files():
    assert emitted() == emitted()
    assert emitted() != emitted(hist)


def test_atoms_of_all_types_in_a_file():
    atoms = [None, True, 1, 1.5, float("inf"), "é"]
    written = raspir.emit(tokens, "transformer", vocab=atoms, max_length=1)
    with np.load(io.BytesIO(written)) as archive:
        found = json.loads(str(archive["description"]))["vocabulary"]["tokens"]
    assert {(type(each), each) for each in found} == {(type(each), each) for each in atoms}


def test_explains_heads_and_hidden_layers():
    graph = raspir.lower(third, "abc", 4)
    model = runner("transformer").compile(graph)
    head, mlp, last = explainer("transformer").explain(graph)
    assert (head.value, head.selector) == ("hist", "key(tokens) == query(tokens)")
    assert head.location.rpartition("/")[2] == "test_transformer_backend.py:22"
    assert re.fullmatch("head 0 of block 0, rank [1-4], 1 value by sum", head.why)
    block = model.weights.blocks[0]
    assert head.cost == f"{sum(each.size for each in block.heads[0].arrays().values())} parameters"
    assert mlp.selector == ""
    assert mlp.why == f"MLP of block 0, {block.mlp.d_mlp} units"
    assert mlp.cost == f"{sum(each.size for each in block.mlp.arrays().values())} parameters"
    assert all(each.name for each in (head, mlp, last))
    assert not head.falls_back
    assert last.value == "third"
    assert last.why.startswith("head 0 of block 1, rank ")


# The command line

SOURCE = """from raspir import *

hist = (key(tokens) == query(tokens)).value(1).name("hist")
fragile = 1 // where(tokens == "b", 0, 1)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "p.py").write_text(SOURCE)
    return tmp_path


def test_emit_run_and_plan(folder):
    assumed = ("-b", "transformer", "--vocab", "abc", "--max-length", "3")
    assert output("run", "p.py:hist", *assumed, "--input", "aba", cwd=folder) == "[2, 1, 2]\n"
    output("emit", "p.py:hist", *assumed, "-o", "m.npz", cwd=folder)
    with np.load(folder / "m.npz") as archive:
        assert "unembed.W_U" in archive
    assert "head 0 of block 0" in output("plan", "p.py:hist", *assumed, "--json", cwd=folder)
    assert "needs a maximum length" in refused("run", "p.py:hist", *assumed[:4], "--input", "aba", cwd=folder)


def test_check(folder):
    text = output("check", "p.py:hist", "--vocab", "ab", "--max-length", "3", cwd=folder)
    assert text.startswith("checked on all 15 inputs\noutputs: all are right; ")
    options = ("--attention", "best", "--causal", "--dtype", "float64", "--budget", "5")
    text = output("check", "p.py:fragile", "--vocab", "ab", "--max-length", "3", *options, cwd=folder)
    assert text.startswith("checked on 5 of about 15 inputs, all up to length 0; left out ")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("p.py:hist", "--vocab", "ab"), "needs a maximum length: give max_length (--max-length)"),
        (("p.py:hist", "--max-length", "3"), "needs the vocabulary of the input 'tokens': give vocab (--vocab)"),
        (("p.py:hist", "--vocab", "ab", "--max-length", "3", "--budget", "0"), "the budget must be a positive integer"),
        (("p.py:none", "--vocab", "ab", "--max-length", "3"), "none"),
    ],
)
def test_check_of_bad_input(folder, given, why):
    assert why in refused("check", *given, cwd=folder)


def test_check_of_something_wrong(folder, monkeypatch):
    def wrong(*call):
        model = compiled(*call)
        return Transformer(model.graph, replace(model.weights, b_U=-model.weights.b_U), model.outputs)

    monkeypatch.setattr(making, "compiled", wrong)
    done = CliRunner().invoke(app, ["check", f"{folder / 'p.py'}:hist", "--vocab", "ab", "--max-length", "3"])
    assert done.exit_code == 1
    assert "with a wrong one\n  on " in done.stdout


def test_generated_programs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["fuzz", "--backend", "transformer", "--cases", "12", "--seed", "4", "--jobs", "1"])
    assert done.exit_code == 0, done.output
    assert "backends: transformer 12" in done.output


def test_fuzzing_tries_it_only_if_it_is_named():
    from raspir.testing.trying import Campaign

    assert "transformer" not in Campaign().check().backends
    assert Campaign(backends=("transformer",)).check().backends == ("transformer",)
