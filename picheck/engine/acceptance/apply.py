"""Findings meet the waivers and the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from picheck.engine.acceptance.baseline import can_be_accepted, read_baseline
from picheck.engine.acceptance.waivers import Waiver, is_named, matches_subject, read_waivers
from picheck.engine.file_patterns import literal_name, names_of
from picheck.engine.fingerprints import fingerprint
from picheck.engine.framework_rules import WAIVER_EXPIRED, WAIVER_UNUSED
from picheck.engine.subject import Subject
from picheck.masking import mask_digits
from picheck.model.report import Notice
from picheck.model.result import Result
from picheck.rules.measurement_set import Entity

#: A code or a fingerprint, and the name of a file.
_Key = tuple[str, str | None]


class WaiverUse(NamedTuple):
    """A waiver, by its index in the file, and an entity that it met a finding of."""

    waiver: int
    entity: Entity | None


class AcceptedResults(msgspec.Struct, frozen=True, kw_only=True):
    """A document's results with what was decided about them.

    `uses` are the waivers that met a finding, whether they could accept it or not. Expired
    waivers add results of their own.
    """

    results: list[Result]
    notices: tuple[Notice, ...] = ()
    uses: frozenset[WaiverUse] = frozenset()


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """What a run accepts as of a date: its waivers and the fingerprints of its baseline.

    `by_key` holds the indexes of the waivers by the fingerprint or the code that they name and by
    their file, None where they name none or a pattern, so that a result is compared with few.
    """

    as_of: date
    waivers: tuple[Waiver, ...] = ()
    by_key: Mapping[_Key, tuple[int, ...]] = {}
    folder: Path = Path()
    known: frozenset[str] | None = None

    def apply(self, results: list[Result], subject: Subject) -> AcceptedResults:
        """Decide about each result. What CMS refuses is never accepted, whatever a file says."""
        if not self.waivers and self.known is None:
            return AcceptedResults(results=results)
        decision = _Decision(self, subject)
        decided = [decision.decide(result) for result in results]
        return AcceptedResults(
            results=decided + list(decision.expired.values()),
            notices=tuple(decision.notices.values()),
            uses=frozenset(decision.uses),
        )

    def candidates(self, code: str, finding: str, uri: str) -> list[int]:
        """Return the indexes of the waivers that may speak of a finding, in file order.

        `uri` names the document that the finding is in.
        """
        found: set[int] = set()
        # waivers without a file, or with a pattern, are under None
        for name in (None, *names_of(uri, self.folder)):
            found.update(self.by_key.get((code, name), ()), self.by_key.get((finding, name), ()))
        return sorted(found)


def is_finding(outcome: str) -> bool:
    """Whether a result of this outcome is one that waivers and a baseline look at."""
    return outcome not in {"pass", "notApplicable"}


def read_acceptance(
    as_of: date, waivers: Path | None, baseline: Path | None, codes: Sequence[str]
) -> Acceptance:
    """Read what a run accepts. Raises ConfigurationError where a file is wrong.

    `codes` are those of the installed rules: a waiver of any other is a misspelling.
    """
    read = () if waivers is None else read_waivers(waivers, codes)
    by_key: dict[_Key, list[int]] = {}
    for index, waiver in enumerate(read):
        name = None if waiver.file is None else literal_name(waiver.file)
        by_key.setdefault((waiver.fingerprint or waiver.code or "", name), []).append(index)
    return Acceptance(
        as_of=as_of,
        waivers=read,
        by_key={key: tuple(indexes) for key, indexes in by_key.items()},
        folder=Path() if waivers is None else waivers.parent,
        known=None if baseline is None else read_baseline(baseline).fingerprints,
    )


class _Decision:
    """Decides about the results of one document, one by one."""

    def __init__(self, acceptance: Acceptance, subject: Subject) -> None:
        self._acceptance = acceptance
        self._subject = subject
        self.expired: dict[int, Result] = {}
        self.notices: dict[int, Notice] = {}
        self.uses: set[WaiverUse] = set()

    def decide(self, result: Result) -> Result:
        """Return the result with the waiver and the state of the baseline that apply to it."""
        if not is_finding(result.outcome):
            return result
        return msgspec.structs.replace(
            result, waiver=self._waiver(result), baseline=self._baseline(result)
        )

    def _waiver(self, result: Result) -> str | None:
        """Return the account of the first waiver that holds; expired ones become results."""
        matching = list(self._find_waivers(result))
        refusal = self._refusal(result)
        for index, waiver in matching:
            if refusal:
                self._refuse(index, waiver, refusal)
            elif not waiver.has_expired(self._acceptance.as_of):
                return self._subject.masker.text(mask_digits(waiver.account))
        # none of them holds: the first is named for all, for the finding counts again once
        if matching and not refusal:
            self._add_expired(*matching[0], result)
        return None

    def _find_waivers(self, result: Result) -> Iterator[tuple[int, Waiver]]:
        acceptance, subject = self._acceptance, self._subject
        for index in acceptance.candidates(result.code, result.fingerprint, subject.uri):
            waiver = acceptance.waivers[index]
            if matches_subject(waiver, subject.entity) and waiver.may_match(
                result.fingerprint, result.code, subject.year, subject.uri, acceptance.folder
            ):
                self.uses.add(WaiverUse(index, subject.entity))
                yield index, waiver

    def _baseline(self, result: Result) -> str | None:
        known = self._acceptance.known
        if known is None:
            return None
        is_known = result.fingerprint in known and not self._refusal(result)
        return "unchanged" if is_known else "new"

    def _refusal(self, result: Result) -> str | None:
        """Return why this result can never be accepted; None where it can."""
        if result.consequence == "submissionRejected":
            return "CMS refuses such a submission; correct it"
        if not can_be_accepted(result):
            return "it is not a finding about the submission; see the finding's own remedy"
        if not is_named(self._subject.entity):
            return "the document does not say in full who it reports for; correct that first"
        return None

    def _refuse(self, index: int, waiver: Waiver, why: str) -> None:
        message = f"the waiver of {waiver.label} ({waiver.owner}) is refused: {why}"
        self.notices[index] = Notice(
            kind="waiverRefused", message=self._mask(message), document=self._subject.document
        )

    def _add_expired(self, index: int, waiver: Waiver, result: Result) -> None:
        # once a document: the waiver is out of date, however many findings it met
        if index in self.expired:
            return
        subject = self._subject
        message = (
            f"the waiver of {waiver.label} expired on {waiver.expires}"
            f" ({waiver.owner}: {waiver.reason})"
        )
        self.expired[index] = Result(
            document=result.document,
            code=WAIVER_EXPIRED.record.code,
            year=WAIVER_EXPIRED.record.year,
            outcome="fail",
            severity="warning",
            message=self._mask(message),
            location=result.location,
            actual=waiver.expires.isoformat(),
            fingerprint=fingerprint(
                WAIVER_EXPIRED.record.code,
                subject.year,
                subject.entity_json,
                result.location.pointer,
                result.fingerprint,
            ),
        )

    def _mask(self, text: str) -> str:
        return self._subject.masker.text(mask_digits(text))


def waiver_notices(
    acceptance: Acceptance, uses: Mapping[int, set[Entity | None]]
) -> Iterator[Notice]:
    """Say which waivers met nothing, and which met more subjects than one name can mean."""
    for index, waiver in enumerate(acceptance.waivers):
        entities = uses.get(index, set())
        if not entities:
            yield _unused_notice(waiver, acceptance.as_of)
        elif waiver.subject and waiver.fingerprint is None and len(entities) > 1:
            message = (
                f"the waiver of {waiver.label} ({waiver.owner}) met findings of {len(entities)}"
                " subjects that print alike; name the finding by its fingerprint"
            )
            yield Notice(kind="waiverAmbiguous", message=mask_digits(message), is_incomplete=True)


def _unused_notice(waiver: Waiver, as_of: date) -> Notice:
    state = f", expired on {waiver.expires}," if waiver.has_expired(as_of) else ""
    message = (
        f"{WAIVER_UNUSED.record.code} {WAIVER_UNUSED.record.slug}: the waiver of {waiver.label}"
        f" ({waiver.owner}){state} met no finding; {WAIVER_UNUSED.record.remediation}"
    )
    return Notice(kind="waiverUnused", message=mask_digits(message))
