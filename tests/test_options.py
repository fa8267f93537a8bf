"""Options of passes and backends: declaration, text syntax, and errors."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal, Optional

import pytest

from raspir import BackendError
from raspir.plugins.options import options_of, parse_choices, read_options, with_options


@dataclass(frozen=True)
class Sample:
    name: ClassVar[str] = "sample"
    summary: ClassVar[str] = "has an option of each kind"
    max_heads: int = 16
    time_budget: float = 10.0
    eager: bool = False
    label: str = "x"
    mode: Literal["fast", "slow"] = "fast"
    limit: int | None = None
    ratio: Optional[float] = 0.5  # noqa: UP045  # the older way to write it
    level: Literal[0, 1, "all"] = 0
    table: dict = field(default_factory=dict)
    hidden: int = field(default=0, init=False)

    def run(self, graph, context):
        return graph


class Plain:
    name = "plain"
    summary = "is no dataclass"

    def run(self, graph, context):
        return graph


def made(text):
    [(name, texts)] = parse_choices(text, "pass")
    assert name == "sample"
    return with_options(Sample(), read_options(Sample(), texts, "pass"), "pass")


def wrong(text):
    with pytest.raises(BackendError) as caught:
        made(text)
    return caught.value.message


def test_options_are_the_fields_that_text_can_write():
    assert [str(option) for option in options_of(Sample(), "pass")] == [
        "max_heads: int = 16",
        "time_budget: float = 10.0",
        "eager: bool = false",
        "label: str = x",
        "mode: fast or slow = fast",
        "limit: int or none = none",
        "ratio: float or none = 0.5",
        "level: 0 or 1 or all = 0",
    ]
    assert options_of(Plain(), "pass") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sample", Sample()),
        ("sample{}", Sample()),
        ("sample{max_heads=4,time_budget=2.5}", Sample(max_heads=4, time_budget=2.5)),
        (" sample { max-heads = 4 , time-budget = 2 } ", Sample(max_heads=4, time_budget=2.0)),
        ("sample{eager=true, label=two words}", Sample(eager=True, label="two words")),
        ("sample{eager=false, mode=slow}", Sample(eager=False, mode="slow")),
        ("sample{limit=3, ratio=none}", Sample(limit=3, ratio=None)),
        ("sample{limit=none, level=1}", Sample(limit=None, level=1)),
        ("sample{level=all, max_heads=-1}", Sample(level="all", max_heads=-1)),
        ("sample{time_budget=inf}", Sample(time_budget=float("inf"))),
    ],
)
def test_text_becomes_typed_values(text, expected):
    found = made(text)
    assert found == expected
    assert [type(value) for value in vars(found).values()] == [type(value) for value in vars(expected).values()]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sample{max_heads=x}", "the option max_heads of pass sample takes int, not 'x'"),
        ("sample{max_heads=2.5}", "the option max_heads of pass sample takes int, not '2.5'"),
        ("sample{time_budget=nan}", "the option time_budget of pass sample takes float, not nan"),
        ("sample{eager=yes}", "the option eager of pass sample takes bool, not 'yes'"),
        ("sample{mode=medium}", "the option mode of pass sample takes fast or slow, not 'medium'"),
        ("sample{limit=few}", "the option limit of pass sample takes int or none, not 'few'"),
        ("sample{eager}", "an option of pass sample is written option=value, not 'eager'"),
        ("sample{eager=}", "an option of pass sample is written option=value, not 'eager='"),
        ("sample{=1}", "an option of pass sample is written option=value, not '=1'"),
        ("sample{limit=1, limit=2}", "the option limit of pass sample is given twice, as 1 and 2"),
        ("sample{limit=1", "'sample{limit=1' is no pipeline: expected a closing } at character 1"),
        ("a,,sample", "'a,,sample' is no pipeline: expected a pass before the comma at character 3"),
        ("a, sample}", "'a, sample}' is no pipeline: expected name{option=value} at character 3"),
        ("{limit=1}", "'{limit=1}' is no pipeline: expected name{option=value} at character 1"),
        ("sample{}{}", "'sample{}{}' is no pipeline: expected name{option=value} at character 1"),
    ],
)
def test_mistakes_name_the_option_the_value_and_what_is_wanted(text, message):
    assert wrong(text) == message


@pytest.mark.parametrize("name", ["table", "hidden", "name", "max_head"])
def test_an_unknown_option_gets_the_near_ones_and_all(name):
    message = wrong(f"sample{{{name}=1}}")
    assert message.startswith(f"pass sample has no option '{name}' (")
    assert "known: max_heads, time_budget, eager, label, mode, limit, ratio, level)" in message
    assert ("did you mean max_heads?" in message) == (name == "max_head")


def test_a_pass_that_is_no_dataclass_has_no_options():
    pass_ = Plain()
    assert with_options(pass_, {}, "pass") is pass_
    with pytest.raises(BackendError, match=r"pass plain has no option 'limit' \(known: none\)"):
        with_options(pass_, {"limit": 1}, "pass")


@pytest.mark.parametrize(
    ("name", "value"),
    [("max_heads", True), ("max_heads", 4.0), ("max_heads", "4"), ("label", 1), ("level", True), ("time_budget", "1")],
)
def test_values_from_python_must_have_the_type(name, value):
    with pytest.raises(BackendError, match=f"the option {name} of pass sample takes"):
        with_options(Sample(), {name: value}, "pass")


def test_values_from_python():
    assert with_options(Sample(), {"time_budget": 2, "limit": None}, "pass") == Sample(time_budget=2)


def test_what_a_pass_says_of_its_own_values():
    @dataclass(frozen=True)
    class Positive(Sample):
        def __post_init__(self):
            if self.max_heads < 1:
                raise ValueError(f"max_heads must be positive, not {self.max_heads}")

    with pytest.raises(BackendError, match="pass sample: max_heads must be positive, not 0"):
        with_options(Positive(), {"max_heads": 0}, "pass")


def test_types_that_cannot_be_known():
    @dataclass(frozen=True)
    class Unknown(Sample):
        more: "NoSuchType" = 0  # noqa: F821  # the mistake itself

    with pytest.raises(BackendError, match="the types of the options of pass sample cannot be resolved: NameError"):
        with_options(Unknown(), {"max_heads": 1}, "pass")
    assert with_options(Unknown(), {}, "pass") == Unknown()


def test_a_pipeline_of_several():
    assert parse_choices(" fold , depth { max-heads = 4 }, merge{} ", "pass") == [
        ("fold", {}),
        ("depth", {"max_heads": "4"}),
        ("merge", {}),
    ]
    assert parse_choices("", "pass") == parse_choices("  ", "pass") == []
    assert parse_choices("fold,", "pass") == [("fold", {})]
