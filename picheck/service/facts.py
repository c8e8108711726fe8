"""The facts that an audit lacks: asked for in a form, and answers put into the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from picheck.model.evidence_questions import question
from picheck.model.report import DocumentSummary
from picheck.reporters.questions import fill_skeleton
from picheck.service.documents import find_evidence
from picheck.service.evidence_schema import EvidenceSchema, FactInput, find_keys, find_value
from picheck.service.problems import Problem
from picheck.service.sent import SentDocument


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact with its evidence key, the question, and the fields that ask for it.

    There is no field for what only a table can hold. `codes` are the rules that wait for it, none
    where it is known.
    """

    key: str
    question: str
    inputs: tuple[FactInput, ...]
    codes: tuple[str, ...] = ()


class FactForm:
    """Asks for facts, and takes the answers; `questions` are those of plugins, by key."""

    def __init__(self, schema: EvidenceSchema, questions: Mapping[str, str]) -> None:
        self._schema = schema
        self._questions = questions

    def list_missing(self, summary: DocumentSummary, known: Mapping[str, Any]) -> list[Fact]:
        """Return the facts that would settle what the audit of a document left open, by key."""
        keys: dict[str, dict[str, None]] = {}
        for entry in summary.unverified:
            for key in entry.missing:
                keys.setdefault(key, {})[entry.code] = None
        return [self._fact(key, known, tuple(keys[key])) for key in sorted(keys)]

    def list_known(self, known: Mapping[str, Any], asked: Sequence[Fact]) -> list[Fact]:
        """Return the facts in the evidence that a form can change, less those that it asks for."""
        listed = {field.key for fact in asked for field in fact.inputs}
        facts = [self._fact(key, known) for key in sorted(find_keys(known, self._schema))]
        return [fact for fact in facts if listed.isdisjoint(field.key for field in fact.inputs)]

    def add_answers(
        self, document: SentDocument, answers: Mapping[str, Sequence[str]]
    ) -> SentDocument:
        """Return a document with answers in its evidence, by key; an empty one takes a fact away.

        Raises Problem where the evidence is not a JSON object, or an answer does not fit its fact.
        """
        values = {key: self._schema.read(key, texts) for key, texts in answers.items()}
        known = read_evidence(document)
        if known is None:
            if not any(value is not None for value in values.values()):
                return document
            raise Problem(400, "badEvidence", "the evidence is not a JSON object")
        changed = known
        for key, value in values.items():
            if value == {} and find_value(changed, key) is not None:
                continue  # a table that is begun already
            changed = _put(changed, key.split("."), value)
        if changed == known:
            return document
        return msgspec.structs.replace(document, evidence=indent_json(changed))

    def fill_file(self, summary: DocumentSummary, known: Mapping[str, Any]) -> bytes:
        """Return the evidence file to save: what is known, and null at each missing key."""
        missing = {key for entry in summary.unverified for key in entry.missing}
        return indent_json(fill_skeleton(sorted(missing), known))

    def _fact(self, key: str, known: Mapping[str, Any], codes: tuple[str, ...] = ()) -> Fact:
        return Fact(
            key=key,
            question=question(key, self._questions),
            inputs=self._schema.inputs(key, known),
            codes=codes,
        )


def read_evidence(document: SentDocument) -> dict[str, Any] | None:
    """Return the evidence of a document, beside it or inside; None where it is no object."""
    data = document.evidence or find_evidence(document.data)
    if data is None:
        return {}
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def indent_json(value: Any) -> bytes:
    """Return plain values as JSON for people, with a line end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _put(table: Any, path: Sequence[str], value: Any) -> dict[str, Any]:
    """Return a table with a value at a path of names; without the last of them for None."""
    given = dict(table) if isinstance(table, Mapping) else {}
    name, *below = path
    inner = _put(given.get(name), below, value) if below else value
    # a part goes with the last of its facts
    if inner is None or (below and inner == {}):
        given.pop(name, None)
        return given
    return {**given, name: inner}


def group_answers(answers: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the texts of each key, in the order in which they were sent."""
    grouped: dict[str, list[str]] = {}
    for key, text in answers:
        grouped.setdefault(key, []).append(text)
    return grouped
