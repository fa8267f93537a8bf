"""Running a graph: the reference interpreter, reading inputs, traces and error messages."""
