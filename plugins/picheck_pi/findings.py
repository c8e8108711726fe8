"""Findings at answers and properties, as many rules give them."""

from collections.abc import Iterable, Sequence
from typing import Any

from picheck.api import CheckResult, Rulebook, fail, indeterminate, related
from picheck_pi.measure_index import label
from picheck_pi.spelling import find_spelling


def fail_measure(rulebook: Rulebook, measure_id: str, message: str, **details: Any) -> CheckResult:
    """Return a failure at a measure, whose id tells it from others of the same rule.

    The message and the remediation may show the id as `{id}`, and with its title as `{measure}`.
    `details` are further arguments of `picheck.api.fail`; they may give another `key`, or none
    where a rule has one finding a set.
    """
    details = {"key": measure_id, "measure": label(rulebook, measure_id), **details}
    return fail(f"/measurements/{measure_id}", message, id=measure_id, **details)


def fail_property(name: str, value: object, message: str, **details: Any) -> CheckResult:
    """Return a failure at a property; where it is absent (None), at what should hold it.

    The message and the remediation may show the property as `{name}`. `details` are further
    arguments of `picheck.api.fail`.
    """
    pointer = "" if value is None else f"/{name}"
    return fail(pointer, message, **{"key": name, "name": name, **details})


def fail_together(
    ids: Sequence[str], message: str, *, place: str | None = None, **details: Any
) -> CheckResult:
    """Return a failure about several ids of a set that do not go together.

    It is at `place`, by default the first of them; the others are related places. `actual` are
    the ids, unless `details`, which are further arguments of `picheck.api.fail`, say otherwise.
    """
    place = place or ids[0]
    return fail(
        f"/measurements/{place}",
        message,
        measures=ids,
        related=[related(f"/measurements/{other}", other) for other in ids if other != place],
        **{"actual": list(ids), **details},
    )


def fail_unknown_id(
    measure_id: str, known: Iterable[str], rulebook: Rulebook, message: str, **details: Any
) -> CheckResult:
    """Return a failure at the subject: the evidence names an id that is not one of `known`.

    The message may show the id as `{actual}` and the year as `{year}`. `details` are further
    arguments of `picheck.api.fail`.
    """
    near = find_spelling(measure_id, known)
    return fail(
        "",
        message,
        expected=near,
        actual=measure_id,
        year=rulebook.year,
        measures=[near] if near else [],
        remediation="write {expected} in the evidence"
        if near
        else "correct the id in the evidence, or leave it out there",
        **{"key": measure_id, **details},
    )


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
