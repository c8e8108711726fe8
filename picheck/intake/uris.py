"""What a path is called in a report."""

from __future__ import annotations

from pathlib import Path


def uri_of(path: Path | str) -> str:
    """Name a path in a report, which is text; a file's name need not be."""
    text = path.as_posix() if isinstance(path, Path) else path
    return text.encode("utf-8", "backslashreplace").decode()
