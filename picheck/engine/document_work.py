"""A document on its way through the audit: what is known of it so far, and what stays open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from picheck.engine.charts.facts import ChartSource
from picheck.engine.entities import EntitySets, Remark
from picheck.engine.framework_rules import NO_RULEBOOK
from picheck.engine.runner import Outcomes
from picheck.engine.subject import Subject
from picheck.intake.decoder import DecodedDocument
from picheck.intake.documents import RawDocument
from picheck.intake.evidence_lookup import EvidenceLookup
from picheck.masking import Masker
from picheck.model.result import Result, Unverified
from picheck.model.vocabulary import Outcome

#: What is said of a side file of which nothing is used.
EVIDENCE_REFUSED: Final = "the evidence file was refused"
#: Outcomes that are counted from the results; passes and open questions need not be results.
_COUNTED_HERE: Final = ("fail", "error")

_encode: Final = msgspec.json.Encoder().encode


class DocumentWork:
    """A document on its way through the audit."""

    __slots__ = ("charts", "decoded", "entity_sets", "found", "is_checked", "is_complete",
                 "outcomes", "raw", "remarks", "results", "subject")  # fmt: skip

    def __init__(
        self, raw: RawDocument, decoded: DecodedDocument, found: EvidenceLookup, subject: Subject
    ) -> None:
        self.raw = raw
        self.decoded = decoded
        self.found = found
        self.subject = subject
        self.outcomes = Outcomes()
        self.results: list[Result] = []
        self.entity_sets: list[EntitySets] = []
        self.charts: list[ChartSource] = []
        self.remarks: tuple[Remark, ...] = ()
        self.is_complete = found.fault is None
        self.is_checked = False

    def reasons(self) -> frozenset[str]:
        """Return the reasons for the exit code that the document gives beside its verdict."""
        reasons = set()
        if self.found.fault is not None:
            reasons.add("unreadable")
        if not self.is_checked:
            reasons.add("nothingChecked")
        # a year without a rulebook is "nothing checked": the worse "incomplete" would hide that in
        # the exit code
        if any(r.outcome == "error" and r.code != NO_RULEBOOK.record.code for r in self.results):
            reasons.add("incomplete")
        return frozenset(reasons)


def count_outcomes(
    outcomes: Outcomes, open_questions: int, results: Iterable[Result]
) -> dict[Outcome, int]:
    """Return how many results there are of each outcome, those that are only counted included.

    A rule that could not be decided is one open question, for however many sets it asks.
    """
    counts: dict[Outcome, int] = {"pass": outcomes.passed}
    if outcomes.not_applicable:
        counts["notApplicable"] = outcomes.not_applicable
    if open_questions:
        counts["indeterminate"] = open_questions
    for result in results:
        if result.outcome in _COUNTED_HERE:
            counts[result.outcome] = counts.get(result.outcome, 0) + 1
    return counts


def refuse_results(results: Iterable[Result]) -> tuple[Result, ...]:
    """Return results that ask for no evidence: the file that was refused may hold it."""
    return tuple(
        [
            msgspec.structs.replace(result, message=EVIDENCE_REFUSED, missing_evidence=())
            if result.outcome == "indeterminate"
            else result
            for result in results
        ]
    )


def drop_keys(unverified: Iterable[Unverified]) -> tuple[Unverified, ...]:
    """Return what could not be decided without the keys that would decide it."""
    return tuple([msgspec.structs.replace(entry, missing=()) for entry in unverified])


def _merge_two(first: Unverified, second: Unverified) -> Unverified:
    return Unverified(
        code=first.code,
        missing=tuple(dict.fromkeys((*first.missing, *second.missing))),
        measures=tuple(dict.fromkeys((*first.measures, *second.measures))),
    )


def mask_unverified(unverified: tuple[Unverified, ...], masker: Masker) -> tuple[Unverified, ...]:
    """Return what could not be decided with its texts masked; seldom one of them has to be."""
    text = _encode(unverified).decode()
    if masker.text(text) == text:
        return unverified
    return tuple(
        [
            msgspec.structs.replace(
                each,
                missing=tuple(map(masker.text, each.missing)),
                measures=tuple(map(masker.text, each.measures)),
            )
            for each in unverified
        ]
    )


def merge_unverified(unverified: Iterable[Unverified]) -> tuple[Unverified, ...]:
    """Return the rules that could not be decided, each once, by code, with all that they lack."""
    by_code: dict[str, Unverified] = {}
    for each in unverified:
        known = by_code.get(each.code)
        by_code[each.code] = each if known is None else _merge_two(known, each)
    return tuple([by_code[code] for code in sorted(by_code)])
