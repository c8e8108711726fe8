"""The practice's own numbers contradict a claimed exclusion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from picheck.api import (
    Answers,
    CheckResult,
    CheckResults,
    Clause,
    Evidence,
    Rulebook,
    fail,
    indeterminate,
    not_applicable,
    rule,
)
from picheck_pi.measure_index import label
from picheck_pi.term_schemas import EVIDENCE_KEY, INTEGER, MEASURE_ID, rows


@rule(
    "PIC-MEA-08",
    "exclusion-contradicted",
    terms={"contradictions": rows(exclusion=MEASURE_ID, evidence=EVIDENCE_KEY, at_least=INTEGER)},
    evidence="counts",
)
def exclusion_contradicted(
    answers: Answers, evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """The practice's own numbers contradict a claimed exclusion.

    What it checks:
    For each claimed exclusion that rests on a small number (of prescriptions, of referrals, of
    patients received), the number in the evidence file is indeed small enough.

    Why it matters:
    An exclusion is a statement that can be audited. If the practice's own count says otherwise,
    the exclusion falls, and the measure behind it with it.

    How to fix:
    Count again over the performance period and over everybody the submission is for. If the
    number is right, withdraw the exclusion and report the measure.
    """
    claimed = [row for row in clause["contradictions"] if answers.is_yes(row["exclusion"])]
    if not claimed:
        return not_applicable("no exclusion that rests on a count is claimed")
    results = [_compare(row, evidence, rulebook) for row in claimed]
    return [result for result in results if result is not None]


def _compare(row: Mapping[str, Any], evidence: Evidence, rulebook: Rulebook) -> CheckResult | None:
    """Compare one claimed exclusion with its count."""
    exclusion_id, count = row["exclusion"], evidence.get(row["evidence"])
    if count is None:
        return indeterminate(
            "{exclusion} is claimed; the count it rests on is not given",
            missing=[row["evidence"]],
            pointer=f"/measurements/{exclusion_id}",
            exclusion=label(rulebook, exclusion_id),
            key=exclusion_id,
        )
    if count < row["at_least"]:
        return None
    return fail(
        f"/measurements/{exclusion_id}",
        "{exclusion} is claimed, but the evidence counts {actual} ({source})",
        expected=f"fewer than {row['at_least']}",
        actual=count,
        source=row["evidence"],
        exclusion=label(rulebook, exclusion_id),
        key=exclusion_id,
    )
