"""Drawings of programs: pictures and text of values on an input, diagrams of layers, and reports."""
