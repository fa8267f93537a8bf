"""A difference that raspir fuzz --seed 77 found with program 46; running this shows it.

the optimizer failed: GraphError: internal error: pass depth failed at raspir/passes/depth/gathers.py:264: KeyError: <where(eq, sum, sum) : bool|int>; the graph before it is saved in /tmp/tmpfgi5v7fr/raspir-0/raspir-depth-c3772be5e1f40683.rir
"""

import raspir
from raspir.testing import Setting, difference

PROGRAM = raspir.parse(
    """
raspir 1
%0 = input name="tokens" : atom
%1 = indices : int
%2 = select.le %1, %1 : selector
%3 = eq %0, 1 : bool
%4 = select.eq %3, %3 : selector
%5 = selector.not %4 : selector
%6 = selector.or %2, %5 : selector
%7 = selector.not %6 : selector
%8 = sum %7, %3 default=0 : bool|int
%9 = select.eq %8, %8 : selector
%10 = select.ne %3, 0 : selector
%11 = selector.and %9, %10 : selector
%12 = selector.not %11 : selector
%13 = selector.or %12, %5 : selector
%14 = selector.not %13 : selector
%15 = sum %14, %8 default=1 : bool|int
output out = %15
"""
)
INPUTS = []
SETTING = Setting(passes=('depth',), attention='best')

if __name__ == "__main__":
    found = difference(PROGRAM, INPUTS, SETTING)
    print(found or "no difference")
    raise SystemExit(found is not None)
