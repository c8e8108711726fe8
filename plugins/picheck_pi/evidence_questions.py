"""Questions for facts that a submission does not hold and the evidence does not give."""

from collections.abc import Mapping, Sequence

from picheck.api import CheckResult, MissingEvidence, Rulebook, indeterminate
from picheck_pi.measure_index import label


def ask_about(
    rulebook: Rulebook, measure_id: str, message: str, missing: Sequence[str], at: str = ""
) -> CheckResult:
    """Return that facts are missing about a measure.

    `message` may show the id with its title as `{measure}`; `missing` are the evidence keys. The
    place is the measure, or another id of the set, `at`.
    """
    return indeterminate(
        message,
        missing=missing,
        pointer=f"/measurements/{at or measure_id}",
        measure=label(rulebook, measure_id),
        key=measure_id,
    )


def ask_for(measures_by_key: Mapping[str, str]) -> list[CheckResult]:
    """Return one question for all evidence keys that are missing, none where none is.

    `measures_by_key` maps each key to the measure or statement that it would decide.
    """
    if not measures_by_key:
        return []
    keys = tuple(measures_by_key)
    measures = tuple(dict.fromkeys(measures_by_key.values()))
    return [indeterminate(str(MissingEvidence(*keys)), missing=keys, measures=measures)]
