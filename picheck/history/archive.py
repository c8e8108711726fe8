"""What a history knows of earlier years, for rules that look back."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import msgspec

from picheck.engine.entities import EntityYear, PriorBook, Remark, earlier_views
from picheck.engine.prior.loader import LoadedPrior
from picheck.errors import HistoryError
from picheck.history.chain import decode_body
from picheck.history.database import Database
from picheck.history.keys import entity_key, read_key
from picheck.model.report import Notice
from picheck.model.submission import MeasurementSet
from picheck.rulebook.registry import Rulebooks
from picheck.rules.measurement_set import SetView

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.engine import Row

#: For how many entities the earlier years are kept: more than a chunk has.
_KEPT: Final = 4096
_Years = Mapping[int, tuple[SetView, ...]]


class HistoryArchive(msgspec.Struct, frozen=True):
    """Adds a history to the earlier submissions of a run, in whichever process audits.

    Only the first `until` records count, those that were there when the run began, so that what
    the run records itself changes none of its findings.
    """

    url: str
    key: bytes
    until: int

    def __call__(self, book: PriorBook, rulebooks: Rulebooks) -> PriorBook:
        """Return the earlier submissions with those that the history has."""
        return ArchiveBook(book, self, rulebooks)


def look_back(url: str, prior: LoadedPrior, rulebooks: Rulebooks) -> LoadedPrior:
    """Add a history to the earlier submissions of a run that records nothing.

    A database that does not answer is a notice. Raises UsageError where there is no history.
    """
    try:
        until = Database(url).state().records
    except HistoryError as error:
        message = f"{error}; earlier years were not looked up in it"
        notice = Notice(kind="historyFailed", message=message, is_incomplete=True)
        return prior._replace(notices=(*prior.notices, notice))
    archive = HistoryArchive(url, read_key(url), until)
    return prior._replace(book=archive(prior.book, rulebooks))


class ArchiveBook(PriorBook):
    """Earlier submissions: those of files, and for other years what a history has as submitted.

    A year of which it has audits alone is left open: nothing proves that the file was sent.
    """

    def __init__(self, files: PriorBook, archive: HistoryArchive, rulebooks: Rulebooks) -> None:
        self._files = files
        self._archive = archive
        self._rulebooks = rulebooks
        self._databases: dict[int, Database] = {}
        self._found: dict[EntityYear, tuple[_Years, tuple[Remark, ...]]] = {}
        self._query = _earlier_records()

    @property
    def location(self) -> Any:
        """Where another process finds the earlier submissions of files."""
        return self._files.location

    def before(self, key: EntityYear) -> _Years:
        """Return the sets of the entity's earlier years, by year."""
        return self._look(key)[0]

    def remarks(self, key: EntityYear) -> tuple[Remark, ...]:
        """Return what a reader must know of where the earlier years come from."""
        return self._look(key)[1]

    def take_used(self) -> set[bytes]:
        """Return digests of the entities whose files were asked for since the last call."""
        return self._files.take_used()

    def add_used(self, used: set[bytes]) -> None:
        """Enter the entities that a part of the run asked for."""
        self._files.add_used(used)

    @property
    def unused(self) -> int:
        """How many entities' files no audited document asked for."""
        return self._files.unused

    def __len__(self) -> int:
        return len(self._files)

    def _look(self, key: EntityYear) -> tuple[_Years, tuple[Remark, ...]]:
        """Look an entity up once: for rules, remarks and, at the end of a chunk, the record."""
        if key not in self._found:
            if len(self._found) >= _KEPT:
                self._found.clear()
            self._found[key] = self._find(key)
        return self._found[key]

    def _find(self, key: EntityYear) -> tuple[_Years, tuple[Remark, ...]]:
        files = self._files.before(key)
        if not key.entity.is_identified:
            return files, ()
        years, remarks = dict(files), list[Remark]()
        try:
            for row, sets in self._newest(key):
                if sets is None:
                    if row.year not in files:
                        remarks.append(_only_audited(row))
                    continue
                views = self._views(key.program, row.year, sets)
                if row.year not in files:
                    years[row.year] = views
                elif _answers(files[row.year]) != _answers(views):
                    remarks.append(_differs(row))
        except HistoryError as error:
            message = f"{error}; earlier years were not looked up in it"
            return files, (Remark(message, is_incomplete=True),)
        return MappingProxyType(years), tuple(remarks)

    def _newest(self, key: EntityYear) -> Iterator[tuple[Row[Any], bytes | None]]:
        """Yield the record that counts for each year, with the sets if they were submitted."""
        from sqlalchemy import select  # noqa: PLC0415 - only runs with a history pay for it

        from picheck.history.tables import BLOB  # noqa: PLC0415

        given = {
            "owner": entity_key(key.entity, self._archive.key),
            "program_name": key.program,
            "before": key.year,
            "until": self._archive.until,
        }
        with self._database().open_to_read() as connection:
            # the last row of a year stays: what was sent last, or else the last audit
            newest = {row.year: row for row in connection.execute(self._query, given)}
            for row in newest.values():
                if row.kind == "audit":
                    yield row, None
                    continue
                digest = decode_body(row.body)["sets"]
                stored = select(BLOB.c.data).where(BLOB.c.sha256 == digest)
                yield row, connection.execute(stored).scalar_one()

    def _views(self, program: str, year: int, packed: bytes) -> tuple[SetView, ...]:
        rulebook = self._rulebooks.rulebook(program, year)
        try:
            records = msgspec.json.decode(zlib.decompress(packed), type=tuple[MeasurementSet, ...])
        except (zlib.error, msgspec.DecodeError) as error:
            raise HistoryError(f"what it has as submitted for {year} is damaged") from error
        return earlier_views((each for each in records if each.category == program), rulebook)

    def _database(self) -> Database:
        """Return this process's own connection: none outlives a fork."""
        database = self._databases.get(os.getpid())
        if database is None:
            database = self._databases[os.getpid()] = Database(self._archive.url)
        return database


def _earlier_records() -> Select[Any]:
    """Return the query of an entity's earlier years; it is made once for all documents."""
    from sqlalchemy import bindparam, select  # noqa: PLC0415 - only runs with a history pay for it

    from picheck.history.tables import RECORD  # noqa: PLC0415

    columns = (RECORD.c.seq, RECORD.c.kind, RECORD.c.year, RECORD.c.body)
    return (
        select(*columns)
        .where(
            RECORD.c.entity == bindparam("owner"),
            RECORD.c.program == bindparam("program_name"),
            RECORD.c.year < bindparam("before"),
            RECORD.c.seq <= bindparam("until"),
            RECORD.c.kind.in_(("audit", "submitted")),
        )
        .order_by(RECORD.c.year, RECORD.c.kind, RECORD.c.seq)  # an audit before what was sent
    )


def _answers(views: tuple[SetView, ...]) -> list[tuple[str, Any]]:
    """Return what was answered, in an order of its own."""
    return sorted(
        ((each.measure_id, each.value) for view in views for each in view.record.measurements),
        # by repr(), for answers of several types have no order
        key=repr,
    )


def _only_audited(row: Row[Any]) -> Remark:
    return Remark(
        f"the history has {row.year} as audited on {decode_body(row.body)['asOf']} (record"
        f" {row.seq}), but not as submitted, so {row.year} is unknown; enter what was sent with"
        " picheck history record FILE --as submitted --on DATE"
    )


def _differs(row: Row[Any]) -> Remark:
    return Remark(
        f"the earlier file of {row.year} differs from what the history has as submitted (record"
        f" {row.seq}); the file was used"
    )
