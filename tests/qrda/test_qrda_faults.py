"""What is wrong with a value of a QRDA III file is noted under its own name."""

from __future__ import annotations

import json

import pytest

from qrda_support import ID, read, written
from support import YEAR

COUNT = '<value xsi:type="INT" value="450"/>'
NUMERATOR = f'<templateId root="{ID}.10.20.27.3.31"'
ANSWER = '<value xsi:type="CD" code="Y"/>'
MEASURE = f'<id root="{ID}.3.7031" extension="PI_EP_1"/>'
LOW, HIGH = f'<low value="{YEAR}0101"/>', f'<high value="{YEAR}1231"/>'
UNANSWERED = (
    f'<component><observation><templateId root="{ID}.10.20.27.3.27"/></observation></component>'
)
PERIOD = '17.3.8" extension'


def faults_of(old: str, new: str) -> list[str]:
    """Return the faults of a file in which a text is replaced."""
    facts = read(written(YEAR, [(old, new)])).source.facts
    return [fault["fault"] for fault in facts.get("faults", ())]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (COUNT, "", "noCount"),
        (COUNT, COUNT * 2, "severalCounts"),
        (COUNT, COUNT.replace("450", "x"), "notWhole"),
        (COUNT, COUNT.replace("450", "2147483648"), "notWhole"),
        (COUNT, COUNT.replace("450", "9" * 30), "notWhole"),
        (COUNT, COUNT.replace("450", "-1"), "negative"),
        (COUNT, COUNT.replace("450", "+450"), "zeros"),
        (COUNT, COUNT.replace("450", "0450"), "zeros"),
        (COUNT, COUNT.replace("450", "00"), "zeros"),
        (NUMERATOR, f'<templateId root="{ID}.10.20.27.3.39"', "noNumerator"),
        (MEASURE, "", "noId"),
        (MEASURE, MEASURE * 2, "severalIds"),
        (ANSWER, "", "noAnswer"),
        ('27.3.27"', '27.3.77"', "noAnswer"),
        (ANSWER, ANSWER * 2, "severalAnswers"),
        ("</organizer>", f"{UNANSWERED}</organizer>", "severalAnswers"),
        (ANSWER, ANSWER.replace("Y", "true"), "notYesNo"),
        (ANSWER, ANSWER.replace("Y", "y"), "lowerCase"),
        (PERIOD, PERIOD.replace("3.8", "3.88"), "noPeriod"),
        (LOW, "", "noStart"),
        (HIGH, "", "noEnd"),
        (LOW, LOW * 2, "severalStarts"),
        (HIGH, HIGH * 2, "severalEnds"),
        (LOW, LOW.replace("0101", "0001"), "notDate"),
        (LOW, LOW.replace("0101", "0230"), "altered"),
        (LOW, LOW.replace("0101", "-01-01"), "separators"),
    ],
)
def test_a_fault_has_its_name(old: str, new: str, fault: str) -> None:
    assert faults_of(old, new) == [fault]


@pytest.mark.parametrize("count", ["0", "2147483647"])
def test_the_least_and_the_largest_count_are_read(count: str) -> None:
    assert faults_of(COUNT, COUNT.replace("450", count)) == []


@pytest.mark.parametrize(
    ("old", "new", "measure", "end"),
    [
        (MEASURE, MEASURE * 2, "PI_EP_1/measureId", "/externalDocument/id[1]/@extension"),
        (COUNT, COUNT * 2, "PI_EP_1/value/numerator", "/observation/value[1]/@value"),
        (COUNT, "", "PI_EP_1/value/numerator", "/component[1]/observation"),
        (ANSWER, ANSWER * 2, "/value", "/observation/value[1]/@code"),
        (ANSWER, "", "/value", "/entry[1]/organizer"),
    ],
)
def test_a_value_that_is_there_twice_or_not_at_all_has_a_place(
    old: str, new: str, measure: str, end: str
) -> None:
    """`measure` is the id and the key of the value; without an id the first measure is meant."""
    made = read(written(YEAR, [(old, new)]))
    (record,) = json.loads(made.document)["measurementSets"]
    id_, _, key = measure.partition("/")
    ids = [each["measureId"] for each in record["measurements"]]
    pointer = f"/measurementSets/0/measurements/{ids.index(id_) if id_ else 0}/{key}"
    assert made.places is not None
    assert made.places[pointer].path.endswith(end), made.places[pointer].path


def test_of_two_ids_the_root_of_the_first_is_noted() -> None:
    second = MEASURE.replace("7031", "7032")
    assert "measureIds" not in read(written(YEAR, [(MEASURE, MEASURE + second)])).source.facts


def test_of_two_numerators_the_first_is_read() -> None:
    changes = [('27.3.32"', '27.3.31"')]
    (record,) = json.loads(read(written(YEAR, changes)).document)["measurementSets"]
    values = {each["measureId"]: each["value"] for each in record["measurements"]}
    assert values["PI_EP_1"] == {"numerator": 450}
    assert faults_of(*changes[0]) == ["severalNumerators", "noDenominator"]
