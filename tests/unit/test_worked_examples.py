"""The worked audit examples of the rule matrix, each in every year it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.engine.prior.loader import load_prior
from picheck.intake.documents import RawDocument
from picheck.model.report import Report
from picheck.plugins.registry import PluginRegistry
from picheck.testing.examples import compliant_parts
from picheck.testing.mutations import Change, apply_change_to_text
from support import YEARS, is_in_matrix, or_skip_year

EVERY = YEARS
FROM_2022, FROM_2023 = YEARS[1:], YEARS[2:]
OWN_ID = {"taxpayerIdentificationNumber": None, "entityId": "INVENTED-1"}
NO_PRESCRIBING = ("PI_EP_1", "PI_EP_2")
ECR = ("PI_PHCDRR_3", "PI_PHCDRR_3_PROD")
IMMUNISATION_PRE: dict[str, Any] = {
    "without": ("PI_PHCDRR_1_PROD",),
    "answers": {"PI_PHCDRR_1_PRE": True},
}
IMMUNISATION_EXCLUDED: dict[str, Any] = {
    "without": ("PI_PHCDRR_1", "PI_PHCDRR_1_PROD"),
    "answers": {"PI_PHCDRR_1_EX_1": True},
}
#: Under 100 events an exclusion would have been there; that is only advice.
SMALL = ("PIC-MEA-09",)
EHR_SET: dict[str, Any] = {
    "set": {"submissionMethod": "electronicHealthRecord"},
    "without": ("PI_HIE_5",),
    "answers": {
        "PI_HIE_1": {"numerator": 50, "denominator": 60},
        "PI_HIE_4": {"numerator": 40, "denominator": 70},
    },
}


def counts(numerator: int, denominator: int) -> dict[str, int]:
    """Write the value of a proportion measure."""
    return {"numerator": numerator, "denominator": denominator}


class Example(NamedTuple):
    """A row: its number and name, its years, what departs, and what is found.

    `errors` are the codes that bring zero or a refusal, `others` those that warn or advise.
    """

    row: str
    years: tuple[int, ...]
    change: Mapping[str, Any] = MappingProxyType({})
    errors: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    prior: Mapping[int, dict[str, Any]] = MappingProxyType({})
    beside: tuple[dict[str, Any], ...] = ()
    evidence: bytes | None = None


def period(start: str, end: str) -> dict[str, Any]:
    """Write another performance period."""
    return {"set": {"performanceStart": start, "performanceEnd": end}}


def answers(without: tuple[str, ...] = (), **values: Any) -> dict[str, Any]:
    """Write other answers."""
    return {"without": without, "answers": values}


EXAMPLES = (
    Example("1 last 90 days", (2023,), period("2023-10-03", "2023-12-31")),
    Example("3 last 180 days", (2025,), period("2025-07-05", "2025-12-31")),
    Example("5 180 days of a leap year", (2024,), period("2024-01-01", "2024-06-28")),
    Example("5 179 days", (2025,), period("2025-01-01", "2025-06-28"), ("PIC-PER-03",)),
    Example("7 leaves the year", (2025,), period("2025-10-01", "2026-03-29"), ("PIC-PER-02",)),
    Example("9 an id of next year", (2024,), {"set": {"cehrtId": "2025C0A1B2C3D4E"}},
            ("PIC-CEH-03",)),
    Example("9 an id of the year", (2025,), {"set": {"cehrtId": "2025C0A1B2C3D4E"}}),
    Example("11 14 characters", EVERY, {"set": {"cehrtId": "0015C7T2W5P9D4"}}, ("PIC-CEH-02",)),
    Example("13 SAFER is not asked", (2021,), answers(("PI_PPHI_2",))),
    Example("13 SAFER is absent", FROM_2022, answers(("PI_PPHI_2",)), ("PIC-ATT-01",)),
    Example("15 the optional statement is absent", EVERY, answers(("PI_ONCACB_1",))),
    Example("15 the optional statement is given", EVERY, answers(PI_ONCACB_1=True)),
    Example("17 more than all", EVERY, answers(PI_EP_1=counts(12, 10)), ("PIC-MEA-03",)),
    Example("19 a measure and its exclusion", (2021, 2022), answers(("PI_EP_2",), PI_LVPP_1=True),
            ("PIC-MEA-05",)),
    Example("19 a measure and its exclusion", FROM_2023, answers(PI_LVPP_1=True),
            ("PIC-MEA-05",), ("PIC-ERX-01",)),
    Example("21 both exclusions of one criterion", (2023,),
            answers(NO_PRESCRIBING, PI_LVPP_1=True, PI_EP_2_EX_2=True)),
    Example("21 both exclusions of two criteria", (2024, 2025, 2026),
            answers(NO_PRESCRIBING, PI_LVPP_1=True, PI_EP_2_EX_2=True), (), ("PIC-ERX-02",)),
    Example("23 one too many", (2024,),
            answers(("PI_EP_2",), PI_EP_2_EX_1=True, PI_EP_2_EX_2=True), (), ("PIC-ERX-04",)),
    Example("23 two that exclude each other", (2025, 2026),
            answers(("PI_EP_2",), PI_EP_2_EX_1=True, PI_EP_2_EX_2=True), ("PIC-MEA-06",)),
    Example("25 half an exchange", EVERY, answers(("PI_HIE_5",), PI_HIE_1=counts(50, 60)),
            ("PIC-HIE-01",), SMALL),
    Example("27 two exchanges", EVERY, answers(PI_HIE_1=counts(50, 60)),
            ("PIC-MEA-06",), SMALL),
    Example("29 TEFCA too early", (2021, 2022), answers(("PI_HIE_5",), PI_HIE_6=True),
            ("PIC-HIE-01", "PIC-STR-04")),
    Example("29 TEFCA", FROM_2023, answers(("PI_HIE_5",), PI_HIE_6=True)),
    Example("31 one registry twice", (2021,),
            answers(("PI_PHCDRR_1", "PI_PHCDRR_3"), PI_PHCDRR_5=True, PI_PHCDRR_5_MULTI=True)),
    Example("33 case reporting excluded", (2024,), answers(ECR, PI_PHCDRR_3_EX_1=True)),
    Example("35 both levels", FROM_2023, answers(PI_PHCDRR_1_PRE=True), ("PIC-MEA-06",)),
    Example("37 a suppressed measure is absent", (2025,), answers(ECR), ("PIC-MEA-01",)),
    Example("39 the first counted year", (2024,), IMMUNISATION_PRE,
            prior={2023: IMMUNISATION_PRE}),
    Example("41 an exclusion resets nothing", (2026,), IMMUNISATION_PRE, ("PIC-HST-01",),
            prior={2024: IMMUNISATION_PRE, 2025: IMMUNISATION_EXCLUDED}),
    Example("43 a bonus without production", (2026,),
            answers((*ECR, "PI_PHCDRR_1_PROD"), PI_PHCDRR_6=True, PI_PHCDRR_1_PRE=True,
                    PI_PHCDRR_3_EX_1=True), (), ("PIC-PUB-07",)),
    Example("45 two answers cost all", (2021, 2022, 2023), {}, ("PIC-CNF-01",), SMALL,
            beside=(EHR_SET,)),
    Example("45 two answers, the higher counts", (2024, 2025, 2026), {}, (),
            ("PIC-CNF-01", *SMALL), beside=(EHR_SET,)),
    Example("47 an exemption that is given up", (2021, 2022), {}, (), ("PIC-ELG-01",),
            evidence=b'{"eligibility": {"clinicianType": "nursePractitioner"}}'),
    Example("47 an exemption that is no more", FROM_2023, {},
            evidence=b'{"eligibility": {"clinicianType": "nursePractitioner"}}'),
    Example("49 an APM Entity too early", (2021, 2022),
            {"submission": {"entityType": "apm", **OWN_ID}}, ("PIC-IDN-01",)),
    Example("49 an APM Entity", FROM_2023, {"submission": {"entityType": "apm", **OWN_ID}}),
    # The conflicts between sources (4.1), as their "handling" says
    Example("c3 action to limit: no", EVERY, answers(PI_INFBLO_1=False), ("PIC-ATT-01",)),
    Example("c4 suppressed and answered no", (2025,),
            answers(("PI_PHCDRR_3_PROD",), PI_PHCDRR_3=False), (), ("PIC-PUB-05",)),
    Example("c5 PDMP beside the exclusion", FROM_2023, answers(("PI_EP_1",), PI_LVPP_1=True), (),
            ("PIC-ERX-01",)),
    Example("c8 a virtual group", (2021, 2022),
            {"submission": {"entityType": "virtualGroup", **OWN_ID}}, (), ("PIC-IDN-01",)),
    Example("c8 a virtual group", FROM_2023,
            {"submission": {"entityType": "virtualGroup", **OWN_ID}}),
    Example("c9 exclusions beside the exchange", EVERY, answers(PI_LVOTC_1=True), (),
            ("PIC-HIE-02",)),
)  # fmt: skip
ROWS = [(example, year) for example in EXAMPLES for year in example.years if is_in_matrix(year)]


def document(
    name: str, year: int, change: Mapping[str, Any], evidence: bytes | None
) -> RawDocument:
    """Make a complete submission of a year that departs in one thing."""
    submission, _ = compliant_parts(year)
    given = {"PI_EP_1": counts(90, 100), "PI_PEA_1": counts(95, 100)}
    for measurement in submission["measurementSets"][0]["measurements"]:
        measurement["value"] = given.get(measurement["measureId"], measurement["value"])
    text = apply_change_to_text(submission, Change(**change))
    return RawDocument(uri=f"{name}.json", data=text.encode(), evidence=evidence)


def audit(example: Example, year: int, registry: PluginRegistry) -> Report:
    """Audit an example in the year's submission window."""
    earlier = [document(f"{y}", y, change, None) for y, change in example.prior.items()]
    documents = [
        document(f"{number}", year, change, example.evidence)
        for number, change in enumerate((example.change, *example.beside))
    ]
    prior = load_prior(earlier, registry)
    options = AuditOptions(as_of=date(year + 1, 2, 1))
    return audit_inputs(documents, options, registry, prior.book, prior.notices)


@pytest.mark.parametrize(
    ("example", "year"), ROWS, ids=[f"{example.row}-{year}" for example, year in ROWS]
)
def test_a_worked_example_gives_exactly_these_codes(
    example: Example, year: int, registry: PluginRegistry
) -> None:
    report = audit(example, year, registry)
    failed = [result for result in report.results if result.outcome == "fail"]
    found = sorted({r.code for r in failed if r.severity == "error"})
    assert found == sorted(example.errors)
    others = {r.code for r in failed if r.severity != "error"}
    assert sorted(others) == sorted(example.others)
    assert report.summary.exit.code == (1 if example.errors else 0)


MINIMAL = answers(
    ("PI_PHCDRR_3_PROD",),
    PI_EP_1=counts(500, 600),
    PI_PEA_1=counts(200, 240),
    PI_PHCDRR_3=False,
)


@pytest.mark.parametrize("year", or_skip_year(y for y in (2024, 2025, 2026) if is_in_matrix(y)))
def test_the_minimal_file_passes_only_in_its_own_year(year: int, registry: PluginRegistry) -> None:
    start = {"performanceStart": f"{year}-07-05", "cehrtId": "0015CAB2C3D4E5F"}
    change = {**MINIMAL, "set": start}
    report = audit(Example("appendix A", (year,), change), year, registry)
    failed = {r.code: r.severity for r in report.results if r.outcome == "fail"}
    errors = {code for code, severity in failed.items() if severity == "error"}
    assert errors == (set() if year == 2025 else {"PIC-MEA-02"})
    assert ("PIC-PUB-05" in failed) == (year == 2025)
