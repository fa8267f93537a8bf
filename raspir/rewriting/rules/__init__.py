"""The rules of the algebra, a module for each kind of operation: each rule is a function, its algebra the docstring."""
