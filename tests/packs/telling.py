"""A plugin that says all it knows of a practice, in every part of what a rule may return."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from masking_support import SPELLINGS, YEAR
from picheck.api import (
    AddedClause,
    Answers,
    CheckResult,
    Citation,
    Clause,
    Entity,
    MissingEvidence,
    Rule,
    SetView,
    fail,
    hookimpl,
    indeterminate,
    related,
    rule,
)

_DOCSTRING: Final = """A probe.

What it checks: nothing.

Why it matters: it does not.

How to fix: not at all.
"""


def _values(said: Any) -> Iterator[Any]:
    """Yield values of every shape that hold what is said."""
    text = str(said)
    yield from (said, [said], (text,), {said}, {"tin": said}, {text: 1}, f"x{text}y")
    yield from ({"a": [{"b": (said,)}]}, [[text, said]], {text: {text: [said]}})
    if isinstance(said, int):
        yield from (float(said), said * 10 + 7, f"{said:,}")


def _results() -> Iterator[CheckResult]:
    for said in SPELLINGS.values():
        text = str(said)
        yield fail("", f"tin {text}")
        yield fail("", "tin {said}, {said!r:>40}", said=said)
        yield fail("", "wrong", remediation="write {said}, not " + text, said=said)
        for number, value in enumerate(_values(said)):
            yield fail("", "wrong", expected=value, actual=value, key=f"{text} {number}")
            yield fail("", "{expected} or {actual}", expected=value, actual=[value])
        yield fail("", "wrong", key=text, measures=(text, f"PI_{text}"))
        yield fail("", "wrong", related=[related(f"/{text}", f"see {text}")])
        yield fail(f"/{text}", "wrong")
        yield fail(f"/measurements/{text}/value", "wrong")
        yield indeterminate(f"who is {text}", missing=(f"acme.{text}",), measures=(text,))


def acme_document(entity: Entity) -> list[CheckResult]:
    return [*_results(), fail("", f"{entity.tin} and {entity.npi}")]


def acme_set(answers: Answers) -> list[CheckResult]:
    del answers  # a part by which results are kept for other documents
    return list(_results())


def acme_entity(sets: tuple[SetView, ...]) -> list[CheckResult]:
    return [fail(f"/{said}", str(said), at=sets[-1]) for said in SPELLINGS.values()]


def acme_returns(entity: Entity) -> CheckResult:
    return fail("", f"{{nothing}} of {entity.tin}", actual=entity.tin)


def _missing(said: str) -> MissingEvidence:
    return MissingEvidence(f"acme.{said}")


_ERRORS: Final = (ValueError, KeyError, SystemExit, RuntimeError, OSError, _missing)


def _breaking(number: int) -> Rule:
    """Return a rule that breaks with an identifier in its last words."""

    def broken(entity: Entity) -> None:
        raise _ERRORS[number](f"{entity.tin} or {entity.npi}")

    broken.__name__ = f"acme_breaks_{'abcdef'[number]}"
    return _rule(f"ACME-BRK-0{number}", broken, scope="document")


def _rule(code: str, check: Callable[..., Any], **more: Any) -> Rule:
    check.__doc__ = _DOCSTRING
    return rule(code, check.__name__.replace("_", "-"), **more)(check)


RULES: Final = (
    _rule("ACME-TST-01", acme_document, scope="document"),
    _rule("ACME-TST-02", acme_set),
    _rule("ACME-TST-03", acme_entity, scope="entity"),
    _rule("ACME-TST-04", acme_returns, scope="document"),
    *map(_breaking, range(len(_ERRORS))),
)


@hookimpl
def picheck_register_rules() -> tuple[Rule, ...]:
    return RULES


@hookimpl
def picheck_register_clauses() -> tuple[AddedClause, ...]:
    source = Citation(key="invented", title="an invented source", standing="official")
    return tuple(
        AddedClause(
            "pi",
            YEAR,
            Clause(
                code=each.code, consequence="auditRisk", citations=(source,), terms={}, variants={}
            ),
        )
        for each in RULES
    )
