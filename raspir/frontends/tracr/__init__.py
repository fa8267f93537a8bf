"""Tracr's dialect of RASP, as the public package :mod:`raspir.tracr` offers it."""
