"""Transformers: exact weights for programs, independent of any framework."""
