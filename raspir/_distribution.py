"""The name under which raspir is installed. The package index has another project under the name ``raspir``."""

DISTRIBUTION = "raspir-toolchain"


def installing(extra: str) -> str:
    """Return the command that installs the packages of an extra of ``pyproject.toml``."""
    return f"pip install '{DISTRIBUTION}[{extra}]'"
