"""Results of picheck's own rules: what could not be checked."""

from __future__ import annotations

from picheck.engine.fingerprints import fingerprint
from picheck.engine.framework_rules import RULE_CRASHED
from picheck.engine.places import Place, set_at
from picheck.engine.subject import Subject
from picheck.model.location import Location
from picheck.model.result import Result, RuleRecord


def framework_result(
    rule: RuleRecord, subject: Subject, *, message: str, pointer: str = "", key: str = ""
) -> Result:
    """Return a result of one of picheck's own rules (PIC-RUN): something could not be checked."""
    place = Place(subject.document, pointer, set_at(pointer, subject))
    return Result(
        document=subject.document,
        code=rule.code,
        year=rule.year,
        outcome="error",
        severity="error",
        message=subject.masker.text(message),
        location=Location(pointer=pointer, line=subject.line),
        fingerprint=fingerprint(
            rule.code, subject.year, subject.entity_json, place.named, key, place.view
        ),
    )


def broken_rule(record: RuleRecord, what: str, subject: Subject) -> Result:
    """Return the result of a rule that broke; `what` is the kind of its error, or its message."""
    return framework_result(
        RULE_CRASHED,
        subject,
        message=f"{record.code} of {record.plugin} ({record.distribution}) broke: {what}",
        pointer=subject.set_.pointer if subject.set_ else "",
        key=record.code,
    )
