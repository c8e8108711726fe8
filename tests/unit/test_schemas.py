"""The published schemas: sound, documented, and of one mind with the records they publish."""

from __future__ import annotations

import copy
import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from picheck.errors import UsageError
from picheck.intake.decoder import decode_document
from picheck.model import citation, evidence, location, report, result, submission, vocabulary
from picheck.schemas import NAMES, explain, load_schema
from support import some

COMPLIANT = Path(__file__).parents[2] / "fixtures" / "picheck_fixtures" / "compliant"
YEARS = sorted(path.stem for path in COMPLIANT.glob("[0-9][0-9][0-9][0-9].json"))

SUBMISSION: dict[str, Any] = {
    "entityType": "group",
    "taxpayerIdentificationNumber": "123456789",  # invented
    "performanceYear": 2025,
    "measurementSets": [
        {
            "category": "pi",
            "submissionMethod": "registry",
            "performanceStart": "2025-01-01",
            "performanceEnd": "2025-12-31",
            "measurements": [
                {"measureId": "PI_PPHI_1", "value": True},
                {"measureId": "PI_EP_1", "value": {"numerator": 450, "denominator": 500}},
            ],
        }
    ],
}
KEYS = {key: value for key, value in SUBMISSION.items() if key != "measurementSets"}
SHAPES: list[Any] = [
    SUBMISSION,
    {"submission": SUBMISSION, "evidence": {"cehrt": {"certifiedOn": "2025-01-01"}}},
    {**SUBMISSION["measurementSets"][0], "submission": KEYS},
]
EVIDENCE: dict[str, Any] = {
    "cehrt": {"functionalityInPlaceOn": "2025-01-01", "certifiedOn": None, "edition": "mixed"},
    "attestations": {"securityRiskAnalysisOn": "2025-03-01", "saferGuideEdition": 2025},
    "counts": {"permissiblePrescriptions": 80, "transitionsSent": None},
    "ehrReport": {"PI_PEA_1": {"numerator": 861, "denominator": 1809}},
    "clinicians": [
        {"npi": "2000000010", "measures": {"PI_PEA_1": {"numerator": 1, "denominator": 2}}},
        {
            "specialStatuses": ["hospitalBased"],
            "period": {"performanceStart": "2025-01-01", "performanceEnd": None},
            "certified": False,
            "placeOfServiceShare": {"21": 60, "23": 20.5},
        },
    ],
    "eligibility": {"specialStatuses": ["smallPractice"], "hardshipException": "pending"},
    "engagementHistory": {"2023": {}, "2024": {"PI_PHCDRR_1": "preProduction"}},
    "documents": [{"supports": ["PI_PPHI_1"], "file": "sra.pdf", "sha256": "0a" * 32}],
}
RECORDS: dict[str, type[msgspec.Struct]] = {  # definitions that mirror one record each
    "submission#submissionKeys": submission.SubmissionKeys,
    "submission#measurementSet": submission.MeasurementSet,
    "submission#measurement": submission.Measurement,
    "evidence": evidence.Evidence,
    "evidence#cehrt": evidence.Cehrt,
    "evidence#attestations": evidence.Attestations,
    "evidence#counts": evidence.EvidenceCounts,
    "evidence#eligibility": evidence.Eligibility,
    "evidence#tally": evidence.Tally,
    "evidence#clinician": evidence.Clinician,
    "evidence#clinicianPeriod": evidence.ClinicianPeriod,
    "evidence#supportingDocument": evidence.SupportingDocument,
    "report": report.Report,
    "report#tool": report.Tool,
    "report#run": report.Run,
    "report#historyUse": report.HistoryUse,
    "report#rulebook": report.RulebookUse,
    "report#plugin": report.PluginUse,
    "report#notice": report.Notice,
    "report#document": report.DocumentSummary,
    "report#summary": report.Summary,
    "report#exit": report.Exit,
    "report#input": report.InputUse,
    "report#rule": result.RuleRecord,
    "report#unverified": result.Unverified,
    "report#result": result.Result,
    "report#location": location.Location,
    "report#citation": citation.Citation,
}


# What the schemas are


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_itself(name: str) -> None:
    schema = load_schema(name)
    Draft202012Validator.check_schema(schema)
    edition = 2 if name.startswith("report") else 1
    assert schema["$id"] == f"urn:picheck:schema:{name}:{edition}"
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", NAMES)
def test_everything_in_a_schema_has_a_title_and_a_description(name: str) -> None:
    silent = [
        pointer
        for pointer, schema in named_schemas(load_schema(name), "")
        if not (schema.get("title") and schema.get("description"))
    ]
    assert not silent


def named_schemas(schema: Any, pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the schema of every property and definition inside a schema."""
    if not isinstance(schema, dict):
        return
    for keyword in ("properties", "$defs"):
        for name, inner in schema.get(keyword, {}).items():
            yield f"{pointer}/{keyword}/{name}", inner
            yield from named_schemas(inner, f"{pointer}/{keyword}/{name}")
    for keyword in ("if", "then", "else", "not", "items", "additionalProperties"):
        yield from named_schemas(schema.get(keyword), f"{pointer}/{keyword}")


@pytest.mark.parametrize(("place", "record"), RECORDS.items(), ids=RECORDS)
def test_a_definition_has_the_keys_of_its_record(place: str, record: type[msgspec.Struct]) -> None:
    name, _, definition = place.partition("#")
    root = load_schema(name)
    inside = {**root["properties"], **root["$defs"]} if "properties" in root else root["$defs"]
    schema = inside[definition] if definition else root
    fields = msgspec.structs.fields(record)
    # Reports are written by us, whole; what people write may leave out what has a default.
    is_whole = name == "report" and not record.__struct_config__.omit_defaults
    assert set(schema["properties"]) == {field.encode_name for field in fields}
    assert set(schema.get("required", ())) == {
        field.encode_name
        for field in fields
        if field.required or (is_whole and field.default is not msgspec.UNSET)
    }
    assert (schema.get("additionalProperties") is False) == (name != "submission")


def test_a_schema_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match='no schema is called "submision"; choose one of'):
        load_schema("submision")


def test_a_loaded_schema_is_the_callers_own() -> None:
    load_schema("report").clear()
    assert load_schema("report")


def test_loading_a_schema_does_not_import_jsonschema() -> None:
    code = "import sys, picheck.schemas as s; s.load_schema('report'); print(*sys.modules)"
    path = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=path
    )
    assert "jsonschema" not in loaded.stdout.split()


# What they say


@pytest.mark.parametrize("year", YEARS)
def test_the_compliant_fixtures_are_sound(year: str) -> None:
    assert not explain("submission", json.loads((COMPLIANT / f"{year}.json").read_bytes()))
    side_file = json.loads((COMPLIANT / f"{year}.evidence.json").read_bytes())
    assert not explain("evidence", side_file)
    msgspec.convert(side_file, evidence.Evidence)


@pytest.mark.parametrize("document", SHAPES, ids=["bare", "case", "posted"])
def test_each_of_the_three_shapes_is_sound(document: Any) -> None:
    assert not explain("submission", document)


FAULTS: list[tuple[str, Any, list[tuple[str, str]]]] = [
    ("submission", [], [("", "an array with 0 items found, expected an object")]),
    (
        "submission",
        {"entityType": 5, "performanceYear": "2025"},
        [
            ("", 'key "measurementSets" is missing'),
            ("/entityType", "5 found, expected a string"),
            ("/performanceYear", '"2025" found, expected a whole number'),
        ],
    ),
    (
        "submission",
        {**SUBMISSION, "performanceYear": True},
        [("/performanceYear", "true found, expected a whole number")],
    ),
    ("submission", {"submission": None}, [("/submission", "null found, expected an object")]),
    (
        "submission",
        {"submission": KEYS, "category": "pi", "measurements": [{}]},
        [
            ("/measurements/0", 'key "measureId" is missing'),
            ("/measurements/0", 'key "value" is missing'),
        ],
    ),
    (
        "submission",
        {**SUBMISSION, "id": [math.inf]},
        [("/id/0", "Infinity found, expected a finite number")],
    ),
    (
        "evidence",
        {"cehrt": {"certifedOn": None}},
        [("/cehrt/certifedOn", 'key "certifedOn" is not known, expected "certifiedOn"')],
    ),
    (
        "evidence",
        {"cehrt": {"certifiedOn": "2025-02-30"}},
        [("/cehrt/certifiedOn", '"2025-02-30" found, expected a real date, YYYY-MM-DD')],
    ),
    (
        "evidence",
        {"cehrt": {"certifiedOn": "20250201"}},
        [("/cehrt/certifiedOn", '"20250201" found, expected a real date, YYYY-MM-DD')],
    ),
    (
        "evidence",
        {"counts": {"transitionsSent": -1}},
        [("/counts/transitionsSent", "-1 found, expected at least 0")],
    ),
    (
        "evidence",
        {"counts": {"transitionsSent": -1.5}},
        [("/counts/transitionsSent", "-1.5 found, expected a whole number or null")],
    ),
    (
        "evidence",
        {"eligibility": {"hardshipException": "applied"}},
        [
            (
                "/eligibility/hardshipException",
                '"applied" found, expected "approved", "pending", "denied" or null',
            )
        ],
    ),
    (
        "evidence",
        {"engagementHistory": {"last/year": {}}},
        [
            (
                "/engagementHistory/last~1year",
                'key "last/year" found, expected text that matches ^[0-9]{4}$',
            )
        ],
    ),
    (
        "evidence",
        {"documents": [{"supports": [], "file": "a", "sha256": "0a" * 33}]},
        [
            (
                "/documents/0/sha256",
                f'"{"0a" * 29}… found, expected text that matches ^[0-9A-Fa-f]{{64}}$',
            )
        ],
    ),
]


@pytest.mark.parametrize(("name", "instance", "expected"), FAULTS)
def test_a_fault_is_told_once_with_its_place(
    name: str, instance: Any, expected: list[tuple[str, str]]
) -> None:
    assert [(told.pointer, told.message) for told in explain(name, instance)] == expected


@pytest.mark.parametrize(
    ("name", "instance", "masked"),
    [
        ("submission", {**SUBMISSION, "taxpayerIdentificationNumber": 123456789}, "*****6789"),
        ("submission", {**SUBMISSION, "nationalProviderIdentifier": [2000000010]}, "1 item"),
        ("submission", {**SUBMISSION, "entityId": 123456789}, "*****6789"),
        ("submission", {**SUBMISSION, "measurementSets": "12-3456789"}, '"******6789"'),
        ("evidence", {"clinicians": [{"npi": 2000000010, "measures": {}}]}, "******0010"),
        ("evidence", {"engagementHistory": {"123456789": {}}}, '"*****6789"'),
    ],
)
def test_an_identifier_is_never_told_in_full(name: str, instance: Any, masked: str) -> None:
    (told,) = explain(name, instance)
    assert masked in told.message
    said = f"{told.message} {told.expected} {told.actual}"
    assert not any(whole in said for whole in ("123456789", "3456789", "2000000010"))


def test_what_a_document_says_is_escaped_and_shortened() -> None:
    (told,) = explain(
        "evidence", {"cehrt": {"certifiedOn": "\x1b[2J\x7f\u202e\U000e0001" + "x" * 999}}
    )
    assert told.actual is not None
    assert told.actual.startswith('"\\u001b[2J\\u007f\\u202e\\udb40\\udc01xxx')
    assert told.actual.isprintable()
    assert len(told.actual) == 60
    (told,) = explain("submission", {**SUBMISSION, "entityId": 10**400})
    assert told.actual == "a number of more than 60 digits"


# Reports

RESULT = result.Result(
    document=0,
    code="ACME-ERX-01",
    year=2025,
    outcome="fail",
    consequence="categoryZero",
    severity="error",
    message="too little",
    measures=("PI_EP_1",),
    location=location.Location(pointer="/measurementSets/0", line=3, column=5),
    related_locations=(location.Location(pointer="", document=1, message="the other"),),
    expected=["a"],
    actual={"numerator": 1},
    remediation="do more",
    note="two sources disagree",
    citations=(citation.Citation(key="k", title="t", standing="official"),),
    missing_evidence=("cehrt.certifiedOn",),
    fingerprint="0a" * 32,
    waiver="letter 12",
    baseline="new",
)
RULE = result.RuleRecord(
    code="ACME-ERX-01",
    year=2025,
    slug="too-little",
    title="There is too little of it.",
    plugin="acme",
    distribution="acme-tools",
    version="1.0",
    consequence="categoryZero",
    severity="error",
    reads=("counts", "evidence"),
    evidence=("cehrt.certifiedOn",),
    help="Looks whether there is enough.",
    remediation="add to it",
    note="a year's own",
    citations=(citation.Citation(key="k", title="t", standing="official"),),
    help_uri="https://acme.test/ACME-ERX-01.html",
)
REPORT = report.Report(
    run=report.Run(
        as_of="2026-01-15",
        gate="error",
        options={"ignore": ["PIC-PER"]},
        inputs=(report.InputUse(role="waivers", uri="w.toml", sha256="0c" * 32),),
        rulebooks=(
            report.RulebookUse(
                program="pi", year=2025, status="final", sha256="0a" * 32, plugin="pi-2025"
            ),
        ),
        plugins=(report.PluginUse(name="acme", status="failed", reason="no such module"),),
        notices=(report.Notice(kind="pluginFailed", message="acme", is_incomplete=True),),
    ),
    rules=(RULE,),
    documents=(
        report.DocumentSummary(
            uri="acme.json",
            line=1,
            sha256="0b" * 32,
            performance_year=None,
            entity_type=None,
            subject="tin *****6789",
            verdict="notReady",
            entity="wT3RCdDH4PpPsKQv",
            outcomes={"fail": 1},
            unverified=(result.Unverified(code="ACME-ERX-01", missing=("cehrt.certifiedOn",)),),
            inputs=(report.InputUse(role="evidence", uri="e.json", sha256="0d" * 32),),
            facts={"score": 0},
        ),
    ),
    results=(RESULT,),
    summary=report.Summary(
        verdict="notReady",
        documents={"notReady": 1},
        outcomes={"fail": 1},
        consequences={"categoryZero": 1},
        exit=report.Exit(code=1, reasons=("findings",)),
    ),
)


def test_a_report_follows_its_schema() -> None:
    report_json = json.loads(msgspec.json.encode(REPORT))
    assert not explain("report", report_json)


def test_an_empty_report_follows_its_schema() -> None:
    bare = msgspec.structs.replace(
        REPORT, run=report.Run(as_of="2026-01-15", gate="never"), rules=(), documents=(), results=()
    )
    assert not explain("report", json.loads(msgspec.json.encode(bare)))


def test_the_schema_speaks_of_the_version_that_is_written() -> None:
    version = load_schema("report")["properties"]["schemaVersion"]
    assert version["const"] == report.SCHEMA_VERSION


@pytest.mark.parametrize("words", ["outcome", "consequence", "severity"])
def test_a_report_knows_every_word_of_the_vocabulary(words: str) -> None:
    known = {
        "outcome": {*vocabulary.OUTCOMES},
        "consequence": {*vocabulary.CONSEQUENCES, None},
        "severity": {*vocabulary.SEVERITIES, "none"},
    }
    properties = load_schema("report")["$defs"]["result"]["properties"]
    assert set(properties[words]["enum"]) == known[words]


def test_a_report_with_a_key_of_its_own_breaks_its_schema() -> None:
    report_json = json.loads(msgspec.json.encode(REPORT))
    report_json["results"][0]["location"]["row"] = 3
    del report_json["summary"]["waived"]
    told = [(each.pointer, each.message.split(",")[0]) for each in explain("report", report_json)]
    assert told == [
        ("/results/0/location/row", 'key "row" is not known'),
        ("/summary", 'key "waived" is missing'),
    ]


# The gate and the published schema give one verdict

NAMES_IN_USE = sorted(
    {field.encode_name for record in RECORDS.values() for field in msgspec.structs.fields(record)}
)
SUBMISSION_KEYS = {
    field.encode_name
    for record in (submission.PostedSet, submission.Submission, submission.Measurement)
    for field in msgspec.structs.fields(record)
} | {"evidence"}
#: One value of each kind; a year such as 2025.0 is a whole number to JSON Schema.
ODD: list[Any] = [None, True, 0.5, 2025, 2025.0, "pi", [], {}]
keys = st.sampled_from(NAMES_IN_USE) | st.text(max_size=3)
scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)


def json_values(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    whole = st.sampled_from([SUBMISSION, KEYS, [], {}, "2025-01-01"]).map(copy.deepcopy)
    return whole | st.recursive(
        scalars | numbers,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=5,
    )


ANY_NUMBER = st.floats(allow_nan=False, allow_infinity=False)
#: The evidence records take 3 for a whole number, but not 3.0.
BROKEN_NUMBER = ANY_NUMBER.filter(lambda each: not each.is_integer())


@st.composite
def departures(draw: Callable[..., Any], wholes: list[Any], values: st.SearchStrategy[Any]) -> Any:
    """Draw a sound document with up to three things in it deleted, replaced or inserted."""
    root = [copy.deepcopy(draw(st.sampled_from(wholes)))]
    for _ in range(draw(st.integers(0, 3))):
        container, key = draw(st.sampled_from(list(places(root))))
        change = draw(st.sampled_from(["delete", "replace", "insert"]))
        if change == "replace" or container is root:
            container[key] = draw(values)
        elif change == "delete":
            del container[key]
        elif isinstance(container, list):
            container.insert(key, draw(values))
        else:
            container[draw(keys)] = draw(values)
    return root[0]


def places(container: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (container, key or index) of every value inside."""
    for key, value in list(
        container.items() if isinstance(container, dict) else enumerate(container)
    ):
        yield container, key
        if isinstance(value, dict | list):
            yield from places(value)


def is_accepted(document: Any) -> bool:
    return decode_document(json.dumps(document).encode(), "x.json").submission is not None


@settings(max_examples=150, deadline=None)
@given(departures(SHAPES, json_values(ANY_NUMBER)))
def test_the_gate_and_the_published_schema_agree(document: Any) -> None:
    assert is_accepted(document) == (not explain("submission", document))


@pytest.mark.parametrize("shape", SHAPES, ids=["bare", "case", "posted"])
def test_the_gate_and_the_published_schema_agree_on_every_key(shape: Any) -> None:
    """Chance seldom puts null at the one key that must take it: here is each key by itself."""
    root = [copy.deepcopy(shape)]
    objects = [root[0], *(c[k] for c, k in places(root[0]) if isinstance(c[k], dict))]
    for whole in some(objects):
        kept = dict(whole)
        for key in {*kept, *SUBMISSION_KEYS}:
            for value in (*ODD, Ellipsis):
                whole.pop(key, None)
                if value is not Ellipsis:
                    whole[key] = copy.copy(value)
                assert is_accepted(root[0]) == (not explain("submission", root[0])), root[0]
            whole.clear()
            whole.update(kept)


@settings(max_examples=150, deadline=None)
@given(departures([EVIDENCE], json_values(BROKEN_NUMBER)))
def test_evidence_that_the_schema_accepts_can_be_read(document: Any) -> None:
    if not explain("evidence", document):
        msgspec.json.decode(json.dumps(document), type=evidence.Evidence)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NAMES), departures([*SHAPES, EVIDENCE], json_values(ANY_NUMBER)))
def test_anything_can_be_explained(name: str, document: Any) -> None:
    told = explain(name, document)
    assert [violation.pointer for violation in told] == sorted(each.pointer for each in told)
    assert len(set(told)) == len(told)
    assert bool(told) == (
        not Draft202012Validator(
            load_schema(name), format_checker=Draft202012Validator.FORMAT_CHECKER
        ).is_valid(document)
    )
