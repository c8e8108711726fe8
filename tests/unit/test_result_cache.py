"""A result that is reused is what asking about the document itself gives."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import msgspec
import pytest

import vendor_support
from command_line import run_here
from picheck.api import CheckResults, Period, Rule, Style, fail
from picheck.engine import cache
from picheck.engine.audit import audit_inputs
from picheck.engine.document import AuditedDocument, DocumentAuditor
from picheck.engine.options import AuditOptions
from picheck.engine.plan import ScopePlan
from picheck.engine.prior.loader import load_prior
from picheck.intake.documents import RawDocument
from picheck.model.report import Report
from picheck.plugins.registry import PluginRegistry
from picheck.rules.inputs import PARAMETERS
from picheck.testing import Draft, compliant
from picheck.testing.assertions import case_documents
from picheck.testing.cases import load_cases
from picheck.testing.examples import compliant_parts
from picheck.testing.harness import stock
from support import FIXTURES, some, years_asked_for
from vendor_support import made, vendor_of

YEAR: Final = vendor_support.YEAR
AS_OF: Final = date(YEAR + 1, 2, 1)
#: The TIN of the compliant submissions, and that of somebody else; both are invented.
TIN: Final = b"123456789"
OTHER_TIN: Final = b"111223333"


def audited(auditor: DocumentAuditor, raw: RawDocument) -> AuditedDocument:
    """Audit a document as the first of a run, and drop what cannot be compared."""
    return msgspec.structs.replace(auditor.audit(raw, 0), entity_sets=())


def alone(raw: RawDocument, registry: PluginRegistry, options: AuditOptions) -> AuditedDocument:
    """Audit a document in a run of its own, in which nothing is cached before it."""
    return audited(DocumentAuditor(registry, options), raw)


# Equal to an audit alone


def documents_by_day(year: int) -> Mapping[str, list[RawDocument]]:
    """Return the documents of all cases of a year, by the day that their audit is made for."""
    days: dict[str, list[RawDocument]] = defaultdict(list)
    for case in load_cases(FIXTURES / "cases"):
        if case.year == year and not case.entry.files:
            days[case.entry.as_of] += case_documents(case, compliant_parts)
    return days


def of_somebody_else(raw: RawDocument) -> RawDocument:
    """Return a document with another TIN, wherever the first one stands in it."""
    return msgspec.structs.replace(raw, data=raw.data.replace(TIN, OTHER_TIN))


@pytest.mark.parametrize(
    ("year", "all_results"),
    [*((year, False) for year in years_asked_for()), (years_asked_for()[-1], True)],
)
def test_every_document_of_every_case_three_times_in_one_run_is_as_each_alone(
    year: int, *, all_results: bool, registry: PluginRegistry
) -> None:
    compared = 0
    for as_of, documents in some(documents_by_day(year).items()):
        options = AuditOptions(as_of=date.fromisoformat(as_of), all_results=all_results)
        others = [of_somebody_else(raw) for raw in documents]
        expected = {id(raw): alone(raw, registry, options) for raw in (*documents, *others)}
        run = [*documents, *others, *documents]
        random.Random(year).shuffle(run)  # noqa: S311
        auditor = DocumentAuditor(registry, options)
        for raw in run:
            assert audited(auditor, raw) == expected[id(raw)]
            compared += 1
    assert compared > 600


@pytest.mark.parametrize("year", years_asked_for())
def test_no_cached_result_tells_whose_document_it_was_made_for(
    year: int, registry: PluginRegistry
) -> None:
    """In an id of a set, a CEHRT ID or an unknown key: a document's own TIN is never printed."""
    plain = compliant(year).without_evidence().with_submission(taxpayerIdentificationNumber="TIN")
    drafts = [
        plain.with_set(cehrtId="TIN"),
        plain.with_set(performanceStart="TIN"),
        plain.saying(TIN=True),
        plain.patched({"op": "add", "path": "/TIN", "value": 1}),
    ]
    tins = [TIN, OTHER_TIN, TIN, TIN, OTHER_TIN]
    run = [
        RawDocument(uri=f"{number}.json", data=draft.to_json().encode().replace(b"TIN", tin))
        for draft in drafts
        for number, tin in enumerate(tins)
    ]
    options = AuditOptions(as_of=date(year + 1, 2, 1), all_results=True)
    report = audit_inputs(run, options, registry)
    assert {r.document for r in report.results if r.outcome == "fail"} == set(range(len(run)))
    written = registry.reporters["ndjson"].render(report, Style())
    for tin in (TIN, OTHER_TIN):
        assert tin.decode() not in written
        assert tin.decode()[-4:] in written


def test_of_four_equal_lines_none_prints_the_tin_that_stands_as_its_cehrt_id(
    tmp_path: Path,
) -> None:
    draft = compliant(YEAR).without_evidence().with_set(cehrtId=TIN.decode())
    line = json.dumps(draft.build())
    assert line.encode().count(TIN) == 2
    (tmp_path / "four.ndjson").write_text(f"{line}\n" * 4, encoding="utf-8")
    options = ("--as-of", AS_OF.isoformat(), "--isolated", "-f", "ndjson=out.ndjson")
    done = run_here("audit", "four.ndjson", *options, cwd=tmp_path)
    written = (tmp_path / "out.ndjson").read_text("utf-8")
    records = [json.loads(each) for each in written.splitlines()]
    found = [r["document"] for r in records if r["type"] == "result" and "cehrtId" in str(r)]
    assert set(found) == {0, 1, 2, 3}
    assert TIN.decode()[-4:] in written
    assert TIN.decode() not in written + done.out + done.err


# How often a rule is called


#: What a rule of the tests' own returns after it was counted.
Return = Callable[[], CheckResults]


def counting(
    calls: Counter[str],
    code: str,
    parameters: str,
    returned: Return = lambda: None,
    **settings: Any,
) -> Rule:
    """Make a rule with these parameters that counts its calls under its code."""

    def called() -> CheckResults:
        calls[code] += 1
        return returned()

    space: dict[str, Any] = {"called": called}
    exec(f"def counted({parameters}):\n    return called()\n", space)  # noqa: S102
    return made(space["counted"], code, **settings)


def alike(number: int) -> Draft:
    """Return a submission of somebody else with other counts and no evidence."""
    draft = compliant(YEAR).without_evidence().with_counts("PI_PEA_1", 300 + number, 400)
    return draft.with_submission(taxpayerIdentificationNumber=f"{111_220_000 + number}")


ALIKE: Final = [alike(number) for number in range(6)]


def raws(drafts: Sequence[Draft]) -> list[RawDocument]:
    """Return drafts as documents, each with its evidence if it has any."""
    return [
        RawDocument(
            uri=f"{number}.json",
            data=draft.to_json().encode(),
            evidence=None if draft.evidence is None else msgspec.json.encode(draft.evidence),
        )
        for number, draft in enumerate(drafts)
    ]


def run(
    drafts: Sequence[Draft], *plugins: ModuleType, prior: Sequence[Draft] = (), **options: Any
) -> Report:
    """Audit documents in one run, with plugins beside ours."""
    registry = stock(plugins)
    earlier = load_prior(raws(prior), registry)
    chosen = AuditOptions(as_of=AS_OF, **options)
    return audit_inputs(raws(drafts), chosen, registry, earlier.book, earlier.notices)


#: Parameters that have few values, with the scope where it must be said: equal in all of `ALIKE`.
FEW: Final = {
    "answers": None,
    "period": None,
    "cehrt_id": None,
    "source": None,
    "answers, period": None,
    "period, cehrt_id, clause, rulebook": None,
    "answers, evidence": None,
    "period, prior": None,
    "evidence": "set",
    "prior": "set",
    "clause, options, rulebook, rulebooks, as_of": "set",
    "set_answers": None,
    "source_issues": None,
    "digests": None,
    "set_answers, source_issues, evidence, digests": None,
}
#: Parameters that are each document's own.
MANY: Final = {
    "counts": None,
    "entity": "set",
    "measurement_set": None,
    "answers, counts": None,
    "period, entity": None,
    "sets": "document",
    "submission": None,
    "set_answers, submission": None,
}


def keys_for(parameters: str) -> dict[str, Any]:
    """Return the evidence keys that a rule with these parameters must declare."""
    return {"evidence": "cehrt.certifiedOn"} if "evidence" in parameters else {}


def calls_of(
    parameters: str,
    scope: str | None,
    drafts: Sequence[Draft],
    *,
    prior: Sequence[Draft] = (),
    **settings: Any,
) -> int:
    """Return how often a rule with these parameters is called in a run over documents."""
    calls: Counter[str] = Counter()
    tried = counting(
        calls, "ACME-TRY-01", parameters, scope=scope, **keys_for(parameters), **settings
    )
    run(drafts, vendor_of([tried]), prior=prior)
    return calls["ACME-TRY-01"]


def test_every_part_of_a_subject_is_counted() -> None:
    named = {name for parameters in (*FEW, *MANY) for name in parameters.split(", ")}
    # what only a rule about entities reads has no key: such a rule is called for each entity
    for_entities = {name for name, each in PARAMETERS.items() if each.scopes == ("entity",)}
    assert named == PARAMETERS.keys() - for_entities
    assert for_entities.isdisjoint(cache.KEYS)


@pytest.mark.parametrize(("parameters", "scope"), FEW.items(), ids=FEW)
def test_a_rule_that_reads_parts_with_few_values_is_called_once_for_equal_parts(
    parameters: str, scope: str | None
) -> None:
    assert calls_of(parameters, scope, ALIKE) == 1


@pytest.mark.parametrize(("parameters", "scope"), MANY.items(), ids=MANY)
def test_a_rule_that_reads_what_is_each_documents_own_is_called_for_each(
    parameters: str, scope: str | None
) -> None:
    assert calls_of(parameters, scope, ALIKE) == len(ALIKE)


@pytest.mark.parametrize(
    ("parameters", "changed"),
    [
        ("answers", lambda draft: draft.saying(PI_HIE_5=False)),
        ("answers", lambda draft: draft.saying(PI_NOBODY_1=True)),
        ("set_answers", lambda draft: draft.saying(PI_HIE_5=False)),
        ("period", lambda draft: draft.with_set(performanceStart=f"{YEAR}-02-01")),
        ("period", lambda draft: draft.with_set(performanceEnd=None)),
        ("cehrt_id", lambda draft: draft.with_set(cehrtId="0015CAB2C3D4E5F")),
        ("source_issues", lambda draft: draft.with_submission(colour="red")),
    ],
)
def test_a_part_that_differs_is_looked_at(
    parameters: str, changed: Callable[[Draft], Draft]
) -> None:
    assert calls_of(parameters, None, [*ALIKE, changed(ALIKE[0])]) == 2


def test_yes_no_null_another_value_and_nothing_at_all_are_five_answers() -> None:
    values: tuple[object, ...] = (True, False, None, "yes")
    drafts = [ALIKE[0].saying(PI_HIE_5=value) for value in values]
    assert calls_of("answers", None, [*drafts, ALIKE[0].without("PI_HIE_5"), *drafts]) == 5


def test_the_order_of_the_measurements_is_no_part_of_the_answers() -> None:
    document = ALIKE[0].build()
    document["measurementSets"][0]["measurements"].reverse()
    assert calls_of("answers", None, [ALIKE[0], Draft(document)]) == 1


@pytest.mark.parametrize("parameters", ["answers, evidence", "period, evidence"])
def test_a_rule_that_reads_evidence_is_called_for_each_document_that_has_some(
    parameters: str,
) -> None:
    with_evidence = [compliant(YEAR), compliant(YEAR)]
    assert calls_of(parameters, None, [*ALIKE, *with_evidence, *ALIKE]) == 3


def test_evidence_does_not_matter_to_a_rule_that_does_not_read_it() -> None:
    assert calls_of("period", None, [*ALIKE, compliant(YEAR), compliant(YEAR)]) == 1


def test_a_rule_that_looks_back_is_called_for_each_document_with_an_earlier_one() -> None:
    earlier = compliant(YEAR - 1)
    known = [compliant(YEAR).without_evidence()] * 2
    assert calls_of("period, prior", None, [*ALIKE, *known], prior=[earlier]) == 3


def test_rules_of_ours_and_of_a_vendor_are_treated_alike(registry: PluginRegistry) -> None:
    calls: Counter[str] = Counter()
    vendors = [counting(calls, "ACME-TRY-01", "period"), counting(calls, "ACME-TRY-02", "counts")]
    plugged = stock([vendor_of(vendors)])
    ours = {"PIC-PER-03": plugged.rules["PIC-PER-03"], "PIC-MEA-03": plugged.rules["PIC-MEA-03"]}

    def watched(code: str, check: Callable[..., CheckResults]) -> Callable[..., CheckResults]:
        def counted(*parts: Any, **law: Any) -> CheckResults:
            calls[code] += 1
            return check(*parts, **law)

        return counted

    rules = {
        code: msgspec.structs.replace(
            installed,
            rule=msgspec.structs.replace(installed.rule, check=watched(code, installed.rule.check)),
        )
        for code, installed in ours.items()
    }
    plugged = msgspec.structs.replace(plugged, rules={**plugged.rules, **rules})
    audit_inputs(raws(ALIKE), AuditOptions(as_of=AS_OF), plugged)
    assert calls["ACME-TRY-01"] == calls["PIC-PER-03"] == 1
    assert calls["ACME-TRY-02"] == calls["PIC-MEA-03"] == len(ALIKE)
    assert registry.rules["PIC-PER-03"].rule.reads[0] == "period"


# What is not kept


def test_a_rule_that_raises_is_called_again_for_the_next_document() -> None:
    calls: Counter[str] = Counter()

    def at_first() -> CheckResults:
        if calls["ACME-TRY-01"] < 3:
            raise KeyError("not yet")
        return None

    report = run(ALIKE, vendor_of([counting(calls, "ACME-TRY-01", "period", at_first)]))
    assert calls["ACME-TRY-01"] == 3
    assert [r.document for r in report.results if r.outcome == "error"] == [0, 1]
    assert [d.verdict for d in report.documents] == ["incomplete"] * 2 + ["ready"] * 4


def test_no_more_results_are_kept_than_the_limit(
    monkeypatch: pytest.MonkeyPatch, registry: PluginRegistry
) -> None:
    monkeypatch.setattr(cache, "MAX_ENTRIES", 5)
    options = AuditOptions(as_of=AS_OF)
    auditor = DocumentAuditor(registry, options)
    drafts = [ALIKE[n % 6].with_set(cehrtId=f"{YEAR}C{n:010d}") for n in range(40)]
    for raw in some(raws(drafts)):
        assert audited(auditor, raw) == alone(raw, registry, options)
        sizes = [size for plan in auditor.plans for size in sizes_of(plan.document, plan.sets)]
        assert max(sizes) <= 5
    assert max(sizes) > 1


def sizes_of(*plans: ScopePlan) -> list[int]:
    """Return how many results each group of rules keeps."""
    return [len(group.cache._results) for plan in plans for group in plan.groups]


# Rules that need another one


def no_exchange() -> CheckResults:
    """Return a failure of a rule of the tests' own."""
    return fail("", "no")


#: What the needed rule and the one that needs it read, and the scope of the first.
NEEDS: Final = {
    "in the same group": ("answers", "answers", None),
    "in another group": ("answers", "period", None),
    "in a later group": ("period, cehrt_id", "cehrt_id", None),
    "needed rule called for each": ("counts, answers", "period", None),
    "needing rule called for each": ("answers", "counts", None),
    "needed rule of the document": ("set_answers", "period", None),
    "needed rule of the document, called for each": ("submission", "answers", None),
}


@pytest.mark.parametrize(("first", "second", "scope"), NEEDS.values(), ids=NEEDS)
def test_a_rule_whose_need_failed_does_not_run_also_where_its_results_are_kept(
    first: str, second: str, scope: str | None
) -> None:
    """The first rule fails in every second document, which differs in all that it may read."""
    good = ALIKE[0].saying(PI_HIE_5=True)
    bad = good.saying(PI_HIE_5=False).with_counts("PI_EP_1", 7, 7)
    bad = bad.with_set(performanceStart=f"{YEAR}-02-01")
    parts = {
        "answers": "not answers.is_yes('PI_HIE_5')",
        "period, cehrt_id": f"period.performance_start == '{YEAR}-02-01'",
        "counts, answers": "counts.pair('PI_EP_1') == (7, 7)",
        "set_answers": "not set_answers[0].is_yes('PI_HIE_5')",
        "submission": "submission.measurement_sets[0].performance_start.endswith('02-01')",
    }
    space: dict[str, Any] = {"fail": fail}
    source = f"def first({first}):\n    return fail('', 'no') if {parts[first]} else None\n"
    exec(source, space)  # noqa: S102
    needed = made(space["first"], "ACME-TRY-02", scope=scope)
    calls: Counter[str] = Counter()
    needing = counting(calls, "ACME-TRY-01", second, no_exchange, needs="ACME-TRY-02")
    drafts = [good, bad, good, good, bad, bad, good]
    report = run(drafts, vendor_of([needing, needed]), all_results=True)
    said = {
        (result.document, result.code): result.outcome
        for result in report.results
        if result.code.startswith("ACME")
    }
    for number, draft in some(enumerate(drafts)):
        expected = ("fail", "notApplicable") if draft is bad else ("pass", "fail")
        assert (said[number, "ACME-TRY-02"], said[number, "ACME-TRY-01"]) == expected
    assert 0 < calls["ACME-TRY-01"] <= drafts.count(good)


def test_a_chain_of_needs_is_blocked_to_its_end() -> None:
    calls: Counter[str] = Counter()
    chain = [
        counting(calls, "ACME-TRY-03", "period", no_exchange),
        counting(calls, "ACME-TRY-02", "answers", needs="ACME-TRY-03"),
        counting(calls, "ACME-TRY-01", "period", needs="ACME-TRY-02"),
    ]
    report = run(ALIKE, vendor_of(chain), all_results=True)
    outcomes = Counter((r.code, r.outcome) for r in report.results if r.code.startswith("ACME"))
    assert outcomes == {
        ("ACME-TRY-03", "fail"): 6,
        ("ACME-TRY-02", "notApplicable"): 6,
        ("ACME-TRY-01", "notApplicable"): 6,
    }
    assert calls == {"ACME-TRY-03": 1}
    waiting = [[code for code in d.waiting if code.startswith("ACME")] for d in report.documents]
    assert waiting == [["ACME-TRY-01", "ACME-TRY-02"]] * 6


def test_a_kept_result_points_into_its_own_document() -> None:
    """A measure is named by its id, so equal answers in another order have other places."""
    found = made(lambda answers: fail("/measurements/PI_PEA_1", "no"), "ACME-TRY-01")  # noqa: ARG005
    document = ALIKE[0].build()
    measurements = document["measurementSets"][0]["measurements"]
    measurements.reverse()
    report = run([ALIKE[0], Draft(document)], vendor_of([found]))
    pointers = [r.location.pointer for r in report.results if r.code == "ACME-TRY-01"]
    place = [m["measureId"] for m in measurements].index("PI_PEA_1")
    last = len(measurements) - 1
    assert pointers == [
        f"/measurementSets/0/measurements/{last - place}",
        f"/measurementSets/0/measurements/{place}",
    ]


def test_a_period_is_one_key_whatever_object_holds_it() -> None:
    assert hash(Period("a", "b")) == hash(Period("a", "b"))
    assert Period("a", "b") != Period("b", "a")
