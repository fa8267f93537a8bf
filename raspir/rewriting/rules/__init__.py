"""The rules of the algebra, one module per kind of operation; the docstring of a rule function states its algebra."""
