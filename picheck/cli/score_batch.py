"""Scores of many documents, entity by entity, in memory that does not grow with their number."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from picheck.engine.entities import EntityYear, PriorBook, Remark
from picheck.engine.fingerprints import entity_json
from picheck.engine.notices import prior_notices, unreadable_notice
from picheck.engine.score_preview import ScoredEntity, ScoreRunner
from picheck.engine.verdicts import exit_status
from picheck.errors import InputError
from picheck.intake.decoder import DecodedDocument
from picheck.intake.documents import Input, RawDocument, Unreadable
from picheck.intake.files import left_out_notices
from picheck.model.report import Exit, Notice
from picheck.rules.measurement_set import Entity, SetView
from picheck.scratch_table import create_table, group_rows, pack, unpack

_TABLES: Final = """
CREATE TABLE entity (digest BLOB PRIMARY KEY, first INTEGER) WITHOUT ROWID;
CREATE TABLE document (first INTEGER, number INTEGER, raw BLOB, PRIMARY KEY (first, number))
    WITHOUT ROWID;
"""


class ScoreBatch:
    """Scores documents that are gathered by entity, on disk, before the first is scored.

    Entities are kept apart by what they are identified with, never by their masked names; a
    document without an identified entity is scored alone. After `run`, `documents` is the number of
    documents, `entities` that of scored entities, and `exit` what it all adds up to.
    """

    def __init__(self, runner: ScoreRunner) -> None:
        self._runner = runner
        self._reasons: set[str] = set()
        self.documents = 0
        self.entities = 0

    @property
    def exit(self) -> Exit:
        """The exit code and its reasons; nothing was checked where nothing could be scored."""
        return exit_status(self._reasons if self.entities else {*self._reasons, "nothingChecked"})

    def run(self, inputs: Iterable[Input]) -> Iterator[ScoredEntity | Notice]:
        """Yield each entity with its score, in the order of their first documents.

        What could not be read is yielded first, as notices.
        """
        table = create_table(_TABLES)
        try:
            for notice in self._gather(table, inputs):
                self._reasons.add("unreadable" if notice.kind == "unreadable" else notice.kind)
                yield notice
            for notice in self._runner.prior_notices:
                self._reasons.update({"incomplete"} if notice.is_incomplete else ())
                yield notice
            part = _PartOfPrior(self._runner.prior)
            for group in _groups(table):
                report, shown = self._runner.score(group, part)
                self._reasons.update(report.summary.exit.reasons)
                self.entities += len(shown)
                yield from shown
            for notice in (*prior_notices(self._runner.prior), *left_out_notices(inputs)):
                self._reasons.update({"incomplete"} if notice.is_incomplete else ())
                yield notice
        finally:
            table.close()

    def _gather(self, table: sqlite3.Connection, inputs: Iterable[Input]) -> Iterator[Notice]:
        """Enter each document under its entity; yield a notice for what is no document."""
        for number, given in enumerate(inputs):
            try:
                if isinstance(given, Unreadable):
                    # told below, as a document that cannot be decoded is
                    raise given.error
                digest = _digest(self._runner.decode(given), number)
            except InputError as error:
                yield unreadable_notice(given, error, number)
                continue
            self.documents += 1
            # the first document of an entity gives its place among the others
            table.execute("INSERT OR IGNORE INTO entity VALUES (?, ?)", (digest, number))
            (first,) = table.execute(
                "SELECT first FROM entity WHERE digest = ?", (digest,)
            ).fetchone()
            table.execute("INSERT INTO document VALUES (?, ?, ?)", (first, number, pack(given)))


class _PartOfPrior(PriorBook):
    """Earlier submissions for one part of a run: which are used is known at its end alone."""

    def __init__(self, whole: PriorBook) -> None:
        self._whole = whole

    def before(self, key: EntityYear) -> Mapping[int, tuple[SetView, ...]]:
        """Return the sets of the entity's earlier years, by year."""
        return self._whole.before(key)

    def remarks(self, key: EntityYear) -> tuple[Remark, ...]:
        """Return what a reader must know of where the earlier years come from."""
        return self._whole.remarks(key)


def _groups(table: sqlite3.Connection) -> Iterator[list[RawDocument]]:
    """Yield the documents of one entity after the other."""
    rows = table.execute("SELECT first, raw FROM document ORDER BY first, number")
    for group in group_rows(rows):
        yield [unpack(raw) for _, raw in group]


def _digest(decoded: DecodedDocument, number: int) -> bytes:
    """Return a digest of a document's entity."""
    submission = decoded.submission
    entity = None if submission is None else Entity.of(submission)
    is_known = entity is not None and entity.is_identified
    key = entity_json(entity) if is_known else f"document {number}".encode()
    return hashlib.blake2b(key, digest_size=16).digest()
