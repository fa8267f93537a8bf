"""Hints for the encoding of a program in a transformer, which change no value."""

from __future__ import annotations

from typing import TypeVar

from raspir.frontends.tracr.expressions import Encoding, annotate
from raspir.frontends.tracr.sops import SOp, own_program
from raspir.ir.tracebacks import public

S = TypeVar("S", bound=SOp)


@public
def numerical(sop: S) -> S:
    """Return the same program, to be encoded as one direction that its values scale.

    Raises:
        ProgramError: if it is not a program of this dialect.
    """
    return annotate(own_program(sop, "rasp.numerical"), encoding=Encoding.NUMERICAL)


@public
def categorical(sop: S) -> S:
    """Return the same program, to be encoded as a direction for each of its values.

    Raises:
        ProgramError: if it is not a program of this dialect.
    """
    return annotate(own_program(sop, "rasp.categorical"), encoding=Encoding.CATEGORICAL)


@public
def get_encoding(sop: SOp) -> Encoding:
    """Return the encoding of a program: categorical unless it says otherwise.

    Raises:
        ProgramError: if it is not a program of this dialect.
    """
    encoding: Encoding = own_program(sop, "rasp.get_encoding").annotations["encoding"]
    return encoding


def is_numerical(sop: SOp) -> bool:
    """Return whether a program is to be encoded numerically."""
    return get_encoding(sop) is Encoding.NUMERICAL


def is_categorical(sop: SOp) -> bool:
    """Return whether a program is to be encoded categorically."""
    return get_encoding(sop) is Encoding.CATEGORICAL
