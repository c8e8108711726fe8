"""Answers without proof, or with proof that has changed or is not kept long enough."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import date
from typing import Final

from picheck.api import Answer, Answers, DocumentContext, SetView, parse_date, rule
from picheck_pi.table import named, table_of

Proof = tuple[date, str]  # the last day on which the document is kept, and its name

_UNKNOWN: Final = date.min


@rule(
    "PIC-EVD-01",
    "documentation-missing",
    scope="document",
    terms={"retention_years": {"type": "integer", "min": 1}},
)
def documentation_missing(ctx: DocumentContext) -> Answers:
    """Answers without proof, or with proof that has changed or is not kept long enough.

    What it checks:
    Every reported measure, claimed exclusion and affirmed statement against the documents that the
    evidence lists: at least one document supports it and is kept for the years that the law asks
    for, counted from the submission. A submission is sent in the year after the performance year;
    within it the day that the audit speaks for is taken. An engagement level shares the proof of
    its measure. Where a document's digest is given and the file lies beside the evidence, the two
    must agree.

    Why it matters:
    Nothing has to be sent along, but a data validation may ask for the proof years later, and an
    answer that cannot be proved then is treated as wrong.

    How to fix:
    Add the missing document to the evidence with the ids it supports, and set keptUntil to the day
    until which it will really be kept. If a document has changed, find out which version is the
    proof.
    """
    if ctx.evidence.documents is None:
        return ctx.indeterminate("the evidence lists no documents", missing=["documents"])
    needed_until = _needed_until(ctx)
    open_ids = _answered(ctx, but=_kept(ctx, needed_until))
    unproved = _unproved(ctx, open_ids, needed_until) if open_ids else ()
    return [*unproved, *_changed(ctx)]


def _needed_until(ctx: DocumentContext) -> date:
    """Return the day until which the proof must at least be kept."""
    year = ctx.rulebook.year
    sent = min(max(ctx.as_of, date(year, 12, 31)), date(year + 1, 12, 31))
    day = 28 if (sent.month, sent.day) == (2, 29) else sent.day
    return date(sent.year + ctx.clause["retention_years"], sent.month, day)


def _kept(ctx: DocumentContext, needed_until: date) -> set[str]:
    """Return the ids whose proof is kept long enough."""
    kept: set[str] = set()
    for document in ctx.evidence.documents or ():
        if (parse_date(document.kept_until) or _UNKNOWN) >= needed_until:
            kept.update(document.supports)
    return kept


def _answered(ctx: DocumentContext, *, but: Container[str] = ()) -> dict[str, SetView]:
    """Return the other ids that need proof, each with the first set in which it stands."""
    measures, levels = ctx.rulebook.measures, table_of(ctx.rulebook).measure_of
    answered: dict[str, SetView] = {}
    for view in ctx.sets:
        for measure_id in view.answers:
            if measure_id in but or measure_id in levels or measure_id not in measures:
                continue
            if view.is_reported(measure_id):
                answered.setdefault(measure_id, view)
    return answered


def _proofs(ctx: DocumentContext) -> dict[str, Proof]:
    """Return the longest-kept document of each id that any document supports."""
    proofs: dict[str, Proof] = {}
    for document in ctx.evidence.documents or ():
        proof = (parse_date(document.kept_until) or _UNKNOWN, document.file)
        for measure_id in document.supports:
            proofs[measure_id] = max(proof, proofs.get(measure_id, proof))
    return proofs


def _unproved(
    ctx: DocumentContext, open_ids: dict[str, SetView], needed_until: date
) -> Iterator[Answer]:
    """Yield a finding for each id without proof and for each document that goes too early."""
    proofs = _proofs(ctx)
    early: dict[Proof, list[tuple[str, SetView]]] = {}
    for measure_id, view in open_ids.items():
        proof = proofs.get(measure_id)
        if proof is not None:
            early.setdefault(proof, []).append((measure_id, view))
            continue
        yield ctx.fail(
            view.place(measure_id),
            "no document in the evidence supports {measure}",
            at=view,
            measure=named(ctx.rulebook, measure_id),
        )
    for proof, supported in early.items():
        yield _too_early(ctx, proof, sorted(supported, key=_by_id), needed_until)


def _by_id(supported: tuple[str, SetView]) -> str:
    return supported[0]


def _too_early(
    ctx: DocumentContext, proof: Proof, supported: list[tuple[str, SetView]], needed_until: date
) -> Answer:
    """Speak of one document at the first answer it supports; the others are related."""
    kept_until, file = proof
    (measure_id, view), *others = supported
    if kept_until == _UNKNOWN:
        return ctx.indeterminate(
            f"until when {file} is kept is not said by a date",
            missing=["documents.keptUntil"],
            pointer=view.pointer + view.place(measure_id),
        )
    return ctx.fail(
        view.place(measure_id),
        "{file}, the proof of {ids}, is kept until {actual}, but needed until {expected}",
        at=view,
        expected=needed_until.isoformat(),
        actual=kept_until.isoformat(),
        related=[ctx.also(other.place(name), f"{name} too", at=other) for name, other in others],
        file=file,
        ids=", ".join(name for name, _ in supported),
    )


def _changed(ctx: DocumentContext) -> Iterator[Answer]:
    """Yield a finding for each file that is no longer the one whose digest was noted."""
    for document in ctx.evidence.documents or ():
        noted, found = document.sha256, ctx.digests.get(document.file)
        if noted is None or found is None or noted.lower() == found:
            continue
        answered = _answered(ctx)
        measure_id = min(answered.keys() & set(document.supports), default="")
        view = answered.get(measure_id)
        yield ctx.fail(
            view.place(measure_id) if view else "",
            "{file} is not the file that the evidence lists: its SHA-256 is {actual}",
            at=view,
            expected=noted,
            actual=found,
            key=f"sha256 {document.file}",
            file=document.file,
        )
