"""Reports that were written before, read record by record: JSON as a whole, NDJSON line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

import msgspec

from picheck.engine.options import Gate
from picheck.errors import InputError
from picheck.file_access import open_to_read, read_up_to
from picheck.model.report import SCHEMA_VERSION
from picheck.model.vocabulary import Severity

_FIRST_LINE: Final = b'{"type":"run"'
#: The most bytes of a report that is read as a whole, and of one line of NDJSON.
_MAX_WHOLE: Final = 512 * 1024 * 1024
_LONGEST: Final = 64 * 1024 * 1024
_CUT: Final = "was cut: it has no summary line"

T = TypeVar("T")


class WrittenRun(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """On what terms a report was made."""

    schema_version: str
    as_of: str
    gate: Gate
    options: Mapping[str, Any] = {}


class WrittenRule(msgspec.Struct, frozen=True):
    """What a rule is called."""

    code: str
    year: int | None
    slug: str


class WrittenDocument(msgspec.Struct, frozen=True):
    """A document and whom it reports for; `document` is its number in the run."""

    document: int
    uri: str
    subject: str
    line: int | None = None
    entity: str | None = None


class WrittenLocation(msgspec.Struct, frozen=True):
    """Where a result points."""

    pointer: str
    named: str | None = None


class WrittenResult(msgspec.Struct, frozen=True):
    """A result, as far as it is compared or shown."""

    document: int
    code: str
    year: int | None
    outcome: str
    message: str
    location: WrittenLocation
    severity: Severity = "none"
    fingerprint: str = ""
    waiver: str | None = None
    baseline: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether a waiver or the baseline accepted the finding."""
        return self.waiver is not None or self.baseline == "unchanged"


class WrittenSummary(msgspec.Struct, frozen=True):
    """How a run ended."""

    exit: Mapping[str, Any]

    @property
    def is_complete(self) -> bool:
        """Whether everything was audited."""
        return not {"incomplete", "unreadable"}.intersection(self.exit.get("reasons", ()))


Written = WrittenRun | WrittenRule | WrittenDocument | WrittenResult | WrittenSummary


class _Run(msgspec.Struct, rename="camel"):
    as_of: str
    gate: Gate
    options: dict[str, Any] = {}


class _Document(msgspec.Struct):
    uri: str
    subject: str
    line: int | None = None
    entity: str | None = None


class _Whole(msgspec.Struct, rename="camel"):
    """A report as one JSON document."""

    schema_version: str
    run: _Run
    rules: list[WrittenRule]
    documents: list[_Document]
    results: list[WrittenResult]
    summary: WrittenSummary


class _Kind(msgspec.Struct):
    type: str = ""


_KINDS: Final[Mapping[str, type[Written]]] = {
    "run": WrittenRun,
    "rule": WrittenRule,
    "document": WrittenDocument,
    "result": WrittenResult,
    "summary": WrittenSummary,
}


def read_report(path: Path) -> Iterator[Written]:
    """Yield the records of a report: the run first, documents before their results, the summary.

    Raises InputError where the file cannot be read, is no report of this version, or was cut.
    """
    name = path.as_posix()
    try:
        with open_to_read(path) as file:
            is_stream = file.peek(len(_FIRST_LINE))[: len(_FIRST_LINE)] == _FIRST_LINE
            yield from _check_records(_lines(file, name) if is_stream else _whole(file, name), name)
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}", uri=name) from error


def _check_records(records: Iterator[Written], name: str) -> Iterator[Written]:
    for record in records:
        if isinstance(record, WrittenRun) and record.schema_version != SCHEMA_VERSION:
            raise InputError(
                f"{name} is a report of schema {record.schema_version}, not {SCHEMA_VERSION};"
                " audit again with this version",
                uri=name,
            )
        yield record


def _lines(file: BinaryIO, name: str) -> Iterator[Written]:
    decoders: dict[str, Callable[[bytes], Written]] = {
        kind: msgspec.json.Decoder(record).decode for kind, record in _KINDS.items()
    }
    kind_of = msgspec.json.Decoder(_Kind).decode
    kind = ""
    for number, line in enumerate(iter(lambda: file.readline(_LONGEST), b""), start=1):
        try:
            kind = kind_of(line).type
            # lines of other kinds, such as notices, are neither compared nor shown
            if kind in decoders:
                yield decoders[kind](line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            is_cut = not line.endswith(b"\n")
            why = _CUT if is_cut else f"is no report: line {number}: {error}"
            raise InputError(f"{name} {why}", uri=name) from error
    if kind != "summary":
        raise InputError(f"{name} {_CUT}", uri=name)


def _whole(file: BinaryIO, name: str) -> Iterator[Written]:
    try:
        report = msgspec.json.decode(read_up_to(file, Path(name), _MAX_WHOLE), type=_Whole)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{name} is no report: {error}; make one with -f json or -f ndjson", uri=name
        ) from error
    run = report.run
    yield WrittenRun(
        schema_version=report.schema_version, as_of=run.as_of, gate=run.gate, options=run.options
    )
    yield from report.rules
    for number, document in enumerate(report.documents):
        yield WrittenDocument(
            number, document.uri, document.subject, document.line, document.entity
        )
    yield from report.results
    yield report.summary
