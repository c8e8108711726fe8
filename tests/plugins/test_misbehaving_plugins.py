"""A plugin that misbehaves is named, and costs nobody else a result."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Final

import pytest

import vendor_support
from command_line import Run
from distributions import ANSWER, CLAUSES, RULES, SIGNATURE, VENDOR, audit, audit_beside, install
from picheck.api import PARAMETERS, Citation, Counts, Report
from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.engine.prior.loader import load_prior
from picheck.intake.decoder import decode_document
from picheck.intake.documents import RawDocument
from picheck.intake.files import read_inputs
from picheck.model.frozen import thaw
from picheck.model.vocabulary import Scope
from picheck.rulebook.models import Variant
from picheck.testing import Draft, compliant
from picheck.testing.harness import stock
from support import YEAR
from vendor_support import made, vendor_of

#: The year before the one that is audited where rules look back.
EARLIER: Final = vendor_support.YEAR - 1
#: A supporting document that lies beside the evidence.
PAPER: Final = "analysis.pdf"


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
    assert "ACME-TST-01" in {result["code"] for result in run.report["results"]}
    (mine,) = (rule for rule in run.report["rules"] if rule["code"] == "ACME-TST-01")
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
    "hands over a rule that is no function": (
        VENDOR.replace(
            RULES, "return (type(acme_probe)(code='A-B-01', slug='x', scope='set', check=print),)"
        ),
        "A-B-01: a rule is a plain function, not a builtin_function_or_method",
    ),
    "hands over a rule that says it reads less than it does": (
        VENDOR.replace(
            RULES,
            "return (type(acme_probe)(code='A-B-01', slug='x', scope='set',"
            " check=acme_probe.check, reads=('period',)),)",
        ),
        "A-B-01 says that it reads ('period',), but its function has ('measurement_set',",
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
        "asks for picheck_api '99'; this picheck offers 2",
    ),
    "was written for version 1 and says so": (
        f'picheck_api = "1"\n{VENDOR}',
        "asks for picheck_api '1'; this picheck offers 2; see docs/plugins/moving-to-2.md",
    ),
    "was written for version 1 and imports its context": (
        "from picheck.api import SetContext",
        "picheck.api.SetContext was part of API version 1; see docs/plugins/moving-to-2.md",
    ),
    "was written for version 1 and takes a context": (
        VENDOR.replace(SIGNATURE, "(ctx)"),
        "no rule can read 'ctx'; rules of API version 1 took a context; see docs/plugins/moving",
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
    "calls itself for ever": (
        "return acme_probe.check(measurement_set, clause, rulebook)",
        "RecursionError",
    ),
    "returns a text": ("return 'all well'", "returned str, expected None or a CheckResult"),
    "returns truth": ("return True", "returned bool, expected None or a CheckResult"),
    "returns a table": ("return {}", "returned dict, expected None or a CheckResult"),
    "returns a generator": (
        "return (each for each in ())",
        "returned generator, expected None or a CheckResult",
    ),
    "returns a list of texts": ("return ['no']", "returned a str among its results"),
    "makes a result by hand": (
        "from picheck.api import CheckResult; return CheckResult(outcome='fine', message=5)",
        "returned a CheckResult that was not made by fail() and the like",
    ),
    "speaks of a set that is not there": ("return fail('', 'no', at=7)", "IndexError"),
    "speaks of a set that it made": (
        "return fail('', 'no', at=type(measurement_set)(measurement_set.record, '', rulebook, 7))",
        "the set that the result points into is not one of those that the rule was given",
    ),
    "names a variant that is not there": (
        "return fail('', 'no', variant='harder')",
        "KeyError: 'harder'",
    ),
    "names a value that it does not give": ("return fail('', '{nothing}')", "KeyError: 'nothing'"),
    "names a value in a remedy that it does not give": (
        "return fail('', 'no', remediation='{nothing}')",
        "KeyError: 'nothing'",
    ),
    "answers with what is no JSON": (
        "return fail('', 'no', actual=object())",
        "Encoding objects of type object is unsupported",
    ),
}


@pytest.mark.parametrize(("body", "told"), BROKEN_RULES.values(), ids=BROKEN_RULES)
def test_a_rule_that_breaks_is_named_and_the_others_are_unharmed(
    body: str, told: str, tmp_path: Path, alone: dict[str, Any]
) -> None:
    run = audit_beside(tmp_path, VENDOR.replace(ANSWER, body))
    assert run.code == 4
    assert run.report["summary"]["verdict"] == "incomplete"
    (broken,) = (r for r in run.report["results"] if r["outcome"] == "error")
    assert broken["code"] == "PIC-RUN-01"
    assert broken["message"].startswith("ACME-TST-01 of acme (acme-tools) broke: ")
    assert told in broken["message"]
    assert outcomes(run) == {**alone, "error": 1}


#: What a rule tries to do to what it is given, by scope and parameter.
ATTEMPTS: Final = {
    "set": {
        "clause": (
            "clause.terms['days'] = 1",
            "clause.terms.pop('days')",
            "del clause.terms['days']",
            "clause['days'].append(3)",
            "clause['days'][0] = 0",
            "clause['table']['least'] = 0",
            "clause['table']['more'][0]['least'] = 0",
            "clause['table'].clear()",
            "clause.terms = {}",
            "del clause.terms",
            "clause.consequence = 'advice'",
            "clause.citations.clear()",
            "clause.citations[0].standing = 'official'",
            "clause.variants.clear()",
            "clause.variants['harder'] = None",
            "clause.variants['harder'].consequence = 'advice'",
            "clause.variants['harder'].citations.append(1)",
        ),
        "rulebook": (
            "rulebook.clauses['PIC-PER-03'].terms.clear()",
            "rulebook.clauses['PIC-ATT-01'].terms['statements'].pop('PI_PPHI_1')",
            "rulebook.clauses['PIC-ATT-02'].terms['dates'].clear()",
            "rulebook.clauses['PIC-ATT-02'].terms['dates'][0]['measure'] = 'PI_EP_1'",
            "rulebook.clauses.pop('PIC-PER-03')",
            "rulebook.clauses['PIC-PER-03'].consequence = 'advice'",
            "rulebook.clauses = {}",
            "del rulebook.measures['PI_EP_1']",
            "rulebook.measures['PI_EP_1'].is_required = False",
            "rulebook.measures['PI_EP_1'].exclusions.append('PI_EP_2')",
            "rulebook.objectives['new'] = 'A new objective'",
            "rulebook.sources.clear()",
            "rulebook.rates.clear()",
            "rulebook.status = 'final'",
            "rulebook.requirements.clear()",
            "rulebook.requirements[0].rules = ()",
            "rulebook.changes.clear()",
            "next(c for c in rulebook.changes if type(c.old) is tuple).old.append(1)",
            "rulebook.lazy.changes = ()",
            "del rulebook.lazy.extra_tables",
            "rulebook.extra_tables['scoring'] = {}",
            "rulebook.extra_tables['scoring'].clear()",
            "rulebook.extra_tables['scoring']['category']['base'] = 1",
            "rulebook.extra_tables['scoring']['objectives'][0]['options'].clear()",
            "rulebook.extra_tables.get = dict().get",
        ),
        "rulebooks": (
            f"rulebooks.rulebook('pi', {EARLIER}).clauses.clear()",
            f"rulebooks.rulebook('pi', {EARLIER}).measures.pop('PI_EP_1')",
            "rulebooks.programs = ()",
            "rulebooks.programs.clear()",
            "rulebooks.rulebook = None",
            "del rulebooks.rulebook",
        ),
        "options": (
            "options['near'] = 1",
            "options.clear()",
            "options['near'].append(3)",
            "options['table']['far'].append(3)",
        ),
        "answers": (
            "answers.key = ()",
            "answers.yes = frozenset()",
            "answers.yes.clear()",
            "answers.present.add('PI_EP_1')",
            "answers.unknown.append('PI_EP_1')",
            "answers.rulebook = None",
            "answers.has = None",
            "del answers.yes",
        ),
        "counts": (
            "counts.pairs['PI_PEA_1'] = (1, 1)",
            "counts.pairs.clear()",
            "counts.pairs = {}",
            "counts.get('PI_PEA_1').numerator = 1",
            "counts.get('PI_EP_1').numerator.append(1)",
            "counts.get('PI_EP_1').denominator['a'].append(1)",
            "counts._counts.clear()",
            "del counts.pairs",
        ),
        "period": (
            "period.performance_start = None",
            "period.days = 365",
            "del period.performance_end",
        ),
        "cehrt_id": ("cehrt_id[0] = 'X'",),
        "as_of": ("as_of.year = 1",),
        "measurement_set": (
            "measurement_set.record = None",
            "del measurement_set.record",
            "measurement_set.record.category = 'ia'",
            "measurement_set.record.measurements.clear()",
            "measurement_set.record.measurements[0].value = False",
            "measurement_set.record.id['by'].append(1)",
            "measurement_set.record.measurements[0].id['by'] = 1",
            "measurement_set.values['PI_PEA_1'] = True",
            "measurement_set.values.clear()",
            "measurement_set.values['PI_HIE_5'][0]['a'].append(1)",
            "measurement_set.values['PI_HIE_5'][0].clear()",
            "measurement_set.answers = None",
            "measurement_set.counts.pairs.clear()",
            "measurement_set.period = None",
            "measurement_set.cehrt_id = None",
            "measurement_set.rulebook.clauses.clear()",
        ),
        "prior": (
            f"prior[{EARLIER}] = ()",
            "prior.clear()",
            f"prior[{EARLIER}].clear()",
            f"prior[{EARLIER}][0].record = None",
            f"prior[{EARLIER}][0].values.clear()",
            f"prior[{EARLIER}][0].answers.yes.clear()",
            f"prior[{EARLIER}][0].record.cehrt_id = None",
            f"prior[{EARLIER}][0].values['PI_HIE_5'][0]['a'].append(1)",
            f"prior[{EARLIER}][0].counts.get('PI_EP_1').denominator['a'].append(1)",
            f"prior[{EARLIER}][0].rulebook.measures.clear()",
        ),
        "evidence": (
            "evidence.cehrt = None",
            "evidence.cehrt.certified_on = None",
            "evidence.attestations.security_risk_analysis_on = None",
            "evidence.counts.transitions_sent = 1",
            "evidence.ehr_report.clear()",
            "evidence.get('ehrReport').clear()",
            "evidence.ehr_report['PI_PEA_1'] = None",
            "evidence.ehr_report['PI_PEA_1'].numerator = 1",
            "evidence.clinicians.clear()",
            "evidence.clinicians[0].npi = None",
            "evidence.clinicians[0].measures.clear()",
            "evidence.clinicians[0].measures['PI_PEA_1'] = None",
            "evidence.clinicians[0].measures['PI_PEA_1'].denominator = 1",
            "evidence.eligibility.special_statuses.append('smallPractice')",
            "evidence.engagement_history.clear()",
            f"evidence.engagement_history['{EARLIER}']['PI_PHCDRR_1'] = 'preProduction'",
            f"evidence.engagement_history['{EARLIER}'].clear()",
            "evidence.documents.clear()",
            "evidence.documents[0].supports.clear()",
            "evidence.documents[0].sha256 = None",
            "del evidence.documents",
        ),
    },
    "document": {
        "sets": (
            "sets.clear()",
            "sets[0] = None",
            "sets[0].record.cehrt_id = None",
            "sets[0].values.clear()",
            "sets[0].answers.yes.clear()",
        ),
        "set_answers": (
            "set_answers.clear()",
            "set_answers[0] = None",
            "set_answers[0].no = frozenset()",
        ),
        "submission": (
            "submission.entity_type = 'individual'",
            "submission.measurement_sets.clear()",
            "submission.measurement_sets[0].performance_start = None",
            "submission.id['by'].append(1)",
            "del submission.performance_year",
        ),
        "source_issues": (
            "source_issues.violations = ()",
            "source_issues.unknown_properties.clear()",
            "source_issues.unknown_properties[0].name = 'x'",
        ),
        "source": ("source.format = 'qrda3'", "source.facts['x'] = 1", "source.facts.clear()"),
        "digests": ("digests.clear()", f"digests[{PAPER!r}] = ''"),
        "entity": ("entity.tin = None", "entity[1] = None", "del entity.npi"),
        "evidence": ("evidence.documents[0].supports.append('PI_EP_1')",),
    },
    "entity": {
        "sets": ("sets.clear()", "sets[1].record = None", "sets[1].counts.pairs.clear()"),
        "other_levels": (
            "other_levels.clear()",
            "other_levels['individual'] = ()",
            "other_levels['individual'].clear()",
            "other_levels['individual'][0].values.clear()",
        ),
        "prior": ("prior.clear()", f"prior[{EARLIER}][0].values.clear()"),
        "evidence": ("evidence.ehr_report.clear()",),
        "entity": ("entity.tin = None",),
    },
}
#: What Python says of a thing that cannot be changed.
REFUSALS: Final = (
    r"immutable type|cannot be (changed|removed)|does not support item (assignment|deletion)"
    r"|doesn't support item deletion|has no setter|can't set attribute|can't delete attribute"
    r"|is not writable|is read-only"
    r"|'(mappingproxy|tuple|frozenset)' object has no attribute '(append|clear|pop|add)'"
)
TRIES: Final = [
    pytest.param(scope, parameter, attempt, id=f"{scope}: {attempt}")
    for scope, by_parameter in ATTEMPTS.items()
    for parameter, attempts in by_parameter.items()
    for attempt in attempts
]


def test_whatever_a_rule_may_name_is_tried() -> None:
    tried = {parameter for by_parameter in ATTEMPTS.values() for parameter in by_parameter}
    assert tried == PARAMETERS.keys()


def with_odd_values(draft: Draft) -> Draft:
    """Return a submission with lists and objects wherever the API allows any value."""
    draft = draft.with_submission(id={"by": [1]}).with_set(id={"by": [1]})
    return draft.with_counts("PI_EP_1", [1], {"a": [1]}).saying(PI_HIE_5=[{"a": [1]}])


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> tuple[RawDocument, ...]:
    """Return an odd document and a plain one of one practice, then a plain one of another.

    And one of a clinician of the first practice.
    """
    folder = tmp_path_factory.mktemp("practice")
    plain = compliant(vendor_support.YEAR).with_evidence(
        documents=[{"supports": ["PI_PPHI_1"], "file": PAPER}]
    )
    odd = (
        with_odd_values(plain)
        .with_submission(colour="red")
        .patched(
            {"op": "add", "path": "/measurementSets/0/measurements/0/id", "value": {"by": [1]}}
        )
    )
    others = plain.with_submission(taxpayerIdentificationNumber="111223333")
    (folder / PAPER).write_bytes(b"%PDF")
    clinician = plain.with_submission(
        entityType="individual", nationalProviderIdentifier="2000000010"
    )
    for name, draft in {"a": odd, "b": plain, "c": others, "d": clinician}.items():
        (folder / f"{name}.json").write_text(draft.to_json(), encoding="utf-8")
        side = folder / f"{name}.evidence.json"
        side.write_text(json.dumps(draft.evidence), encoding="utf-8")
    documents = tuple(read_inputs([str(folder)]))
    assert len(documents) == 4
    return documents  # type: ignore[return-value] # all of them can be read


def report_beside(practice: tuple[RawDocument, ...], *plugins: ModuleType) -> Report:
    """Audit the practices with their last year's submission, and plugins beside ours."""
    registry = stock(plugins)
    draft = with_odd_values(compliant(EARLIER))
    earlier = RawDocument(uri="earlier.json", data=draft.to_json().encode())
    prior = load_prior([earlier], registry)
    options = AuditOptions(as_of=date(vendor_support.YEAR + 1, 2, 1), all_results=True)
    return audit_inputs(practice, options, registry, prior.book, prior.notices)


@pytest.fixture(scope="module")
def unharmed(practice: tuple[RawDocument, ...]) -> Report:
    """Return the report on the practices with no vendor's plugin."""
    return report_beside(practice)


@pytest.mark.parametrize(("scope", "parameter", "attempt"), TRIES)
def test_what_a_rule_is_given_cannot_be_changed(
    scope: Scope, parameter: str, attempt: str, practice: tuple[RawDocument, ...], unharmed: Report
) -> None:
    space: dict[str, Any] = {}
    exec(f"def tried({parameter}):\n    {attempt}\n", space)  # noqa: S102 - written above
    keys = "cehrt.certifiedOn" if parameter == "evidence" else ()
    tried = made(space["tried"], "AAA-TRY-01", scope=scope, evidence=keys)  # ahead of all of ours
    source = Citation(key="x", title="invented", standing="official")
    report = report_beside(
        practice,
        vendor_of(
            [tried],
            terms={"days": [1, 2], "table": {"least": 1, "more": [{"least": 1}]}},
            variants={"harder": Variant(consequence="categoryZero", citations=(source,))},
            picheck_options={
                "near": {"type": "list", "default": [1]},
                "table": {"type": "dict", "default": {"far": [1]}},
            },
        ),
    )
    broken = [result for result in report.results if result.outcome == "error"]
    assert {result.code for result in broken} == {"PIC-RUN-01"}
    assert re.search(f"^AAA-TRY-01 of bad_vendor .* broke: .*({REFUSALS})", broken[0].message)
    assert report.summary.exit.code == 4
    others = [result for result in report.results if result.outcome != "error"]
    assert others == list(unharmed.results)


def wrapped(submission: dict[str, Any], envelope: str) -> dict[str, Any]:
    """Return a submission in one of the shapes that a document may have."""
    if envelope == "bare":
        return submission
    if envelope == "posted set":
        (record,) = submission.pop("measurementSets")
        return {**record, "submission": submission}
    evidence = {"documents": [{"supports": [], "file": PAPER}]} if "evidence" in envelope else None
    return {"submission": submission, **({"evidence": evidence} if evidence else {})}


@pytest.mark.parametrize("envelope", ["bare", "case", "case with evidence", "posted set"])
@pytest.mark.parametrize("odd", [[], {}, [1], {"a": 1}, [{"a": [1]}]], ids=str)
def test_a_value_of_any_shape_is_frozen_however_it_is_wrapped(envelope: str, odd: Any) -> None:
    draft = compliant(YEAR).with_counts("PI_EP_1", odd, 1).with_set(id=odd)
    text = json.dumps(wrapped(draft.build(), envelope))
    decoded = decode_document(text.encode(), "a.json", ("pi",))
    assert decoded.submission is not None
    (record,) = decoded.submission.measurement_sets
    (counts,) = (m.value for m in record.measurements if m.measure_id == "PI_EP_1")
    assert isinstance(counts, Counts)
    for value in (counts.numerator, record.id):
        assert type(value) in {tuple, MappingProxyType}
        assert thaw(value) == odd


def test_a_clause_for_a_code_that_nobody_brings_makes_the_audit_incomplete(
    tmp_path: Path, alone: dict[str, Any]
) -> None:
    run = audit_beside(tmp_path, VENDOR.replace(CLAUSES, "return (clause('ACME-TST-99'),)"))
    assert run.code == 4
    (broken,) = (r for r in run.report["results"] if r["outcome"] == "error")
    assert broken["code"] == "PIC-RUN-02"
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
