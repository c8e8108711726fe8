"""Rules are called one by one, and what each says becomes results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from picheck.engine.naming import fingerprint, masked_text, named_pointer
from picheck.engine.planning import Entry
from picheck.model.citation import best_standing
from picheck.model.finding import Result
from picheck.model.location import Location
from picheck.model.outcome import OUTCOMES, SEVERITY_OF, Outcome, Severity
from picheck.rulebook.edition import Clause, Variant
from picheck.rules.answer import Answer, Place
from picheck.rules.context import Context
from picheck.rules.view import Entity, SetView

CRASHED: Final = "PIC-RUN-01"
_OUTCOMES: Final = ("fail", "notApplicable", "indeterminate")


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


class Ledger:
    """The results of one document (or entity) as they come in.

    `blocked` holds the codes that failed, broke or were blocked themselves on this subject:
    rules that need one of them do not run. Passes and rules that do not apply are only counted
    unless `keeps_all`.
    """

    __slots__ = ("_keeps_all", "_reveals", "_trusts", "blocked", "counts", "passed", "results")

    def __init__(self, *, keeps_all: bool, reveals: bool, trusts_unverified: bool) -> None:
        self._keeps_all = keeps_all
        self._reveals = reveals
        self._trusts = trusts_unverified
        self.passed = 0
        self.counts: dict[Outcome, int] = dict.fromkeys(OUTCOMES, 0)
        self.blocked: set[str] = set()
        self.results: list[Result] = []

    def outcomes(self) -> dict[Outcome, int]:
        """Return how many results there are of each outcome."""
        return {**self.counts, "pass": self.passed}

    def run(self, entries: Sequence[Entry], context: Context, subject: Subject) -> None:
        """Call every rule on one subject. No rule's fault costs another rule its result."""
        blocked, keeps_all, passed = self.blocked, self._keeps_all, 0
        for entry in entries:
            if blocked and not blocked.isdisjoint(entry.needs):
                self._block(entry, subject)
                continue
            context.clause = entry.clause
            context.options = entry.options
            try:
                # a guest gets a context of its own: what it changes reaches no other rule
                answer = entry.check(context.apart() if entry.is_guest else context)
                if answer is not None:
                    self._take(entry, answer, subject)
                elif keeps_all:
                    self._pass(entry, subject)
                else:
                    passed += entry.is_reported
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 - the rule's fault, not ours
                blocked.add(entry.code)
                self._crash(entry, error, subject)
        self.passed += passed

    def add(self, result: Result) -> None:
        """Enter a result of the framework's own."""
        self._count(result.outcome)
        self.results.append(result)

    def _pass(self, entry: Entry, subject: Subject) -> None:
        self.passed += entry.is_reported
        if self._keeps_all and entry.is_reported:
            self.results.append(self._quiet(entry, "pass", "", subject))

    def _block(self, entry: Entry, subject: Subject) -> None:
        self.blocked.add(entry.code)
        needs = ", ".join(sorted(entry.needs & self.blocked))
        self._not_applicable(entry, f"{needs} has to pass first", subject)

    def _not_applicable(self, entry: Entry, reason: str, subject: Subject) -> None:
        if entry.is_reported:
            self._count("notApplicable")
            if self._keeps_all:
                self.results.append(self._quiet(entry, "notApplicable", reason, subject))

    def _take(self, entry: Entry, answers: Answer | Sequence[Answer], subject: Subject) -> None:
        if type(answers) is Answer and answers.outcome == "notApplicable":
            self._not_applicable(entry, str(answers.message), subject)
            return
        told = _checked((answers,) if isinstance(answers, Answer) else answers, subject)
        if not told:
            self._pass(entry, subject)
            return
        results = [self._result(entry, a, subject) for a in told if a.outcome != "notApplicable"]
        for answer in told:
            if answer.outcome == "fail":
                self.blocked.add(entry.code)
            elif answer.outcome == "notApplicable":
                self._not_applicable(entry, answer.message, subject)
        if entry.is_reported:
            for result in results:
                self.add(result)

    def _crash(self, entry: Entry, error: BaseException, subject: Subject) -> None:
        reference = entry.reference
        whose = f"{entry.code} of {reference.plugin} ({reference.distribution})"
        text = " ".join(str(error).split())
        message = f"{whose} broke: {type(error).__name__}{': ' + text if text else ''}"
        self.add(
            Result(
                rule=msgspec.structs.replace(reference, code=CRASHED, slug="rule-crashed"),
                outcome="error",
                consequence=None,
                severity="error",
                message=self._hide(message, subject),
                remediation=f"tell the owner of {reference.plugin}; until then check this rule by"
                " hand",
                document=subject.document,
                location=Location(pointer=subject.pointer, line=subject.line),
                fingerprint=subject.fingerprint(
                    CRASHED, subject.pointer, subject.document, entry.code
                ),
            )
        )

    def _quiet(self, entry: Entry, outcome: Outcome, reason: str, subject: Subject) -> Result:
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

    def _result(self, entry: Entry, answer: Answer, subject: Subject) -> Result:
        terms: Clause | Variant = entry.clause
        if answer.variant is not None:
            terms = entry.clause.variants[answer.variant]
        failed = answer.outcome == "fail"
        document = subject.document if answer.document is None else answer.document
        pointer = answer.pointer or subject.pointer
        view = subject.view_at(pointer, document)
        named = named_pointer(view, pointer)
        return Result(
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
            fingerprint=fingerprint(
                entry.code, subject.year, subject.entity, named, key=answer.key, view=view
            ),
        )

    def _severity(self, terms: Clause | Variant) -> Severity:
        severity = SEVERITY_OF[terms.consequence]
        if severity == "error" and not self._trusts:
            return "warning" if best_standing(terms.citations) == "unverified" else "error"
        return severity

    def _hide(self, text: str, subject: Subject) -> str:
        if self._reveals or subject.entity is None:
            return text
        return masked_text(text, subject.entity)

    def _hide_value(self, value: object, subject: Subject) -> object:
        if value is None:
            return None
        plain = msgspec.to_builtins(value)
        return self._hide(plain, subject) if isinstance(plain, str) else plain

    def _count(self, outcome: Outcome) -> None:
        self.counts[outcome] += 1


def _checked(answers: object, subject: Subject) -> tuple[Answer, ...]:
    """Hold a rule to its word: None, an Answer, or a sequence of them, each sound in itself."""
    if not isinstance(answers, tuple | list | Sequence) or isinstance(answers, str | bytes):
        raise TypeError(f"returned {type(answers).__name__}, expected None or an Answer")
    for answer in answers:
        if not isinstance(answer, Answer):
            raise TypeError(f"returned a {type(answer).__name__} among its answers")
        if not (
            answer.outcome in _OUTCOMES
            and type(answer.message) is type(answer.pointer) is type(answer.key) is str
        ):
            raise TypeError("returned an Answer that no context made; use ctx.fail and its like")
        if answer.document is not None and answer.document not in subject.documents:
            raise ValueError(f"speaks of document {answer.document}, which it was not given")
    return tuple(answers)


def _location(place: Place, document: int, line: int | None) -> Location:
    if place.document in {None, document}:
        return Location(pointer=place.pointer, message=place.message, line=line)
    return Location(pointer=place.pointer, message=place.message, document=place.document)
