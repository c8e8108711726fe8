"""Whom and what a document is about, without any identifier."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from picheck.engine.entities import EntitySets
from picheck.history.blob import Blob
from picheck.history.keys import entity_key
from picheck.masking import Masker
from picheck.rules.measurement_set import Entity, SetView, to_json


class DocumentSubject(msgspec.Struct, frozen=True, kw_only=True):
    """Whom and what a document is about, as the history keeps it.

    `entity` is the keyed digest of the entity, None where the document names none in full. `sets`
    are the measurement sets without the submission's own keys, `levels` the reported levels of
    active engagement as (measure, level). A document with sets of several programs is entered
    under the first.
    """

    entity: str | None = None
    program: str | None = None
    year: int | None = None
    sets: Blob | None = None
    levels: tuple[tuple[str, str], ...] = ()


def describe_subject(
    found: tuple[EntitySets, ...], year: int | None, key: bytes
) -> DocumentSubject:
    """Return whom and what a document is about, without any identifier."""
    if not found:
        return DocumentSubject(year=year)
    entity = found[0].key.entity
    return DocumentSubject(
        entity=entity_key(entity, key) if entity.is_identified else None,
        program=found[0].key.program,
        year=found[0].key.year,
        sets=Blob.of(_encode_sets(found, entity), "application/json"),
        levels=tuple(_levels(found)),
    )


def set_json(view: SetView) -> dict[str, Any]:
    """Return a measurement set as the API shapes it, without what the API added."""
    record = view.record
    content = {
        "category": record.category,
        "submissionMethod": record.submission_method,
        "programName": record.program_name,
        "performanceStart": record.performance_start,
        "performanceEnd": record.performance_end,
        "cehrtId": record.cehrt_id,
        "measurements": [
            {"measureId": each.measure_id, "value": to_json(each.value)}
            for each in record.measurements
        ],
    }
    return {name: value for name, value in content.items() if value is not None}


def _encode_sets(found: tuple[EntitySets, ...], entity: Entity) -> bytes:
    """Return the sets of a document as JSON, with whatever identifier is in them hidden."""
    sets = [set_json(view) for each in found for view in each.views]
    masker = Masker((entity.tin, entity.npi))
    encoded = encode(sets)
    text = encoded.decode()
    # few sets repeat an identifier: the text as a whole is looked through much faster
    return encoded if masker.text(text) == text else encode(masker.value(sets))


def _levels(found: tuple[EntitySets, ...]) -> Iterator[tuple[str, str]]:
    """Yield the levels of active engagement that are answered yes, each with its measure."""
    seen: set[tuple[str, str]] = set()
    for each in found:
        for view in each.views:
            for measure in view.rulebook.measures.values():
                for level in measure.levels:
                    if view.answers.is_yes(level) and (measure.id, level) not in seen:
                        seen.add((measure.id, level))
                        yield measure.id, level


def encode(value: Any) -> bytes:
    """Return a value as JSON, the same for equal values."""
    return msgspec.json.encode(value, order="deterministic")
