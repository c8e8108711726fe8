"""What a request sends becomes a document, its evidence and earlier years' submissions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final

import msgspec

from picheck.intake.decoder import read_json
from picheck.intake.documents import (
    STDIN,
    Input,
    RawDocument,
    is_many_lines,
    read_stream,
    unreadable,
    uri_of,
)
from picheck.intake.file_names import EVIDENCE_SUFFIX, submission_stem
from picheck.intake.json_locations import LocatedJson
from picheck.intake.limits import check_limits
from picheck.service.problems import Problem

_LONGEST_NAME: Final = 200
_SLASHES: Final = re.compile(r"[/\\]")
_KEY: Final = re.compile(r'"prior"[ \t\r\n]*:[ \t\r\n]*\Z')
_COMMA_AFTER: Final = re.compile(r"[ \t\r\n]*,")
_COMMA_BEFORE: Final = re.compile(r",[ \t\r\n]*\Z")
_ABSENT: Final = msgspec.Raw()
_MANY_LINES: Final = (
    "holds one document a line; give each of them as a file, or the whole to picheck audit"
)


class SentCase(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it was sent, with what was sent along.

    `evidence` is None where the document itself carries its evidence, or where there is none;
    `prior` are earlier submissions, each with the name that messages use for it.
    """

    document: bytes
    evidence: bytes | None = None
    prior: tuple[tuple[str, bytes], ...] = ()


class _Envelope(msgspec.Struct, frozen=True):
    """The keys at the top of a case document that is more than a submission with its evidence."""

    submission: msgspec.Raw = _ABSENT
    document: msgspec.Raw = _ABSENT
    evidence: msgspec.Raw = _ABSENT
    prior: msgspec.Raw = _ABSENT


def clean_name(name: str) -> str:
    """Return what a document is called: the last part of a path, printable, and not too long.

    A name that says nothing becomes `-`, as for standard input. No file is ever opened by it.
    """
    last = uri_of(_SLASHES.split(name)[-1].strip())[:_LONGEST_NAME]
    return STDIN if last in {"", ".", ".."} else last


def read_document(data: bytes, name: str, evidence: bytes | None = None) -> Input:
    """Return one document as the audit takes it; `evidence` counts before the document's own."""
    if is_many_lines(data):
        return unreadable(_MANY_LINES, name)
    (given,) = read_stream(name, BytesIO(data), lines=False, is_stream=True)
    if evidence is None or not isinstance(given, RawDocument):
        # what is no document is said by the audit
        assert given is not None  # noqa: S101 - only lines may be blank
        return given
    # without a name it counts as the document's own, and so before what is inside
    beside = None if find_evidence(data) is not None else evidence_name(name)
    return msgspec.structs.replace(given, evidence=evidence, evidence_uri=beside)


def evidence_name(name: str) -> str:
    """Return the name of the evidence beside a document: `A.evidence.json` for `A.json`."""
    stem = submission_stem(name) or name.rpartition(".")[0] or name
    return f"{stem}{EVIDENCE_SUFFIX}"


def find_evidence(data: bytes) -> bytes | None:
    """Return the evidence that a document brings inside; None where it brings none."""
    if b'"evidence"' not in data:
        return None
    try:
        found = msgspec.json.decode(data, type=_Envelope).evidence
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return None if _is_absent(found) else bytes(found)


def split_case(body: bytes, name: str) -> SentCase:
    """Take a case document apart: `submission` or `document`, `evidence`, `prior`.

    A body without `prior` and `document` is returned as it is: the audit reads it itself. Where
    `prior` is taken out, every other value keeps its line and column. Raises Problem where a part
    is not what it must be.
    """
    if b'"prior"' not in body and b'"document"' not in body:
        return SentCase(document=body)
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return SentCase(document=body)  # the audit says what is wrong with it
    prior = tuple(_read_prior(envelope.prior))
    if envelope.submission is not _ABSENT:
        document = body if envelope.prior is _ABSENT else _without_prior(body, name, envelope.prior)
        return SentCase(document=document, prior=prior)
    if envelope.document is not _ABSENT:
        evidence = None if _is_absent(envelope.evidence) else bytes(envelope.evidence)
        return SentCase(document=_text(envelope.document), evidence=evidence, prior=prior)
    return SentCase(document=body)


def _read_prior(raw: msgspec.Raw) -> Iterator[tuple[str, bytes]]:
    """Yield earlier submissions: each is an object, or the text of a file."""
    if _is_absent(raw):
        return
    try:
        each = msgspec.json.decode(bytes(raw), type=list[msgspec.Raw])
    except msgspec.DecodeError as error:
        raise _misshapen("prior is a list of earlier submissions") from error
    for index, one in enumerate(each):
        data = bytes(one)
        yield f"prior[{index}]", _text(one) if data[:1] == b'"' else data


def _text(raw: msgspec.Raw) -> bytes:
    try:
        return msgspec.json.decode(bytes(raw), type=str).encode()
    except (msgspec.DecodeError, UnicodeError) as error:
        raise _misshapen("document is the text of a file; put JSON under submission") from error


def _is_absent(raw: msgspec.Raw) -> bool:
    return raw is _ABSENT or bytes(raw) == b"null"


def _misshapen(detail: str) -> Problem:
    return Problem(422, "caseMisshapen", detail)


def _without_prior(body: bytes, name: str, raw: msgspec.Raw) -> bytes:
    """Return a case document with spaces in place of `prior`, so that all else stays in place."""
    check_limits(body, name)
    read = read_json(body, name)
    text, value = body.decode(), bytes(raw).decode()
    start = _key_start(text, read)
    end = read.offsets["/prior"] + len(value)
    if after := _COMMA_AFTER.match(text, end):
        end = after.end()
    elif before := _COMMA_BEFORE.search(text, 0, start):
        start = before.start()
    blank = "".join(char if char in "\r\n" else " " for char in text[start:end])
    return f"{text[:start]}{blank}{text[end:]}".encode()


def _key_start(text: str, read: LocatedJson) -> int:
    """Return where the key of `prior` begins. Raises Problem where it is there twice."""
    key = _KEY.search(text, 0, read.offsets["/prior"])
    if key is None or any(each.pointer == "/prior" for each in read.repeated_keys):
        raise _misshapen("prior is there twice, or spelled with escapes")
    return key.start()
