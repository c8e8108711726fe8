"""The parameters that a rule may name: what each holds, and which scope it belongs to.

A rule's parameters are what it reads. It is given nothing else, so the results of a rule can be
reused wherever the parts that it names are equal (`picheck.engine.cache`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from picheck.model.evidence import NO_EVIDENCE, Evidence
from picheck.model.frozen import freeze
from picheck.model.submission import Submission
from picheck.model.vocabulary import Scope
from picheck.rules.measurement_set import Answers, CountsByMeasure, Entity, Period, SetView
from picheck.rules.source_issues import NO_ISSUES, SourceIssues

_EMPTY: Final[Mapping[Any, Any]] = MappingProxyType({})


class Parameter(NamedTuple):
    """What a parameter holds, the annotations it may have, and the scopes that can name it.

    A parameter without `scopes` belongs to the law or the run: it is the same for every subject.
    """

    text: str
    annotations: tuple[str, ...]
    scopes: tuple[Scope, ...] = ()


_ALL: Final[tuple[Scope, ...]] = ("document", "set", "entity")

PARAMETERS: Final[Mapping[str, Parameter]] = MappingProxyType(
    {
        "answers": Parameter(
            "which measures are in the set, and which are answered yes or no; no numbers",
            ("Answers",),
            ("set",),
        ),
        "counts": Parameter(
            "the numerators and denominators of the set", ("CountsByMeasure",), ("set",)
        ),
        "period": Parameter("the dates of the set", ("Period",), ("set",)),
        "cehrt_id": Parameter("the certification id of the set", ("str | None",), ("set",)),
        "measurement_set": Parameter(
            "the whole set: order, repeated ids, odd values", ("SetView",), ("set",)
        ),
        "sets": Parameter(
            "all sets of the document, or of the entity",
            ("tuple[SetView, ...]", "Sequence[SetView]"),
            ("document", "entity"),
        ),
        "set_answers": Parameter(
            "the answers of each set of the document, in order; no numbers",
            ("tuple[Answers, ...]", "Sequence[Answers]"),
            ("document",),
        ),
        "submission": Parameter(
            "the document as it was sent", ("Submission", "Submission | None"), ("document",)
        ),
        "source_issues": Parameter(
            "what only the raw text shows: repeated keys, unknown properties",
            ("SourceIssues",),
            ("document",),
        ),
        "source": Parameter(
            "the format the document came in, and its facts", ("Source",), ("document",)
        ),
        "digests": Parameter(
            "the SHA-256 of the supporting documents that lie beside the evidence, by file name",
            ("Mapping[str, str]",),
            ("document",),
        ),
        "entity": Parameter("TIN, NPI, entity id and entity type", ("Entity",), _ALL),
        "evidence": Parameter("the facts of the side file", ("Evidence",), _ALL),
        "prior": Parameter(
            "the sets of the entity's earlier years, by year",
            ("Mapping[int, tuple[SetView, ...]]",),
            ("set", "entity"),
        ),
        "other_levels": Parameter(
            "the sets that the same practice (TIN) sends as other entity types, by entity type",
            ("Mapping[str, tuple[SetView, ...]]",),
            ("entity",),
        ),
        "clause": Parameter("the rule's terms in the year", ("Clause",)),
        "options": Parameter("what the user set for the rule's plugin", ("Mapping[str, Any]",)),
        "rulebook": Parameter("the whole edition of the year", ("Rulebook",)),
        "rulebooks": Parameter("the editions of all years", ("Rulebooks",)),
        "as_of": Parameter("the date the audit is made for", ("date",)),
    }
)


class Source(msgspec.Struct, frozen=True):
    """The format that a document came in (`json`, `qrda3`), and what only that format states."""

    format: str = "json"
    facts: Mapping[str, Any] = _EMPTY

    def __post_init__(self) -> None:
        """Freeze the facts: every rule reads the same source."""
        msgspec.structs.force_setattr(self, "facts", freeze(self.facts))


JSON_SOURCE: Final = Source()


class Parts:
    """The parts of one subject: one attribute for each parameter that is not of the law.

    A rule of a scope is only ever given the parts that its scope has. The attributes named
    `..._key` say whether a part is empty: it is then the same for all, and None otherwise.
    """

    __slots__ = (
        "answers",
        "cehrt_id",
        "counts",
        "digests",
        "digests_key",
        "entity",
        "evidence",
        "evidence_key",
        "measurement_set",
        "other_levels",
        "period",
        "prior",
        "prior_key",
        "set_answers",
        "set_answers_key",
        "sets",
        "source",
        "source_issues",
        "source_issues_key",
        "source_key",
        "submission",
    )

    answers: Answers
    cehrt_id: str | None
    counts: CountsByMeasure
    digests: Mapping[str, str]
    entity: Entity
    evidence: Evidence
    measurement_set: SetView
    other_levels: Mapping[str, tuple[SetView, ...]]
    period: Period
    prior: Mapping[int, tuple[SetView, ...]]
    set_answers: tuple[Answers, ...]
    set_answers_key: tuple[object, ...]
    sets: tuple[SetView, ...]
    source: Source
    source_issues: SourceIssues
    submission: Submission | None
    digests_key: bool | None
    evidence_key: bool | None
    prior_key: bool | None
    source_issues_key: bool | None
    source_key: bool | None


def document_parts(  # noqa: PLR0917 - called once a document
    submission: Submission | None,
    entity: Entity | None,
    sets: tuple[SetView, ...] = (),
    evidence: Evidence = NO_EVIDENCE,
    source_issues: SourceIssues = NO_ISSUES,
    digests: Mapping[str, str] = _EMPTY,
    source: Source = JSON_SOURCE,
) -> Parts:
    """Return the parts of a document; `submission` is None where its shape was refused."""
    parts = Parts()
    parts.submission = submission
    parts.entity = entity  # type: ignore[assignment] # only a structural rule runs without one
    parts.sets = sets
    parts.set_answers = tuple([view.answers for view in sets])
    parts.set_answers_key = tuple([answers.key for answers in parts.set_answers])
    parts.evidence = evidence
    parts.evidence_key = True if evidence.is_empty else None
    parts.source_issues = source_issues
    # by identity, which costs nothing: an equal one that has no key is only not kept
    parts.source_issues_key = True if source_issues is NO_ISSUES else None
    parts.digests = digests
    parts.digests_key = None if digests else True
    parts.source = source
    parts.source_key = True if source is JSON_SOURCE else None
    return parts


def set_parts(
    view: SetView,
    entity: Entity,
    evidence: Evidence = NO_EVIDENCE,
    prior: Mapping[int, tuple[SetView, ...]] = _EMPTY,
) -> Parts:
    """Return the parts of one measurement set."""
    parts = Parts()
    parts.measurement_set = view
    parts.answers = view.answers
    parts.counts = view.counts
    parts.period = view.period
    parts.cehrt_id = view.record.cehrt_id
    parts.entity = entity
    parts.evidence = evidence
    parts.evidence_key = True if evidence.is_empty else None
    parts.prior = prior
    parts.prior_key = None if prior else True
    return parts


def entity_parts(
    sets: tuple[SetView, ...],
    entity: Entity,
    evidence: Evidence = NO_EVIDENCE,
    prior: Mapping[int, tuple[SetView, ...]] = _EMPTY,
    other_levels: Mapping[str, tuple[SetView, ...]] = _EMPTY,
) -> Parts:
    """Return the parts of an entity: all its sets of one year, across documents."""
    parts = Parts()
    parts.sets = sets
    parts.other_levels = other_levels
    parts.entity = entity
    parts.evidence = evidence
    parts.evidence_key = True if evidence.is_empty else None
    parts.prior = prior
    parts.prior_key = None if prior else True
    return parts
