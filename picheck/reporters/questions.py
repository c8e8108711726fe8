"""What the evidence should answer: the questions, and the evidence to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from picheck.api import DocumentSummary, Result, evidence_skeleton
from picheck.intake.compression import unpacked_name
from picheck.model.evidence_questions import question
from picheck.model.frozen import thaw
from picheck.reporters.formatting import document_name

#: A member of a zip archive, which no one can save a file as.
_MEMBER: Final = re.compile(r"(.+?\.zip)!(.+)", re.IGNORECASE | re.DOTALL)


def find_questions(result: Result, added: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """Return the questions whose answers would decide an indeterminate result.

    `added` are the questions of plugins, by key.
    """
    return [question(key, added) for key in result.missing_evidence]


def collect_questions(results: Iterable[Result]) -> dict[str, list[str]]:
    """Return the evidence keys that results lack, sorted, each with the codes that ask for it."""
    keys: dict[str, dict[str, None]] = {}
    for result in results:
        for key in result.missing_evidence:
            keys.setdefault(key, {})[result.code] = None
    return {key: list(keys[key]) for key in sorted(keys)}


def fill_skeleton(keys: Iterable[str], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return evidence to be filled in: null at each key, and what is known already."""

    def merge(asked: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        merged = {**asked}
        for name, value in given.items():
            part = asked.get(name)
            if isinstance(part, Mapping) and isinstance(value, Mapping):
                merged[name] = merge(part, value)
            elif value is not None:
                merged[name] = value
        return dict(sorted(merged.items()))

    return merge(evidence_skeleton(keys), thaw(known))


def describe_evidence_place(summary: DocumentSummary, *, is_known: bool) -> str:
    """Say where the evidence to fill in belongs.

    `is_known` says that it holds what is known already, so that it may replace a file.
    """
    if summary.line is not None:
        return f'add what you know to the "evidence" of {document_name(summary)}'
    used = [given.uri for given in summary.inputs if given.role == "evidence"]
    if used and (inside := _MEMBER.fullmatch(used[0])):
        return f"add what you know to {inside[2]} in {inside[1]}"
    if used:
        return f"{'save what you know as' if is_known else 'add what you know to'} {used[0]}"
    if summary.uri == "-":
        return "save what you know, and give it with --evidence FILE"
    if inside := _MEMBER.fullmatch(summary.uri):
        return f"put what you know into {inside[1]} as {_stem(inside[2])}.evidence.json"
    return f"save what you know as {_stem(summary.uri)}.evidence.json"


def _stem(uri: str) -> str:
    """Return a document's name without its suffix, that of its compression included."""
    folder, slash, name = unpacked_name(uri).rpartition("/")
    stem, dot, _ = name.rpartition(".")
    return f"{folder}{slash}{stem if dot else name}"
