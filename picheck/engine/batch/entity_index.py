"""What must be known across a run that memory cannot hold, kept on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Self

from picheck.engine.entities import EntityReference
from picheck.intake.documents import RawDocument
from picheck.scratch_table import create_table, group_rows, pack, unpack

_TABLES = """
CREATE TABLE reference
    (entity INTEGER, practice INTEGER, level TEXT, program TEXT, document INTEGER, sets INTEGER,
     digest INTEGER);
CREATE TABLE reread (document INTEGER PRIMARY KEY, raw BLOB);
"""
_SEVERAL = """
CREATE TEMP TABLE mixed (practice INTEGER PRIMARY KEY);
INSERT INTO mixed
    SELECT DISTINCT practice FROM reference
    GROUP BY practice, program HAVING COUNT(DISTINCT level) > 1;
CREATE TEMP TABLE member AS
    SELECT COALESCE(mixed.practice, entity) AS body, program, document, sets, digest
    FROM reference LEFT JOIN mixed USING (practice);
CREATE TEMP TABLE several AS
    SELECT DISTINCT body FROM member GROUP BY body, program HAVING SUM(sets) > 1;
CREATE TEMP TABLE first_documents AS
    SELECT body, MIN(document) AS first FROM member JOIN several USING (body) GROUP BY body;
CREATE TEMP TABLE needed AS
    SELECT DISTINCT first, document, digest FROM member JOIN first_documents USING (body);
"""


class EntityIndex:
    """The references to entities of a whole run, in a file that is gone with the process."""

    def __init__(self) -> None:
        self._table = create_table(_TABLES)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the file."""
        self._table.close()

    def add(self, references: Iterable[EntityReference]) -> None:
        """Enter the references of a part of the run."""
        self._table.executemany("INSERT INTO reference VALUES (?, ?, ?, ?, ?, ?, ?)", references)

    def list_needed(self) -> Iterator[tuple[int, int]]:
        """Yield the documents to read again: those whose entity has several sets of a program.

        And those of a practice that reports at several levels. In order, each with the beginning
        of its digest.
        """
        self._table.executescript(_SEVERAL)
        rows = self._table.execute("SELECT DISTINCT document, digest FROM needed ORDER BY document")
        return (row for row in rows)

    def store_document(self, document: int, raw: RawDocument) -> None:
        """Store the bytes of a document that was read again."""
        row = document, pack(raw)
        self._table.execute("INSERT OR REPLACE INTO reread VALUES (?, ?)", row)

    def groups(self) -> Iterator[list[tuple[int, RawDocument]]]:
        """Yield the documents of one entity, or practice, after the other, by their first."""
        rows = self._table.execute(
            "SELECT first, document, raw FROM needed JOIN reread USING (document)"
            " ORDER BY first, document"
        )
        for group in group_rows(rows):
            yield [(document, unpack(raw)) for _, document, raw in group]
