from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from picheck.api import (
    CheckResult,
    CheckResults,
    Clause,
    Evidence,
    Rulebook,
    Rulebooks,
    fail,
    indeterminate,
    not_applicable,
    related,
    rule,
)
from picheck_pi.findings import fail_measure, fail_unknown_id
from picheck_pi.measure_index import index_of
from picheck_pi.parameter_types import SetAnswers
from picheck_pi.proofs import Answered, Proof, find_needed_until, find_proofs, index_answers
from picheck_pi.spelling import find_spelling
from picheck_pi.term_schemas import POSITIVE


@rule(
    "PIC-EVD-01", "documentation-missing", terms={"retention_years": POSITIVE}, evidence="documents"
)
def documentation_missing(  # noqa: PLR0917 - its parameters are what it reads
    set_answers: SetAnswers,
    evidence: Evidence,
    digests: Mapping[str, str],
    clause: Clause,
    rulebook: Rulebook,
    rulebooks: Rulebooks,
    as_of: date,
) -> CheckResults:
    """Answers have no proof, or one that has changed or is not kept long enough.

    What it checks:
    Every reported measure, claimed exclusion and affirmed statement against the documents that the
    evidence lists: at least one document supports it and is kept for the years that the law asks
    for, counted from the submission. A submission is sent in the year after the performance year;
    within it the day for which the audit is made is taken. An engagement level shares the proof of
    its measure. Where a document's digest is given and the file lies beside the evidence, the two
    must agree. An id that no year has is named, if it looks like one of this category.

    Why it matters:
    Nothing has to be sent along, but a data validation may ask for the proof years later, and an
    answer that cannot be proved then is treated as wrong.

    How to fix:
    Add the missing document to the evidence with the ids it supports, and set keptUntil to the day
    until which it will really be kept. If a document has changed, find out which version is the
    proof.
    """
    answered = index_answers(set_answers, index_of(rulebook).levels)
    if not evidence.documents and not answered:
        return not_applicable("nothing is reported that needs proof")
    evidence.require("documents")
    proofs = find_proofs(evidence)
    needed_until = find_needed_until(as_of, rulebook.year, clause["retention_years"])
    too_early = defaultdict(list)
    for measure_id in sorted(answered.keys() & proofs.keys()):
        if proofs[measure_id].kept_until < needed_until:
            too_early[proofs[measure_id]].append(measure_id)
    message = "no document in the evidence supports {measure}"
    unknown = "the evidence says that {file} supports {actual}, which is no id of any year"
    # an id that was sent is reported as an answer already
    sent = {measure_id for answers in set_answers for measure_id in answers.unknown}
    strange = _find_unknown(proofs.keys() - sent, rulebook, rulebooks)
    return [
        *(
            fail_measure(rulebook, i, message, at=answered[i], key="")
            for i in sorted(answered.keys() - proofs.keys())
        ),
        *(_fail_early(proof, ids, answered, needed_until) for proof, ids in too_early.items()),
        *(
            fail_unknown_id(i, rulebook.measures, rulebook, unknown, file=proofs[i].file)
            for i in strange
        ),
        *_find_changed(evidence, answered, digests),
    ]


def _find_unknown(
    supported: Collection[str], rulebook: Rulebook, rulebooks: Rulebooks
) -> list[str]:
    """Return the supported ids that look like those of this category and are of no year.

    Ids of other categories may be there too, and those of other years.
    """
    prefix = f"{rulebook.program}_"
    return [
        measure_id
        for measure_id in sorted(supported)
        if measure_id not in rulebook.measures
        and not rulebooks.years_knowing(rulebook.program, measure_id)
        and (
            measure_id.casefold().startswith(prefix)
            or find_spelling(measure_id, rulebook.measures) is not None
        )
    ]


def _fail_early(
    proof: Proof, ids: Sequence[str], answered: Answered, needed_until: date
) -> CheckResult:
    """Return the result for one document, at the first answer that it supports."""
    first, *others = ids
    if proof.kept_until == date.min:
        return indeterminate(
            "the evidence gives no date until which {file} is kept",
            missing=["documents.keptUntil"],
            pointer=f"/measurements/{first}",
            at=answered[first],
            measures=ids,
            file=proof.file,
        )
    return fail(
        f"/measurements/{first}",
        "{file}, the proof of {ids}, is kept until {actual}, but needed until {expected}",
        at=answered[first],
        expected=needed_until.isoformat(),
        actual=proof.kept_until.isoformat(),
        measures=ids,
        related=[related(f"/measurements/{i}", f"{i} too", at=answered[i]) for i in others],
        file=proof.file,
        ids=", ".join(ids),
    )


def _find_changed(
    evidence: Evidence, answered: Answered, digests: Mapping[str, str]
) -> Iterator[CheckResult]:
    """Yield a failure for each file that is no longer the one whose digest was noted."""
    for document in evidence.documents or ():
        noted, found = document.sha256, digests.get(document.file)
        if noted is None or found is None or noted.lower() == found:
            continue
        supported = sorted(answered.keys() & set(document.supports))
        yield fail(
            f"/measurements/{supported[0]}" if supported else "",
            "{file} is not the file that the evidence lists: its SHA-256 is {actual}",
            at=answered[supported[0]] if supported else None,
            from_root=not supported,
            expected=noted,
            actual=found,
            key=f"sha256 {document.file}",
            measures=supported,
            file=document.file,
        )
