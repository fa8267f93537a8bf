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
%3 = selector.not %2 : selector
%4 = select.gt %0, %1 : selector
%5 = selector.or %2, %4 : selector
%6 = selector.and %3, %5 : selector
%7 = select.eq %0, false : selector
%8 = selector.and %6, %7 : selector
%9 = selector.not %8 : selector
%10 = selector.or %6, %4 : selector
%11 = selector.and %9, %10 : selector
%12 = selector.and %11, %7 : selector
%13 = selector.not %12 : selector
%14 = selector.or %11, %4 : selector
%15 = selector.and %13, %14 : selector
%16 = selector.and %15, %7 : selector
%17 = selector.not %16 : selector
%18 = selector.or %15, %4 : selector
%19 = selector.and %17, %18 : selector
%20 = selector.and %19, %7 : selector
%21 = selector.not %20 : selector
%22 = selector.or %19, %4 : selector
%23 = selector.and %21, %22 : selector
%24 = selector.and %23, %7 : selector
%25 = selector.not %24 : selector
%26 = selector.or %23, %4 : selector
%27 = selector.and %25, %26 : selector
%28 = selector.and %27, %7 : selector
%29 = selector.not %28 : selector
%30 = selector.or %27, %4 : selector
%31 = selector.and %29, %30 : selector
%32 = selector.and %31, %7 : selector
%33 = selector.or %32, %4 : selector
%34 = selector.and %32, %33 : selector
%35 = selector.and %34, %7 : selector
%36 = selector.not %35 : selector
%37 = selector.or %34, %4 : selector
%38 = selector.and %36, %37 : selector
%39 = selector.and %38, %7 : selector
%40 = selector.not %39 : selector
%41 = selector.or %38, %4 : selector
%42 = selector.and %40, %41 : selector
%43 = selector.and %42, %7 : selector
%44 = selector.not %43 : selector
%45 = selector.or %42, %4 : selector
%46 = selector.and %44, %45 : selector
%47 = selector.and %46, %7 : selector
%48 = selector.not %47 : selector
%49 = selector.or %46, %4 : selector
%50 = selector.and %48, %49 : selector
%51 = selector.and %50, %7 : selector
%52 = selector.not %51 : selector
%53 = selector.or %50, %4 : selector
%54 = selector.and %52, %53 : selector
%55 = selector.and %54, %7 : selector
%56 = selector.not %55 : selector
%57 = selector.or %54, %4 : selector
%58 = selector.and %56, %57 : selector
%59 = selector.and %58, %7 : selector
%60 = selector.not %59 : selector
%61 = selector.or %58, %4 : selector
%62 = selector.and %60, %61 : selector
%63 = selector.and %62, %7 : selector
%64 = selector.not %63 : selector
%65 = selector.or %62, %4 : selector
%66 = selector.and %64, %65 : selector
%67 = selector.and %66, %7 : selector
%68 = selector.and %67, %66 : selector
%69 = selector.not %68 : selector
%70 = selector.not %69 : selector
%71 = best %70, %0, %1 pick="highest" ties="left" default=-1 : atom
output out_0 = %71
"""
)
INPUTS = []
SETTING = Setting(passes=("depth",), time_limit=3.0)

if __name__ == "__main__":
    told = difference(PROGRAM, INPUTS, SETTING)
    print(told or "no difference")
    raise SystemExit(told is not None)
