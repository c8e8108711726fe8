"""Findings meet the waivers and the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from picheck.engine.baseline import may_be_accepted, read_baseline
from picheck.engine.naming import fingerprint
from picheck.engine.waiving import Waiver, Whom, read_waivers
from picheck.model.finding import Disposition, Result, RuleReference
from picheck.model.report import Notice
from picheck.rules.view import Entity

EXPIRED: Final = RuleReference(
    code="PIC-RUN-04", slug="waiver-expired", plugin="picheck", distribution="picheck"
)
UNUSED: Final = RuleReference(
    code="PIC-RUN-05", slug="waiver-unused", plugin="picheck", distribution="picheck"
)


class Use(msgspec.Struct, frozen=True):
    """A waiver, by its place in the file, and an entity it met a finding of."""

    waiver: int
    entity: Entity | None


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A document's results with what was decided about them.

    `told` are results of the framework's own (waivers that have expired); `uses` are the waivers
    that met a finding, whether they could accept it or not.
    """

    results: tuple[Result, ...]
    told: tuple[Result, ...] = ()
    notices: tuple[Notice, ...] = ()
    uses: frozenset[Use] = frozenset()


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """What a run accepts: its waivers and its baseline, as of a day."""

    as_of: date
    waivers: tuple[Waiver, ...] = ()
    folder: Path = Path()
    known: frozenset[str] | None = None

    def accept(self, results: Sequence[Result], whom: Whom) -> Accepted:
        """Decide about each result. What CMS refuses is never accepted, whatever a file says."""
        if not self.waivers and self.known is None:
            return Accepted(results=tuple(results))
        desk = _Desk(self, whom)
        return Accepted(
            results=tuple(desk.decide(result) for result in results),
            told=tuple(desk.told.values()),
            notices=tuple(desk.notices.values()),
            uses=frozenset(desk.uses),
        )


def is_acceptable(outcome: str) -> bool:
    """Whether a result of this outcome is one that waivers and a baseline look at."""
    return outcome not in {"pass", "notApplicable"}


def read_acceptance(
    as_of: date, waivers: Path | None, baseline: Path | None, codes: Sequence[str]
) -> Acceptance:
    """Read what a run accepts. Raises ConfigurationError where a file is wrong.

    `codes` are those of the rules that are there: a waiver of any other is a misspelling.
    """
    return Acceptance(
        as_of=as_of,
        waivers=() if waivers is None else read_waivers(waivers, codes),
        folder=Path() if waivers is None else waivers.parent,
        known=None if baseline is None else read_baseline(baseline).fingerprints,
    )


class _Desk:
    """Decides about the results of one document, one by one."""

    def __init__(self, acceptance: Acceptance, whom: Whom) -> None:
        self._acceptance = acceptance
        self._whom = whom
        self.told: dict[int, Result] = {}
        self.notices: dict[int, Notice] = {}
        self.uses: set[Use] = set()

    def decide(self, result: Result) -> Result:
        if not is_acceptable(result.outcome):
            return result
        disposition = Disposition(waiver=self._waiver(result), baseline=self._baseline(result))
        return msgspec.structs.replace(result, disposition=disposition)

    def _waiver(self, result: Result) -> str | None:
        """Return the account of the first waiver that holds; expired ones speak up."""
        fitting = list(self._fitting(result))
        refusal = self._refusal(result)
        for place, waiver in fitting:
            if refusal:
                self._refuse(place, waiver, refusal)
            elif not waiver.has_expired(self._acceptance.as_of):
                return waiver.account
        if fitting and not refusal:
            self._tell_expired(*fitting[0], result)
        return None

    def _fitting(self, result: Result) -> Iterator[tuple[int, Waiver]]:
        whom = self._whom
        for place, waiver in enumerate(self._acceptance.waivers):
            if waiver.is_for(result, whom, self._acceptance.folder):
                self.uses.add(Use(place, whom.entity))
                yield place, waiver

    def _baseline(self, result: Result) -> str | None:
        known = self._acceptance.known
        if known is None:
            return None
        is_known = result.fingerprint in known and not self._refusal(result)
        return "unchanged" if is_known else "new"

    def _refusal(self, result: Result) -> str | None:
        """Say why nobody may accept this result, or None."""
        if result.consequence == "submissionRejected":
            return "CMS refuses such a submission; correct it"
        if not may_be_accepted(result):
            return "it is no finding of the submission's; see the finding's own remedy"
        if not self._whom.is_named:
            return "the document does not say in full whom it speaks for; correct that first"
        return None

    def _refuse(self, place: int, waiver: Waiver, why: str) -> None:
        self.notices[place] = Notice(
            kind="waiverRefused",
            message=f"the waiver of {waiver.name} ({waiver.owner}) is refused: {why}",
            document=self._whom.document,
        )

    def _tell_expired(self, place: int, waiver: Waiver, result: Result) -> None:
        whom, pointer = self._whom, result.location.pointer
        self.told.setdefault(
            place,
            Result(
                rule=EXPIRED,
                outcome="fail",
                consequence=None,
                severity="warning",
                message=f"the waiver of {waiver.name} expired on {waiver.expires}"
                f" ({waiver.owner}: {waiver.reason})",
                remediation="correct the finding, or let the waiver's owner decide anew and set a"
                " later day",
                document=result.document,
                location=result.location,
                named_pointer=result.named_pointer,
                actual=waiver.expires.isoformat(),
                fingerprint=fingerprint(
                    EXPIRED.code, whom.year, whom.entity, pointer, key=result.fingerprint
                ),
            ),
        )


class Uses:
    """Which waivers of a run met a finding, and whose."""

    def __init__(self, acceptance: Acceptance) -> None:
        self._acceptance = acceptance
        self._entities: dict[int, set[Entity | None]] = {}

    def add(self, uses: frozenset[Use]) -> None:
        """Enter what one document used."""
        for use in uses:
            self._entities.setdefault(use.waiver, set()).add(use.entity)

    def take(self) -> dict[int, set[Entity | None]]:
        """Hand over what was entered and begin anew."""
        entities, self._entities = self._entities, {}
        return entities

    def absorb(self, entities: Mapping[int, set[Entity | None]]) -> None:
        """Enter what a part of the run handed over."""
        for waiver, met in entities.items():
            self._entities.setdefault(waiver, set()).update(met)

    def notices(self) -> Iterator[Notice]:
        """Say which waivers met nothing, and which met more subjects than one name can mean."""
        for place, waiver in enumerate(self._acceptance.waivers):
            entities = self._entities.get(place, set())
            if not entities:
                yield self._unused(waiver)
            elif waiver.subject and waiver.fingerprint is None and len(entities) > 1:
                yield Notice(
                    kind="waiverAmbiguous",
                    message=f"the waiver of {waiver.name} ({waiver.owner}) met findings of"
                    f" {len(entities)} subjects that print alike; name the finding by its"
                    " fingerprint",
                    is_incomplete=True,
                )

    def _unused(self, waiver: Waiver) -> Notice:
        has_expired = waiver.has_expired(self._acceptance.as_of)
        state = f", expired on {waiver.expires}," if has_expired else ""
        return Notice(
            kind="waiverUnused",
            message=f"{UNUSED.code} {UNUSED.slug}: the waiver of {waiver.name}"
            f" ({waiver.owner}){state} met no finding; remove it if this run audited its subject",
        )
