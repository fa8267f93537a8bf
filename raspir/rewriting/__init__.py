"""Rewriting graphs: a builder that folds, the tables of its rules, and copying a graph."""
