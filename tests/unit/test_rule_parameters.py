"""A rule's parameters are what it reads: what it may name, and what follows from it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import date
from types import FunctionType
from typing import Any, Final

import pytest

import vendor_support
from picheck import api
from picheck.api import PARAMETERS, Answers, CheckResults, CountsByMeasure, Period, SetView, rule
from picheck.errors import UsageError
from picheck.model.report import Report
from picheck.plugins.registry import PluginRegistry
from picheck.rules.rule import parameters_of
from picheck.testing import Draft, audit, compliant
from picheck_pi.rules.attestations.attestation_missing import attestation_missing
from picheck_pi.rules.cehrt.certification_late import certification_late
from picheck_pi.rules.measures.counts_invalid import counts_invalid
from picheck_pi.rules.period.period_too_short import period_too_short
from support import YEAR, some
from vendor_support import HELP, made, vendor


def written(signature: str) -> Callable[..., CheckResults]:
    """Return a function with these parameters, annotated with texts as modules have them."""
    space: dict[str, Any] = {}
    exec(f"from __future__ import annotations\ndef tried({signature}):\n    return None\n", space)  # noqa: S102
    function: Callable[..., CheckResults] = space["tried"]
    return function


def refusal(check: Callable[..., CheckResults], **settings: Any) -> str:
    """Return why no rule can be made of a function."""
    with pytest.raises(UsageError) as caught:
        made(check, **settings)
    return str(caught.value)


# Parameters


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("answer", "did you mean answers?"),
        ("periods", "did you mean period?"),
        ("cehrtid", "did you mean cehrt_id?"),
        ("Evidence", "did you mean evidence?"),
        ("rulebok", "did you mean rulebook?"),
        ("x", f"known are {', '.join(PARAMETERS)}"),
        ("self", f"known are {', '.join(PARAMETERS)}"),
        ("ctx", "rules of API version 1 took a context; see docs/plugins/moving-to-2.md"),
    ],
)
def test_an_unknown_parameter_is_refused_with_the_nearest_name(name: str, hint: str) -> None:
    assert refusal(written(f"period, {name}")) == f"BAD-TRY-01: no rule can read {name!r}; {hint}"


@pytest.mark.parametrize(
    ("parameter", "told"),
    [
        ("period: str", "period is annotated str, it is Period"),
        ("answers: CountsByMeasure", "answers is annotated CountsByMeasure, it is Answers"),
        ("cehrt_id: str", "cehrt_id is annotated str, it is str | None"),
        ("sets: SetView", "sets is annotated SetView, it is tuple[SetView, ...] or Sequence[SetV"),
        ("sets: list[SetView]", "sets is annotated list[SetView], it is tuple[SetView, ...] or"),
        ("prior: dict[int, SetView]", "prior is annotated dict[int, SetView], it is Mapping[int,"),
        ("as_of: api.datetime", "as_of is annotated datetime, it is date"),
    ],
)
def test_a_wrong_annotation_is_refused(parameter: str, told: str) -> None:
    check = written(parameter if "as_of" not in parameter else f"period, {parameter}")
    assert told in refusal(check, scope=None)


@pytest.mark.parametrize("module", ["", "api.", "picheck.api."])
def test_every_parameter_may_be_annotated_as_the_table_says(module: str) -> None:
    tried = 0
    for name, parameter in some(PARAMETERS.items()):
        for annotation in parameter.annotations:
            prefix = module if annotation.isidentifier() else ""
            keys = "counts" if name == "evidence" else ()
            scope = None if len(parameter.scopes) == 1 else "entity" if parameter.scopes else "set"
            function = written(f"{name}: {prefix}{annotation}")
            assert made(function, scope=scope, evidence=keys).reads == (name,)
            tried += 1
    assert tried > len(PARAMETERS)


#: Annotations as a module without `from __future__ import annotations` has them.
THINGS: Final[Mapping[str, Any]] = {
    "answers": Answers,
    "counts": CountsByMeasure,
    "period": Period,
    "cehrt_id": str | None,
    "set_answers": tuple[Answers, ...],
    "sets": tuple[SetView, ...],
    "prior": Mapping[int, tuple[SetView, ...]],
    "options": Mapping[str, Any],
    "digests": Mapping[str, str],
    "submission": api.Submission | None,
    "as_of": date,
}


@pytest.mark.parametrize("name", THINGS)
def test_an_annotation_may_be_the_thing_itself(name: str) -> None:
    check = written(name)
    check.__annotations__ = {name: THINGS[name]}
    scopes = PARAMETERS[name].scopes or ("set",)
    assert made(check, scope=scopes[0]).reads == (name,)


def test_a_thing_that_is_the_wrong_annotation_is_refused() -> None:
    check = written("sets")
    check.__annotations__ = {"sets": list[SetView]}
    assert "sets is annotated list[SetView], it is tuple[SetView, ...]" in refusal(check)


@pytest.mark.parametrize(
    "signature",
    ["*parts", "period, *parts", "**parts", "period, **law", "*, period", "period, *, clause"],
)
def test_parameters_that_cannot_be_named_one_by_one_are_refused(signature: str) -> None:
    assert refusal(written(signature)) == (
        "BAD-TRY-01: name each parameter; *args, ** and keyword-only are not given"
    )


class Checker:
    """An object that could be called like a function."""

    __name__ = "bad_try_01"

    def __call__(self, period: Period) -> CheckResults:
        """Pass."""
        del period
        return None

    def method(self, period: Period) -> CheckResults:
        """Pass."""
        del period
        return None


@pytest.mark.parametrize(
    ("check", "kind"),
    [
        (Checker(), "Checker"),
        (Checker, "type"),
        (Checker().method, "method"),
        (functools.partial(written("period")), "partial"),
        (print, "builtin_function_or_method"),
    ],
)
def test_anything_but_a_plain_function_is_refused(check: Any, kind: str) -> None:
    with pytest.raises(UsageError):
        rule("BAD-TRY-01", "bad-try-01")(check)
    with pytest.raises(UsageError) as caught:
        parameters_of("BAD-TRY-01", check)
    assert str(caught.value) == f"BAD-TRY-01: a rule is a plain function, not a {kind}"


# Scope


@pytest.mark.parametrize(
    ("signature", "scope"),
    [
        ("answers", "set"),
        ("period, clause", "set"),
        ("clause, counts", "set"),
        ("measurement_set, entity, as_of", "set"),
        ("cehrt_id, prior", "set"),
        ("set_answers", "document"),
        ("submission", "document"),
        ("source_issues, entity", "document"),
        ("sets, source", "document"),
        ("digests, sets", "document"),
        ("sets, prior", "entity"),
    ],
)
def test_the_scope_follows_from_the_parameters(signature: str, scope: str) -> None:
    assert made(written(signature)).scope == scope


@pytest.mark.parametrize(
    ("signature", "parts"),
    [
        ("answers, submission", "answers, submission"),
        ("period, sets", "period, sets"),
        ("digests, clause, prior", "digests, prior"),
        ("source, prior, sets", "source, prior, sets"),
        ("set_answers, counts", "set_answers, counts"),
    ],
)
def test_parts_that_no_scope_has_together_are_refused(signature: str, parts: str) -> None:
    assert refusal(written(signature)) == f"BAD-TRY-01 reads {parts}: no scope has all of these"


@pytest.mark.parametrize(
    ("signature", "scope"),
    [
        ("answers", "document"),
        ("period", "entity"),
        ("submission", "set"),
        ("sets", "set"),
        ("prior", "document"),
        ("clause", "sets"),
    ],
)
def test_a_scope_that_contradicts_the_parameters_is_refused(signature: str, scope: str) -> None:
    asked = "nothing of a subject" if signature == "clause" else signature
    told = f"BAD-TRY-01 reads {asked}: that is not of scope {scope!r}"
    assert refusal(written(signature), scope=scope) == told


@pytest.mark.parametrize(
    ("signature", "scopes"),
    [
        ("sets", "'document' or 'entity'"),
        ("sets, entity", "'document' or 'entity'"),
        ("prior", "'set' or 'entity'"),
        ("entity", "'document' or 'set' or 'entity'"),
        ("clause, rulebook", "'document' or 'set' or 'entity'"),
        ("", "'document' or 'set' or 'entity'"),
    ],
)
def test_a_scope_that_does_not_follow_must_be_said(signature: str, scopes: str) -> None:
    assert f": say scope={scopes.replace(' or ', ' or ')}" in refusal(written(signature))
    for scope in some(scopes.replace("'", "").split(" or ")):
        assert made(written(signature), scope=scope).scope == scope


# Evidence


def test_evidence_keys_without_the_parameter_are_refused() -> None:
    told = refusal(written("period"), evidence="cehrt.certifiedOn")
    assert told == "BAD-TRY-01 declares evidence keys without the parameter evidence"


def test_the_parameter_evidence_without_keys_is_refused() -> None:
    told = refusal(written("period, evidence"))
    assert told.startswith("BAD-TRY-01 reads evidence; declare the keys: evidence=(")


@pytest.mark.parametrize("key", ["cehrt.certifiedOm", "counts.transitionSent"])
def test_a_key_that_no_evidence_can_hold_is_refused(key: str) -> None:
    told = refusal(written("period, evidence"), evidence=("cehrt.certifiedOn", key))
    assert told == f"BAD-TRY-01 declares {key!r}, which no evidence can hold"


def test_without_evidence_nothing_can_be_said_of_a_rule_that_reads_none() -> None:
    told = refusal(written("period"), without_evidence="notApplicable")
    assert told == "BAD-TRY-01 says without_evidence, but declares no evidence keys"


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        ("indeterminate", "the evidence gives no cehrt.certifiedOn, counts"),
        ("notApplicable", "there is no evidence to compare with"),
    ],
)
def test_a_rule_that_says_what_it_is_without_evidence_is_not_called_then(
    outcome: str, message: str
) -> None:
    space: dict[str, Any] = {"fail": api.fail}
    exec("def tried(counts, evidence):\n    return fail('', 'it was called')\n", space)  # noqa: S102
    keys = ("cehrt.certifiedOn", "counts")
    plugin = vendor(space["tried"], evidence=keys, without_evidence=outcome)
    with_evidence = compliant(vendor_support.YEAR)
    drafts = [with_evidence.without_evidence(), with_evidence] * 2
    report = audit(drafts, plugins=[plugin])
    assert of_ours(report) == [(outcome, message), ("fail", "it was called")] * 2


def test_the_declared_keys_are_on_the_rule_one_or_several() -> None:
    one = made(written("period, evidence"), evidence="cehrt.certifiedOn")
    several = made(written("period, evidence"), evidence=["counts", "ehrReport.PI_EP_1"])
    assert one.evidence == ("cehrt.certifiedOn",)
    assert several.evidence == ("counts", "ehrReport.PI_EP_1")


def asking(question: str, draft: Draft | None = None) -> Report:
    """Audit the compliant submission with a rule that asks the evidence one question."""
    space: dict[str, Any] = {"fail": api.fail}
    source = f"def tried(evidence):\n    return fail('', '{{actual}}', actual=str({question}))\n"
    exec(source, space)  # noqa: S102
    keys = ("cehrt.certifiedOn", "counts", "ehrReport", "eligibility")
    plugin = vendor(space["tried"], scope="set", evidence=keys)
    return audit(draft or compliant(vendor_support.YEAR), plugins=[plugin])


def of_ours(report: Report) -> list[tuple[str, str]]:
    """Return (outcome, message) of the rule of the tests' own, and of a rule that broke."""
    return [
        (result.outcome, result.message)
        for result in report.results
        if result.code in {"BAD-TRY-01", "PIC-RUN-01"}
    ]


#: A question, and the key that it needs.
QUESTIONS: Final = {
    "evidence.require('cehrt.certifiedOn')": "cehrt.certifiedOn",
    "evidence.date('cehrt.certifiedOn')": "cehrt.certifiedOn",
    "evidence.require('counts.transitionsSent')": "counts.transitionsSent",
    "evidence.require('ehrReport.PI_PEA_1')": "ehrReport.PI_PEA_1",
    "evidence.require('ehrReport.PI_PEA_1.numerator')": "ehrReport.PI_PEA_1.numerator",
}


@pytest.mark.parametrize(("question", "key"), QUESTIONS.items(), ids=QUESTIONS)
def test_a_fact_that_is_absent_makes_the_rule_indeterminate_with_its_key(
    question: str, key: str
) -> None:
    for draft in (
        compliant(vendor_support.YEAR).without_evidence(),
        compliant(vendor_support.YEAR).with_evidence(cehrt=None, counts=None, ehrReport=None),
    ):
        report = asking(question, draft)
        [entry] = [each for each in report.documents[0].unverified if each.code == "BAD-TRY-01"]
        assert entry.missing == (key,)
        assert of_ours(report) == [("indeterminate", f"the evidence gives no {key}")]
        assert report.summary.exit.code == 0


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_fact_that_is_given_is_returned(question: str) -> None:
    [(outcome, message)] = of_ours(asking(question))
    assert outcome == "fail"
    assert message not in {"", "None"}


def test_nought_and_no_are_facts() -> None:
    draft = compliant(vendor_support.YEAR)
    none_sent = draft.with_evidence(counts={"transitionsSent": 0})
    not_all = draft.with_evidence(eligibility={"allMembersQualify": False})
    sent, qualify = "counts.transitionsSent", "eligibility.allMembersQualify"
    assert of_ours(asking(f"evidence.require('{sent}')", none_sent)) == [("fail", "0")]
    assert of_ours(asking(f"evidence.require('{qualify}')", not_all)) == [("fail", "False")]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("evidence.require('cehrt.certifiedOm')", "AttributeError: "),
        ("evidence.date('cehrt.certifiedOm')", "AttributeError: "),
        ("evidence.get('cehrts')", "AttributeError: "),
        ("evidence.date('cehrt.edition')", "ValueError: Invalid isoformat string"),
    ],
)
@pytest.mark.parametrize("has_evidence", [True, False])
def test_a_misspelt_key_is_a_rule_that_broke(
    question: str, told: str, *, has_evidence: bool
) -> None:
    draft = compliant(vendor_support.YEAR)
    if not has_evidence and "edition" in question:
        draft = draft.with_evidence(documents=None)
    elif not has_evidence:
        draft = draft.without_evidence()
    report = asking(question, draft)
    [(outcome, message)] = of_ours(report)
    assert outcome == "error"
    assert message.startswith(f"BAD-TRY-01 of bad_vendor (bad_vendor) broke: {told}")
    assert report.summary.exit.code == 4


# A rule's function, called by itself


def several(results: CheckResults) -> list[api.CheckResult]:
    """Return what a rule returned as a list."""
    if results is None:
        return []
    return [results] if isinstance(results, api.CheckResult) else list(results)


def test_the_rule_about_short_periods_is_a_function_of_a_period_and_a_clause(
    registry: PluginRegistry,
) -> None:
    clause = registry.rulebooks.rulebook("pi", 2025).clauses["PIC-PER-03"]
    result = period_too_short.check(Period("2025-01-01", "2025-06-28"), clause)
    assert isinstance(result, api.CheckResult)
    assert (result.outcome, result.pointer) == ("fail", "/performanceEnd")
    assert (result.actual, result.expected) == (179, 180)
    assert period_too_short.check(Period("2025-01-01", "2025-06-29"), clause) is None


def test_the_rule_about_statements_is_a_function_of_answers(registry: PluginRegistry) -> None:
    rulebook = registry.rulebooks.rulebook("pi", YEAR)
    clause = rulebook.clauses["PIC-ATT-01"]
    statements = dict.fromkeys(clause["statements"], True)
    answered = Answers(statements, rulebook)
    assert several(attestation_missing.check(answered, clause, rulebook)) == []
    one_no = Answers({**statements, "PI_INFBLO_1": False}, rulebook)
    [result] = several(attestation_missing.check(one_no, clause, rulebook))
    assert (result.outcome, result.key, result.actual) == ("fail", "PI_INFBLO_1", False)


def test_the_rule_about_counts_is_a_function_of_counts(registry: PluginRegistry) -> None:
    rulebook = registry.rulebooks.rulebook("pi", YEAR)
    counts = {"PI_PEA_1": api.Counts(5, 4), "PI_EP_1": api.Counts(4, 5)}
    [result] = several(counts_invalid.check(CountsByMeasure.of(counts, rulebook), rulebook))
    assert result.pointer == "/measurements/PI_PEA_1/value"


def test_a_rule_about_evidence_raises_the_question_that_the_audit_reports(
    registry: PluginRegistry,
) -> None:
    rulebook = registry.rulebooks.rulebook("pi", YEAR)
    values: dict[str, Any] = {
        "period": Period(f"{YEAR}-01-01", f"{YEAR}-12-31"),
        "evidence": api.NO_EVIDENCE,
        "clause": rulebook.clauses[certification_late.code],
        "rulebook": rulebook,
    }
    given = {name: values[name] for name in certification_late.reads}
    with pytest.raises(api.MissingEvidence, match=r"cehrt\.certifiedOn") as caught:
        certification_late.check(**given)
    assert caught.value.keys == ("cehrt.certifiedOn",)


def test_every_rule_is_a_plain_function_of_what_it_says_that_it_reads(
    registry: PluginRegistry,
) -> None:
    for installed in some(registry.rules.values()):
        check = installed.rule.check
        assert isinstance(check, FunctionType)
        assert installed.rule.reads == check.__code__.co_varnames[: check.__code__.co_argcount]
        assert check.__doc__ != HELP
