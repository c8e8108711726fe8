"""What is put around the call of a rule, and how its answer is checked.

picheck's own rules are called as they are, unless a user asks how long they take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from picheck.engine.options import AuditOptions
from picheck.errors import MissingEvidence
from picheck.plugins.deaths import note_calls
from picheck.plugins.host import OWN_DISTRIBUTION
from picheck.plugins.registry import InstalledRule
from picheck.rules.check_result import CheckResult, CheckResults, RelatedLocation
from picheck.rules.inputs import Parts

Call = Callable[[Parts], CheckResults]

_RETURNED: Final = ("pass", "fail", "notApplicable", "indeterminate")


def observe(call: Call, installed: InstalledRule, options: AuditOptions) -> Call:
    """Return the call of a rule with what is put around it."""
    rule, owner = installed.rule, installed.owner
    if owner.distribution != OWN_DISTRIBUTION:
        name = f"{rule.code} of {owner.name} ({owner.distribution})"
        call = _check_answers(note_calls(name, call))
    return call if options.stopwatch is None else options.stopwatch.time_calls(rule.code, call)


def check_answer(returned: Any) -> Sequence[CheckResult]:
    """Return what a rule returned as a sequence of sound results; raise TypeError otherwise."""
    if type(returned) is CheckResult:
        returned = (returned,)
    elif not isinstance(returned, Sequence) or isinstance(returned, str | bytes):
        raise TypeError(f"returned {type(returned).__name__}, expected None or a CheckResult")
    for result in returned:
        if type(result) is not CheckResult:
            raise TypeError(f"returned a {type(result).__name__} among its results")
        if not (
            result.outcome in _RETURNED
            and type(result.message) is type(result.pointer) is type(result.key) is str
        ):
            raise TypeError("returned a CheckResult that was not made by fail() and the like")
    return tuple(returned)


def _check_answers(call: Call) -> Call:
    """Return a call that raises TypeError for an answer whose parts are not what they must be."""

    def run_vetted(parts: Parts) -> CheckResults:
        try:
            returned: Any = call(parts)
        except MissingEvidence as missing:
            _check_texts("evidence keys", missing.keys)
            raise
        if isinstance(returned, Sequence) and not isinstance(returned, str | bytes):
            # read once: a sequence of a plugin's own class could give something else the second
            # time
            returned = tuple(returned)
        for result in returned if type(returned) is tuple else (returned,):
            if type(result) is CheckResult:  # anything else is refused by the runner
                _check_texts("missing", result.missing)
                _check_texts("measures", result.measures)
                _check_related(result.related)
        return returned  # type: ignore[no-any-return]

    return run_vetted


def _check_texts(name: str, texts: Any) -> None:
    if type(texts) is not tuple or not all(type(text) is str for text in texts):
        raise TypeError(f"returned a CheckResult whose {name} are no texts")
    "".join(texts).encode()  # raises UnicodeEncodeError for half a character


def _check_related(related: Iterable[Any]) -> None:
    for place in related:
        if type(place) is not RelatedLocation or type(place.pointer) is not str:
            raise TypeError(
                "returned a CheckResult whose related places were not made by related()"
            )
