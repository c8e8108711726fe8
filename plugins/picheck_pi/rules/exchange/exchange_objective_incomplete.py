from collections.abc import Mapping, Sequence
from typing import Any

from picheck.api import Answers, CheckResult, CheckResults, Clause, fail, rule
from picheck_pi.term_schemas import MEASURE_IDS, TEXT, rows

_Option = Mapping[str, Any]
_Parts = Sequence[Sequence[str]]


@rule(
    "PIC-HIE-01",
    "exchange-objective-incomplete",
    needs="PIC-STR-02",
    terms={"options": rows(title=TEXT, parts={**MEASURE_IDS, "schema": MEASURE_IDS})},
)
def exchange_objective_incomplete(answers: Answers, clause: Clause) -> CheckResults:
    """No way of exchanging health information is reported in full.

    What it checks:
    One of the ways in which the exchange of health information can be reported is complete: both
    sending and receiving, each reported or excluded, or one of the statements that replace both,
    answered yes.

    Why it matters:
    The objective is required. If half of it is missing, or the answer is no, the whole category is
    zero.

    How to fix:
    Add the half that is missing, or claim its exclusion. Or report one of the other ways in
    place of it, if it was in use throughout the period.
    """
    options = clause["options"]
    missing = [
        [part for part in option["parts"] if answers.reported.isdisjoint(part)]
        for option in options
    ]
    if not all(missing):
        return None
    # the first way that was begun: one fault is one finding, not one for each way
    for option, parts in zip(options, missing, strict=True):
        if len(parts) < len(option["parts"]):
            return _fail_half(answers, option, parts)
    return _fail_nothing(answers, options)


def _fail_half(answers: Answers, option: _Option, missing: _Parts) -> CheckResult:
    """Return the finding for a way that was begun, at what was reported of it."""
    present = [i for part in option["parts"] for i in part if answers.is_reported(i)]
    wanted = [i for part in missing for i in part]
    return fail(
        f"/measurements/{present[0]}",
        "{title} is half reported: {present} without {wanted}",
        expected=wanted,
        actual=present,
        title=option["title"],
        present=" and ".join(present),
        wanted=_describe(missing),
        remediation="report {wanted}; an exclusion only if its criterion holds",
        measures=[*present, *wanted],
    )


def _fail_nothing(answers: Answers, options: Sequence[_Option]) -> CheckResult:
    """Return the finding for a set in which no way was even begun."""
    ids = [i for option in options for part in option["parts"] for i in part]
    denied = [i for i in ids if answers.has(i)]
    ways = [f"{option['title']} ({_describe(option['parts'])})" for option in options]
    message = "no exchange of health information is reported"
    remedy = "report one of: {ways}; an exclusion only if its criterion holds"
    if denied:
        message += ": {denied} answered no"
        remedy += "; take {denied} out where another way is reported"
    return fail(
        f"/measurements/{denied[0]}" if denied else "/measurements",
        message,
        expected=ways,
        actual=denied,
        denied=" and ".join(denied),
        ways="; ".join(ways),
        remediation=remedy,
        measures=denied or ids,
    )


def _describe(parts: _Parts) -> str:
    """Return parts as a message shows them: `PI_HIE_1 or PI_LVOTC_1, and PI_HIE_4`."""
    return ", and ".join(" or ".join(part) for part in parts)
