"""What rules answer becomes results: places named, identifiers hidden, severity drawn."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from picheck.engine.naming import (
    Mark,
    entity_json,
    fingerprint,
    mark_of,
    masked_text,
    named_pointer,
)
from picheck.engine.planning import Entry
from picheck.model.citation import best_standing
from picheck.model.finding import Result
from picheck.model.location import Location
from picheck.model.outcome import SEVERITY_OF, Outcome, Severity
from picheck.rulebook.edition import Clause, Variant
from picheck.rules.answer import Answer, Place
from picheck.rules.view import Entity, SetView

CRASHED: Final = "PIC-RUN-01"


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Whom results are about: which document, which entity, and which sets.

    `pointer` is the subject's own place: a set's, or the whole document's; `line` the document's,
    in a file of one document a line.
    """

    document: int
    year: int | None
    entity: Entity | None
    pointer: str = ""
    line: int | None = None
    views: tuple[SetView, ...] = ()

    @property
    def entity_json(self) -> bytes:
        """The entity's key, as fingerprints take it."""
        return entity_json(self.entity)

    @property
    def documents(self) -> set[int]:
        """The indexes of the documents that a rule may speak of."""
        return {self.document, *(view.document for view in self.views)}

    def view_at(self, pointer: str, document: int) -> SetView | None:
        """Return the set that a pointer leads into, if it leads into one."""
        for view in self.views:
            if view.document == document and f"{pointer}/".startswith(f"{view.pointer}/"):
                return view
        return None

    def fingerprint(self, code: str, pointer: str, document: int, key: str) -> str:
        """Return the fingerprint of a finding at a place."""
        view = self.view_at(pointer, document)
        named = named_pointer(view, pointer)
        return fingerprint(code, self.year, self.entity, named, key=key, view=view)


class Draft(NamedTuple):
    """A result without its fingerprint, and what that is made of besides the entity."""

    result: Result
    mark: Mark


class Teller(msgspec.Struct, frozen=True, kw_only=True):
    """Makes results under the terms of a run."""

    reveals: bool
    trusts_unverified: bool

    def quiet(self, entry: Entry, outcome: Outcome, reason: str, subject: Subject) -> Result:
        """Make the result of a rule that has nothing to complain of."""
        return Result(
            rule=entry.reference,
            outcome=outcome,
            consequence=entry.clause.consequence,
            severity="none",
            message=reason or entry.rule.title,
            document=subject.document,
            location=Location(pointer=subject.pointer, line=subject.line),
        )

    def crash(self, entry: Entry, error: BaseException, subject: Subject) -> Result:
        """Make the result of a rule that broke."""
        reference, place, document = entry.reference, subject.pointer, subject.document
        whose = f"{entry.code} of {reference.plugin} ({reference.distribution})"
        text = " ".join(str(error).split())
        message = f"{whose} broke: {type(error).__name__}{': ' + text if text else ''}"
        return Result(
            rule=msgspec.structs.replace(reference, code=CRASHED, slug="rule-crashed"),
            outcome="error",
            consequence=None,
            severity="error",
            message=self._hide(message, subject),
            remediation=f"tell the owner of {reference.plugin}; until then check this rule by hand",
            document=document,
            location=Location(pointer=place, line=subject.line),
            fingerprint=subject.fingerprint(CRASHED, place, document, entry.code),
        )

    def result(self, entry: Entry, answer: Answer, subject: Subject) -> Result:
        """Make the result of an answer: a finding, or what could not be decided."""
        result, mark = self.draft(entry, answer, subject)
        return msgspec.structs.replace(result, fingerprint=mark.fingerprint(subject.entity_json))

    def draft(self, entry: Entry, answer: Answer, subject: Subject) -> Draft:
        """Make the result of an answer, all but its fingerprint."""
        terms: Clause | Variant = entry.clause
        if answer.variant is not None:
            terms = entry.clause.variants[answer.variant]
        failed = answer.outcome == "fail"
        document = subject.document if answer.document is None else answer.document
        pointer = answer.pointer or subject.pointer
        view = subject.view_at(pointer, document)
        named = named_pointer(view, pointer)
        result = Result(
            rule=entry.reference,
            outcome=answer.outcome,
            consequence=terms.consequence,
            severity=self._severity(terms) if failed else "none",
            message=self._hide(answer.message, subject),
            remediation=self._hide(answer.fix, subject)
            if answer.fix
            else entry.rule.help["How to fix"],
            document=document,
            note=terms.note if failed else None,
            location=Location(pointer=pointer, line=subject.line),
            named_pointer=named,
            related_locations=tuple(
                [_location(place, document, subject.line) for place in answer.related]
            ),
            expected=self._hide_value(answer.expected, subject),
            actual=self._hide_value(answer.actual, subject),
            missing_evidence=answer.missing,
            citations=terms.citations,
        )
        return Draft(result, mark_of(entry.code, subject.year, named, answer.key, view))

    def _severity(self, terms: Clause | Variant) -> Severity:
        severity = SEVERITY_OF[terms.consequence]
        if severity == "error" and not self.trusts_unverified:
            return "warning" if best_standing(terms.citations) == "unverified" else "error"
        return severity

    def _hide(self, text: str, subject: Subject) -> str:
        if self.reveals or subject.entity is None:
            return text
        return masked_text(text, subject.entity)

    def _hide_value(self, value: object, subject: Subject) -> object:
        if value is None:
            return None
        plain = msgspec.to_builtins(value)
        return self._hide(plain, subject) if isinstance(plain, str) else plain


def finish(draft: Draft, subject: Subject, entity: bytes) -> Result:
    """Turn a draft into the result of one of its subjects; `entity` is its key as JSON."""
    result, line = draft.result, subject.line
    related = result.related_locations
    if related and line is not None:
        related = tuple([msgspec.structs.replace(place, line=line) for place in related])
    return msgspec.structs.replace(
        result,
        document=subject.document,
        location=Location(pointer=result.location.pointer, line=line),
        related_locations=related,
        fingerprint=draft.mark.fingerprint(entity),
    )


def _location(place: Place, document: int, line: int | None) -> Location:
    if place.document in {None, document}:
        return Location(pointer=place.pointer, message=place.message, line=line)
    return Location(pointer=place.pointer, message=place.message, document=place.document)
