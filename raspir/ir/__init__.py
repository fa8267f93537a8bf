"""The IR: types, operations, nodes, graphs, the verifier and the textual form. Imports no other raspir package."""

from raspir.ir.atoms import Atom, as_atom, read_sequence
from raspir.ir.construction import build, make
from raspir.ir.errors import (
    BackendError,
    BudgetWarning,
    EvaluationError,
    GraphError,
    InputError,
    LoadError,
    ProgramError,
    RaspirError,
    RaspirWarning,
    SlowWarning,
    StringWarning,
    TextError,
    VocabularyWarning,
)
from raspir.ir.functions import Function
from raspir.ir.graph import Graph
from raspir.ir.layered import Layer, LayeredProgram
from raspir.ir.layers import Head, Layering, Mlp, Stats
from raspir.ir.location import Location
from raspir.ir.node import Node
from raspir.ir.operations import OPERATIONS, Operation, Role
from raspir.ir.text.parser import parse
from raspir.ir.text.printer import print_graph
from raspir.ir.types import Type
from raspir.ir.verify import verify

__all__ = [
    "OPERATIONS",
    "Atom",
    "BackendError",
    "BudgetWarning",
    "EvaluationError",
    "Function",
    "Graph",
    "GraphError",
    "Head",
    "InputError",
    "Layer",
    "LayeredProgram",
    "Layering",
    "LoadError",
    "Location",
    "Mlp",
    "Node",
    "Operation",
    "ProgramError",
    "RaspirError",
    "RaspirWarning",
    "Role",
    "SlowWarning",
    "Stats",
    "StringWarning",
    "TextError",
    "Type",
    "VocabularyWarning",
    "as_atom",
    "build",
    "make",
    "parse",
    "print_graph",
    "read_sequence",
    "verify",
]
