"""Proofs of the rewrite rules on programs with symbolic inputs, by an SMT solver."""
