"""What rules returned is bound to its document: places, masking, severity and fingerprints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from picheck.engine.fingerprints import fingerprint
from picheck.engine.framework_rules import RULE_CRASHED
from picheck.engine.plan import PlannedRule
from picheck.engine.rule_records import severity_of
from picheck.engine.runner import Finding
from picheck.masking import Masker
from picheck.model.location import Location
from picheck.model.result import Result, RuleRecord
from picheck.model.vocabulary import Severity
from picheck.rulebook.models import Clause, Variant
from picheck.rules.check_result import CheckResult
from picheck.rules.measurement_set import Entity, SetView

_NO_VALUE: Final = (None, [], ())
#: Outcomes that a finding has which is identified across runs.
_OPEN: Final = frozenset({"fail", "indeterminate", "error"})


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """The document that results are about: where it is, whose it is, and how to hide that.

    `entity_json` is the entity's key as fingerprints take it; `keys_pointer` leads to the
    submission's own keys; `sets` are the sets of the program (of all documents, for an entity);
    `set_` is the set that rules of scope "set" are run on.
    """

    document: int
    year: int | None
    masker: Masker
    entity_json: bytes
    uri: str = ""
    line: int | None = None
    entity: Entity | None = None
    keys_pointer: str = ""
    sets: tuple[SetView, ...] = ()
    set_: SetView | None = None

    def on(self, view: SetView) -> Subject:
        """Return the subject of one of its sets."""
        return msgspec.structs.replace(self, set_=view)


def bind(
    findings: Iterable[Finding], subject: Subject, *, trust_unverified: bool = False
) -> list[Result]:
    """Return the results of a subject: with their places, masked, with fingerprints.

    A finding that cannot be made into a result (a message whose values are missing, a variant
    that the clause does not have) is a rule that broke.
    """
    results = []
    for finding in findings:
        try:
            results.append(_bound(finding, subject, trust_unverified=trust_unverified))
        except Exception as error:  # noqa: BLE001 - the rule's fault, not ours
            results.append(_crashed(finding.rule, f"{type(error).__name__}: {error}", subject))
    return results


def _bound(finding: Finding, subject: Subject, *, trust_unverified: bool) -> Result:
    rule, result = finding
    masker, outcome = subject.masker, result.outcome
    if outcome == "error":
        return _crashed(rule, result.values["error"], subject)
    clause = rule.clause
    terms: Clause | Variant = clause if result.variant is None else clause.variants[result.variant]
    is_variant = terms is not clause
    place = _placed(result.pointer, result.at, subject, from_root=result.from_root)
    values = {"expected": result.expected, "actual": result.actual, **result.values}
    failed = outcome == "fail"
    message = result.message.format(**values) if result.message else rule.rule.title
    return Result(
        document=place.document,
        code=rule.code,
        year=subject.year,
        outcome=outcome,
        consequence=terms.consequence,
        severity=_severity(rule, terms, trust_unverified=trust_unverified) if failed else "none",
        message=masker.text(message),
        remediation=result.remediation and masker.text(result.remediation.format(**values)),
        note=terms.note if failed and is_variant else None,
        citations=terms.citations if is_variant else (),
        location=_location(place, subject, subject.document),
        measures=tuple([masker.text(id_) for id_ in result.measures or _measure_in(result)]),
        expected=None if result.expected in _NO_VALUE else masker.value(result.expected),
        actual=masker.value(result.actual),
        missing_evidence=result.missing,
        related_locations=tuple(
            [
                _location(
                    _placed(r.pointer, r.at, subject), subject, place.document, message=r.message
                )
                for r in result.related
            ]
        ),
        fingerprint=_fingerprint(rule.code, subject, place, result.key) if outcome in _OPEN else "",
    )


def _severity(rule: PlannedRule, terms: Clause | Variant, *, trust_unverified: bool) -> Severity:
    if terms is rule.clause:
        return rule.record.severity
    return severity_of(terms, trust_unverified=trust_unverified)


def _crashed(rule: PlannedRule, what: str, subject: Subject) -> Result:
    """Return the result of a rule that broke."""
    record = rule.record
    return framework_result(
        RULE_CRASHED,
        subject,
        message=f"{record.code} of {record.plugin} ({record.distribution}) broke: {what}",
        pointer=subject.set_.pointer if subject.set_ else "",
        key=record.code,
    )


def framework_result(
    rule: RuleRecord, subject: Subject, *, message: str, pointer: str = "", key: str = ""
) -> Result:
    """Return a result of one of picheck's own rules (PIC-RUN): something could not be checked."""
    place = _Place(subject.document, pointer, _set_at(pointer, subject))
    return Result(
        document=subject.document,
        code=rule.code,
        year=subject.year,
        outcome="error",
        severity="error",
        message=subject.masker.text(message),
        location=Location(pointer=pointer, line=subject.line),
        fingerprint=_fingerprint(rule.code, subject, place, key),
    )


class _Place(NamedTuple):
    """A place in a document: the absolute pointer, and the set that it lies in, if any."""

    document: int
    pointer: str
    view: SetView | None

    @property
    def named(self) -> str:
        """The pointer with the measure's id in place of its index, from the set if there is one."""
        return self.view.name(self.pointer[len(self.view.pointer) :]) if self.view else self.pointer


def _placed(
    pointer: str, at: SetView | int | None, subject: Subject, *, from_root: bool = False
) -> _Place:
    """Return the place of a pointer that starts at a set, at the submission, or at the root."""
    view = subject.sets[at] if isinstance(at, int) else at or subject.set_
    if view is not None and not from_root:
        return _Place(view.document, view.pointer + view.resolve(pointer), view)
    absolute = pointer if from_root else subject.keys_pointer + pointer
    return _Place(subject.document, absolute, _set_at(absolute, subject))


def _set_at(pointer: str, subject: Subject) -> SetView | None:
    """Return the set of the document that a pointer leads into; None where it leads into none."""
    for view in subject.sets:
        if view.document == subject.document and f"{pointer}/".startswith(f"{view.pointer}/"):
            return view
    return None


def _location(
    place: _Place, subject: Subject, home: int, *, message: str | None = None
) -> Location:
    """Return a place, masked; the line is known where a document is one line of a file."""
    masker = subject.masker
    pointer = masker.text(place.pointer)
    named = masker.text((place.view.pointer if place.view else "") + place.named)
    return Location(
        pointer=pointer,
        named=named if named != pointer else None,
        line=subject.line if place.document == subject.document else None,
        document=None if place.document == home else place.document,
        message=message and masker.text(message),
    )


def _measure_in(result: CheckResult) -> tuple[str, ...]:
    """Return the measure id that the pointer names, if it names one."""
    match result.pointer.split("/", 3):
        case ["", "measurements", name, *_] if not name.isdecimal():
            return (name,)
    return ()


def _fingerprint(code: str, subject: Subject, place: _Place, key: str) -> str:
    return fingerprint(code, subject.year, subject.entity_json, place.named, key, place.view)
