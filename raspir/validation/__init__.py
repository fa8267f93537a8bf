"""Validation: SMT encoding of programs and rewrite rules, and translation validation of optimized programs."""
