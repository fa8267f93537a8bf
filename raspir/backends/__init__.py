"""Backends: the contract, the capabilities, the adapter around each, and those that raspir brings along."""
