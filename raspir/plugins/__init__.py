"""Plugins: registries of what raspir brings and installed packages add, and the options of both."""
