"""Long addition: reads two numbers and returns the digits of their sum.

The final puzzle, built on the earlier ones. As written it takes six layers of attention.
"""

from puzzles import shift, slide, split

from raspir import SOp, tokens, where


def digit(character: str) -> int:
    """Return the value of a digit character."""
    return ord(character) - ord("0")


def add(numbers: SOp = tokens) -> SOp:
    """Add the two numbers of a string such as ``683+345``, digit by digit."""
    # The digits of both numbers, aligned by column (layers 1 to 3).
    first = split("+", True, numbers).map(digit).name("first")
    second = split("+", False, numbers).map(digit).name("second")
    column = (first + second).name("column")
    # "1" where a column generates a carry, "<" where it propagates one from its right neighbor, "0" otherwise.
    carries = where(column > 9, "1", where(column == 9, "<", "0")).name("carries")
    # The carry from the right neighbor (layer 4), resolved through propagating columns (layers 5 and 6).
    arriving = shift(-1, "0", carries).name("arriving")
    carry = slide(arriving, arriving != "<").map(digit).name("carry")
    return ((column + carry) % 10).name("sum")
