"""The gate: bytes become typed records, or it is said why not.

The fast path decodes and then proves with one count that nothing was swallowed: outside of
texts, a JSON document has exactly one colon for each key. Where the count of colons equals the
count of keys that were decoded, no key is repeated and no property is unknown. Whatever fails
that proof is read again with care. Brackets prove in the same way that no list and no object
is where none belongs; such a value is frozen before any rule gets it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import msgspec

from picheck.errors import InputError
from picheck.intake.json_locations import (
    JsonSyntaxError,
    LocatedJson,
    line_column,
    line_starts,
    read_text,
)
from picheck.intake.limits import check_limits
from picheck.intake.lookalikes import recognise
from picheck.intake.other_categories import without_contents
from picheck.intake.property_count import count_unaccounted
from picheck.intake.strict_checks import (
    BARE,
    POSTED_SET,
    WITH_EVIDENCE,
    Envelope,
    find_unknown_properties,
)
from picheck.model.conversion import Spot
from picheck.model.frozen import freeze_record
from picheck.model.submission import (
    MeasurementSet,
    PostedSet,
    Submission,
)
from picheck.rules.inputs import JSON_SOURCE, Source
from picheck.rules.source_issues import NO_ISSUES, SourceIssues, Violation
from picheck.schemas import explain

_ABSENT: Final = msgspec.Raw()

#: Keys that mean a TIN or an NPI, also where they are misspelt.
_IDENTIFIER_KEY: Final = re.compile(r"taxpayer|tin$|provider_?identifier|npi$", re.IGNORECASE)


class _Wrapped(msgspec.Struct, frozen=True):
    """What is at the top of a document with a `submission` key: a case or a posted set.

    Only the top level is looked at: msgspec takes no union of a raw value with null.
    """

    submission: msgspec.Raw
    measurements: msgspec.Raw = _ABSENT
    category: msgspec.Raw = _ABSENT


class _Case(msgspec.Struct, frozen=True):
    """A submission with its evidence, whose bytes are kept."""

    submission: Submission
    evidence: msgspec.Raw = _ABSENT
    measurements: msgspec.Raw = _ABSENT
    category: msgspec.Raw = _ABSENT


class DecodedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate made of a document.

    `submission` is None where its shape was refused. `keys_pointer` leads to the submission's
    own keys, `sets_pointer` to the list of measurement sets, None where the document is one set.
    `evidence` are the bytes of the evidence that a case carries beside its submission. `source`
    is the format that it came in, and `places` says where its values are in a file that is not
    JSON; `identifiers` are the TIN and NPI of a refused document, `refused_year` is the
    performance year that it gives.
    """

    submission: Submission | None
    issues: SourceIssues
    keys_pointer: str = ""
    sets_pointer: str | None = "/measurementSets"
    evidence: bytes | None = None
    source: Source = JSON_SOURCE
    places: Mapping[str, Spot] | None = None
    identifiers: tuple[str | None, ...] = ()
    refused_year: int | None = None

    def set_pointer(self, index: int) -> str:
        """Return the pointer of a measurement set."""
        return "" if self.sets_pointer is None else f"{self.sets_pointer}/{index}"


_bare: Final = msgspec.json.Decoder(Submission)
_posted: Final = msgspec.json.Decoder(PostedSet)
_wrapped: Final = msgspec.json.Decoder(_Wrapped)
_case: Final = msgspec.json.Decoder(_Case)


def decode_document(data: bytes, uri: str, programs: Collection[str] = ()) -> DecodedDocument:
    """Decode a document, and where the fast path does not settle everything read it with care.

    `programs` are the categories of measurement sets that are audited: those of others may have
    any shape, and are not looked into for unknown properties. Raises InputError where the bytes
    are not JSON, or too large or too deep.
    """
    marks = check_limits(data, uri)
    try:
        submission, shape, evidence = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _slow_read(data, uri, programs)
    colons, brackets = count_unaccounted(marks, data, submission, shape, evidence)
    issues = find_unknown_properties(read_json(data, uri), shape, programs) if colons else NO_ISSUES
    return DecodedDocument(
        submission=freeze_record(submission) if brackets else submission,
        issues=issues,
        keys_pointer=shape.keys_pointer,
        sets_pointer=shape.sets_pointer,
        evidence=evidence,
    )


def read_json(data: bytes, uri: str) -> LocatedJson:
    """Read bytes as JSON with care. Raises InputError with the place where they are none."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8: byte {data[error.start]:#04x} at offset {error.start:,}; save it as UTF-8",
            uri=uri,
        ) from error
    if text.startswith("\ufeff"):
        raise InputError("starts with a byte order mark; save it as UTF-8 without one", uri=uri)
    try:
        return read_text(text)
    except JsonSyntaxError as fault:
        line, column = line_column(fault.offset, line_starts(text))
        raise InputError(f"not JSON: {fault}", uri=uri, line=line, column=column) from fault


def _decode(data: bytes) -> tuple[Submission, Envelope, bytes | None]:
    # looked for in the bytes first: a bare submission, as most are, is decoded once
    if b'"submission"' not in data:
        return _bare.decode(data), BARE, None
    try:
        case = _case.decode(data)
    except msgspec.ValidationError:
        return _decode_other(data)
    if _is_given(case.measurements) or _is_given(case.category):
        return _unpost(_posted.decode(data)), POSTED_SET, None
    evidence = bytes(case.evidence) if _is_given(case.evidence) else None
    return case.submission, WITH_EVIDENCE, evidence


def _decode_other(data: bytes) -> tuple[Submission, Envelope, bytes | None]:
    """Decode a posted set, or a document where only a text says "submission"."""
    try:
        wrapped = _wrapped.decode(data)
    except msgspec.ValidationError:
        return _bare.decode(data), BARE, None
    if _is_given(wrapped.measurements) or _is_given(wrapped.category):
        return _unpost(_posted.decode(data)), POSTED_SET, None
    return _bare.decode(wrapped.submission), WITH_EVIDENCE, None


def _is_given(raw: msgspec.Raw) -> bool:
    """Whether a key was there with anything but null."""
    return raw is not _ABSENT and bytes(raw) != b"null"


def _unpost(posted: PostedSet) -> Submission:
    """Turn a posted measurement set into the submission it is part of."""
    keys = msgspec.structs.asdict(posted.submission)
    fields = {name: getattr(posted, name) for name in MeasurementSet.__struct_fields__}
    return Submission(measurement_sets=(MeasurementSet(**fields),), **keys)


def _slow_read(data: bytes, uri: str, programs: Collection[str]) -> DecodedDocument:
    read = read_json(data, uri)
    shape = _shape_of(read.value)
    value = without_contents(read.value, shape, programs)
    submission = _convert(value, shape)
    violations = () if submission is not None else _violations(value)
    # tests hold gate and schema to one verdict; where they differ all the same, the gate wins
    if submission is None and not violations:
        violations = (Violation(pointer="", message="is no submission", expected="a submission"),)
    noticed = find_unknown_properties(read, shape, programs)
    return DecodedDocument(
        submission=None if submission is None else freeze_record(submission),
        issues=msgspec.structs.replace(noticed, violations=violations),
        identifiers=() if submission is not None else tuple(_identifiers(read.value)),
        refused_year=None if submission is not None else _find_year(read.value, shape),
        keys_pointer=shape.keys_pointer,
        sets_pointer=shape.sets_pointer,
        evidence=_evidence_of(read.value) if shape is WITH_EVIDENCE else None,
    )


def _violations(value: Any) -> tuple[Violation, ...]:
    """Say why a document is no submission: what it is, or where it breaks the schema."""
    recognised = recognise(value)
    return (recognised,) if recognised else explain("submission", value)


def _shape_of(value: Any) -> Envelope:
    if not isinstance(value, dict) or "submission" not in value:
        return BARE
    is_posted = value.get("measurements") is not None or value.get("category") is not None
    return POSTED_SET if is_posted else WITH_EVIDENCE


def _convert(value: Any, shape: Envelope) -> Submission | None:
    """Convert plain values as the gate would; None where it refuses."""
    try:
        if shape is POSTED_SET:
            return _unpost(msgspec.convert(_whole_year(value, "submission"), PostedSet))
        if shape is WITH_EVIDENCE:
            return msgspec.convert(_whole_year(value["submission"]), Submission)
        return msgspec.convert(_whole_year(value), Submission)
    except msgspec.ValidationError:
        return None


def _whole_year(value: Any, nested: str | None = None) -> Any:
    """Read a year such as 2025.0 as the whole number that JSON Schema takes it for."""
    if not isinstance(value, dict):
        return value
    if nested:
        return {**value, nested: _whole_year(value.get(nested))}
    year = value.get("performanceYear")
    if isinstance(year, float) and year.is_integer():
        return {**value, "performanceYear": int(year)}
    return value


def _evidence_of(value: Any) -> bytes | None:
    evidence = value.get("evidence")
    return None if evidence is None else msgspec.json.encode(evidence)


def _find_year(value: Any, shape: Envelope) -> int | None:
    """Return the performance year of a document whose shape was refused, if it is a number."""
    keys = value if shape is BARE else value.get("submission")
    year = keys.get("performanceYear") if isinstance(keys, dict) else None
    # not isinstance(): True is an int, and no year
    return year if type(year) is int else None


def _identifiers(value: Any) -> Iterator[str]:
    """Yield whatever a document whose shape was refused gives as TIN or NPI, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            is_named = isinstance(key, str) and _IDENTIFIER_KEY.search(key)
            # a TIN may be written as a number
            if is_named and isinstance(inner, str | int | float) and not isinstance(inner, bool):
                yield str(inner)
            yield from _identifiers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _identifiers(inner)
