"""Kernels: the runtime of plans, depending on NumPy alone so that emitted modules can embed the ones they use."""
