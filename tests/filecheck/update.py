"""Regenerate the expected programs: ``python tests/filecheck/update.py [names…]``.

A name is a case such as fold/sum, or a folder such as fold; without one, all cases are updated, and expected programs
without a case are deleted.
"""

from __future__ import annotations

import sys

from snapshots import FOLDER, Case, cases, stale


def update(names: list[str]) -> list[str]:
    """Write the expected programs that changed; return the changes in words.

    Raises:
        SystemExit: if a name is neither a case nor a folder.
    """
    known = cases()
    unknown = [name for name in names if not any(_is_meant(case, [name]) for case in known)]
    if unknown:
        raise SystemExit(f"no case or folder is called {', '.join(unknown)}")
    changes = [_written(case) for case in known if _is_meant(case, names) and case.difference()]
    for path in [] if names else stale():
        path.unlink()
        changes.append(f"deleted {path.relative_to(FOLDER).as_posix()}")
    return changes


def _is_meant(case: Case, names: list[str]) -> bool:
    return not names or case.name in names or case.folder in names


def _written(case: Case) -> str:
    """Write the expected program of a case."""
    done = "created" if case.expected() is None else "changed"
    case.expected_path.write_text(str(case.optimized()), encoding="utf-8")
    return f"{done} {case.expected_path.relative_to(FOLDER).as_posix()}"


if __name__ == "__main__":
    print("\n".join(update(sys.argv[1:])) or "nothing changed")
