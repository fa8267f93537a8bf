"""Plugins: registries of built-in and installed passes and backends, and their options."""
