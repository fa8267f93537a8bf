"""The kernels: what runs a plan, from NumPy alone, so that an emitted module can hold those that it uses."""
