"""Records are handed over: a bundle that verifies without picheck, or attestation statements."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.engine import Connection

from picheck import __version__
from picheck.errors import UsageError
from picheck.history.chain import decode_body
from picheck.history.database import ChainState, read_state
from picheck.history.queries import find_record, named_files, read_blob
from picheck.history.tables import BLOB, RECORD

_SUFFIXES: Final = {
    "application/json": ".json",
    "application/xml": ".xml",
    "application/toml": ".toml",
    "text/plain": ".txt",
}
#: Zip files know no time before this; the bundle has none of its own.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_README: Final = """\
Records {seqs} of a history of audits, exported by picheck {version}.

records.ndjson   records as they are in the history{between}
files/           the files that the exported records name, each called by its SHA-256{absent}
HEAD             length and head of the chain when this was exported, and its origin
verify.py        checks all of this: python verify.py

A record's hash is the SHA-256 of the canonical JSON (RFC 8785) of its other columns, and `previous`
is the hash of the record before it. That proves that nothing was changed after the head became
known to others. It does not prove that what was reported is true.
{files}
"""


def export_bundle(connection: Connection, seqs: Sequence[int], *, only: bool = False) -> bytes:
    """Return records with all files that they name, as a zip archive.

    The records in between come along, so that the chain can be followed, without their files; with
    `only` they stay out, and each record is proved by its own hash alone. Raises UsageError for
    a record that is not there.
    """
    rows = [find_record(connection, seq) for seq in sorted(set(seqs))]
    if not rows:
        raise UsageError("name the records to export; see picheck history list")
    if not only:
        wanted = RECORD.c.seq.between(rows[0].seq, rows[-1].seq)
        segment = list(connection.execute(select(RECORD).where(wanted).order_by(RECORD.c.seq)))
    else:
        segment = rows
    files, absent, names = _files(connection, rows)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        state = read_state(connection)
        records = b"".join(msgspec.json.encode(dict(row._mapping)) + b"\n" for row in segment)  # noqa: SLF001 - SQLAlchemy's name for a row as a mapping
        _add(archive, "records.ndjson", records)
        _add(archive, "HEAD", _head(state))
        _add(
            archive,
            "verify.py",
            resources.files(__package__).joinpath("bundle_check.py").read_bytes(),
        )
        readme = _README.format(
            seqs=", ".join(str(row.seq) for row in rows),
            version=__version__,
            between="" if len(segment) == len(rows) else ", and those in between",
            absent=f"; {absent} are not kept" if absent else "",
            files="\n".join(names),
        )
        _add(archive, "README.txt", readme.encode())
        for name, data in files.items():
            _add(archive, f"files/{name}", data)
    return buffer.getvalue()


def export_statements(connection: Connection, seqs: Iterable[int]) -> list[dict[str, Any]]:
    """Return an in-toto statement with a test-result predicate for each recorded audit.

    They are not signed. Raises UsageError for a record that is no audit.
    """
    return [_statement(find_record(connection, seq)) for seq in seqs]


def _files(connection: Connection, rows: Iterable[Any]) -> tuple[dict[str, bytes], int, list[str]]:
    """Return the files that records name by their name in the bundle, and what each one is."""
    files, lines, absent = {}, [], 0
    for row in rows:
        for role, digest in named_files(decode_body(row.body)):
            media = connection.execute(select(BLOB.c.media).where(BLOB.c.sha256 == digest)).scalar()
            data = read_blob(connection, digest)
            if data is None:
                absent += 1
                lines.append(f"record {row.seq}: {role} {digest}, not kept")
                continue
            name = f"{digest}{_SUFFIXES.get(media or '', '')}"
            files[name] = data
            lines.append(f"record {row.seq}: {role} files/{name}")
    return files, absent, lines


def _statement(row: Any) -> dict[str, Any]:
    body = decode_body(row.body)
    if row.kind != "audit":
        raise UsageError(f"record {row.seq} is no audit but {row.kind}; statements are of audits")
    failed = sorted({code for code, _, _, outcome, _ in body["findings"] if outcome == "fail"})
    severities = {severity for _, severity, _, _, _ in body["findings"]}
    result = "PASSED"
    if body["verdict"] != "ready":
        result = "FAILED"
    elif severities:
        result = "WARNED"
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": body["uri"], "digest": {"sha256": body["document"]}}],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": result,
            "configuration": [
                {"name": role, "digest": {"sha256": body[role]}}
                for role in ("environment", "options")
            ],
            "url": f"urn:sha256:{row.hash}",
            "passedTests": [],
            "warnedTests": [],
            "failedTests": failed,
        },
    }


def _head(state: ChainState) -> bytes:
    return f"{state.records} {state.head} {state.origin}\n".encode()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _NO_TIME), data, zipfile.ZIP_DEFLATED)
