"""Long addition: two numbers in, the digits of their sum out.

This is the puzzle that everything before leads to. Written so it takes six layers of attention.
"""

from puzzles import shift, slide, split

from raspir import SOp, tokens, where


def digit(character: str) -> int:
    """Return the digit that a character stands for."""
    return ord(character) - ord("0")


def add(numbers: SOp = tokens) -> SOp:
    """Add the two numbers of a text such as ``683+345``, digit by digit."""
    # The digits of both numbers, one under the other (layers 1 to 3).
    first = split("+", True, numbers).map(digit).name("first")
    second = split("+", False, numbers).map(digit).name("second")
    column = (first + second).name("column")
    # "1" where a column carries, "0" where it does not, "<" where that is up to the column after it.
    carries = where(column > 9, "1", where(column == 9, "<", "0")).name("carries")
    # What arrives from the next column (layer 4), looked up past the columns that only pass it on (layers 5 and 6).
    arriving = shift(-1, "0", carries).name("arriving")
    carry = slide(arriving, arriving != "<").map(digit).name("carry")
    return ((column + carry) % 10).name("sum")
