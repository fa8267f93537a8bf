"""Two larger programs, after examples by RASP's authors.

Try: raspir run examples/rasp.py:dyck2 --input '({}){)'
"""

from attention import after, before, length
from puzzles import shift

from raspir import SOp, indices, key, query, tokens, where

up_to_here = key(indices) <= query(indices)


def dyck2() -> SOp:
    """Classify each prefix of a string of () and {} as balanced (T), extendable to balanced (P) or neither (F)."""
    opens, closes = tokens.has("({"), tokens.has(")}")
    depth = (up_to_here.value(opens) - up_to_here.value(closes)).name("depth")
    # Both brackets of a pair have the level that they enclose. Openers and closers alternate on each level, so the
    # opener of a closer is its predecessor there.
    level = where(closes, depth + 1, depth).name("level")
    same_level = key(level) == query(level)
    turn = (up_to_here & same_level).value(1).name("turn")
    partner = (key(opens) == query(True)) & same_level & (key(turn) == query(turn - 1))
    pair = (partner.value(tokens, "-") + tokens).name("pair")
    mismatch = closes & ~pair.has(["()", "{}"])
    broken = up_to_here.value(mismatch | (depth < 0)) > 0
    return where(broken, "F", where(depth == 0, "T", "P")).name("dyck2")


def digit(character: str) -> int:
    """Return the value of a digit character, or -1 for the plus sign."""
    return -1 if character == "+" else ord(character) - ord("0")


def long_addition() -> SOp:
    """Add the two numbers of a string such as ``683+345`` in five layers, resolving all carries at once."""
    # Layers 1 and 2: the digits of both numbers, aligned by column.
    plus = (key(tokens) == query("+")).value(indices).name("plus")
    digits = tokens.map(digit)
    first = (key(indices + (length - plus)) == query(indices)).value(digits, 0).name("first")
    second = where(indices > plus, digits, 0).name("second")
    column = (first + second).name("column")
    # Layers 3 and 4: a column of 9 carries if a column to its right does and no column in between stops the carry.
    carries, passes, stops = column > 9, column == 9, column < 9
    stops_before = before.value(stops).name("stops_before")
    reached = after & (key(stops_before) == query(stops_before))
    carry = carries | (passes & (reached.value(carries) > 0))
    # Layer 5: each column receives the carry of its right neighbor.
    return ((column + shift(-1, 0, carry)) % 10).name("sum")
