from collections.abc import Iterator

from picheck.api import Answers, CheckResult, CheckResults, Clause, Evidence, Rulebook, fail, rule
from picheck_pi.engagement import HISTORY_TERMS, LATER, ask_level, fail_level, find_earlier_levels
from picheck_pi.findings import fail_unknown_id
from picheck_pi.measure_index import index_of
from picheck_pi.parameter_types import Prior


@rule("PIC-HST-02", "engagement-moved-back", terms=HISTORY_TERMS, evidence="engagementHistory")
def engagement_moved_back(
    answers: Answers, prior: Prior, evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """A registry fell back from data production to pre-production.

    What it checks:
    A registry that is reported at pre-production and validation was not in validated data
    production in an earlier year. Where pre-production itself is repeated, there is a rule of
    its own about that. And whether the evidence gives a level that no rule can use: of this year
    or a later one, or of an id that is not that of a registry.

    Why it matters:
    Engagement is expected to move forward. A step back is most often a wrong level in this file,
    or was one in the earlier file, and invites the question which of them was true.

    How to fix:
    Compare the two years with the registry's own confirmations. If the step back is real,
    because the registry or the EHR changed, keep the letters that show it.
    """
    message = "{measure} is at pre-production, but was in data production in {year}"
    results = [*_find_unused(evidence, rulebook)]
    for measure, history in find_earlier_levels(answers, prior, evidence, clause, rulebook):
        if history.spent_in is not None:
            continue
        year = next((y for y, levels in history.reported.items() if LATER in levels), None)
        if year is not None:
            results.append(fail_level(measure, message, rulebook, year=year))
        elif history.unknown:
            results.append(ask_level(measure, history, rulebook))
    return results


def _find_unused(evidence: Evidence, rulebook: Rulebook) -> Iterator[CheckResult]:
    """Yield the years and ids of the evidence's history that are never looked at."""
    registries = [measure.id for measure in index_of(rulebook).with_levels]
    unknown = "engagementHistory.{in_year} names {actual}, which is no registry's measure"
    for year, levels in sorted((evidence.engagement_history or {}).items()):
        if levels and int(year) >= rulebook.year:
            yield fail(
                "",
                "engagementHistory gives levels of {actual}, which is no year before {year}",
                expected=f"before {rulebook.year}",
                actual=year,
                key=year,
                year=rulebook.year,
                remediation="correct the year in the evidence; the levels of {year} itself are"
                " answers of the measurement set",
            )
            continue  # one fault, one finding: the ids of a wrong year say nothing
        for measure_id in sorted((levels or {}).keys() - registries):
            key = f"{year} {measure_id}"
            yield fail_unknown_id(measure_id, registries, rulebook, unknown, key=key, in_year=year)
