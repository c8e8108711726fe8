"""One fault each in a file that is right: what becomes of it, and which rule says so, where."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from qrda_support import ID, converted, told, written
from support import years_asked_for

ANSWER_TEMPLATE = "27.3.29"
#: A section of another category with a period of its own.
OTHER_SECTION = (
    f'<structuredBody><component><section><templateId root="{ID}.10.20.27.2.4"/><entry><act>'
    f'<templateId root="{ID}.10.20.17.3.8"/><effectiveTime><low value="%s0101"/>'
    "</effectiveTime></act></entry></section></component>"
)
EMPTY_SECTION = f'<component><section><templateId root="{ID}.10.20.27.2.5"/></section></component>'
RATE = (
    f'<component><observation>\n<templateId root="{ID}.10.20.27.3.30"/>\n'
    '<value value="0.10"/></observation></component>'
)
COUNT_VALUE = 'value="450"'


def before(text: str, line: str) -> tuple[str, str]:
    """Return a change that puts a line before a text."""
    return text, f"{line}\n{text}"


class Departure(NamedTuple):
    """A fault, the rule that finds it (None: no rule of this family), and what it points at."""

    name: str
    changes: list[tuple[str, str]]
    code: str | None = None
    variant: str | None = None
    at: str = ""
    becomes: Mapping[str, Any] = MappingProxyType({})


ROWS = [
    Departure(
        "an organizer with an unknown template",
        [(f'{ANSWER_TEMPLATE}" extension', '27.3.99" extension')],
        "PIC-QRD-05", "required", "<organizer",
        {"gone": "PI_PPHI_1"},
    ),
    Departure(
        "30 February",
        [('value="{year}0101"', 'value="{year}0230"')],
        "PIC-QRD-06", "altered", "0230",
        {"performanceStart": "{year}-02-28"},
    ),
    Departure(
        "the document template of another year",
        [('27.1.2" extension="{document}"', '27.1.2" extension="2016-03-01"')],
        "PIC-QRD-01", None, "27.1.2",
    ),
    Departure(
        "no document template",
        [(f'<templateId root="{ID}.10.20.27.1.2" extension="{{document}}"/>', "")],
        "PIC-QRD-01", None, "<ClinicalDocument",
    ),
    Departure(
        "a section template of another year",
        [('27.2.5" extension="{section}"', '27.2.5" extension="2016-09-01"')],
        "PIC-QRD-02", None, "<section",
    ),
    Departure(
        "another default namespace",
        [('xmlns="urn:hl7-org:v3"', 'xmlns="urn:invented"')],
        "PIC-QRD-02", None, "<ClinicalDocument",
    ),
    Departure(
        "a measure id of another root",
        [('3.7031" extension="PI_PEA_1"', '3.9999" extension="PI_PEA_1"')],
        "PIC-QRD-02", None, "3.9999",
    ),
    Departure(
        "an unknown program",
        [('"MIPS_GROUP"', '"MIPS_GRUPPE"')],
        "PIC-QRD-03", None, "MIPS_GRUPPE",
        {"entityType": "individual", "programName": "mips_gruppe"},
    ),
    Departure(
        "a program that CMS refuses again",
        [('"MIPS_GROUP"', '"SSP_PI_GROUP"')],
        "PIC-QRD-03", None, "SSP_PI_GROUP",
        {"programName": "ssp_pi_group"},
    ),
    Departure(
        "a program in small letters",
        [('"MIPS_GROUP"', '"mips_group"')],
        "PIC-QRD-03", "misspelt", "mips_group",
        {"entityType": "group", "programName": "mips"},
    ),
    Departure(
        "the short name of a program",
        [('"MIPS_GROUP"', '"MIPS"')],
        "PIC-QRD-03", "misspelt", '"MIPS"',
        {"entityType": "individual", "programName": "mips"},
    ),
    Departure(
        "two programs",
        [before("</intendedRecipient>", f'<id root="{ID}.3.249.7" extension="MIPS_INDIV"/>')],
        "PIC-QRD-03", None, "MIPS_INDIV",
        {"entityType": "group"},
    ),
    Departure(
        "no program",
        [(f'<id root="{ID}.3.249.7" extension="MIPS_GROUP"/>', "")],
        "PIC-QRD-03", None, "<ClinicalDocument",
        {"without": "entityType"},
    ),
    Departure(
        "two certification ids",
        [before("</associatedEntity>", f'<id root="{ID}.3.2074.1" extension="INVENTED"/>')],
        "PIC-QRD-04", None, "INVENTED",
    ),
    Departure(
        "two practices",
        [before("</representedOrganization>", f'<id root="{ID}.4.2" extension="98"/>')],
        "PIC-QRD-04", None, '"98"',
        {"taxpayerIdentificationNumber": "123456789"},
    ),
    Departure(
        "a group with an NPI",
        [('4.6" nullFlavor="NA"', '4.6" extension="1234567893"')],
        "PIC-QRD-04", None, "1234567893",
        {"without": "nationalProviderIdentifier"},
    ),
    Departure(
        "no TIN",
        [(f'<id root="{ID}.4.2" extension="123456789"/>', "")],
        becomes={"without": "taxpayerIdentificationNumber"},
    ),
    Departure(
        "the answer true",
        [('code="Y"', 'code="true"')],
        "PIC-QRD-06", None, '"true"',
        {"PI_PPHI_1": "true"},
    ),
    Departure(
        "the answer y",
        [('code="Y"', 'code="y"')],
        "PIC-QRD-06", "lenient", '"y"',
        {"PI_PPHI_1": True},
    ),
    Departure(
        "no answer",
        [('<value xsi:type="CD" code="Y"/>', "")],
        "PIC-QRD-06", None, "<organizer",
        {"PI_PPHI_1": None},
    ),
    Departure(
        "two answers",
        [('<value xsi:type="CD" code="Y"/>', '<value code="Y"/><value code="N"/>')],
        "PIC-QRD-06", None, '<value code="Y"/>',
        {"PI_PPHI_1": None},
    ),
    Departure(
        "no measure id",
        [(f'<id root="{ID}.3.7031" extension="PI_PPHI_1"/>', "")],
        "PIC-QRD-06", None, "<organizer",
        {"gone": "PI_PPHI_1"},
    ),
    Departure(
        "two measure ids",
        [('extension="PI_PPHI_1"/>', 'extension="PI_PPHI_1"/><id extension="PI_X"/>')],
        "PIC-QRD-06", None, "PI_PPHI_1",
        {"PI_PPHI_1": True},
    ),
    Departure(
        "no numerator",
        [("27.3.31", "27.3.99")],
        "PIC-QRD-06", None, "<organizer",
        {"PI_EP_1": {"denominator": 500}},
    ),
    Departure(
        "a count with a point",
        [(COUNT_VALUE, 'value="450.0"')],
        "PIC-QRD-06", None, "450.0",
        {"PI_EP_1": {"numerator": "450.0", "denominator": 500}},
    ),
    Departure(
        "a count with blanks",
        [(COUNT_VALUE, 'value=" 450 "')],
        "PIC-QRD-06", None, " 450 ",
        {"PI_EP_1": {"numerator": " 450 ", "denominator": 500}},
    ),
    Departure(
        "a count too large",
        [(COUNT_VALUE, f'value="{2**31}"')],
        "PIC-QRD-06", None, str(2**31),
        {"PI_EP_1": {"numerator": str(2**31), "denominator": 500}},
    ),
    Departure(
        "a negative count",
        [(COUNT_VALUE, 'value="-1"')],
        "PIC-QRD-06", None, '"-1"',
        {"PI_EP_1": {"numerator": -1, "denominator": 500}},
    ),
    Departure(
        "a count that is not given",
        [(COUNT_VALUE, 'nullFlavor="NA"')],
        "PIC-QRD-06", None, "nullFlavor",
        {"PI_EP_1": {"numerator": None, "denominator": 500}},
    ),
    Departure(
        "a count with a zero before it",
        [(COUNT_VALUE, 'value="0450"')],
        "PIC-QRD-06", "lenient", "0450",
        {"PI_EP_1": {"numerator": 450, "denominator": 500}},
    ),
    Departure(
        "no period",
        [("17.3.8", "17.3.9")],
        "PIC-QRD-06", None, "<section",
        {"without": "performanceYear"},
    ),
    Departure(
        "no last day",
        [('<high value="{year}1231"/>', "")],
        "PIC-QRD-06", None, "<act",
        {"without": "performanceEnd"},
    ),
    Departure(
        "a year in place of a day",
        [('value="{year}0101"', 'value="{year}"')],
        "PIC-QRD-06", None, 'value="{year}"',
        {"performanceStart": "{year}"},
    ),
    Departure(
        "a date with slashes",
        [('value="{year}0101"', 'value="{year}/01/01"')],
        "PIC-QRD-06", "lenient", "{year}/01/01",
        {"performanceStart": "{year}-01-01"},
    ),
    Departure(
        "a date with its time",
        [('value="{year}0101"', 'value="{year}0101083000-0500"')],
        becomes={"performanceStart": "{year}-01-01"},
    ),
    Departure(
        "a rate that does not fit its counts",
        [('27.3.28" extension="2017-06-01"/>', f'27.3.28" extension="2017-06-01"/>{RATE}')],
        "PIC-QRD-07", None, "0.10",
    ),
    Departure(
        "the year of another section",
        [("<structuredBody>", OTHER_SECTION % "{year-1}")],
        "PIC-QRD-08", None, "{year-1}",
    ),
    Departure(
        "two sections",
        [("<structuredBody>", f"<structuredBody>{EMPTY_SECTION}")],
        "PIC-QRD-09", None, "<section>",
    ),
]  # fmt: skip


def filled(text: str, year: int) -> str:
    return text.replace("{year}", str(year)).replace("{year-1}", str(year - 1))


@pytest.mark.parametrize("year", years_asked_for())
@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_departure_is_found_at_its_line(row: Departure, year: int) -> None:
    text = written(year, [(filled(old, year), filled(new, year)) for old, new in row.changes])
    found = told(text, year)
    if row.code is None:
        assert found == []
        return
    match = next((each for each in found if each[:2] == (row.code, row.variant)), None)
    assert match is not None, found
    assert match.line is not None
    assert filled(row.at, year) in text.splitlines()[match.line - 1]


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_departure_becomes_what_the_converter_makes_of_it(row: Departure) -> None:
    year = years_asked_for()[-1]
    text = written(year, [(filled(old, year), filled(new, year)) for old, new in row.changes])
    document = converted(text)
    record = document["measurementSets"][-1]
    answers = {m["measureId"]: m["value"] for m in record["measurements"]}
    everything = {**document, **record, **answers}
    for key, value in row.becomes.items():
        if key in {"gone", "without"}:
            assert value not in everything
        else:
            assert everything[key] == (filled(value, year) if isinstance(value, str) else value)


def test_nothing_but_what_the_fault_is_about_changes() -> None:
    year = years_asked_for()[-1]
    right = converted(written(year))["measurementSets"][0]["measurements"]
    text = written(year, [(f'{ANSWER_TEMPLATE}" extension', '27.3.99" extension')])
    assert converted(text)["measurementSets"][0]["measurements"] == right[1:]


def test_a_measure_in_another_section_is_found_and_is_no_attestation() -> None:
    year = years_asked_for()[-1]
    text = written(year, [('27.2.5" extension="{section}"', '27.2.4" extension="2020-12-01"')])
    assert converted(text)["measurementSets"] == []
    codes = [each.code for each in told(text, year)]
    (record,) = converted(written(year))["measurementSets"]
    assert codes.count("PIC-QRD-05") == len(record["measurements"])


def test_a_file_without_any_period_and_section_gets_a_plain_answer() -> None:
    year = years_asked_for()[-1]
    text = written(year, [("27.2.5", "27.2.9"), ("17.3.8", "17.3.9")])
    assert ("PIC-QRD-09", "missing") in [each[:2] for each in told(text, year)]
