"""The programs of Tracr's library, in Tracr's own dialect: a file written for Tracr differs from it by one import.

The parametrized originals are in ``raspir.tracr.lib``, under Tracr's names; here each program is made for one use.

Try: raspir stats examples/tracr_library.py:make_reverse
     raspir run examples/tracr_library.py:make_sort --input-json '[3, 1, 2]'
     raspir run examples/tracr_library.py:make_frac_prevs --input abac --causal
"""

from raspir.tracr import rasp

MAX_SEQ_LEN = 20

everything = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE).named("everything")
up_to_here = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ).named("up_to_here")


def make_length():
    """Return the number of tokens, counted by a head."""
    return rasp.SelectorWidth(everything).named("length")


def make_reverse(sop=rasp.tokens):
    """Return the tokens in reverse order."""
    last = make_length() - 1
    opposite = rasp.Select(rasp.indices, (last - rasp.indices).named("opposite"), rasp.Comparison.EQ)
    return rasp.Aggregate(opposite, sop).named("reverse")


def make_hist():
    """Return how often each token occurs."""
    return rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)).named("hist")


def make_frac_prevs(bools=rasp.tokens == "a"):
    """Return the fraction of the letter a among the tokens so far."""
    return rasp.numerical(rasp.Aggregate(up_to_here, rasp.numerical(bools), default=0)).named("frac_prevs")


def make_pair_balance(open_token="(", close_token=")"):
    """Return the fraction of opening brackets so far minus that of closing ones."""
    opened = make_frac_prevs(rasp.tokens == open_token)
    closed = make_frac_prevs(rasp.tokens == close_token)
    return rasp.numerical(rasp.LinearSequenceMap(opened, closed, 1, -1)).named(f"balance {open_token}{close_token}")


def make_shuffle_dyck(pairs=("()",)):
    """Return whether brackets are balanced, those of each pair by themselves."""
    goes_below, is_level = rasp.Full(False), rasp.Full(True)
    for open_token, close_token in pairs:
        balance = make_pair_balance(open_token, close_token)
        goes_below = goes_below | (balance < 0)
        is_level = is_level & (balance == 0)
    share_below = rasp.Aggregate(everything, rasp.numerical(goes_below), default=0).named("share_below")
    at_end = rasp.Select(rasp.indices, make_length() - 1, rasp.Comparison.EQ)
    return (rasp.Aggregate(at_end, is_level) & ~share_below).named("shuffle_dyck")


def make_shuffle_dyck2():
    """Return whether round and curly brackets are balanced, each kind by itself."""
    return make_shuffle_dyck(("()", "{}")).named("shuffle_dyck2")


def make_sort_unique(vals=rasp.tokens, keys=rasp.tokens):
    """Return the tokens in ascending order; no two may be equal."""
    place = rasp.SelectorWidth(rasp.Select(keys, keys, rasp.Comparison.LT)).named("place")
    return rasp.Aggregate(rasp.Select(place, rasp.indices, rasp.Comparison.EQ), vals).named("sort")


def make_sort(vals=rasp.tokens, keys=rasp.tokens, max_seq_len=MAX_SEQ_LEN, min_key=1):
    """Return the tokens, integers, in ascending order: a fraction by position makes equal ones different."""
    unequal = rasp.SequenceMap(lambda key, index: key + min_key * index / max_seq_len, keys, rasp.indices)
    return make_sort_unique(vals, unequal)


def make_sort_freq(max_seq_len=MAX_SEQ_LEN):
    """Return the tokens, the most frequent ones first."""
    return make_sort(rasp.tokens, -1 * make_hist(), max_seq_len).named("sort_freq")


def shift_by(offset=1, sop=rasp.tokens):
    """Return each token at the next position; the first one has None."""
    moved = rasp.Select(rasp.indices, rasp.indices, lambda key, query: key == query - offset)
    return rasp.Aggregate(moved, sop).named(f"shift_by({offset})")


def detect_pattern(pattern="abc"):
    """Return whether abc ends at each position; None at the first two, where it cannot."""
    *earlier, found = [rasp.tokens == token for token in pattern]
    for distance, is_token in enumerate(reversed(earlier), start=1):
        found = shift_by(distance, is_token) & found
    return found.named(f"detect_pattern({pattern})")


def make_count_less_freq(n=2):
    """Return the number of tokens that occur at most twice."""
    hist = make_hist()
    return rasp.SelectorWidth(rasp.Select(hist, hist, lambda key, query: key <= n)).named("count_less_freq")


def make_count(token="a"):
    """Return how often the letter a occurs."""
    is_token = rasp.Select(rasp.tokens, rasp.tokens, lambda key, query: key == token)
    return rasp.SelectorWidth(is_token).named(f"count_{token}")


def make_nary_sequencemap(f=lambda token, index, length: f"{token}{index}/{length}"):
    """Return a function of three sequences, by way of pairs."""
    pairs = rasp.SequenceMap(lambda token, index: (token, index), rasp.tokens, rasp.indices)
    return rasp.SequenceMap(lambda pair, length: f(*pair, length), pairs, make_length()).named("nary")
