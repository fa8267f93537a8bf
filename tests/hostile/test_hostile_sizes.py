"""Small sources with huge results: each ends in a result or an error within memory and time limits."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from daily import chosen

import raspir
from raspir import EvaluationError, indices, tokens
from raspir.ir.arithmetic import MOST_BITS, MOST_CHARACTERS
from raspir.ir.evaluation import EVALUATORS

HEAD = 'raspir 1\n%indices = indices : int\n%tokens = input name="tokens" : bool | int | float | str\n'
BACKENDS = ("reference", "numpy")

TOO_LARGE = [
    (tokens**tokens, [10**30], r"`\*\*` failed at position 0 on 1000.*: OverflowError: .* more than 1048576 bits"),
    (tokens * tokens, [2**600_000], r"`\*` failed at position 0 on 0x1000.* more than 1048576 bits"),
    (tokens * indices, ["a", "a" * 2**20, "a" * 2**20], r"`\*` failed at position 2 .* more than 1048576 characters"),
    (tokens + tokens, ["a" * 600_000], r"`\+` failed at position 0 on 'aaaa.* more than 1048576 characters"),
    (tokens % 5, ["%1000000000d"], r"`%` failed at position 0 on '%1000000000d' and 5: .* more than 1048576 char"),
    (tokens % 5, ["%.1000000000f"], "more than 1048576 characters"),
    (tokens % 5, ["%-0 1000000000s" + "x" * 9], "more than 1048576 characters"),
    (tokens % 5, ["%" + "9" * 9999 + "d"], "more than 1048576 characters"),
    (tokens % 7, [2 ** (2**20)], "integers of more than 1048576 bits cannot be divided"),
    (7 // tokens, [2 ** (2**20)], "integers of more than 1048576 bits cannot be divided"),
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("program", "input", "message"), TOO_LARGE, ids=[message[:20] for _, _, message in TOO_LARGE])
def test_what_would_be_too_large_names_operation_and_line(backend, program, input, message):
    with pytest.raises(EvaluationError, match=message) as caught:
        raspir.compile(program, backend, optimize=False)(input)
    assert caught.value.location is not None
    with pytest.raises(EvaluationError, match="OverflowError"):
        raspir.compile(program, backend)(input)


@pytest.mark.parametrize("backend", BACKENDS)
def test_large_integers_and_strings_below_the_limit_are_exact(backend):
    large, most = 10**400, 1 << MOST_BITS - 1
    program = {
        "power": tokens**2,
        "product": tokens * tokens,
        "sum": tokens + most,
        "rest": (tokens * tokens + 1) % tokens,
        "quotient": tokens * tokens // tokens,
    }
    found = raspir.compile(program, backend)([large, 2**70, 3])
    assert found["power"] == found["product"] == [large**2, 2**140, 9]
    assert found["sum"] == [large + most, 2**70 + most, 3 + most]
    assert found["rest"] == [1, 1, 1]
    assert found["quotient"] == [large, 2**70, 3]
    assert raspir.compile(tokens * MOST_CHARACTERS, backend)("ab") == ["a" * MOST_CHARACTERS, "b" * MOST_CHARACTERS]
    assert raspir.compile(tokens % 3, backend)([f"%{MOST_CHARACTERS}d"])[0].strip() == "3"
    assert raspir.compile(tokens**tokens, backend)([1, 0, True, 0.5, -1, 2]) == [1, 1, 1, 0.5**0.5, -1.0, 4]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("base", [0, 1, -1, True, False])
def test_powers_that_stay_small_have_no_limit(backend, base):
    assert raspir.compile(tokens ** (2**70), backend)([base]) == [base ** (2**70)]


def test_the_limit_is_exact():
    assert EVALUATORS["pow"](2, MOST_BITS - 1).bit_length() == MOST_BITS
    for operation, a, b in (("pow", 2, MOST_BITS), ("mul", 2, 1 << MOST_BITS - 1), ("pow", -3, MOST_BITS)):
        with pytest.raises(OverflowError):
            EVALUATORS[operation](a, b)


def chain(first: str, line: str, count: int) -> str:
    """Return a text of lines that each use the one before it."""
    lines = [line.replace("NEXT", f"%{i + 1}").replace("LAST", f"%{i}").replace("COUNT", str(i)) for i in range(count)]
    return HEAD + f"%0 = {first}\n" + "\n".join(lines) + f"\noutput out = %{count}\n"


def combined(count: int) -> str:
    """Return a text with a selector whose normal form doubles with each of its parts."""
    lines = [
        f"%a{i} = select.eq %tokens, {i} : selector\n%b{i} = select.lt %indices, {i} : selector" for i in range(count)
    ]
    lines += [f"%c{i} = selector.or %a{i}, %b{i} : selector" for i in range(count)]
    lines += [f"%d{i} = selector.and %{'c0' if i == 1 else f'd{i - 1}'}, %c{i} : selector" for i in range(1, count)]
    return HEAD + "\n".join(lines) + f"\n%x = sum %d{count - 1}, 1 default=0 : int\noutput out = %x\n"


def exclusive(count: int) -> str:
    """Return a text with a selector of positions that an odd number of conditions hold at."""
    lines = ["%d0 = select.eq %tokens, 0 : selector"]
    for i in range(1, count):
        lines.append(
            f"%a{i} = select.eq %tokens, {i} : selector\n%n{i} = selector.not %d{i - 1} : selector\n"
            f"%m{i} = selector.not %a{i} : selector\n%p{i} = selector.and %d{i - 1}, %m{i} : selector\n"
            f"%q{i} = selector.and %n{i}, %a{i} : selector\n%d{i} = selector.or %p{i}, %q{i} : selector"
        )
    return HEAD + "\n".join(lines) + f"\n%x = sum %d{count - 1}, 1 default=0 : int\noutput out = %x\n"


SLOW = {
    "products of constants": chain("mul 3, 3 : int", "NEXT = mul LAST, LAST : int", 60),
    "products": chain("add %indices, 3 : int", "NEXT = mul LAST, LAST : int", 60),
    "powers": chain("pow 9, 9 : int | float", "NEXT = pow 9, LAST : int | float", 2),
    "doubled strings": chain('where %indices, "%", "b" : str', "NEXT = add LAST, LAST : str", 60),
    "repeated string": chain('mul "a", 1000000000 : str', "NEXT = mul LAST, %indices : str", 2),
    "wide conversion": chain('mod "%1000000000d", %indices : str', 'NEXT = mod "%.999999999s", LAST : str', 1),
    "doubled integers": chain("add %indices, 3 : int", "NEXT = add LAST, LAST : int", 400),
    "scaled integers": chain("add %indices, 3 : int", f"NEXT = mul LAST, {10**3000} : int", 25),
    "deep": chain("add %tokens, 3 : int | float", "NEXT = mul LAST, 1.5 : float", 500),
    "selectors": combined(40),
    "exclusive selectors": exclusive(8),
    "conditions": chain("eq %tokens, 0 : bool", "NEXT = ne LAST, %indices : bool", 40),
    "late layer": HEAD + f"%x = add %tokens, 1 : int | float in layer {10**30}\noutput out = %x\n",
    "long promise": HEAD.replace("1\n", f"1\nmax_length 0x1{'0' * 5000}\n", 1) + "output out = %indices\n",
    "large table": HEAD + f"%x = has %tokens values=[{', '.join(map(str, range(20_000)))}] : bool\noutput out = %x\n",
    "inputs": "raspir 1\n" + "".join(f'%x{i} = input name="x{i}" : bool | int | float | str\n' for i in range(800))
    + "output out = %x1\n",
}  # fmt: skip

VARIANTS = (
    "products of constants", "repeated string", "wide conversion", "doubled integers", "scaled integers", "conditions",
)  # fmt: skip
"""Cases covered by another text of the same kind."""

RUN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
import raspir
sys.set_int_max_str_digits(320_000)
def tried(work):
    try:
        return work()
    except raspir.RaspirError as error:
        assert "internal error" not in str(error), error
graph = tried(lambda: raspir.parse(sys.stdin.read()))
if graph is not None:
    assert raspir.parse(str(graph)) == graph
    for made in (graph, tried(lambda: raspir.optimize(graph)), tried(lambda: raspir.optimize(graph, attention="best"))):
        for backend in ("reference", "numpy"):
            run = tried(lambda: raspir.compile(made, backend, optimize=False))
            tried(lambda: repr(run([1, 2, "a"])))
            tried(lambda: repr(run([])))
    tried(lambda: raspir.emit(graph, "numpy", optimize=False))
print("done")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it has no limits on a process's memory")
@pytest.mark.parametrize("name", chosen(SLOW, lambda name: name not in VARIANTS))
def test_short_texts_take_neither_all_memory_nor_for_ever(name):
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run(
        [sys.executable, "-c", RUN], input=SLOW[name], capture_output=True, text=True, timeout=300, env=environment
    )
    assert ended.stdout == "done\n", ended.stderr[-2000:]
