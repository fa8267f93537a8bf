"""Pytest entry point that loads the plugin of raspir's conformance kit if the command line names the kit.

The kit's options must be registered before collection, and pytest does not find a ``conftest.py`` by package name.
Every pytest run in the environment loads this entry point, so it is a top-level module without imports.
"""

_KIT = "raspir.testing.conformance"


def pytest_load_initial_conftests(early_config, args):
    """Load the kit's plugin if an argument names a test of the kit, by package or by path."""
    named = [argument.partition("::")[0].replace("\\", "/").rstrip("/").replace("/", ".") for argument in args]
    if any(name.endswith(_KIT) or f"{_KIT}.test_" in name for name in named):
        early_config.pluginmanager.import_plugin(f"{_KIT}.plugin")
