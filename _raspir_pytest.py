"""Gives pytest the options of raspir's conformance kit where its command line names the kit, and nowhere else.

Options must be known before tests are looked for, and pytest finds no ``conftest.py`` by the name of a package. So this
is an entry point, a module of its own that imports nothing: every pytest run of the environment loads it.
"""

_KIT = "raspir.testing.conformance"


def pytest_load_initial_conftests(early_config, args):
    """Load the kit's plugin if a test to run is in the kit, named as a package or by its path."""
    named = [argument.partition("::")[0].replace("\\", "/").rstrip("/").replace("/", ".") for argument in args]
    if any(name.endswith(_KIT) or f"{_KIT}.test_" in name for name in named):
        early_config.pluginmanager.import_plugin(f"{_KIT}.plugin")
