"""Fake installed packages with backends and passes: a module and its metadata in a folder."""


def install(folder, module, code, version="1.0", **entries):
    """Make a package in ``folder``; entries are lines of entry points, under ``backends`` and ``passes``."""
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
    info = folder / f"{module}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: {version}\n", encoding="utf-8")
    lines = [f"[raspir.{group}]\n{given}\n" for group, given in entries.items()]
    (info / "entry_points.txt").write_text("".join(lines), encoding="utf-8")
