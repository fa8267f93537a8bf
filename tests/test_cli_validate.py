"""``raspir opt --validate``: coverage, its report, and the handling of differences."""

import pytest
from commands import raspir
from test_cli import output
from typer.testing import CliRunner

from raspir.cli import app
from raspir.ir import build
from raspir.passes.base import PASSES
from raspir.passes.fold import Fold

ADD = ("opt", "examples/addition.py:add", "--vocab", "0123456789+")


def test_what_was_covered_stands_above_the_program():
    lines = output(*ADD, "--validate", "--validate-length", "3").splitlines()
    assert lines[0] == "# validated: equal on all 1,464 inputs of lengths 0 to 3, by running each"
    assert lines[1].startswith("# validated: in ")
    assert lines[2] == "raspir 1"


def test_with_remarks_and_into_a_file(tmp_path):
    path = tmp_path / "add.rir"
    done = raspir(*ADD, "--validate", "--validate-length", "2", "--remarks", "-o", str(path))
    assert done.returncode == 0
    assert done.stderr.startswith("raspir: validated: equal on all 133 inputs of lengths 0 to 2, by running each\n")
    text = path.read_text()
    assert text.index("# validated: equal") < text.index("depth") < text.index("raspir 1")
    assert output("run", str(path), "-i", "1+2") == "[0, 0, 3]\n"


def test_a_promised_length_makes_it_whole():
    lines = output("opt", "examples/attention.py:cumsum", "--max-length", "2", "--validate").splitlines()
    assert lines[:2] == [
        "# validated: proved equal on all inputs of lengths 0 to 2",
        "# validated: so equal on every input that satisfies the assumptions",
    ]


def test_a_wrong_pass_is_shown_and_nothing_is_written(tmp_path, monkeypatch):
    class Wrong(Fold):
        name = "fold"

        def run(self, graph, context):
            one = build("const", value=1)
            outputs = {name: build("add", node, one) for name, node in graph.outputs.items()}
            return graph.derived(outputs=outputs)

    monkeypatch.setitem(PASSES.built_in, "fold", f"{__name__}:Wrong")
    monkeypatch.setitem(globals(), "Wrong", Wrong)
    path = tmp_path / "wrong.rir"
    command = [
        "opt",
        "examples/attention.py:cumsum",
        "--vocab",
        "01",
        "--passes",
        "fold",
        "--validate",
        "-o",
        str(path),
    ]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 1
    assert "the optimized program is wrong: on " in done.output
    assert not path.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--validate-length", "3"], "give --validate, too"),
        (["--validate", "--validate-length", "-1"], "--validate-length a natural one"),
        (["--validate", "--validate-seconds", "0"], "--validate-seconds is a positive number"),
        (["--validate", "--validate-seconds", "inf"], "--validate-seconds is a positive number"),
        (["--validate", "--validate-seconds", "nan"], "--validate-seconds is a positive number"),
    ],
)
def test_mistakes(options, message):
    done = raspir(*ADD, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
