"""What a rule returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from picheck.model.vocabulary import Outcome
from picheck.rules.measurement_set import SetView


class RelatedLocation(msgspec.Struct, frozen=True):
    """Another place that a result is about: its pointer, what is there, and the set it is in."""

    pointer: str
    message: str | None = None
    at: SetView | int | None = None


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """A failure, an open question, or "does not apply". Make it with `fail` and the like.

    A rule passes with None; where a pass has a reason that is worth showing, it returns
    `CheckResult(outcome="pass", message=...)`.

    `message` and `remediation` are format strings over `values`, `expected` and `actual`; they
    are formatted when the result is bound to its document. `at` is the measurement set in which
    the pointer starts (or its index among the sets of the document); `from_root` says that it
    starts at the root of the document.
    """

    outcome: Outcome
    message: str
    pointer: str = ""
    at: SetView | int | None = None
    from_root: bool = False
    values: Mapping[str, Any] = {}
    expected: Any = None
    actual: Any = None
    remediation: str | None = None
    variant: str | None = None
    key: str = ""
    measures: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    related: tuple[RelatedLocation, ...] = ()


#: What the function of a rule may return; None is a pass.
CheckResults = CheckResult | Sequence[CheckResult] | None


def fail(
    pointer: str,
    message: str,
    *,
    at: SetView | int | None = None,
    from_root: bool = False,
    expected: Any = None,
    actual: Any = None,
    remediation: str | None = None,
    variant: str | None = None,
    key: str = "",
    measures: Sequence[str] = (),
    related: Sequence[RelatedLocation] = (),
    **values: Any,
) -> CheckResult:
    """Return a failure.

    `pointer` is a JSON Pointer that starts at the rule's subject: at the measurement set for a
    rule about one set, at the submission's own keys for a rule about the document. With `at` it
    starts at that measurement set, given itself or by its index in `set_answers`; with
    `from_root` at the root of the file, as the pointers of `source_issues` do. A measurement is
    named by its id (`/measurements/PI_EP_1`); an id that is not in the set leads to the list of
    measurements.

    `message` and `remediation` are format strings over `expected`, `actual` and `values`;
    without `remediation` the rule's own "How to fix" is shown. `variant` picks the variant of
    the clause with its consequence and sources. `key` distinguishes two findings of one rule at
    one place. `measures` are the ids that the finding is about; by default the one that the
    pointer names.
    """
    return CheckResult(
        outcome="fail",
        message=message,
        pointer=pointer,
        at=at,
        from_root=from_root,
        values=values,
        expected=expected,
        actual=actual,
        remediation=remediation,
        variant=variant,
        key=key,
        measures=tuple(measures),
        related=tuple(related),
    )


def indeterminate(
    message: str,
    *,
    missing: Sequence[str],
    pointer: str = "",
    at: SetView | int | None = None,
    key: str = "",
    measures: Sequence[str] = (),
    **values: Any,
) -> CheckResult:
    """Return that the facts needed were not supplied.

    `missing` holds the evidence keys that would decide it (`cehrt.certifiedOn`). The other
    arguments are those of `fail`.
    """
    return CheckResult(
        outcome="indeterminate",
        message=message,
        pointer=pointer,
        at=at,
        values=values,
        key=key,
        measures=tuple(measures),
        missing=tuple(missing),
    )


@lru_cache(maxsize=1024)
def not_applicable(reason: str) -> CheckResult:
    """Return that the rule has nothing to check here, and why."""
    return CheckResult(outcome="notApplicable", message=reason)


def related(
    pointer: str, message: str | None = None, *, at: SetView | int | None = None
) -> RelatedLocation:
    """Return a related place, by a pointer that starts where the pointer of `fail` does."""
    return RelatedLocation(pointer, message, at)
