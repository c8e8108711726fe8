"""File patterns as people write them in settings and waivers."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path


def matches(pattern: str, uri: str, folder: Path) -> bool:
    """Whether a document lies where a pattern says.

    A pattern without a slash is a file name, in any folder; one with a slash starts at `folder`.
    `*` and `?` stay within a folder, `**` crosses folders. A member of an archive is
    `archive.zip!member`, and is also found by the archive's own name. What was read from
    standard input is called `-`.
    """
    compiled = _compiled(pattern)
    return any(compiled.fullmatch(name) for name in _names(pattern, uri, folder))


def _names(pattern: str, uri: str, folder: Path) -> Iterator[str]:
    """Yield what a document is called in the terms of the pattern."""
    archive, _, member = uri.partition("!")
    path = _from(folder, archive)
    if "/" not in pattern:
        path = path.rpartition("/")[2]
        member = member.rpartition("/")[2]
        if member:
            yield member
    yield path
    if "!" in uri:
        yield f"{path}!{member}"


def _from(folder: Path, path: str) -> str:
    """Return the path as seen from the folder; a path outside of it as a whole."""
    if path == "-":
        return path
    # No symbolic link is followed: a user means the names that stand on the screen.
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute() keeps ".."
    try:
        return whole.relative_to(os.path.abspath(folder)).as_posix()  # noqa: PTH100
    except ValueError:
        return whole.as_posix()


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Translate a pattern; glob.translate does this from Python 3.13 on."""
    pieces = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./"))
    return re.compile("".join(pieces.get(part, re.escape(part)) for part in parts))
