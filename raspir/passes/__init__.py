"""Optimization passes; :mod:`raspir.passes.base` defines the pass interface."""
