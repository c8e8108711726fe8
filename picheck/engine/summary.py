"""What documents add up to: counts, verdicts and the exit code. Parts of a run are merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from picheck.engine.document import AuditedDocument
from picheck.engine.framework_rules import NO_RULEBOOK
from picheck.engine.verdicts import exit_status, overall_verdict
from picheck.model.notice_kinds import NOTICE_KINDS, NoticeKind
from picheck.model.report import DocumentSummary, Notice, Summary
from picheck.model.result import Result
from picheck.model.vocabulary import CONSEQUENCES, OUTCOMES
from picheck.rules.measurement_set import Entity


class RunSummary(msgspec.Struct, kw_only=True):
    """The counts of a run, or of a part of one, and what its last notices are made of.

    `waiver_uses` maps the index of a waiver to the entities it met; `overrides` the index of an
    override to the number of its documents; `plans` are program, year and selected codes of the
    plans that were used; `prior_used` are digests of the entities whose earlier submissions
    were asked for. `is_timeout_weak` says that rules were called where nothing breaks off a call
    that waits in compiled code.
    """

    documents: Counter[str] = msgspec.field(default_factory=Counter)
    outcomes: Counter[str] = msgspec.field(default_factory=Counter)
    consequences: Counter[str] = msgspec.field(default_factory=Counter)
    reasons: set[str] = msgspec.field(default_factory=set)
    is_complete: bool = True
    waived: int = 0
    baseline: int = 0
    waiver_uses: dict[int, set[Entity | None]] = msgspec.field(default_factory=dict)
    overrides: Counter[int] = msgspec.field(default_factory=Counter)
    plans: set[tuple[str, int, frozenset[str]]] = msgspec.field(default_factory=set)
    prior_used: set[bytes] = msgspec.field(default_factory=set)
    is_timeout_weak: bool = False

    def add(self, audited: AuditedDocument) -> None:
        """Count a document with everything that is known of it."""
        self.add_document(audited.summary, audited.results)
        self.reasons |= audited.reasons
        for waiver, entity in audited.waiver_uses:
            self.waiver_uses.setdefault(waiver, set()).add(entity)
        self.overrides.update(audited.overrides)

    def amend(self, before: DocumentSummary, audited: AuditedDocument) -> None:
        """Count what was found in a document after it was counted as `before`."""
        # the document is counted once, by its last verdict
        self.documents[before.verdict] -= 1
        self.outcomes.subtract(before.outcomes)
        self.add(audited)

    def add_document(self, document: DocumentSummary, results: Iterable[Result]) -> None:
        """Count a document and its results."""
        self.documents[document.verdict] += 1
        outcomes = self.outcomes
        for outcome, number in document.outcomes.items():
            outcomes[outcome] += number
        for result in results:
            if result.outcome == "fail" and result.consequence is not None:
                self.consequences[result.consequence] += 1
            # without a rulebook nothing was checked, which is a reason of its own
            elif result.outcome == "error" and result.code != NO_RULEBOOK.record.code:
                self.reasons.add("incomplete")
            if result.waiver is not None:
                self.waived += 1
            if result.baseline == "unchanged":
                self.baseline += 1

    def add_notice(self, notice: Notice) -> None:
        """Take the reason for the exit code that a notice gives, if it gives one."""
        _, reason, if_incomplete = NOTICE_KINDS.get(notice.kind, NoticeKind(""))
        if if_incomplete and not notice.is_incomplete:
            return
        if reason is not None:
            self.reasons.add(reason)
        # a notice of a document that was read has cost that document its verdict already
        if notice.document is None or reason == "unreadable":
            self.is_complete &= not notice.is_incomplete

    def merge(self, part: RunSummary) -> None:
        """Add what a part of the run adds up to."""
        self.documents.update(part.documents)
        self.outcomes.update(part.outcomes)
        self.consequences.update(part.consequences)
        self.reasons |= part.reasons
        self.is_complete &= part.is_complete
        self.waived += part.waived
        self.baseline += part.baseline
        for waiver, entities in part.waiver_uses.items():
            self.waiver_uses.setdefault(waiver, set()).update(entities)
        self.overrides.update(part.overrides)
        self.plans |= part.plans
        self.prior_used |= part.prior_used
        self.is_timeout_weak |= part.is_timeout_weak

    @property
    def number(self) -> int:
        """The number of documents."""
        return sum(self.documents.values())

    def summary(self) -> Summary:
        """Return the summary of the report."""
        # what was found across documents may have taken the last document from a verdict
        verdicts = {verdict: number for verdict, number in self.documents.items() if number}
        reasons = self.reasons | ({"findings"} if "notReady" in verdicts else set())
        verdict = overall_verdict(verdicts)
        # each document may be ready while a plugin did not load
        if verdict == "ready" and ("incomplete" in reasons or not self.is_complete):
            verdict = "incomplete"
        return Summary(
            verdict=verdict,
            documents=verdicts,  # type: ignore[arg-type]
            outcomes={outcome: self.outcomes[outcome] for outcome in OUTCOMES},
            consequences={c: self.consequences[c] for c in CONSEQUENCES if self.consequences[c]},
            exit=exit_status(reasons),
            waived=self.waived,
            baseline=self.baseline,
        )
