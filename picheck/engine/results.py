"""What rules returned is bound to its document: places, masking, severity and fingerprints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from picheck.engine.fingerprints import fingerprint
from picheck.engine.framework_rules import broken_rule
from picheck.engine.places import location_of, place_of
from picheck.engine.plan import PlannedRule
from picheck.engine.rule_records import severity_of
from picheck.engine.runner import Finding
from picheck.engine.subject import Subject
from picheck.model.location import Location
from picheck.model.result import Result
from picheck.model.vocabulary import Severity
from picheck.plugins.host import OWN_DISTRIBUTION
from picheck.plugins.validation import describe_error
from picheck.rulebook.models import Clause, Variant
from picheck.rules.check_result import CheckResult

_encode: Final = msgspec.json.Encoder().encode
_NO_VALUE: Final[tuple[object, ...]] = (None, [], ())
#: Outcomes of rules that found nothing: they have no fingerprint, for no run is compared by them.
_SILENT: Final = frozenset({"pass", "notApplicable"})


def bind(
    findings: Iterable[Finding], subject: Subject, *, trust_unverified: bool = False
) -> list[Result]:
    """Return the results of a subject: with their places, masked, with fingerprints.

    A finding that cannot be made into a result (a message whose values are missing, a variant
    that the clause does not have) is a rule that broke.
    """
    results = []
    home = None
    for finding in findings:
        try:
            if _is_message_only(finding.result):
                home = home or location_of(place_of("", None, subject), subject, subject.document)
                result = _bind_message(finding, subject, home)
            else:
                result = _bind_one(finding, subject, trust_unverified=trust_unverified)
            if finding.rule.record.distribution != OWN_DISTRIBUTION:
                _encode(result)  # raises what a reporter would stumble over
            results.append(result)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - the rule's fault, not ours
            results.append(broken_rule(finding.rule.record, describe_error(error), subject))
    return results


def _bind_one(finding: Finding, subject: Subject, *, trust_unverified: bool) -> Result:
    rule, result = finding
    masker, outcome = subject.masker, result.outcome
    if outcome == "error":
        return broken_rule(rule.record, result.values["error"], subject)
    clause = rule.clause
    terms: Clause | Variant = clause if result.variant is None else clause.variants[result.variant]
    is_variant = terms is not clause
    place = place_of(result.pointer, result.at, subject, from_root=result.from_root)
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
        note=terms.note or "" if failed and is_variant else None,
        citations=terms.citations if is_variant else (),
        location=location_of(place, subject, place.document),
        measures=tuple([masker.text(id_) for id_ in result.measures or _measure_in(result)]),
        expected=None if result.expected in _NO_VALUE else masker.value(result.expected),
        actual=masker.value(result.actual),
        missing_evidence=tuple([masker.text(key) for key in result.missing]),
        related_locations=tuple(
            [
                location_of(
                    place_of(r.pointer, r.at, subject, is_related=True),
                    subject,
                    place.document,
                    message=r.message,
                )
                for r in result.related
            ]
        ),
        fingerprint=""
        if outcome in _SILENT
        else fingerprint(
            rule.code, subject.year, subject.entity_json, place.named, result.key, place.view
        ),
    )


def _is_message_only(result: CheckResult) -> bool:
    """Whether a result found nothing, and gives no more than a message."""
    outcome, message, values = result.outcome, result.message, result.values
    return outcome in _SILENT and result == CheckResult(
        outcome=outcome, message=message, values=values
    )


def _bind_message(finding: Finding, subject: Subject, home: Location) -> Result:
    """Return a result that found nothing: there are dozens in a document, all at one place."""
    rule, result = finding
    message = result.message.format(**result.values) if result.message else rule.rule.title
    return Result(
        document=subject.document,
        code=rule.code,
        year=subject.year,
        outcome=result.outcome,
        consequence=rule.clause.consequence,
        message=subject.masker.text(message),
        location=home,
    )


def _severity(rule: PlannedRule, terms: Clause | Variant, *, trust_unverified: bool) -> Severity:
    if terms is rule.clause:
        return rule.record.severity
    return severity_of(terms, trust_unverified=trust_unverified)


def _measure_in(result: CheckResult) -> tuple[str, ...]:
    """Return the measure id that the pointer names, if it names one."""
    match result.pointer.split("/", 3):
        case ["", "measurements", name, *_] if not name.isdecimal():
            return (name,)
    return ()
