from collections.abc import Iterator, Mapping
from typing import Any

from picheck.api import (
    Answers,
    CheckResult,
    CheckResults,
    Clause,
    CountsByMeasure,
    Entity,
    Evidence,
    Rulebook,
    not_applicable,
    rule,
)
from picheck_pi.findings import ask_about, fail_measure
from picheck_pi.term_schemas import EVIDENCE_KEY, FLAG, INTEGER, MEASURE_ID, optional, rows

Row = Mapping[str, Any]


@rule(
    "PIC-MEA-08",
    "exclusion-contradicted",
    terms={
        "contradictions": rows(
            exclusion=MEASURE_ID,
            evidence=EVIDENCE_KEY,
            at_least=INTEGER,
            rate=optional(MEASURE_ID),
            optional=FLAG,
        ),
        "yes_answers": rows(measure=MEASURE_ID, evidence=EVIDENCE_KEY, at_least=INTEGER),
    },
    evidence=("counts", "ehrReport", "clinicians"),
)
def exclusion_contradicted(  # noqa: PLR0917 - a rule names what it reads
    answers: Answers,
    counts: CountsByMeasure,
    entity: Entity,
    evidence: Evidence,
    clause: Clause,
    rulebook: Rulebook,
) -> CheckResults:
    """The practice's own numbers contradict a claimed exclusion, or a yes that needs a count.

    What it checks:
    For each claimed exclusion that rests on a small number (of prescriptions, of referrals, of
    patients received): that every number at hand is indeed small enough, which are the count in
    the evidence, the denominator that is reported all the same, that of the EHR report and, for
    whoever reports for several, the sum over the clinicians' rows. And for a yes that needs
    something to have happened: that the count in the evidence is not zero.

    Why it matters:
    Each of them is a statement that can be audited. If the practice's own count says otherwise,
    the exclusion falls, and the measure behind it with it. A group must meet an exclusion as a
    group: that each clinician alone stays below the limit does not help.

    How to fix:
    Count again over the performance period and over everybody the submission is for. If the
    number is right, withdraw the exclusion and report the measure, or withdraw the yes.
    """
    claimed = [row for row in clause["contradictions"] if answers.is_yes(row["exclusion"])]
    said_yes = [
        row
        for row in clause["yes_answers"]
        # a measure beside its exclusion is another rule's matter
        if answers.is_yes(row["measure"]) and answers.claimed_exclusion(row["measure"]) is None
    ]
    if not claimed and not said_yes:
        return not_applicable("no answer that rests on a count is given")
    results = [_check_exclusion(row, counts, entity, evidence, rulebook) for row in claimed]
    results += [_check_yes(row, evidence, rulebook) for row in said_yes]
    return [result for result in results if result is not None]


def _check_exclusion(
    row: Row, counts: CountsByMeasure, entity: Entity, evidence: Evidence, rulebook: Rulebook
) -> CheckResult | None:
    """Hold one claimed exclusion against every number at hand."""
    exclusion_id, limit = row["exclusion"], row["at_least"]
    numbers = _list_numbers(row, counts, entity, evidence, rulebook)
    too_large = {words: number for words, number in numbers if number >= limit}
    if too_large:
        return fail_measure(
            rulebook,
            exclusion_id,
            "{measure} is claimed, but {numbers}",
            expected=f"fewer than {limit}",
            actual=next(iter(too_large.values())),
            numbers=" and ".join(too_large),
        )
    if evidence.get(row["evidence"]) is None and not row.get("optional"):
        message = "{measure} is claimed; the count it rests on is not given"
        return ask_about(rulebook, exclusion_id, message, [row["evidence"]])
    return None


def _list_numbers(
    row: Row, counts: CountsByMeasure, entity: Entity, evidence: Evidence, rulebook: Rulebook
) -> Iterator[tuple[str, int]]:
    """Yield how often it happened by each source that says so: in words, and the number.

    A measure that is reported beside its own exclusion is left to the rule about that.
    """
    counted = evidence.get(row["evidence"])
    if counted is not None:
        yield f"the evidence counts {counted} ({row['evidence']})", counted
    rate = row.get("rate")
    submitted = counts.pair(rate) if rate else None
    if rate is None or (submitted and row["exclusion"] in rulebook.exclusions_of(rate)):
        return
    if submitted:
        yield f"{rate} is reported with a denominator of {submitted[1]}", submitted[1]
    reported = evidence.get(f"ehrReport.{rate}")
    if reported is not None:
        found = reported.denominator
        yield f"the EHR report has a denominator of {found} for {rate}", found
    if entity.entity_type != "individual":
        tallies = [each.measures.get(rate) for each in evidence.clinicians or ()]
        total = sum(tally.denominator for tally in tallies if tally)
        yield f"the clinicians' denominators for {rate} add up to {total}", total


def _check_yes(row: Row, evidence: Evidence, rulebook: Rulebook) -> CheckResult | None:
    """Hold one yes against the count of what it needs; without a count nothing speaks against."""
    count = evidence.get(row["evidence"])
    if count is None or count >= row["at_least"]:
        return None
    measure = rulebook.measures.get(row["measure"])
    return fail_measure(
        rulebook,
        row["measure"],
        "{measure} is answered yes, but the evidence counts {actual} ({source})",
        expected=f"{row['at_least']} or more",
        actual=count,
        source=row["evidence"],
        variant="bonus" if measure is not None and measure.is_bonus else None,
    )
