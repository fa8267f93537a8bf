"""Analyses: facts about the values of a graph, kept outside of it. :class:`Analysis` is the entry point."""

from raspir.analysis.domains import Domain
from raspir.analysis.facts import Analysis
from raspir.analysis.intset import IntSet
from raspir.analysis.known import Facts
from raspir.analysis.linear import Linear
from raspir.analysis.selectors import Comparison, Conjunct

__all__ = ["Analysis", "Comparison", "Conjunct", "Domain", "Facts", "IntSet", "Linear"]
