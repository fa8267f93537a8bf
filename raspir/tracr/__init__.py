"""Programs written for Tracr: its dialect of RASP under Tracr's names.

In a program, ``from raspir.tracr import rasp`` takes the place of ``from tracr.rasp import rasp``. Where the program
cannot be changed, :func:`install` makes its own imports find the dialect.
"""

from raspir.tracr import causal_eval, compiling, lib, rasp
from raspir.tracr.installing import install, uninstall

__all__ = ["causal_eval", "compiling", "install", "lib", "rasp", "uninstall"]
