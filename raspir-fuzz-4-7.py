"""A difference that raspir fuzz --seed 4 found with program 7; running this shows it.

pass recognize grows the graph from 4 to 14 nodes without a gain (layers 1 → 1, heads 1 → 1, values 1 → 1)
"""

import raspir
from raspir.testing import Setting, difference
from raspir.testing.functions import opens

PROGRAM = raspir.parse(
    """
raspir 1
%0 = input name="tokens" : atom
%1 = select.by %0, 1 function=@opens : selector
%2 = sum %1, 1 default=0 : int
output out = %2
"""
).bind({"opens": opens})
INPUTS = []
SETTING = Setting(passes=("recognize",))

if __name__ == "__main__":
    found = difference(PROGRAM, INPUTS, SETTING)
    print(found or "no difference")
    raise SystemExit(found is not None)
