"""Rules are asked one by one, and what each says is entered into the subject's ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from picheck.engine.planning import Entry
from picheck.engine.telling import Draft, Subject, Teller, finish
from picheck.model.finding import Result
from picheck.model.outcome import OUTCOMES, Outcome
from picheck.rules.answer import Answer
from picheck.rules.context import Context

_ANSWERS: Final = ("fail", "notApplicable", "indeterminate")


class Heard(NamedTuple):
    """What several rules said of one outline, to be entered for every subject that has it.

    `passed` and `outcomes` count; `told` are the results that are more than counted, `blocked`
    the codes that failed or were blocked. `unanswered` are the rules that reached for more than
    the outline shows, and those that need one of them to pass.
    """

    passed: int
    outcomes: tuple[tuple[Outcome, int], ...]
    told: tuple[Draft, ...]
    blocked: frozenset[str]
    unanswered: tuple[Entry, ...]


class Ledger:
    """The results of one document (or entity) as they come in.

    `blocked` holds the codes that failed, broke or were blocked themselves on this subject:
    rules that need one of them do not run. Passes and rules that do not apply are only counted
    unless `keeps_all`.
    """

    __slots__ = ("_teller", "blocked", "counts", "keeps_all", "passed", "results")

    def __init__(self, teller: Teller, *, keeps_all: bool) -> None:
        self._teller = teller
        self.keeps_all = keeps_all
        self.passed = 0
        self.counts: dict[Outcome, int] = dict.fromkeys(OUTCOMES, 0)
        self.blocked: set[str] = set()
        self.results: list[Result] = []

    def outcomes(self) -> dict[Outcome, int]:
        """Return how many results there are of each outcome."""
        return {**self.counts, "pass": self.passed}

    def run(self, entries: Sequence[Entry], context: Context, subject: Subject) -> None:
        """Ask every rule about one subject. No rule's fault costs another rule its result."""
        blocked, keeps_all, passed = self.blocked, self.keeps_all, 0
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
                self.add(self._teller.crash(entry, error, subject))
        self.passed += passed

    def listen(self, entries: Sequence[Entry], outline: Context, subject: Subject) -> Heard:
        """Ask rules about an outline; who reaches for more, or breaks, has not answered.

        A guest is not asked: whether it says the same tomorrow is not ours to know.
        """
        nobody = msgspec.structs.replace(subject, entity=None, line=None)  # an outline names none
        passed = 0
        outcomes: Counter[Outcome] = Counter()
        told: list[Draft] = []
        blocked: set[str] = set()
        unanswered: dict[str, Entry] = {}
        for entry in entries:
            if entry.is_guest or not entry.needs.isdisjoint(unanswered):
                unanswered[entry.code] = entry
                continue
            if not entry.needs.isdisjoint(blocked):
                blocked.add(entry.code)
                outcomes["notApplicable"] += entry.is_reported
                continue
            outline.clause = entry.clause
            outline.options = entry.options
            try:
                said = entry.check(outline)
                answers = () if said is None else _checked(said, subject)
            except KeyboardInterrupt:
                raise
            except BaseException:  # noqa: BLE001 - asked about the document itself, it is heard
                unanswered[entry.code] = entry
                continue
            if any(answer.outcome == "fail" for answer in answers):
                blocked.add(entry.code)
            if entry.is_reported:
                passed += not answers
                outcomes.update(answer.outcome for answer in answers)
                told += [
                    self._teller.draft(entry, answer, nobody)
                    for answer in answers
                    if answer.outcome != "notApplicable"
                ]
        later = tuple(unanswered.values())
        counted = tuple(outcomes.items())
        return Heard(passed, counted, tuple(told), frozenset(blocked), later)

    def recall(self, heard: Heard, subject: Subject) -> None:
        """Enter what the rules said of the subject's outline before."""
        counts = self.counts
        self.passed += heard.passed
        for outcome, number in heard.outcomes:
            counts[outcome] += number
        if heard.blocked:
            self.blocked |= heard.blocked
        if heard.told:
            entity = subject.entity_json
            self.results += [finish(draft, subject, entity) for draft in heard.told]

    def add(self, result: Result) -> None:
        """Enter a result."""
        self.counts[result.outcome] += 1
        self.results.append(result)

    def _pass(self, entry: Entry, subject: Subject) -> None:
        self.passed += entry.is_reported
        if self.keeps_all and entry.is_reported:
            self.results.append(self._teller.quiet(entry, "pass", "", subject))

    def _block(self, entry: Entry, subject: Subject) -> None:
        self.blocked.add(entry.code)
        needs = ", ".join(sorted(entry.needs & self.blocked))
        self._not_applicable(entry, f"{needs} has to pass first", subject)

    def _not_applicable(self, entry: Entry, reason: str, subject: Subject) -> None:
        if entry.is_reported:
            self.counts["notApplicable"] += 1
            if self.keeps_all:
                self.results.append(self._teller.quiet(entry, "notApplicable", reason, subject))

    def _take(self, entry: Entry, answers: Answer | Sequence[Answer], subject: Subject) -> None:
        if type(answers) is Answer and answers.outcome == "notApplicable":
            self._not_applicable(entry, str(answers.message), subject)
            return
        told = _checked(answers, subject)
        if not told:
            self._pass(entry, subject)
            return
        # all are made before one is entered: a rule that breaks here has said nothing
        results = [
            self._teller.result(entry, answer, subject)
            for answer in told
            if answer.outcome != "notApplicable"
        ]
        for answer in told:
            if answer.outcome == "fail":
                self.blocked.add(entry.code)
            elif answer.outcome == "notApplicable":
                self._not_applicable(entry, answer.message, subject)
        if entry.is_reported:
            for result in results:
                self.add(result)


def _checked(answers: object, subject: Subject) -> Sequence[Answer]:
    """Hold a rule to its word: None, an Answer, or a sequence of them, each sound in itself."""
    if isinstance(answers, Answer):
        answers = (answers,)
    elif not isinstance(answers, tuple | list | Sequence) or isinstance(answers, str | bytes):
        raise TypeError(f"returned {type(answers).__name__}, expected None or an Answer")
    for answer in answers:
        if not isinstance(answer, Answer):
            raise TypeError(f"returned a {type(answer).__name__} among its answers")
        if not (
            answer.outcome in _ANSWERS
            and type(answer.message) is type(answer.pointer) is type(answer.key) is str
        ):
            raise TypeError("returned an Answer that no context made; use ctx.fail and its like")
        if answer.document is not None and answer.document not in subject.documents:
            raise ValueError(f"speaks of document {answer.document}, which it was not given")
    return tuple(answers)
