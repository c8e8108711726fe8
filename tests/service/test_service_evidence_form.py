"""The fields of the evidence form come from the evidence's schema, and so do their values."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picheck.model.evidence_questions import QUESTIONS
from picheck.model.evidence_sections import EvidenceSection, EvidenceSections
from picheck.schemas import evidence_schema, explain
from picheck.service.evidence_schema import NONE_OF_THESE, EvidenceSchema, find_keys
from picheck.service.facts import FactForm
from picheck.service.problems import Problem
from picheck.service.sent import SentDocument
from support import COMPLIANT, perhaps, some

ACME: Final = EvidenceSections(
    {
        "acme": EvidenceSection(
            name="acme",
            schema={
                "contractOn": {"type": "date"},
                "share": {"type": "float", "min": 0, "max": 100},
                "rooms": {"type": "integer", "min": 1},
                "certified": {"type": "boolean"},
                "levels": {"type": "list", "schema": {"type": "string", "allowed": ["a", "b"]}},
            },
        )
    }
)
SCHEMA: Final = EvidenceSchema(evidence_schema(ACME))
FORM: Final = FactForm(SCHEMA, {})


def kinds(key: str) -> list[str]:
    return [field.kind for field in SCHEMA.inputs(key, {})]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("cehrt.certifiedOn", ["date"]),
        ("cehrt.edition", ["choice"]),
        ("attestations.saferGuideEdition", ["number"]),
        ("counts.transitionsSent", ["number"]),
        ("eligibility.allMembersQualify", ["choice"]),
        ("eligibility.specialStatuses", ["many"]),
        ("eligibility.clinicianType", ["text"]),
        ("ehrReport.PI_EP_1", ["number", "number"]),
        ("engagementHistory.2024.PI_PHCDRR_1", ["choice"]),
        ("cehrt", ["date", "date", "choice"]),
        ("acme.contractOn", ["date"]),
        ("acme.share", ["number"]),
        ("acme.certified", ["choice"]),
        ("acme.levels", ["many"]),
        ("documents", []),
        ("clinicians.npi", []),
        ("ehrReport", ["table"]),
        ("engagementHistory", ["table"]),
        ("engagementHistory.2024", []),
        ("cehrt.madeUp", []),
        ("acme.madeUp", []),
        ("", []),
    ],
)
def test_a_fact_is_asked_for_as_its_schema_has_it(key: str, expected: list[str]) -> None:
    assert kinds(key) == expected


def test_no_question_asks_for_what_the_schema_does_not_know() -> None:
    for key in some(QUESTIONS):
        if "*" not in key and not key.startswith(("clinicians.", "documents.")):
            assert SCHEMA.find(key) is not None, key


@pytest.mark.parametrize(
    ("key", "texts", "value"),
    [
        ("cehrt.certifiedOn", ["2024-11-30"], "2024-11-30"),
        ("cehrt.edition", ["curesUpdate"], "curesUpdate"),
        ("counts.transitionsSent", [" 7 "], 7),
        ("acme.share", ["12.5"], 12.5),
        ("eligibility.allMembersQualify", ["false"], False),
        ("eligibility.specialStatuses", ["", "ascBased"], ["ascBased"]),
        ("acme.levels", ["", "b", "a"], ["b", "a"]),
        ("eligibility.specialStatuses", ["", NONE_OF_THESE], []),
        ("eligibility.specialStatuses", [""], None),
        ("ehrReport.PI_EP_1.numerator", ["0"], 0),
        ("cehrt.certifiedOn", ["  "], None),
        ("ehrReport", ["each"], {}),
    ],
)
def test_an_answer_becomes_the_value_that_the_schema_asks_for(
    key: str, texts: list[str], value: Any
) -> None:
    assert SCHEMA.read(key, texts) == value


@pytest.mark.parametrize(
    ("key", "texts", "said"),
    [
        ("cehrt.certifiedOn", ["30.11.2024"], "a date as YYYY-MM-DD"),
        ("cehrt.certifiedOn", ["2024-02-30"], "a date as YYYY-MM-DD"),
        ("cehrt.edition", ["2011Edition"], "one of 2014Edition"),
        ("cehrt.edition", [NONE_OF_THESE], "one of 2014Edition"),
        ("counts.transitionsSent", ["-1"], "a whole number of at least 0"),
        ("counts.transitionsSent", ["1.5"], "a whole number"),
        ("acme.share", ["101"], "a number of at least 0 and at most 100"),
        ("acme.share", ["nan"], "a number of at least 0 and at most 100"),
        ("acme.rooms", ["0"], "a whole number of at least 1"),
        ("eligibility.specialStatuses", ["ascBased", NONE_OF_THESE], "one of smallPractice"),
        ("eligibility.clinicianType", ["x" * 201], "at most 200"),
        ("eligibility.clinicianType", ["a", "b"], "2 times"),
        ("clinicians", ["a"], "no fact at 'clinicians'"),
        ("ehrReport", ["all"], "no fact at 'ehrReport'"),
        ("engagementHistory.2024", ["each"], "no fact at 'engagementHistory.2024'"),
        ("clinicians", ["each"], "no fact at 'clinicians'"),
        ("cehrt.madeUp", ["a"], "no fact at 'cehrt.madeUp'"),
        ("cehrt.madeUp", [""], "no fact at 'cehrt.madeUp'"),
    ],
)
def test_what_is_no_value_of_a_fact_is_a_problem(key: str, texts: list[str], said: str) -> None:
    with pytest.raises(Problem, match=said):
        SCHEMA.read(key, texts)


SCALARS: Final = [
    key
    for key in (*ACME.keys, "ehrReport.PI_EP_1", "engagementHistory.2024.PI_PHCDRR_1")
    if "*" not in key and kinds(key) not in ([], ["table"])
]
ANSWERS: Final = {"date": "2024-11-30", "number": "7", "text": "made up", "many": "", "choice": ""}


@given(st.lists(st.sampled_from(SCALARS), unique=True))
def test_every_answer_gives_evidence_that_its_schema_accepts(keys: list[str]) -> None:
    fields = [field for key in keys for field in SCHEMA.inputs(key, {})]
    answers = {
        field.key: [field.choices[0][0] if field.choices else ANSWERS[field.kind]]
        for field in fields
    }
    document = FORM.add_answers(SentDocument("a.json", b"{}"), answers)
    made = json.loads(document.evidence or b"{}")
    assert explain("evidence", made, ACME) == ()
    for field in perhaps(fields):  # what was answered is there to be changed
        assert SCHEMA.inputs(field.key, made)[0].values == tuple(answers[field.key])
    known = [field.key for key in find_keys(made, SCHEMA) for field in SCHEMA.inputs(key, made)]
    assert sorted(known) == sorted({field.key for field in fields})
    empty = FORM.add_answers(document, {key: [""] for key in answers})
    assert json.loads(empty.evidence or b"{}") == {}


def test_answers_leave_what_they_do_not_name_as_it_is() -> None:
    evidence = COMPLIANT.with_suffix(".evidence.json").read_bytes()
    document = SentDocument("a.json", b"{}", evidence)
    assert FORM.add_answers(document, {}) is document
    added = FORM.add_answers(document, {"acme.rooms": ["3"]})
    expected = {**json.loads(evidence), "acme": {"rooms": 3}}
    assert json.loads(added.evidence or b"") == expected


def test_evidence_of_no_sense_does_not_break_the_form() -> None:
    deep: Any = {"cehrt": [1, {"certifiedOn": {"x": None}}], "ehrReport": {"a.b": 1}, "x": {"y": 1}}
    assert list(find_keys(deep, SCHEMA)) == []
    made = FORM.add_answers(
        SentDocument("a.json", b"{}", json.dumps(deep).encode()), {"cehrt.edition": ["mixed"]}
    )
    assert json.loads(made.evidence or b"")["cehrt"] == {"edition": "mixed"}


def test_a_table_that_is_begun_stays_as_it_is() -> None:
    begun = FORM.add_answers(SentDocument("a.json", b"{}"), {"ehrReport": ["each"]})
    assert json.loads(begun.evidence or b"") == {"ehrReport": {}}
    assert SCHEMA.inputs("ehrReport", {"ehrReport": {}}) == ()
    filled = FORM.add_answers(begun, {"ehrReport.PI_EP_1.numerator": ["1"]})
    again = FORM.add_answers(filled, {"ehrReport": ["each"]})
    assert json.loads(again.evidence or b"") == {"ehrReport": {"PI_EP_1": {"numerator": 1}}}
