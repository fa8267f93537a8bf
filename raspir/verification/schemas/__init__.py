"""The rules of the optimiser as schemas: each on programs whose inputs are symbols."""
