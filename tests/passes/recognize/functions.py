"""Random Python functions, as text, and atoms on which to compare them with what is recognized in them."""

from __future__ import annotations

from math import inf

CONSTANTS = "0 1 2 -1 3 7 0.5 -2.0 1e308 1e999 True False None 'a' '' '%d'".split()
BINARY = ["+", "-", "*", "/", "//", "%", "**", "&", "|"]
COMPARISONS = ["==", "!=", "<", "<=", ">", ">="]


def expression(random, names, depth):
    """Return the text of a random expression of some variables."""
    if depth == 0 or random.random() < 0.15:
        return random.choice(names) if random.random() < 0.7 else random.choice(CONSTANTS)
    a, b, c = (expression(random, names, depth - 1) for _ in range(3))
    return random.choice(
        [
            *[f"({a} {random.choice(BINARY)} {b})"] * 3,
            *[f"({a} {random.choice(COMPARISONS)} {b})"] * 3,
            f"({a} {random.choice(COMPARISONS)} {b} {random.choice(COMPARISONS)} {c})",
            f"({a} if {b} else {c})",
            f"({a} if {b} else {c})",
            f"({a} and {b})",
            f"({a} or {b})",
            f"(not {a})",
            f"({random.choice('-+~')}{a})",
            f"{random.choice(['abs', 'round', 'bool'])}({a})",
            f"{random.choice(['max', 'min'])}({a}, {b})",
            f"({a} in ({b}, {c}))",
        ]
    )


def atoms(random, kinds):
    """Return random atoms of some kinds, by name, mostly other ones than the samples."""
    pools = {
        "int": [random.randint(-12, 12), random.randint(-(2**70), 2**70), 2 ** random.randint(0, 1100), 0],
        "float": [random.uniform(-9, 9), float(random.randint(-9, 9)), inf, -inf, 1e308, 5e-324, -0.0, 0.25],
        "bool": [True, False],
        "str": ["b", "", "a", "word", "%s", "9", "%d"],
        "none": [None],
    }
    return [atom for kind in kinds for atom in random.sample(pools[kind], min(3, len(pools[kind])))]
