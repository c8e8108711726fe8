"""Two reports compared: which findings are new, which are gone, and which are the same.

A finding is known by the entity's pseudonym and the finding's fingerprint, never by masked names.
All findings lie in a temporary SQLite database, which goes to disk where it grows, so that the
size of a report does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Self

import msgspec

from picheck.cli.report_files import (
    WrittenDocument,
    WrittenResult,
    WrittenRule,
    WrittenRun,
    WrittenSummary,
    read_report,
)
from picheck.engine.options import Gate
from picheck.engine.verdicts import counts_against_gate
from picheck.errors import InputError, UsageError
from picheck.model.vocabulary import SEVERITIES
from picheck.scratch_table import create_table

OLD: Final = 0
NEW: Final = 1
#: The lists of a comparison, in the order in which they are listed. What is "reopened" is among
#: the "same": accepted in the old report, by a waiver or the baseline, and no longer in the new.
LISTS: Final = ("new", "reopened", "gone", "same")

_TABLES: Final = """
CREATE TABLE rule (code TEXT, year INTEGER, slug TEXT, PRIMARY KEY (code, year)) WITHOUT ROWID;
CREATE TABLE document (side INTEGER, document INTEGER, entity TEXT, subject TEXT, uri TEXT,
    line INTEGER, PRIMARY KEY (side, document)) WITHOUT ROWID;
CREATE TABLE finding (id INTEGER PRIMARY KEY, side INTEGER, document INTEGER, fingerprint TEXT,
    code TEXT, year INTEGER, outcome TEXT, severity INTEGER, message TEXT, pointer TEXT,
    accepted INTEGER, at_gate INTEGER);
"""
#: How often each finding is in each report, and the first of each.
_KEYED: Final = """
CREATE TABLE keyed AS
    SELECT entity, fingerprint, SUM(side = 0) AS old, SUM(side = 1) AS new,
        SUM(side = 0 AND NOT accepted) AS old_open, SUM(side = 1 AND NOT accepted) AS new_open,
        MIN(CASE side WHEN 0 THEN id END) AS old_id, MIN(CASE side WHEN 1 THEN id END) AS new_id,
        MIN(CASE WHEN side = 1 AND NOT accepted THEN id END) AS open_id
    FROM finding JOIN document USING (side, document) GROUP BY entity, fingerprint;
CREATE TABLE present AS SELECT DISTINCT side, entity FROM document;
CREATE INDEX present_index ON present (side, entity);
"""
#: A rule of the framework is the same in every year and belongs to none.
_SLUG: Final = (
    "(SELECT slug FROM rule WHERE rule.code = finding.code"
    " AND rule.year IN (COALESCE(finding.year, 0), 0) ORDER BY rule.year DESC LIMIT 1)"
)
#: Of each list: how many findings of a key belong to it, which one is shown, and the other side.
_PARTS: Final[Mapping[str, tuple[str, str, int]]] = {
    "new": ("new - old", "new_id", OLD),
    "reopened": ("new_open - old_open - MAX(new - old, 0)", "open_id", OLD),
    "gone": ("old - new", "old_id", NEW),
    "same": ("MIN(old, new)", "new_id", OLD),
}


class Found(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A finding of a list.

    `occurrences` is how often the list has it. `is_entity_in_other` says whether the other
    report has a document of its entity: if not, a finding that is gone was not looked for again.
    """

    code: str
    year: int | None
    slug: str
    outcome: str
    severity: str
    message: str
    entity: str | None
    subject: str
    uri: str
    line: int | None
    pointer: str
    fingerprint: str
    accepted: bool
    occurrences: int
    at_gate: bool
    is_entity_in_other: bool = msgspec.field(name="entityInOther")


class Side(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One of the two reports: its file, its terms, and whether everything was audited."""

    uri: str
    as_of: str
    gate: str
    options: Mapping[str, Any]
    complete: bool


class Comparison:
    """Two reports, compared. Use as a context manager.

    Raises InputError where one cannot be read, and UsageError where they cannot be compared:
    other pseudonyms or another gate.
    """

    def __init__(self, old: Path, new: Path) -> None:
        self._table = create_table(_TABLES)
        try:
            self.old = self._read(old, OLD, None)
            self.new = self._read(new, NEW, self.old)
            self._table.executescript(_KEYED)
        except BaseException:
            self._table.close()
            raise

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the database."""
        self._table.close()

    @property
    def other_terms(self) -> tuple[str, ...]:
        """The options of the run in which the two reports differ."""
        old, new = self.old.options, self.new.options
        return tuple(sorted(k for k in old.keys() | new.keys() if old.get(k) != new.get(k)))

    def counts(self) -> dict[str, int]:
        """Return how many findings each list has, and how many count at the gate that did not."""
        counted = {name: self._count(name) for name in LISTS}
        at_gate = {f"{name}AtGate": self._count(name, at_gate=True) for name in LISTS[:2]}
        return counted | at_gate

    def entities(self) -> dict[str, int]:
        """Return how many entities are in both reports, and in one of them alone."""
        rows = self._table.execute(
            "SELECT first, last, COUNT(*) FROM (SELECT MIN(side) AS first, MAX(side) AS last"
            " FROM present GROUP BY entity) GROUP BY first, last"
        )
        counted = {(first, last): count for first, last, count in rows}
        keys = {"new": (NEW, NEW), "gone": (OLD, OLD), "same": (OLD, NEW)}
        return {name: counted.get(key, 0) for name, key in keys.items()}

    def findings(self, name: str) -> Iterator[Found]:
        """Yield the findings of a list, worst first, then by entity, code and place."""
        number, shown, other = _PARTS[name]
        rows = self._table.execute(
            f"SELECT code, year, COALESCE({_SLUG}, LOWER(code)), outcome, severity, message,"  # noqa: S608
            f" keyed.entity, subject, uri, line, pointer, keyed.fingerprint, accepted, at_gate,"
            f" {number},"
            " EXISTS (SELECT 1 FROM present AS other"
            " WHERE other.side = ? AND other.entity = keyed.entity)"
            f" FROM keyed JOIN finding ON id = {shown} JOIN document USING (side, document)"
            f" WHERE {number} > 0"
            " ORDER BY severity, subject, keyed.entity, code, pointer, keyed.fingerprint",
            (other,),
        )
        for row in rows:
            entity = row[6]
            yield Found(
                code=row[0],
                year=row[1],
                slug=row[2],
                outcome=row[3],
                severity=SEVERITIES[row[4]],
                message=row[5],
                entity=None if entity.startswith(_NAMELESS) else entity,
                subject=row[7],
                uri=row[8],
                line=row[9],
                pointer=row[10],
                fingerprint=row[11],
                accepted=bool(row[12]),
                at_gate=bool(row[13]),
                occurrences=row[14],
                is_entity_in_other=bool(row[15]),
            )

    def _count(self, name: str, *, at_gate: bool = False) -> int:
        number, shown, _ = _PARTS[name]
        (count,) = self._table.execute(
            f"SELECT COALESCE(SUM({number}), 0) FROM keyed JOIN finding ON id = {shown}"  # noqa: S608
            f" WHERE {number} > 0 AND (at_gate OR NOT ?)",
            (at_gate,),
        ).fetchone()
        return int(count)

    def _read(self, path: Path, side: int, other: Side | None) -> Side:
        """Enter a report and return its terms, which must go with those of `other`."""
        records = read_report(path)
        run = next(records)
        if not isinstance(run, WrittenRun):
            raise InputError(f"{path.as_posix()} does not begin with its run", uri=path.as_posix())
        _check_terms(path, run, other)
        counted = {"fail", "error"} | ({"indeterminate"} if run.gate == "indeterminate" else set())
        is_complete = False
        for record in records:
            match record:
                case WrittenRule():
                    self._table.execute(
                        "INSERT OR REPLACE INTO rule VALUES (?, ?, ?)",
                        # 0 for no year: a key of the database cannot be empty
                        (record.code, record.year or 0, record.slug),
                    )
                case WrittenDocument():
                    self._add_document(record, side)
                case WrittenResult():
                    if record.outcome in counted and record.fingerprint:
                        self._add_finding(record, side, run.gate)
                case WrittenSummary():
                    is_complete = record.is_complete
        return Side(
            uri=path.as_posix(),
            as_of=run.as_of,
            gate=run.gate,
            options=run.options,
            complete=is_complete,
        )

    def _add_document(self, record: WrittenDocument, side: int) -> None:
        entity = record.entity or f"{_NAMELESS}{record.uri}"
        self._table.execute(
            "INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?, ?, ?)",
            (side, record.document, entity, record.subject, record.uri, record.line),
        )

    def _add_finding(self, record: WrittenResult, side: int, gate: Gate) -> None:
        self._table.execute(
            "INSERT INTO finding VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                side,
                record.document,
                record.fingerprint,
                record.code,
                record.year,
                record.outcome,
                # a number, by which the database puts the worst first
                SEVERITIES.index(record.severity),
                record.message,
                record.location.named or record.location.pointer,
                record.is_accepted,
                counts_against_gate(record, gate),
            ),
        )


#: A document that names no entity is known by its file; no pseudonym begins like this.
_NAMELESS: Final = "file "


def _check_terms(path: Path, run: WrittenRun, other: Side | None) -> None:
    """Raise UsageError where two reports name entities differently, or judge by another gate."""
    if other is None:
        return
    if run.options.get("entityKey") != other.options.get("entityKey"):
        raise UsageError(
            f"{other.uri} and {path.as_posix()} were made with different entity keys, so their"
            " pseudonyms cannot be compared; audit again with the same --entity-key"
        )
    if run.gate != other.gate:
        raise UsageError(
            f"{other.uri} was made with the gate {other.gate}, {path.as_posix()} with {run.gate};"
            " audit again with the same --fail-on"
        )
