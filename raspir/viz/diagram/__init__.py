"""Diagrams of the layers of a program, laid out by Graphviz."""
