"""Passes: from graphs to equal graphs that cost less. See :mod:`raspir.passes.base` for what a pass is."""
