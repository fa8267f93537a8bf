"""The runtime: the reference interpreter, input validation, traces and error messages."""
