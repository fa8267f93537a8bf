"""Evidence that rewrites are right: rules put to an SMT solver, optimised programs held against their originals."""
