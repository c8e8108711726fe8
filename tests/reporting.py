"""What the tests of the reporters share: documents, reports of them, and how each was told."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any, Final

from picheck.engine.audit import Audit
from picheck.engine.terms import Terms
from picheck.hooks.inventory import Inventory
from picheck.hooks.reporter import Style
from picheck.intake.documents import RawDocument
from picheck.model.report import Report
from support import FIXTURES

YEAR: Final = 2025
TIN: Final = "123456789"  # invented, as everything in the fixtures
AS_OF: Final = date(2026, 2, 1)


NAMES: Final = (
    "text",
    "json",
    "ndjson",
    "sarif",
    "junit",
    "github",
    "markdown",
    "csv",
    "html",
    "operationoutcome",
)


def compliant() -> dict[str, Any]:
    """Return a submission with nothing wrong, as fresh plain values."""
    return _read(f"{YEAR}.json")


def evidence() -> dict[str, Any]:
    """Return its evidence."""
    return _read(f"{YEAR}.evidence.json")


def departing() -> dict[str, Any]:
    """Return a submission with faults of every weight, some of them with related places."""
    submission = compliant()
    record = submission["measurementSets"][0]
    record["performanceStart"] = "2025-08-01"
    record["measurements"] = [
        _changed(m) for m in record["measurements"] if m["measureId"] not in {"PI_EP_2", "PI_PEA_1"}
    ]
    record["measurements"].append({"measureId": "PI_LVPP_1", "value": True})
    return submission


def _changed(measurement: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "PI_EP_1": {"numerator": 0, "denominator": 500},
        "PI_ONCDIR_1": False,
    }
    identifier = measurement["measureId"]
    return {**measurement, "value": values.get(identifier, measurement["value"])}


def incomplete_evidence() -> dict[str, Any]:
    """Return evidence that leaves two rules undecided."""
    given = evidence()
    del given["attestations"]["securityRiskAnalysisOn"]
    del given["cehrt"]["certifiedOn"]
    return given


def document(
    submission: Any, uri: str = "acme.json", given: dict[str, Any] | None = None
) -> RawDocument:
    """Return a document as the intake hands it on; a text is taken as it is."""
    text = submission if isinstance(submission, str) else json.dumps(submission, indent=2)
    handed = None if given is None else json.dumps(given).encode()
    return RawDocument(uri=uri, data=text.encode(), evidence=handed)


def report_on(inventory: Inventory, *documents: RawDocument, **terms: Any) -> Report:
    """Audit documents with every result and all facts kept."""
    settled: dict[str, Any] = {"keeps_all": True, "wants_facts": True, "as_of": AS_OF} | terms
    return Audit(Terms(**settled), inventory).of(documents)


def the_usual(inventory: Inventory, **terms: Any) -> Report:
    """Return the report on a departing, a compliant and a refused document."""
    return report_on(
        inventory,
        document(departing(), "acme.json", incomplete_evidence()),
        document(compliant() | {"taxpayerIdentificationNumber": "111223333"}, "b.json", evidence()),
        document({"entityType": "group", "measurementSets": "none"}, "c.json"),
        **terms,
    )


def style(inventory: Inventory) -> Style:
    """Return the style in which the command line would ask for a file."""
    return Style(rules={code: installed.rule for code, installed in inventory.rules.items()})


def rendered(inventory: Inventory, name: str, report: Report) -> str:
    """Return a report as one of the reporters writes it."""
    return inventory.reporters[name].render(report, style(inventory))


def failures(report: Report) -> set[tuple[str, str, str]]:
    """Return (code, pointer, outcome) of everything that failed or could not be decided."""
    return {
        (result.rule.code, result.location.pointer, result.outcome)
        for result in report.results
        if result.outcome in {"fail", "indeterminate"}
    }


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / "compliant" / name).read_bytes())
    return copy.deepcopy(found)
