"""What must be known across a run that nobody can hold in memory, kept on disk."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Self

from picheck.engine.subjects import Mark
from picheck.intake.documents import RawDocument

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -8192;
PRAGMA temp_store = FILE;
CREATE TABLE mark (entity INTEGER, program TEXT, document INTEGER, sets INTEGER);
CREATE TABLE again (document INTEGER PRIMARY KEY, raw BLOB);
"""
_SEVERAL = """
CREATE TEMP TABLE several AS
    SELECT DISTINCT entity FROM mark GROUP BY entity, program HAVING SUM(sets) > 1;
CREATE TEMP TABLE leading AS
    SELECT entity, MIN(document) AS first FROM mark JOIN several USING (entity) GROUP BY entity;
CREATE TEMP TABLE wanted AS
    SELECT DISTINCT first, document FROM mark JOIN leading USING (entity);
"""


class EntityIndex:
    """The marks of a whole run, in a file that is gone with the process."""

    def __init__(self) -> None:
        self._table = sqlite3.connect("")  # a temporary file, kept in memory while it is small
        self._table.executescript(_TABLES)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the file."""
        self._table.close()

    def add(self, marks: Iterable[Mark]) -> None:
        """Enter the marks of a part of the run."""
        self._table.executemany("INSERT INTO mark VALUES (?, ?, ?, ?)", marks)

    def wanted(self) -> Iterator[int]:
        """Yield, in order, the documents whose entity has several sets of a program: read them."""
        self._table.executescript(_SEVERAL)
        rows = self._table.execute("SELECT DISTINCT document FROM wanted ORDER BY document")
        return (document for (document,) in rows)

    def keep(self, document: int, raw: RawDocument) -> None:
        """Keep the bytes of a document that was read again."""
        packed = pickle.dumps(raw)
        self._table.execute("INSERT OR REPLACE INTO again VALUES (?, ?)", (document, packed))

    def groups(self) -> Iterator[list[tuple[int, RawDocument]]]:
        """Yield the documents of one entity after the other, in order of their first."""
        rows = self._table.execute(
            "SELECT first, document, raw FROM wanted JOIN again USING (document)"
            " ORDER BY first, document"
        )
        group: list[tuple[int, RawDocument]] = []
        last = None
        for first, document, raw in rows:
            if group and first != last:
                yield group
                group = []
            last = first
            group.append((document, pickle.loads(raw)))  # noqa: S301 - written by this process
        if group:
            yield group
