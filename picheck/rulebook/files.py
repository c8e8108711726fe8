"""The files of an edition, read whole, parsed when they are asked for."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from picheck.errors import RulebookError
from picheck.model.frozen import freeze
from picheck.rulebook.schema import explain

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

T = TypeVar("T")

REQUIRED_FILES: Final = ("measures.toml", "clauses.toml", "sources.toml", "changes.toml")
OWN_FILES: Final = (*REQUIRED_FILES, "requirements.toml")


def folder_of(package: str) -> Traversable:
    """Return the folder of a package, which need not lie in a file system."""
    places = list(getattr(import_module(package), "__path__", ()))
    if len(places) == 1 and (folder := Path(places[0])).is_dir():
        return folder
    from importlib.resources import files  # noqa: PLC0415 - a cold start pays for every import

    return files(package)


class EditionFolder:
    """The files of a folder, parsed and decoded on demand."""

    def __init__(self, folder: Traversable, texts: Mapping[str, bytes]) -> None:
        self._folder = folder
        self.texts = texts

    def path(self, name: str) -> str:
        """Return where a file lies, for a reader."""
        return str(self._folder.joinpath(name))

    def parse(self, name: str) -> dict[str, Any]:
        """Return a file's tables; none for a file that is not there. Raises RulebookError."""
        try:
            return tomllib.loads(self.texts.get(name, b"").decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RulebookError(f"{self.path(name)}: not TOML: {error}") from error

    def decode(self, name: str, shape: type[T]) -> T:
        """Return a file decoded. Raises RulebookError with one line for each fault."""
        table = self.parse(name)
        try:
            return msgspec.convert(table, shape)
        except msgspec.ValidationError as error:
            lines = explain(name, table, self.path(name)) or [f"{self.path(name)}: {error}"]
            raise RulebookError("\n".join(lines)) from error

    def digest(self) -> str:
        """Return the SHA-256 over the names and texts of all files."""
        digest = hashlib.sha256()
        for name, text in self.texts.items():
            # with the length, or bytes could move from one file to the next unseen
            digest.update(f"{name}\0{len(text)}\0".encode())
            digest.update(text)
        return digest.hexdigest()


class ExtraTables(Mapping[str, Mapping[str, Any]]):
    """The further tables of an edition by the name of their file, each parsed when asked for."""

    __slots__ = ("_edition", "_names", "_parsed")

    def __init__(self, edition: EditionFolder) -> None:
        self._edition = edition
        self._names = [
            name.removesuffix(".toml") for name in edition.texts if name not in OWN_FILES
        ]
        self._parsed: dict[str, Mapping[str, Any]] = {}

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._parsed:
            self._parsed[name] = freeze(self._edition.parse(f"{name}.toml"))
        return self._parsed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
