"""File patterns as people write them in settings and waivers."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path


def matches(pattern: str, uri: str, folder: Path) -> bool:
    """Whether a document lies where a pattern says.

    A pattern without a slash is a file name, in any folder; one with a slash starts at `folder`.
    `*` and `?` stay within a folder, `**` crosses folders. A member of an archive is
    `archive.zip!member`, and is also found by the archive's own name. What was read from
    standard input is called `-`.
    """
    compiled = _compile(pattern)
    names = _names(uri, str(folder), os.getcwd())  # noqa: PTH109 - a key of a cache
    # False and True are the indexes of the short names and of the long ones
    return any(compiled.fullmatch(name) for name in names["/" in pattern])


def names_of(uri: str, folder: Path) -> frozenset[str]:
    """Return all names by which a pattern without `*` and `?` may mean a document."""
    short, long = _names(uri, str(folder), os.getcwd())  # noqa: PTH109
    return frozenset((*short, *long))


def literal_name(pattern: str) -> str | None:
    """Return the one name that a pattern means; None where it has `*` or `?`."""
    return None if "*" in pattern or "?" in pattern else pattern.removeprefix("./")


@lru_cache(maxsize=64)  # a document meets many patterns, one after the other
def _names(uri: str, folder: str, _working: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what a document is called by patterns without a slash, and by those with one.

    `_working` is the folder that relative paths start at, which may change.
    """
    archive, mark, member = uri.partition("!")
    path = _from(Path(folder), archive)
    name, inner = _last(path), _last(member)
    if not mark:
        return (name,), (path,)
    return (name, *([inner] if inner else []), f"{name}!{inner}"), (path, f"{path}!{member}")


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _from(folder: Path, path: str) -> str:
    """Return the path as seen from the folder; a path outside of it as a whole."""
    if path == "-":
        return path
    # No symbolic link is followed: a user means the names on the screen.
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute() keeps ".."
    try:
        return whole.relative_to(os.path.abspath(folder)).as_posix()  # noqa: PTH100
    except ValueError:
        return whole.as_posix()


@lru_cache(maxsize=4096)
def _compile(pattern: str) -> re.Pattern[str]:
    """Translate a pattern; glob.translate does this from Python 3.13 on."""
    pieces = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./"))
    return re.compile("".join(pieces.get(part, re.escape(part)) for part in parts))
