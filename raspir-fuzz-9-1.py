"""A difference that raspir fuzz --seed 9 found with program 1; running this shows it.

pass recognize grows the graph from 3 to 5 nodes without a gain (layers 0 → 0, heads 0 → 0, values 0 → 0)
"""

import raspir
from raspir.testing import Setting, difference
from raspir.testing.functions import between

PROGRAM = raspir.parse(
    """
raspir 1
%0 = input name="tokens" : atom
%1 = indices : int
%2 = map %1, %0, %1 function=@between : atom
output out = %2
"""
).bind({"between": between})
INPUTS = []
SETTING = Setting(passes=("recognize",))

if __name__ == "__main__":
    found = difference(PROGRAM, INPUTS, SETTING)
    print(found or "no difference")
    raise SystemExit(found is not None)
