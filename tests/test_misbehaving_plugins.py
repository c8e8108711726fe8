"""A plugin that misbehaves is named, and costs nobody else a result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from installing import ANSWER, CLAUSES, RULES, VENDOR, Run, audit, audit_beside, install
from support import YEAR


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the outcomes of the compliant submission with no vendor's plugin installed."""
    run = audit(tmp_path_factory.mktemp("alone"))
    assert run.code == 0, run.out + run.err
    outcomes: dict[str, Any] = run.report["documents"][0]["outcomes"]
    return outcomes


def outcomes(run: Run) -> dict[str, Any]:
    """Return the outcomes of the one document that was audited."""
    found: dict[str, Any] = run.report["documents"][0]["outcomes"]
    return found


def test_a_sound_plugin_adds_its_rule_and_is_in_the_report(
    tmp_path: Path, alone: dict[str, Any]
) -> None:
    run = audit_beside(tmp_path, VENDOR, "--all-results")
    assert run.code == 0
    assert outcomes(run) == {**alone, "pass": alone["pass"] + 1}
    (mine,) = (r["rule"] for r in run.report["results"] if r["rule"]["code"] == "ACME-TST-01")
    assert (mine["plugin"], mine["distribution"], mine["version"]) == ("acme", "acme-tools", "1.0")


#: Faults of a whole plugin: what is wrong, its source, and what must be told of it.
BROKEN_PLUGINS = {
    "imports what is not there": ("import no_such_module", "No module named 'no_such_module'"),
    "is no Python": ("def (:", "SyntaxError"),
    "leaves when imported": ("import sys; sys.exit(0)", "SystemExit"),
    "raises when imported": ("raise BaseException('surprise')", "BaseException: surprise"),
    "misspells a hook": (
        VENDOR.replace("def picheck_register_rules", "def picheck_register_rule"),
        "implements picheck_register_rule, which is no hook",
    ),
    "forgets the mark of a hook": (
        VENDOR.replace("@hookimpl\ndef picheck_register_rules", "def picheck_register_rules"),
        "picheck_register_rules lacks the mark @hookimpl",
    ),
    "asks a hook for an argument it has not": (
        VENDOR.replace("def picheck_register_rules()", "def picheck_register_rules(config)"),
        "{'config'}",
    ),
    "hands over nothing": (VENDOR.replace(RULES, "return None"), "returned NoneType, expected"),
    "hands over a table": (VENDOR.replace(RULES, "return {}"), "returned dict, expected"),
    "hands over names": (VENDOR.replace(RULES, "return ['x']"), "handed over str, expected Rule"),
    "hands over a generator": (
        VENDOR.replace(RULES, "return (each for each in ())"),
        "returned generator, expected a sequence of Rule",
    ),
    "raises in a hook": (VENDOR.replace(RULES, "return 1 / 0"), "ZeroDivisionError"),
    "leaves in a hook": (VENDOR.replace(RULES, "raise SystemExit"), "SystemExit"),
    "hands over a rule that is none": (
        VENDOR.replace(RULES, "return (type(acme_probe)(code=5, slug='x', scope='set', check=3),)"),
        "rule code 5 is not PREFIX-FAMILY-NN",
    ),
    "hands over a clause that is none": (
        VENDOR.replace(CLAUSES, f"return (AddedClause('pi', {YEAR}, None),)"),
        "holds NoneType, expected Clause",
    ),
    "claims a code of picheck's": (
        VENDOR.replace("ACME-TST-01", "PIC-TST-01"),
        "claims PIC-TST-01; the prefix PIC belongs to picheck",
    ),
    "changes the clause of somebody else's rule": (
        VENDOR.replace(CLAUSES, "return (clause('PIC-PER-03', minimum_days=1),)"),
        "hands over a clause for PIC-PER-03, which belongs to picheck",
    ),
    "hands over a clause that lacks a term": (
        VENDOR.replace("TERMS = {}", "TERMS = {'least': {'type': 'integer'}}"),
        "a clause for ACME-TST-01 that lacks the term least",
    ),
    "hands over two clauses for one code": (
        VENDOR.replace(CLAUSES, "return (clause('ACME-TST-01'), clause('ACME-TST-01'))"),
        f"hands over a second clause for ACME-TST-01 pi {YEAR}",
    ),
    "asks for an interface of another time": (
        f'picheck_api = "99"\n{VENDOR}',
        "asks for picheck_api '99'; this picheck offers 1",
    ),
}


@pytest.mark.parametrize(("source", "told"), BROKEN_PLUGINS.values(), ids=BROKEN_PLUGINS)
def test_a_plugin_that_does_not_load_makes_the_audit_incomplete(
    source: str, told: str, tmp_path: Path, alone: dict[str, Any]
) -> None:
    run = audit_beside(tmp_path, source)
    assert run.code == 4, run.out
    assert run.report["summary"]["verdict"] == "incomplete"
    assert "plugin acme (acme-tools) did not load: " in run.told
    assert told in run.told
    assert outcomes(run) == alone
    (use,) = (use for use in run.report["run"]["plugins"] if use["name"] == "acme")
    assert (use["status"], use["distribution"], use["version"]) == ("failed", "acme-tools", "1.0")


#: Faults of one rule: what it does when it is called, and what must be told of it.
BROKEN_RULES = {
    "raises": ("raise KeyError('lost')", "KeyError: 'lost'"),
    "raises what is no Exception": ("raise GeneratorExit('no')", "GeneratorExit: no"),
    "leaves": ("import sys; sys.exit(0)", "SystemExit: 0"),
    "calls itself for ever": ("return acme_probe.check(ctx)", "RecursionError"),
    "returns a text": ("return 'all well'", "returned str, expected None or an Answer"),
    "returns truth": ("return True", "returned bool, expected None or an Answer"),
    "returns a list of texts": ("return ['no']", "returned a str among its answers"),
    "makes an answer by hand": (
        "from picheck.api import Answer; return Answer(outcome='fine', message=5)",
        "returned an Answer that no context made",
    ),
    "speaks of another document": (
        "from picheck.api import Answer; return Answer(outcome='fail', message='', document=7)",
        "speaks of document 7, which it was not given",
    ),
    "names a variant that is not there": (
        "return ctx.fail('', 'no', variant='harder')",
        "KeyError: 'harder'",
    ),
    "answers with what is no JSON": (
        "return ctx.fail('', 'no', actual=object())",
        "Encoding objects of type object is unsupported",
    ),
    "changes an answer": ("ctx.set.answers['PI_EP_1'] = True", "does not support item assignment"),
    "changes the set": ("ctx.set.record.category = 'ia'", "immutable type: 'MeasurementSet'"),
    "changes the view": ("ctx.set.record = None", "record cannot be changed"),
    "changes the measures": ("del ctx.rulebook.measures['PI_EP_1']", "does not support item del"),
    "changes a clause": ("ctx.clause.terms['x'] = 1", "does not support item assignment"),
    "changes the law": ("ctx.rulebook.clauses['PIC-PER-03'].terms.clear()", "no attribute 'clear'"),
    "changes the evidence": ("ctx.evidence.counts.transitions_sent = 1", "immutable type"),
}


@pytest.mark.parametrize(("body", "told"), BROKEN_RULES.values(), ids=BROKEN_RULES)
def test_a_rule_that_breaks_is_named_and_the_others_are_unharmed(
    body: str, told: str, tmp_path: Path, alone: dict[str, Any]
) -> None:
    run = audit_beside(tmp_path, VENDOR.replace(ANSWER, body))
    assert run.code == 4
    assert run.report["summary"]["verdict"] == "incomplete"
    (broken,) = (r for r in run.report["results"] if r["outcome"] == "error")
    assert broken["rule"]["code"] == "PIC-RUN-01"
    assert broken["message"].startswith("ACME-TST-01 of acme (acme-tools) broke: ")
    assert told in broken["message"]
    assert outcomes(run) == {**alone, "error": 1}


def test_what_a_rule_does_to_its_context_reaches_no_other_rule(
    tmp_path: Path, alone: dict[str, Any]
) -> None:
    source = VENDOR.replace(
        ANSWER, "ctx.evidence = ctx.rulebook = ctx.set = ctx.document.submission = None"
    ).replace("ACME-TST-01", "AAA-TST-01")  # comes before all of picheck's
    run = audit_beside(tmp_path, source)
    assert (run.code, outcomes(run)) == (0, {**alone, "pass": alone["pass"] + 1})


def test_a_clause_for_a_code_that_nobody_brings_makes_the_audit_incomplete(
    tmp_path: Path, alone: dict[str, Any]
) -> None:
    run = audit_beside(tmp_path, VENDOR.replace(CLAUSES, "return (clause('ACME-TST-99'),)"))
    assert run.code == 4
    (broken,) = (r for r in run.report["results"] if r["outcome"] == "error")
    assert broken["rule"]["code"] == "PIC-RUN-02"
    assert "ACME-TST-99 (a clause of plugin acme)" in broken["message"]
    assert outcomes(run) == {**alone, "error": 1}


REPORTER = """
from picheck.api import hookimpl

class Loud:
    name, description = "loud", "A reporter of the tests."

    def render(self, report, style):
        {body}

@hookimpl
def picheck_register_reporters():
    return (Loud(),)
"""


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise ValueError('too loud')", "ValueError: too loud"),
        ("raise SystemExit", "SystemExit"),
        ("return None", "render returned NoneType, expected str"),
    ],
)
def test_a_reporter_that_breaks_costs_no_other_its_output(
    body: str, told: str, tmp_path: Path, alone: dict[str, Any]
) -> None:
    run = audit_beside(tmp_path, REPORTER.format(body=body), "-f", "loud=loud.txt")
    assert run.code == 4
    assert "picheck: reporter loud of acme (acme-tools) broke" in run.err
    assert told in run.err
    assert outcomes(run) == alone
    assert not (tmp_path / "loud.txt").exists()


def test_a_plugin_that_breaks_when_told_the_end_changes_no_verdict(tmp_path: Path) -> None:
    source = "from picheck.api import hookimpl\n@hookimpl\ndef picheck_audit_finished(): 1 / 0\n"
    run = audit_beside(tmp_path, source)
    assert run.code == 0
    assert "picheck: acme: picheck_audit_finished failed: ZeroDivisionError" in run.err


def test_of_two_plugins_of_one_distribution_only_the_broken_one_fails(
    tmp_path: Path, alone: dict[str, Any]
) -> None:
    install(tmp_path, "acme-tools", {"acme": VENDOR, "bad": "1 / 0"})
    run = audit(tmp_path)
    assert run.code == 4
    assert "plugin bad (acme-tools) did not load" in run.told
    assert outcomes(run) == {**alone, "pass": alone["pass"] + 1}
