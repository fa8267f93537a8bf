"""Proofs of the rewrite rules, each on programs whose inputs are symbols of an SMT solver."""
