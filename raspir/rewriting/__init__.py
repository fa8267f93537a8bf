"""Graph rewriting: a folding builder, its rule tables, and graph copying."""
