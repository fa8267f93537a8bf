"""The embedded language: RASPy's dialect of RASP as Python objects and operators."""
