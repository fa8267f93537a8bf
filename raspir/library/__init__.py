"""Programs that everyone writes again: ``from raspir.library import length, flip, sort, rank``.

Each name is a function of sequences, which are programs such as ``tokens``, and returns a program that computes one
value for each position of its input; on the empty input the result is empty. ``length`` is a program itself. The names
are those of RASP's library, of the puzzles and of Tracr's examples where these have one.

The last line of each description says how many layers of attention a program of ``tokens`` takes after
:func:`raspir.optimize`, and how many with ``attention="best"`` if these are fewer. docs/library.md lists them all.
"""

from __future__ import annotations

from raspir.library.brackets import (
    balance,
    dyck,
    is_balanced,
    shuffle_dyck,
)
from raspir.library.counting import (
    contains,
    count,
    distinct,
    double_hist,
    exists,
    forall,
    fraction,
    hist,
    length,
    mean,
    same,
    total,
)
from raspir.library.moving import (
    compact,
    flip,
    index,
    ralign,
    repeat,
    rotate,
    segment,
    shift,
    slide,
    split_first,
    split_second,
    swap,
)
from raspir.library.ordering import (
    argmax,
    argmin,
    argsort,
    is_palindrome,
    is_sorted,
    kth_smallest,
    maximum,
    median,
    minimum,
    most_frequent,
    rank,
    sort,
    sort_by_frequency,
)
from raspir.library.prefixes import (
    cumcount,
    cummax,
    cummean,
    cummin,
    cumsum,
    occurrence,
    window_sum,
)
from raspir.library.searching import (
    detect_pattern,
    first,
    first_occurrence,
    index_of,
    induction,
    last,
    last_index_of,
    last_occurrence,
)

__all__ = [
    "argmax",
    "argmin",
    "argsort",
    "balance",
    "compact",
    "contains",
    "count",
    "cumcount",
    "cummax",
    "cummean",
    "cummin",
    "cumsum",
    "detect_pattern",
    "distinct",
    "double_hist",
    "dyck",
    "exists",
    "first",
    "first_occurrence",
    "flip",
    "forall",
    "fraction",
    "hist",
    "index",
    "index_of",
    "induction",
    "is_balanced",
    "is_palindrome",
    "is_sorted",
    "kth_smallest",
    "last",
    "last_index_of",
    "last_occurrence",
    "length",
    "maximum",
    "mean",
    "median",
    "minimum",
    "most_frequent",
    "occurrence",
    "ralign",
    "rank",
    "repeat",
    "rotate",
    "same",
    "segment",
    "shift",
    "shuffle_dyck",
    "slide",
    "sort",
    "sort_by_frequency",
    "split_first",
    "split_second",
    "swap",
    "total",
    "window_sum",
]
