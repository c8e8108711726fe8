"""Earlier submissions on disk: written once, looked into by every process that can see the file."""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import weakref
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from picheck.engine.entities import EntityYear, PriorBook, earlier_views
from picheck.engine.prior.folder import LockedFolder
from picheck.errors import UsageError
from picheck.model.submission import MeasurementSet
from picheck.rulebook.registry import Rulebooks
from picheck.rules.measurement_set import SetView
from picheck.scratch_table import create_table, open_table, pack, unpack

_TABLES: Final = """
CREATE TABLE earlier (entity BLOB, year INTEGER, sets BLOB);
CREATE TABLE about (token TEXT, entities INTEGER);
"""
_INDEX: Final = "CREATE INDEX by_entity ON earlier (entity, year)"
_COUNT: Final = "INSERT INTO about SELECT ?, COUNT(*) FROM (SELECT DISTINCT entity FROM earlier)"
_LOOK: Final = "SELECT year, sets FROM earlier WHERE entity = ? AND year < ? ORDER BY rowid"
_USED: Final = """
CREATE TABLE used (entity BLOB PRIMARY KEY) WITHOUT ROWID;
"""

#: Connections by the process that opened them: none may outlive a fork.
_Open = dict[int, list[sqlite3.Connection]]


class HistoryLocation(NamedTuple):
    """Where earlier submissions were written to, and a token so that no other file will do."""

    path: str
    token: str


class HistoryWriter:
    """Takes in earlier submissions one by one; no identifier of the entity is written down.

    Sets are kept as pickles: they may hold what JSON cannot say, such as a number that is none.
    Raises UsageError where there is no room for them.
    """

    def __init__(self) -> None:
        with _disk_errors():
            self._folder = LockedFolder()
            self._path = str(self._folder.path / "earlier")
            opened: _Open = defaultdict(list)
            self._remover = weakref.finalize(self, _cleanup, opened, self._folder)
            self._table = create_table(_TABLES, self._path)
            opened[os.getpid()].append(self._table)

    def add(self, key: EntityYear, records: tuple[MeasurementSet, ...]) -> None:
        """Enter the sets of one earlier submission."""
        # little, for the run waits for it before its first document
        packed = zlib.compress(pack(records), 1)
        row = (_digest(key), key.year, packed)
        with _disk_errors():
            self._table.execute("INSERT INTO earlier VALUES (?, ?, ?)", row)

    def close(self, rulebooks: Rulebooks) -> History:
        """Close the file and open it to be looked into; it is gone with what this returns."""
        token = secrets.token_hex(16)
        with _disk_errors():
            self._table.execute(_INDEX)  # now, which is done in order and in little memory
            self._table.execute(_COUNT, (token,))
            self._table.commit()
        self._table.close()
        # the book that is returned removes the folder from here on
        self._remover.detach()
        return History(HistoryLocation(self._path, token), rulebooks, self._folder)


class History(PriorBook):
    """Looks into a file of earlier submissions; its `folder`, where it is given, is gone with this.

    Raises LookupError where the file is not there or is another one.
    """

    def __init__(
        self,
        location: HistoryLocation,
        rulebooks: Rulebooks,
        folder: LockedFolder | None = None,
    ) -> None:
        self.location: HistoryLocation = location
        self._shelf = rulebooks
        self._open: _Open = defaultdict(list)
        self._table: dict[int, sqlite3.Connection] = {}
        self._used: set[bytes] = set()
        self._all_used: sqlite3.Connection | None = None
        self._number: int
        weakref.finalize(self, _cleanup, self._open, folder)
        try:
            ((token, self._number),) = self._look("SELECT token, entities FROM about")
        except (sqlite3.Error, ValueError) as error:
            raise LookupError(f"{location.path} holds no history") from error
        if token != location.token:
            raise LookupError(f"{location.path} holds the history of another run")

    def before(self, key: EntityYear) -> Mapping[int, tuple[SetView, ...]]:
        """Return the sets of the entity's earlier years."""
        entity = _digest(key)
        years: dict[int, tuple[SetView, ...]] = {}
        for year, packed in self._look(_LOOK, entity, key.year):
            records = unpack(zlib.decompress(packed))  # ours: __init__ checked the token
            rulebook = self._shelf.rulebook(key.program, year)
            views = earlier_views(records, rulebook)
            years[year] = (*years.get(year, ()), *views)
        if years:
            self._used.add(entity)
        return MappingProxyType(years)

    def take_used(self) -> set[bytes]:
        """Hand over digests of the entities that were asked for and begin again."""
        used, self._used = self._used, set()
        return used

    def add_used(self, used: set[bytes]) -> None:
        """Enter the entities that a part of the run asked for."""
        if self._all_used is None:
            self._all_used = self._register(create_table(_USED))
        rows = ((entity,) for entity in used)
        self._all_used.executemany("INSERT OR IGNORE INTO used VALUES (?)", rows)

    @property
    def unused(self) -> int:
        """How many entities' earlier submissions no audited document asked for."""
        self.add_used(self.take_used())
        assert self._all_used is not None  # noqa: S101 - add_used opened it
        ((number,),) = self._all_used.execute("SELECT COUNT(*) FROM used")
        return self._number - int(number)

    def __len__(self) -> int:
        return self._number

    def _look(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the file, over a connection of this process's own: none outlives a fork."""
        table = self._table.get(os.getpid())
        if table is None:
            table = self._table[os.getpid()] = self._register(open_table(self.location.path))
        return table.execute(query, values).fetchall()

    def _register(self, table: sqlite3.Connection) -> sqlite3.Connection:
        """See to it that a table is closed with this book, by the process that opened it."""
        self._open[os.getpid()].append(table)
        return table


@contextmanager
def _disk_errors() -> Iterator[None]:
    """Turn a disk that takes no more into an error with a remedy."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise UsageError(
            f"earlier submissions cannot be kept in a temporary file: {error};"
            " set TMPDIR to a folder with more room"
        ) from error


def _cleanup(opened: _Open, folder: LockedFolder | None) -> None:
    """Close what this process opened, and remove the folder of the file."""
    for table in opened.get(os.getpid(), ()):
        table.close()
    if folder is not None:
        folder.remove()


def _digest(key: EntityYear) -> bytes:
    """Return 128 bits that identify an entity: enough for no two to share them."""
    text = repr((key.program, *key.entity))  # unlike a join, the same for no two
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
