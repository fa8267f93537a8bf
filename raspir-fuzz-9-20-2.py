"""A difference that raspir fuzz --seed 9 found with program 20; running this shows it.

it takes more than 60 s, and is not done with pass depth
"""

import raspir
from raspir.testing import Setting, difference

PROGRAM = raspir.parse(
    """
raspir 1
%0 = input name="tokens" : atom
%1 = indices : int
%2 = select.le %0, %1 : selector
%3 = select.eq %0, false : selector
%4 = selector.and %2, %3 : selector
%5 = selector.not %4 : selector
%6 = select.gt %0, %1 : selector
%7 = selector.or %2, %6 : selector
%8 = selector.and %5, %7 : selector
%9 = selector.and %8, %3 : selector
%10 = selector.not %9 : selector
%11 = selector.or %8, %6 : selector
%12 = selector.and %10, %11 : selector
%13 = selector.and %12, %3 : selector
%14 = selector.not %13 : selector
%15 = selector.or %12, %6 : selector
%16 = selector.and %14, %15 : selector
%17 = selector.and %16, %3 : selector
%18 = selector.or %17, %6 : selector
%19 = selector.and %17, %18 : selector
%20 = selector.and %19, %3 : selector
%21 = selector.not %20 : selector
%22 = selector.or %19, %6 : selector
%23 = selector.and %21, %22 : selector
%24 = selector.and %23, %3 : selector
%25 = selector.not %24 : selector
%26 = selector.or %23, %6 : selector
%27 = selector.and %25, %26 : selector
%28 = selector.and %27, %3 : selector
%29 = selector.not %28 : selector
%30 = selector.or %27, %6 : selector
%31 = selector.and %29, %30 : selector
%32 = selector.and %31, %3 : selector
%33 = selector.not %32 : selector
%34 = selector.or %31, %6 : selector
%35 = selector.and %33, %34 : selector
%36 = selector.and %35, %3 : selector
%37 = selector.not %36 : selector
%38 = selector.or %35, %6 : selector
%39 = selector.and %37, %38 : selector
%40 = selector.and %39, %3 : selector
%41 = selector.not %40 : selector
%42 = selector.or %39, %6 : selector
%43 = selector.and %41, %42 : selector
%44 = selector.and %43, %3 : selector
%45 = selector.not %44 : selector
%46 = selector.or %43, %6 : selector
%47 = selector.and %45, %46 : selector
%48 = selector.and %47, %3 : selector
%49 = selector.not %48 : selector
%50 = selector.or %47, %6 : selector
%51 = selector.and %49, %50 : selector
%52 = selector.and %51, %3 : selector
%53 = selector.not %52 : selector
%54 = selector.or %51, %6 : selector
%55 = selector.and %53, %54 : selector
%56 = selector.and %55, %3 : selector
%57 = selector.not %56 : selector
%58 = selector.or %55, %6 : selector
%59 = selector.and %57, %58 : selector
%60 = selector.and %59, %3 : selector
%61 = selector.not %60 : selector
%62 = selector.or %59, %6 : selector
%63 = selector.and %61, %62 : selector
%64 = selector.and %63, %3 : selector
%65 = selector.not %64 : selector
%66 = selector.and %65, %63 : selector
%67 = best %66, %0, %1 pick="highest" ties="left" default=-1 : atom
output out_0 = %67
"""
)
INPUTS = []
SETTING = Setting(passes=("depth",), time_limit=3.0)

if __name__ == "__main__":
    told = difference(PROGRAM, INPUTS, SETTING)
    print(told or "no difference")
    raise SystemExit(told is not None)
