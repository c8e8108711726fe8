import json
from typing import Any, Final

from picheck.api import CheckResults, Rulebook, SetView, fail, is_counts_like, rule, to_json

_MAX_SHOWN: Final = 40
_EXPECTED: Final = {"boolean": "true or false", "proportion": "a numerator and a denominator"}


@rule("PIC-STR-05", "value-type-mismatch")
def value_type_mismatch(measurement_set: SetView, rulebook: Rulebook) -> CheckResults:
    """An answer has the wrong shape for its measure.

    What it checks:
    That a yes/no measure, an attestation or an exclusion carries true or false, and that a measure
    with a rate carries an object with both a numerator and a denominator.

    Why it matters:
    The API refuses the text "true", the letter Y, the number 1 or a percentage: it does not guess
    what was meant, and the whole measurement set is lost with the one answer.

    How to fix:
    Write true or false without quotation marks, or give both counts as whole numbers. Look at how
    the software exports the answer if every file has the same fault.
    """
    answers, record = measurement_set.answers, measurement_set.record
    fitting = (answers.yes | answers.no).difference(rulebook.rates).union(measurement_set.counts)
    # the usual set needs no look at each value; of a repeated id only the last is among `values`
    if answers.present <= fitting and len(measurement_set.values) == len(record.measurements):
        return None
    metrics = {id_: measure.metric for id_, measure in rulebook.measures.items()}
    return [
        fail(
            f"/measurements/{index}/value",
            "{measure} takes {expected}, not {found}",
            measure=measurement.measure_id,
            expected=_EXPECTED[metrics[measurement.measure_id]],
            actual=to_json(measurement.value),
            found=found,
            measures=(measurement.measure_id,),
            remediation="write {expected} as the value of {measure}",
        )
        for index, measurement in enumerate(record.measurements)
        if measurement.measure_id in metrics
        and not _fits(measurement.value, metrics[measurement.measure_id])
        and (found := _show(measurement.value)) is not None
    ]


def _fits(value: Any, metric: str) -> bool:
    return isinstance(value, bool) if metric == "boolean" else is_counts_like(value)


def _show(value: Any) -> str | None:
    """Return the start of a value in JSON; None where JSON has no such value (PIC-STR-11)."""
    try:
        text = json.dumps(to_json(value), ensure_ascii=False, allow_nan=False)
    except ValueError:
        return None
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."
