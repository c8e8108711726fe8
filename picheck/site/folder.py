"""The folder that the pages are written to, beside pages that somebody wrote by hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from picheck.errors import UsageError

#: Lists what was written, so that the next run can remove it and nothing else.
MANIFEST: Final = ".picheck-docs"
#: Pages by hand may replace these; all others of the same name are a mistake.
REPLACEABLE: Final = frozenset({"index.md", "conf.py"})


def fill_folder(folder: Path, pages: Mapping[str, str], own: Path | None = None) -> None:
    """Write pages, by their path in the folder, in place of those of the run before.

    `own` is a folder of pages by hand, which are copied beside them. Raises UsageError where the
    folder holds what picheck did not write, where both have one page, or where it cannot be
    written.
    """
    copied = _list_files(own, folder) if own else {}
    if twice := sorted((copied.keys() & pages.keys()) - REPLACEABLE):
        raise UsageError(f"{own} has pages of the rules' names; rename {', '.join(twice)}")
    try:
        _clear(folder)
        for name, text in pages.items():
            if name not in copied:
                _place(folder, name).write_text(text, "utf-8", newline="\n")
        for name, file in copied.items():
            shutil.copy2(file, _place(folder, name))
        names = sorted({*pages, *copied})
        (folder / MANIFEST).write_text("\n".join(names) + "\n", "utf-8", newline="\n")
    except OSError as error:
        raise UsageError(
            f"{error.filename or folder} cannot be written: {error.strerror}"
        ) from error


def _list_files(own: Path, folder: Path) -> dict[str, Path]:
    """Return the files of a folder by their path in it; hidden ones are left out."""
    if not os.path.isdir(own):  # noqa: PTH112 - a name that is too long is no folder
        raise UsageError(f"--pages {own} is not a folder")
    if folder.resolve().is_relative_to(own.resolve()):
        raise UsageError(f"{folder} lies in {own}, which is copied there; name another folder")
    files = {file.relative_to(own): file for file in sorted(own.rglob("*")) if file.is_file()}
    return {
        name.as_posix(): file
        for name, file in files.items()
        if not any(part.startswith((".", "__")) for part in name.parts)
    }


def _clear(folder: Path) -> None:
    """Remove what the run before wrote. Raises UsageError where there was none."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / MANIFEST
    if not manifest.is_file():
        if any(folder.iterdir()):
            raise UsageError(
                f"{folder} holds files that picheck did not write; name another folder"
            )
        return
    for name in manifest.read_text("utf-8").splitlines():
        file = folder / name
        # the list may have been edited: nothing outside of the folder is removed
        if file.resolve().is_relative_to(folder.resolve()):
            file.unlink(missing_ok=True)


def _place(folder: Path, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
