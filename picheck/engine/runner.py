"""Rules are run on a subject, each guarded: a rule that breaks costs no other its result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from picheck.engine.calls import check_answer
from picheck.engine.plan import PlannedRule, ScopePlan
from picheck.errors import MissingEvidence
from picheck.model.result import Unverified
from picheck.model.vocabulary import OUTCOMES
from picheck.plugins.validation import describe_error
from picheck.rules.check_result import CheckResult, indeterminate
from picheck.rules.inputs import Parts

#: Outcomes that stop the rules which need this one.
_STOPS: Final = ("fail", "error")


class Finding(NamedTuple):
    """What a rule returned, and the rule."""

    rule: PlannedRule
    result: CheckResult


class Outcomes:
    """The results of some rules on one subject.

    `passed` and `not_applicable` count; `findings` failed or broke (or are all results, where
    they are wanted); `unverified` could not be decided; `blocked` are the codes that failed,
    broke, or did not run for that reason; `waiting` are those of the last kind alone.
    """

    __slots__ = ("blocked", "findings", "not_applicable", "passed", "unverified", "waiting")

    def __init__(self, blocked: frozenset[str] = frozenset()) -> None:
        self.passed = 0
        self.not_applicable = 0
        self.findings: tuple[Finding, ...] = ()
        self.unverified: tuple[Unverified, ...] = ()
        self.blocked = blocked
        self.waiting: tuple[str, ...] = ()

    def add(self, other: Outcomes) -> None:
        """Add the results of further rules."""
        self.passed += other.passed
        self.not_applicable += other.not_applicable
        self.findings += other.findings
        self.unverified += other.unverified
        self.waiting += other.waiting
        if other.blocked:
            self.blocked |= other.blocked


class RuleRunner:
    """Runs the rules of a plan. With `all_results` passes and open questions are findings too."""

    def __init__(self, *, all_results: bool = False, with_unverified: bool = False) -> None:
        self._pass = (CheckResult(outcome="pass", message=""),) if all_results else ()
        kept = OUTCOMES if all_results else ("fail", "error")
        self._kept = {*kept, *(("indeterminate",) if with_unverified else ())}

    def run(self, plan: ScopePlan, parts: Parts, blocked: frozenset[str]) -> Outcomes:
        """Run a scope's rules on one subject.

        `blocked` are the codes that failed before on the subject's document; rules that need one
        of them do not run.
        """
        outcomes = Outcomes(blocked)
        for group in plan.groups:
            if group.waits_for and not outcomes.blocked.isdisjoint(group.waits_for):
                outcomes.add(self._call(group.rules, parts, outcomes.blocked))
                continue
            known: Outcomes | None = group.cache.get(parts)
            if known is None:
                known = self._call(group.rules, parts, outcomes.blocked)
                if not any(finding.result.outcome == "error" for finding in known.findings):
                    group.cache.keep(parts, known)
            outcomes.add(known)
        if plan.others:
            outcomes.add(self._call(plan.others, parts, outcomes.blocked))
        return outcomes

    def _call(  # noqa: C901, PLR0912 - the one place where rules are called, and guarded
        self, rules: Sequence[PlannedRule], parts: Parts, before: frozenset[str]
    ) -> Outcomes:
        """Call rules one by one."""
        outcomes = Outcomes()
        findings: list[Finding] = []
        unverified: list[Unverified] = []
        blocked: set[str] = set()
        for rule in rules:
            failed = rule.needs and rule.needs & (before | blocked)
            try:
                returned = _blocked_by(failed) if failed else rule.call(parts)
                results = () if returned is None or returned == [] else check_answer(returned)
            except KeyboardInterrupt:
                raise
            except MissingEvidence as missing:
                results = (indeterminate(str(missing), missing=missing.keys),)
            except BaseException as error:  # noqa: BLE001 - the rule's fault, not ours
                said = {"error": describe_error(error)}
                results = (CheckResult(outcome="error", message="{error}", values=said),)
            if failed:
                blocked.add(rule.code)
                outcomes.waiting += (rule.code,) if rule.is_reported else ()
            elif not results and rule.is_reported:
                outcomes.passed += 1
                results = self._pass
            for result in results:
                outcome = result.outcome
                if outcome in _STOPS:
                    blocked.add(rule.code)
                if not rule.is_reported and outcome != "error":
                    continue
                if outcome == "pass" and results is not self._pass:  # those were counted above
                    outcomes.passed += 1
                elif outcome == "notApplicable":
                    outcomes.not_applicable += 1
                elif outcome == "indeterminate":
                    unverified.append(
                        Unverified(code=rule.code, missing=result.missing, measures=result.measures)
                    )
                if outcome in self._kept:
                    findings.append(Finding(rule, result))
        outcomes.findings = tuple(findings)
        outcomes.unverified = tuple(unverified)
        outcomes.blocked = frozenset(blocked)
        return outcomes


def _blocked_by(codes: frozenset[str]) -> Sequence[CheckResult]:
    message = f"{', '.join(sorted(codes))} has to pass first"
    return (CheckResult(outcome="notApplicable", message=message),)
