"""What rules about QRDA III files share: the facts that only such a file states."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from picheck.api import CheckResult, Source, fail, not_applicable

Fact = Mapping[str, Any]

NO_QRDA: Final = not_applicable("the document did not come as QRDA III")
NO_YEAR: Final = not_applicable("no year can be read in the file")

#: The file as a whole, as the place of a failure.
FILE: Final[Fact] = {"pointer": ""}


def is_qrda(source: Source) -> bool:
    """Whether the document came as QRDA III."""
    return source.format == "qrda3"


def has_year(source: Source) -> bool:
    """Whether a performance year can be read in the file."""
    return source.facts["performanceYear"] is not None


def facts_of(source: Source, kind: str) -> Sequence[Fact]:
    """Return the facts of one kind, in document order."""
    facts: Sequence[Fact] = source.facts.get(kind, ())
    return facts


def fail_at(fact: Fact, message: str, **details: Any) -> CheckResult:
    """Return a failure at the place of a fact, and about its measure where it has one.

    The message may show the measure's id as `{measure}`, and a version or an id that is `actual`
    and may be absent as `{shown}`. `details` are further arguments of `picheck.api.fail`.
    """
    measure = fact.get("measure")
    measures = (measure,) if measure else ()
    shown = quote(details.get("actual"))
    details = {"measure": measure, "measures": measures, "shown": shown, **details}
    return fail(fact["pointer"], message, **details)


def fail_several(found: Sequence[Fact], message: str, **details: Any) -> CheckResult:
    """Return a failure of what may be in the file once, at the second of what was found."""
    return fail_at(found[1], message, expected=1, actual=len(found), **details)


def quote(text: str | None) -> str:
    """Return a version or an id for a message; an absent one has a name too."""
    return repr(text) if text else "none"
