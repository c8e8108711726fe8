"""What holds for every document, not only for those somebody thought of."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.intake.decoder import DecodedDocument
from picheck.intake.documents import RawDocument
from picheck.intake.formats import decode
from picheck.model.report import Report
from picheck.model.result import Result
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry, collect_plugins
from picheck.schemas import explain
from picheck.testing.examples import compliant_parts
from support import YEAR, YEARS, is_in_matrix, some, years_asked_for

TERMS = AuditOptions(as_of=date(YEAR + 1, 2, 1), gate="note", all_results=True)
few = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def audited(registry: PluginRegistry, *documents: bytes, terms: AuditOptions = TERMS) -> Report:
    """Audit documents with the evidence of the year's compliant submission."""
    evidence = json.dumps(compliant_parts(YEAR)[1]).encode()
    inputs = [
        RawDocument(uri=f"{number}.json", data=data, evidence=evidence)
        for number, data in enumerate(documents)
    ]
    return audit_inputs(inputs, terms, registry)


def plain(report: Report) -> Any:
    """Return a report as a program reads it."""
    return json.loads(msgspec.json.encode(report))


KEYS = st.sampled_from(
    ["performanceYear", "measurementSets", "entityType", "category", "measurements", "value",
     "measureId", "submission", "evidence", "numerator", "denominator", "cehrtId", "id"]
) | st.text(max_size=4)  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["pi", "group", "PI_EP_1", f"{YEAR}-01-01", YEAR, "123456789"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def departures(draw: Callable[..., Any]) -> Any:
    """Draw the compliant submission with a few values anywhere in it replaced or removed."""
    root = [compliant_parts(draw(st.sampled_from(years_asked_for() or YEARS)))[0]]
    for _ in range(draw(st.integers(1, 4))):
        container, key = draw(st.sampled_from(list(places(root))))
        if draw(st.booleans()) or container is root:
            container[key] = draw(JSON)
        else:
            del container[key]
    return root[0]


COUNTS = st.fixed_dictionaries(
    {"numerator": st.integers(0, 120) | SCALARS, "denominator": st.integers(0, 120)}
)


@st.composite
def answered(draw: Callable[..., Any]) -> Any:
    """Draw the compliant submission with other answers, all of them of the year's measures."""
    document, _ = compliant_parts(YEAR)
    record = document["measurementSets"][0]
    kept = {m["measureId"]: m["value"] for m in record["measurements"]}
    ids = st.sampled_from([*kept, *IDS])
    kept |= draw(st.dictionaries(ids, st.booleans() | COUNTS | SCALARS, max_size=6))
    for gone in draw(st.lists(ids, max_size=4)):
        kept.pop(gone, None)
    record["measurements"] = [{"measureId": i, "value": value} for i, value in kept.items()]
    return document


IDS = (
    "PI_LVPP_1", "PI_EP_2_EX_1", "PI_EP_2_EX_2", "PI_HIE_1", "PI_HIE_4", "PI_LVOTC_1",
    "PI_LVITC_2", "PI_HIE_6", "PI_PHCDRR_1_PRE", "PI_PHCDRR_3_PRE", "PI_PHCDRR_1_EX_1",
    "PI_PHCDRR_3_EX_1", "PI_PHCDRR_2", "PI_PHCDRR_2_PROD", "PI_PHCDRR_4", "PI_PHCDRR_5",
    "PI_PHCDRR_6", "PI_ONCACB_1", "PI_PHCDRR_1_MULTI", "PI_NO_SUCH",
)  # fmt: skip


def places(container: Any) -> Any:
    """Yield (container, key or index) of every value inside."""
    pairs = container.items() if isinstance(container, dict) else enumerate(container)
    for key, value in list(pairs):
        yield container, key
        if isinstance(value, dict | list):
            yield from places(value)


@few
@given(JSON | departures() | answered())
def test_any_json_value_yields_a_report_that_follows_its_schema(
    registry: PluginRegistry, document: Any
) -> None:
    report = audited(registry, json.dumps(document).encode())
    assert not explain("report", plain(report))
    assert len(report.documents) == 1
    assert not [r.message for r in some(report.results) if r.code == "PIC-RUN-01"]
    assert sum(report.summary.outcomes.values()) == len(report.results)


@few
@given(st.binary(max_size=60) | st.text(alphabet='{}[]":,\\ nulltrue0123.eE-', max_size=40))
def test_any_bytes_yield_a_report(registry: PluginRegistry, data: bytes | str) -> None:
    report = audited(registry, data.encode() if isinstance(data, str) else data)
    assert not explain("report", plain(report))
    assert report.summary.verdict != "ready"


@few
@given(JSON)
def test_any_evidence_yields_a_report(registry: PluginRegistry, evidence: Any) -> None:
    data = json.dumps(compliant_parts(YEAR)[0]).encode()
    handed = json.dumps(evidence).encode()
    report = audit_inputs([RawDocument(uri="a", data=data, evidence=handed)], TERMS, registry)
    assert not explain("report", plain(report))
    assert not [r.message for r in some(report.results) if r.code == "PIC-RUN-01"]


@settings(few, max_examples=5)
@given(departures())
def test_plugins_that_are_collected_again_give_identical_bytes(document: Any) -> None:
    data = json.dumps(document).encode()
    runs = []
    for _ in range(2):
        host = Host()
        host.discover()
        runs.append(msgspec.json.encode(audited(collect_plugins(host), data, data)))
    assert runs[0] == runs[1]


@few
@given(answered() | departures(), st.randoms(use_true_random=False))
def test_the_order_of_measurements_never_changes_the_findings(
    registry: PluginRegistry, document: Any, random: Any
) -> None:
    shuffled = copy.deepcopy(document)
    for record in sets_of(shuffled):
        # where an id is repeated the last one counts, so those keep their order
        ids = [m.get("measureId") for m in record["measurements"] if isinstance(m, dict)]
        if len(ids) == len(record["measurements"]) == len(set(map(repr, ids))):
            random.shuffle(record["measurements"])
    found = [findings(registry, each) for each in (document, shuffled)]
    assert found[0] == found[1]


def sets_of(document: Any) -> list[Any]:
    """Return the measurement sets whose measurements are a list."""
    records = document.get("measurementSets") if isinstance(document, dict) else None
    return [
        record
        for record in (records if isinstance(records, list) else [])
        if isinstance(record, dict) and isinstance(record.get("measurements"), list)
    ]


def findings(registry: PluginRegistry, document: Any) -> list[tuple[str, str, str, str]]:
    """Return every result as (code, place by measure id, outcome, fingerprint), sorted."""
    report = audited(registry, json.dumps(document).encode())
    (shape,) = {rule.code for rule in report.rules if rule.slug == "schema-violation"} or {""}
    is_refused = any(result.code == shape for result in report.results if result.outcome == "fail")
    return sorted(
        (r.code, r.outcome, *(("", "") if is_refused else (place_of(r), r.fingerprint)))
        for r in report.results
    )


def place_of(result: Result) -> str:
    """Return where a result points, by measure id."""
    return result.location.named or result.location.pointer


REQUIRED = [
    (year, measure)
    for year in YEARS
    if is_in_matrix(year)
    for measure in ("PI_PPHI_1", "PI_INFBLO_1", "PI_ONCDIR_1", "PI_EP_1", "PI_EP_2", "PI_HIE_5",
                    "PI_PEA_1", "PI_PHCDRR_1", "PI_PHCDRR_1_PROD", "PI_PHCDRR_3")
    if measure in str(compliant_parts(year)[0])
    # a bonus, or one of two registries of which any two will do
    if (year, measure) != (2022, "PI_EP_2") and not (year == 2021 and "PHCDRR" in measure)
]  # fmt: skip


@pytest.mark.parametrize(("year", "measure"), REQUIRED)
def test_a_compliant_file_without_a_required_measure_always_fails(
    registry: PluginRegistry, year: int, measure: str
) -> None:
    document, _ = compliant_parts(year)
    record = document["measurementSets"][0]
    record["measurements"] = [m for m in record["measurements"] if m["measureId"] != measure]
    terms = AuditOptions(as_of=date(year + 1, 2, 1))
    report = audited(registry, json.dumps(document).encode(), terms=terms)
    assert report.summary.verdict == "notReady"


@few
@given(departures())
def test_the_input_is_never_changed(registry: PluginRegistry, document: Any) -> None:
    read: list[tuple[DecodedDocument, bytes]] = []

    def reading(*arguments: Any) -> DecodedDocument:
        decoded = decode(*arguments)
        read.append((decoded, frozen_bytes(decoded)))
        return decoded

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("picheck.engine.document.decode", reading)
        audited(registry, json.dumps(document).encode())
    (kept,) = read
    assert frozen_bytes(kept[0]) == kept[1]


def frozen_bytes(decoded: DecodedDocument) -> bytes:
    """Return all that a decoded document holds, as bytes."""
    return msgspec.json.encode(decoded, enc_hook=dict)
