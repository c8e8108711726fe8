"""What the builder writes as QRDA III is read back as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picheck.api import parse_date
from picheck.model.conversion import spot_of
from picheck.testing import compliant
from picheck.testing.cases import load_cases
from picheck.testing.mutations import apply_change_to_text
from picheck.testing.qrda_builder import to_qrda
from qrda_support import audited, converted, read, versions, written
from support import FIXTURES, YEAR, perhaps, some, years_asked_for

#: A year that is not final yet.
PROPOSED = 2027
#: The entity types with the keys that identify them.
ENTITIES: dict[str, dict[str, str]] = {
    "individual": {
        "taxpayerIdentificationNumber": "123456789",
        "nationalProviderIdentifier": "1234567893",
    },
    "group": {"taxpayerIdentificationNumber": "123456789"},
    "virtualGroup": {"taxpayerIdentificationNumber": "123456789", "entityId": "VG0001"},
    "apm": {"entityId": "A1234"},
    "subgroup": {"entityId": "SG-00000001"},
}
PATHS = [
    *((entity, "mips") for entity in ENTITIES),
    *((entity, name) for entity in ("individual", "group", "apm") for name in ("app1", "appPlus")),
    *((entity, "M0001") for entity in ENTITIES if entity != "virtualGroup"),
]


def as_carried(submission: dict[str, Any]) -> dict[str, Any]:
    """Return a submission as QRDA III can carry it: the method is the format's own."""
    for record in submission["measurementSets"]:
        record["submissionMethod"] = "electronicHealthRecord"
    return submission


#: What the format has parts for.
KEYS = {"performanceYear", "entityType", "measurementSets"}
DATES = ("performanceStart", "performanceEnd")
NEEDED = {"category", "submissionMethod", "programName", "measurements", *DATES}


def is_carried(document: dict[str, Any]) -> bool:
    """Whether QRDA III has a part for all that a document holds."""
    sets = document.get("measurementSets")
    own = ENTITIES.get(document.get("entityType", ""), {}).keys()
    if not (own and document.keys() <= KEYS | own and isinstance(sets, list) and len(sets) == 1):
        return False
    (record,) = sets
    return (
        NEEDED <= record.keys() <= NEEDED | {"cehrtId"}
        and all(isinstance(record.get(key, ""), str) for key in ("cehrtId", *DATES))
        and all(isinstance(document.get(key, ""), str) for key in own)
        and record.get("category") == "pi"
        and record.get("programName") == "mips"
        and all(parse_date(record[key]) for key in DATES)
        and record["performanceStart"].startswith(str(document["performanceYear"]))
        and isinstance(record["measurements"], list)
        and all(is_answer(each) for each in record["measurements"])
    )


def is_answer(measurement: Any) -> bool:
    value = measurement.get("value")
    if isinstance(value, dict):
        whole = all(type(count) is int for count in value.values())
        return whole and value.keys() == {"numerator", "denominator"}
    return measurement.keys() == {"measureId", "value"} and isinstance(value, bool)


def documents_of_cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the documents of all cases of one year, each with the name of its case."""
    for case in load_cases(FIXTURES / "cases"):
        if case.year == YEAR:
            for change in (case.entry.change, *(other.change for other in case.entry.others)):
                yield case.id, json.loads(apply_change_to_text(compliant(YEAR).build(), change))


def test_the_documents_of_the_cases_come_back_equal() -> None:
    carried = [(name, each) for name, each in documents_of_cases() if is_carried(each)]
    assert len(carried) > 300
    for name, document in some(carried):
        assert converted(to_qrda(document, versions(YEAR))) == as_carried(document), name


@pytest.mark.parametrize("year", [*years_asked_for(), PROPOSED])
def test_a_compliant_submission_comes_back_equal_and_no_rule_finds_anything(year: int) -> None:
    text = written(year)
    assert converted(text) == as_carried(compliant(year).build())
    assert audited(text, year) == []


@pytest.mark.parametrize(("entity", "program"), PATHS)
def test_every_entity_comes_back_under_every_program(entity: str, program: str) -> None:
    given = compliant(YEAR).build()
    del given["taxpayerIdentificationNumber"]
    given |= {"entityType": entity, **ENTITIES[entity]}
    given["measurementSets"][0]["programName"] = program
    assert converted(to_qrda(given, versions(YEAR))) == as_carried(given)


COUNT = st.integers(min_value=0, max_value=2**31 - 1)
VALUES = st.one_of(st.booleans(), st.fixed_dictionaries({"numerator": COUNT, "denominator": COUNT}))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text("ABCÄ_<&'\"0189", min_size=1, max_size=12), VALUES, max_size=20))
def test_any_answers_come_back_each_with_its_place(values: dict[str, Any]) -> None:
    given = compliant(YEAR).build()
    given["measurementSets"][0]["measurements"] = [
        {"measureId": measure_id, "value": value} for measure_id, value in values.items()
    ]
    text = to_qrda(given, versions(YEAR))
    made = read(text)
    assert json.loads(made.document) == as_carried(given)
    lines = text.splitlines()
    for index, (_, value) in perhaps(enumerate(values.items())):
        pointer = f"/measurementSets/0/measurements/{index}/value"
        pointer += "/numerator" if isinstance(value, dict) else ""
        spot = spot_of(pointer, made.places or {})
        assert spot is not None
        assert spot.line is not None
        assert spot.column is not None
        assert spot.offset is not None
        assert lines[spot.line - 1][spot.column - 1 :].startswith("<value ")
        assert text.encode()[spot.offset :].startswith(b"<value ")
        assert "/value/@" in spot.path
