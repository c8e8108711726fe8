"""The plugins that installed distributions announce, each an entry point.

`importlib.metadata` answers this too, but brings the standard library's e-mail, sockets, zip and
CSV along, which took a sixth of a cold start. It is asked where distributions may lie elsewhere
than in folders; a test holds both ways to the same answer.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.machinery import PathFinder
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

GROUP: Final = "picheck"
_NAMELESS: Final = "a distribution without a name"
_FOLDERS: Final = (".dist-info", ".egg-info")


class Entry(NamedTuple):
    """An entry point: a plugin's name, where it leads, and the distribution that brought it."""

    name: str
    value: str
    distribution: str
    version: str | None

    @property
    def module(self) -> str:
        """The name of the module that holds the plugin."""
        return self.value.partition(":")[0].partition("[")[0].strip()

    def load(self) -> Any:
        """Import the plugin. Raises whatever its import raises."""
        attribute = self.value.partition(":")[2].partition("[")[0].strip()
        module = importlib.import_module(self.module)
        return attrgetter(attribute)(module) if attribute else module


def list_entry_points() -> list[Entry]:
    """Return the entry points of all installed distributions, earlier places on the path first.

    Of several distributions with one name, the first is the installed one.
    """
    return list(_in_folders() if _are_all_in_folders() else _anywhere())


def _are_all_in_folders() -> bool:
    """Whether no import comes from an archive and no other finder knows of distributions."""
    finders = (finder for finder in sys.meta_path if finder is not PathFinder)
    return not any(hasattr(finder, "find_distributions") for finder in finders) and not any(
        place.endswith(".egg") or Path(place).is_file() for place in map(str, sys.path)
    )


def _in_folders() -> Iterator[Entry]:
    met: set[str] = set()
    for place in map(str, sys.path):
        # an empty place on the path is the working directory
        for folder in _distributions(place or os.curdir):
            # installers spell one name in several ways, and two versions of it are one distribution
            name = folder.name.rpartition(".")[0].partition("-")[0].lower().replace(".", "_")
            if name not in met:
                met.add(name)
                yield from _entries(folder)


def _distributions(place: str) -> list[Path]:
    """Return the folders in which installers describe what they put into a place."""
    try:
        with os.scandir(place) as found:
            return [Path(each) for each in sorted(f.path for f in found if _describes(f.name))]
    except OSError:  # a place on the path need not exist
        return []


def _describes(name: str) -> bool:
    return name.endswith(_FOLDERS)


def _entries(folder: Path) -> Iterator[Entry]:
    text = _text(folder / "entry_points.txt")
    if GROUP not in text:
        return
    brought_by, group = _distribution_of(folder), None
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            group = line.strip("[]")
        elif group == GROUP and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield Entry(name.strip(), value.strip(), *brought_by)


def _distribution_of(folder: Path) -> tuple[str, str | None]:
    """Return a distribution's name and version; an installer may have left it half done."""
    text = _text(folder / "METADATA") or _text(folder / "PKG-INFO")
    head, _, _ = text.partition("\n\n")
    fields = (line.partition(":") for line in head.splitlines())
    values = {key: value.strip() for key, _, value in fields}
    return values.get("Name") or _NAMELESS, values.get("Version")


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _anywhere() -> Iterator[Entry]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - rarely needed, and heavy

    for entry in entry_points(group=GROUP):
        name, version = _NAMELESS, None
        with suppress(Exception):  # what an installer left half done is no reason to stop
            if entry.dist is not None:
                name, version = entry.dist.metadata["Name"] or name, entry.dist.metadata["Version"]
        yield Entry(entry.name, entry.value, name, version)
