"""Translation validation: an optimized program compared with its original, by running both and by an SMT solver."""
