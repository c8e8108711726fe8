"""The digest of a distribution's files, the same wherever and however it is installed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from picheck.hooks.host import GROUP

_LEFT_OUT: Final = ("__pycache__",)


def digest_of(distribution: str) -> str | None:
    """Return the SHA-256 over the files of the packages that a distribution's plugins live in.

    Names and contents of all files count, in order of their names; caches do not. None where
    nothing is installed under that name.
    """
    packages = sorted(set(_packages(distribution)))
    if not packages:
        return None
    digest = hashlib.sha256()
    for package in packages:
        for name, file in _files(package):
            content = file.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def _packages(distribution: str) -> Iterator[str]:
    """Yield the top-level packages that the entry points of a distribution lead into."""
    for entry in importlib.metadata.entry_points(group=GROUP):
        if entry.dist is not None and entry.dist.name == distribution:
            yield entry.module.partition(".")[0]


def _files(package: str) -> Iterator[tuple[str, Path]]:
    spec = importlib.util.find_spec(package)
    if spec is None:
        return
    if spec.submodule_search_locations is None:
        if spec.origin is not None:
            yield package, Path(spec.origin)
        return
    for folder in spec.submodule_search_locations:
        root = Path(folder)
        for file in sorted(root.rglob("*")):
            if file.is_file() and not set(_LEFT_OUT) & set(file.parts):
                yield f"{package}/{file.relative_to(root).as_posix()}", file
