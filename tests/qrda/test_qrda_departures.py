"""One fault each in a file that is right: what becomes of it, and which rule says so, where.

Each row was run on CMS's converter, which took the file or refused it with an error of a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from picheck.errors import InputError
from picheck.testing import compliant
from qrda_support import ID, audited, converted, read, written
from support import YEAR, YEARS, some, years_asked_for

ANSWER_TEMPLATE = "27.3.29"
#: A section of another category with a period of its own.
OTHER_SECTION = (
    f'<structuredBody><component><section><templateId root="{ID}.10.20.27.2.4"/><entry><act>'
    f'<templateId root="{ID}.10.20.17.3.8"/><effectiveTime><low value="%s0101"/>'
    "</effectiveTime></act></entry></section></component>"
)
OTHER_COUNTS = (
    f'<structuredBody><component><section><templateId root="{ID}.10.20.27.2.4"/><entry>\n'
    f'<organizer><templateId root="{ID}.10.20.27.3.28"/></organizer></entry></section></component>'
)
EMPTY_SECTION = f'<component><section><templateId root="{ID}.10.20.27.2.5"/></section></component>'
RATE = (
    f'<component><observation>\n<templateId root="{ID}.10.20.27.3.30"/>\n'
    '<value value="0.10"/></observation></component>'
)
COUNT_VALUE = 'value="450"'


REVERSED = [('"{year}0101"', '"{year}0630"'), ('"{year}1231"', '"{year}0601"')]
#: What people read of a measure, as CMS's published samples write it.
NARRATIVE = """<text><table><tr><th>PI Measure Title</th><th>Measure Identifier</th></tr>
<tr><td>e-Prescribing</td><td>PI_EP_1</td></tr></table><list>
<item><content styleCode="Bold">Denominator: </content>500</item>
<item><content styleCode="Bold">Numerator: </content>451</item></list></text>"""
#: What the period act is put into, where it does not belong.
MISPLACED = [("<act ", "<observation><act "), ("</act>", "</act></observation>")]
TEMPLATE = '27.1.2" extension="{document}"'


def before(text: str, line: str) -> tuple[str, str]:
    """Return a change that puts a line before a text."""
    return text, f"{line}\n{text}"


class Departure(NamedTuple):
    """A fault and what is found of it.

    `cms` is the number of the error with which CMS's converter refuses the file, None where it
    takes it. `code` is the rule that finds the fault (None: nothing is wrong with it),
    `consequence` what the finding says it costs, `at` a part of the line that it points at.
    `becomes` are values of the submission by key or measure, `keys` what the submission has in
    place of its own, `years` those in which it is a fault.
    """

    name: str
    changes: Sequence[tuple[str, str]]
    cms: int | None = None
    code: str | None = None
    consequence: str | None = None
    at: str = ""
    becomes: Mapping[str, Any] = MappingProxyType({})
    keys: Mapping[str, Any] = MappingProxyType({})
    years: tuple[int, ...] = YEARS


REFUSED, ZERO, RISK, ADVICE = "submissionRejected", "categoryZero", "auditRisk", "advice"
OTHER_ENTITY = {"taxpayerIdentificationNumber": None}

ROWS = [
    Departure(
        "an organizer with an unknown template",
        [(f'{ANSWER_TEMPLATE}" extension', '27.3.99" extension')],
        None, "PIC-QRD-05", ZERO, "<organizer",
        {"gone": "PI_PPHI_1"},
    ),
    Departure(
        "30 February",
        [('value="{year}0101"', 'value="{year}0230"')],
        None, "PIC-QRD-06", RISK, "0230",
        {"performanceStart": "{year}-02-28"},
    ),
    Departure(
        "the end before the start",
        REVERSED,
        None, "PIC-PER-01", REFUSED, "0601",
        {"performanceStart": "{year}-06-30", "performanceEnd": "{year}-06-01"},
    ),
    Departure(
        "a numerator above its denominator",
        [(COUNT_VALUE, 'value="900"')],
        None, "PIC-MEA-03", REFUSED, "<organizer",
        {"PI_EP_1": {"numerator": 900, "denominator": 500}},
    ),
    Departure(
        "nothing out of nothing",
        [(COUNT_VALUE, 'value="0"'), ('value="500"', 'value="0"')],
        None, "PIC-MEA-04", ZERO, "<organizer",
        {"PI_EP_1": {"numerator": 0, "denominator": 0}},
    ),
    Departure(
        "a measure that does not exist",
        [('extension="PI_PEA_1"', 'extension="PI_XYZ_1"')],
        None, "PIC-STR-04", REFUSED, "<organizer",
        {"gone": "PI_PEA_1"},
    ),
    Departure(
        "a measure twice",
        [('extension="PI_PEA_1"', 'extension="PI_EP_1"')],
        None, "PIC-STR-03", REFUSED, "<organizer",
        {"gone": "PI_PEA_1"},
    ),
    Departure(
        "no TIN",
        [(f'<id root="{ID}.4.2" extension="123456789"/>', "")],
        None, "PIC-IDN-02", REFUSED, "<ClinicalDocument",
        {"without": "taxpayerIdentificationNumber"},
    ),
    Departure(
        "an individual without NPI",
        [],
        None, "PIC-IDN-03", REFUSED, "<ClinicalDocument",
        {"without": "nationalProviderIdentifier"},
        {"entityType": "individual"},
    ),
    Departure(
        "an APM Entity without its id",
        [],
        None, "PIC-IDN-05", REFUSED, "<ClinicalDocument",
        {"without": "entityId"},
        {"entityType": "apm", **OTHER_ENTITY},
    ),
    Departure(
        "a subgroup without its id",
        [],
        None, "PIC-IDN-05", REFUSED, "<ClinicalDocument",
        {"without": "entityId"},
        {"entityType": "subgroup", **OTHER_ENTITY},
        years=YEARS[2:],
    ),
    Departure(
        "a virtual group without its id",
        [],
        78, "PIC-IDN-05", REFUSED, "<ClinicalDocument",
        {"without": "entityId"},
        {"entityType": "virtualGroup"},
    ),
    Departure(
        "no certification id",
        [(".3.2074.1", ".3.9999")],
        None, "PIC-CEH-01", ZERO, "<section",
        {"without": "cehrtId"},
    ),
    Departure(
        "two certification ids",
        [before("</associatedEntity>", f'<id root="{ID}.3.2074.1" extension="INVENTED"/>')],
        None, "PIC-QRD-04", RISK, "INVENTED",
    ),
    Departure(
        "two practices",
        [before("</representedOrganization>", f'<id root="{ID}.4.2" extension="98"/>')],
        None, "PIC-QRD-04", RISK, '"98"',
        {"taxpayerIdentificationNumber": "123456789"},
    ),
    Departure(
        "a group with an NPI",
        [('4.6" nullFlavor="NA"', '4.6" extension="1234567893"')],
        None, "PIC-QRD-04", RISK, "1234567893",
        {"without": "nationalProviderIdentifier"},
    ),
    Departure(
        "a measure id of another root",
        [('3.7031" extension="PI_PEA_1"', '3.9999" extension="PI_PEA_1"')],
        None, "PIC-QRD-02", RISK, "3.9999",
        {"PI_PEA_1": {"numerator": 380, "denominator": 412}},
    ),
    Departure(
        "a section template of another year",
        [('27.2.5" extension="{section}"', '27.2.5" extension="2016-09-01"')],
        None, "PIC-QRD-02", RISK, "<section",
    ),
    Departure(
        "another default namespace",
        [('xmlns="urn:hl7-org:v3"', 'xmlns="urn:invented"')],
        None, "PIC-QRD-02", RISK, "<ClinicalDocument",
    ),
    Departure(
        "the answer y",
        [('code="Y"', 'code="y"')],
        None, "PIC-QRD-06", ADVICE, '"y"',
        {"PI_PPHI_1": True},
    ),
    Departure(
        "a program in small letters",
        [('"MIPS_GROUP"', '"mips_group"')],
        None, "PIC-QRD-03", RISK, "mips_group",
        {"entityType": "group", "programName": "mips"},
    ),
    Departure(
        "the short name of a program",
        [('"MIPS_GROUP"', '"MIPS"')],
        None, "PIC-QRD-03", RISK, '"MIPS"',
        {"entityType": "individual", "programName": "mips"},
    ),
    Departure(
        "a date with slashes",
        [('value="{year}0101"', 'value="{year}/01/01"')],
        None, "PIC-QRD-06", ADVICE, "{year}/01/01",
        {"performanceStart": "{year}-01-01"},
    ),
    Departure(
        "a date with its time",
        [('value="{year}0101"', 'value="{year}0101083000-0500"')],
        becomes={"performanceStart": "{year}-01-01"},
    ),
    Departure(
        "a count with a zero before it",
        [(COUNT_VALUE, 'value="0450"')],
        None, "PIC-QRD-06", ADVICE, "0450",
        {"PI_EP_1": {"numerator": 450, "denominator": 500}},
    ),
    Departure(
        "the document template of a draft of the guide",
        [(TEMPLATE, '27.1.2" extension="2024-07-01"')],
        5, "PIC-QRD-01", REFUSED, "27.1.2",
    ),
    Departure(
        "the document template of a later year",
        [(TEMPLATE, '27.1.2" extension="2025-05-01"')],
        5, "PIC-QRD-01", REFUSED, "27.1.2",
        years=tuple(year for year in YEARS if year < 2026),
    ),
    Departure(
        "no document template",
        [(f'<templateId root="{ID}.10.20.27.1.2" extension="{{document}}"/>', "")],
        5, "PIC-QRD-01", REFUSED, "<ClinicalDocument",
    ),
    Departure(
        "two sections",
        [("<structuredBody>", f"<structuredBody>{EMPTY_SECTION}")],
        26, "PIC-QRD-09", REFUSED, "<section>",
    ),
    Departure(
        "an unknown program",
        [('"MIPS_GROUP"', '"MIPS_GRUPPE"')],
        25, "PIC-QRD-03", REFUSED, "MIPS_GRUPPE",
        {"entityType": "individual", "programName": "mips_gruppe"},
    ),
    Departure(
        "a program that CMS refuses again",
        [('"MIPS_GROUP"', '"SSP_PI_GROUP"')],
        25, "PIC-QRD-03", REFUSED, "SSP_PI_GROUP",
        {"programName": "ssp_pi_group"},
    ),
    Departure(
        "two programs",
        [before("</intendedRecipient>", f'<id root="{ID}.3.249.7" extension="MIPS_INDIV"/>')],
        24, "PIC-QRD-03", REFUSED, "MIPS_INDIV",
        {"entityType": "group"},
    ),
    Departure(
        "no program",
        [(f'<id root="{ID}.3.249.7" extension="MIPS_GROUP"/>', "")],
        24, "PIC-QRD-03", REFUSED, "<ClinicalDocument",
        {"without": "entityType"},
    ),
    Departure(
        "no period",
        [("17.3.8", "17.3.9")],
        22, "PIC-QRD-06", REFUSED, "<section",
        {"without": "performanceYear"},
    ),
    Departure(
        "a period in another place",
        MISPLACED,
        22, "PIC-QRD-06", REFUSED, "<section",
        {"without": "performanceStart", "performanceYear": "{year}"},
    ),
    Departure(
        "no last day",
        [('<high value="{year}1231"/>', "")],
        30, "PIC-QRD-06", REFUSED, "<act",
        {"without": "performanceEnd"},
    ),
    Departure(
        "a year in place of a date",
        [('value="{year}0101"', 'value="{year}"')],
        69, "PIC-QRD-06", REFUSED, 'value="{year}"',
        {"performanceStart": "{year}"},
    ),
    Departure(
        "the answer true",
        [('code="Y"', 'code="true"')],
        51, "PIC-QRD-06", REFUSED, '"true"',
        {"PI_PPHI_1": "true"},
    ),
    Departure(
        "no answer",
        [('<value xsi:type="CD" code="Y"/>', "")],
        51, "PIC-QRD-06", REFUSED, "<organizer",
        {"PI_PPHI_1": None},
    ),
    Departure(
        "two answers",
        [('<value xsi:type="CD" code="Y"/>', '<value code="Y"/><value code="N"/>')],
        51, "PIC-QRD-06", REFUSED, '<value code="Y"/>',
        {"PI_PPHI_1": None},
    ),
    Departure(
        "no measure id",
        [(f'<id root="{ID}.3.7031" extension="PI_PPHI_1"/>', "")],
        12, "PIC-QRD-06", REFUSED, "<organizer",
        {"gone": "PI_PPHI_1"},
    ),
    Departure(
        "two measure ids",
        [('extension="PI_PPHI_1"/>', 'extension="PI_PPHI_1"/><id extension="PI_X"/>')],
        12, "PIC-QRD-06", REFUSED, "PI_PPHI_1",
        {"PI_PPHI_1": True},
    ),
    Departure(
        "no numerator",
        [("27.3.31", "27.3.99")],
        18, "PIC-QRD-06", REFUSED, "<organizer",
        {"PI_EP_1": {"denominator": 500}},
    ),
    Departure(
        "an answer in the template for counts",
        [(f'{ANSWER_TEMPLATE}" extension="2016-09-01"', '27.3.28" extension="2017-06-01"')],
        18, "PIC-QRD-06", REFUSED, "<organizer",
        {"PI_PPHI_1": {}},
    ),
    Departure(
        "a count with a point",
        [(COUNT_VALUE, 'value="450.0"')],
        41, "PIC-QRD-06", REFUSED, "450.0",
        {"PI_EP_1": {"numerator": "450.0", "denominator": 500}},
    ),
    Departure(
        "a count with blanks",
        [(COUNT_VALUE, 'value=" 450 "')],
        41, "PIC-QRD-06", REFUSED, " 450 ",
        {"PI_EP_1": {"numerator": " 450 ", "denominator": 500}},
    ),
    Departure(
        "a count too large",
        [(COUNT_VALUE, f'value="{2**31}"')],
        41, "PIC-QRD-06", REFUSED, str(2**31),
        {"PI_EP_1": {"numerator": str(2**31), "denominator": 500}},
    ),
    Departure(
        "a negative count",
        [(COUNT_VALUE, 'value="-1"')],
        42, "PIC-QRD-06", REFUSED, '"-1"',
        {"PI_EP_1": {"numerator": -1, "denominator": 500}},
    ),
    Departure(
        "a count that is not given",
        [(COUNT_VALUE, 'nullFlavor="NA"')],
        42, "PIC-QRD-06", REFUSED, "nullFlavor",
        {"PI_EP_1": {"numerator": None, "denominator": 500}},
    ),
    Departure(
        "counts in another section",
        [("<structuredBody>", OTHER_COUNTS)],
        15, "PIC-QRD-05", REFUSED, "<organizer",
    ),
    # what the converter takes without a look, and people see
    Departure(
        "a rate that does not fit its counts",
        [('27.3.28" extension="2017-06-01"/>', f'27.3.28" extension="2017-06-01"/>{RATE}')],
        None, "PIC-QRD-07", RISK, "0.10",
    ),
    Departure(
        "a list for people with another count",
        [("<text>Invented</text>", NARRATIVE)],
        None, "PIC-QRD-07", RISK, "Numerator: </content>451",
        {"PI_EP_1": {"numerator": 450, "denominator": 500}},
    ),
    Departure(
        "the year of another section",
        [("<structuredBody>", OTHER_SECTION % "{year-1}")],
        None, "PIC-QRD-08", RISK, "{year-1}",
        {"performanceYear": "{year-1}"},
        years=YEARS[1:],
    ),
]  # fmt: skip


def filled(text: str, year: int) -> str:
    return text.replace("{year}", str(year)).replace("{year-1}", str(year - 1))


def file_of(row: Departure, year: int) -> str:
    """Write the compliant submission of a year with a fault in it."""
    submission = {**compliant(year).build(), **row.keys}
    submission = {key: value for key, value in submission.items() if value is not None}
    changes = [(filled(old, year), filled(new, year)) for old, new in row.changes]
    return written(year, changes, submission)


@pytest.mark.parametrize("year", years_asked_for())
@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_departure_is_found_at_its_line(row: Departure, year: int) -> None:
    if year not in row.years:
        pytest.skip("the year takes it")
    text = file_of(row, year)
    found = audited(text, year)
    if row.code is None:
        assert found == []
        return
    lines = text.splitlines()
    places = [
        lines[(each.line or 0) - 1]
        for each in found
        if (each.code, each.consequence) == (row.code, row.consequence)
    ]
    assert any(filled(row.at, year) in place for place in places), (found, places)


def test_what_the_converter_refuses_is_refused() -> None:
    refused = [row for row in ROWS if row.cms is not None]
    assert len(refused) > 20
    assert {row.consequence for row in refused} == {REFUSED}


CONVERTED = [row for row in ROWS if row.becomes]


@pytest.mark.parametrize("row", CONVERTED, ids=[row.name for row in CONVERTED])
def test_a_departure_becomes_what_the_converter_makes_of_it(row: Departure) -> None:
    year = years_asked_for()[-1]
    document = converted(file_of(row, year))
    record = document["measurementSets"][-1]
    answers = {m["measureId"]: m["value"] for m in record["measurements"]}
    everything = {**document, **record, **answers}
    for key, value in some(row.becomes.items()):
        if key in {"gone", "without"}:
            assert value not in everything
            continue
        wanted = filled(value, year) if isinstance(value, str) else value
        assert everything[key] == (int(wanted) if key == "performanceYear" else wanted)


#: The templates by which a file is read, and the rules that miss them.
READ_BY = {
    "10.20.27.1.1": "PIC-QRD-02",
    "10.20.27.1.2": "PIC-QRD-01",
    "10.20.27.2.5": "PIC-QRD-05",
    "10.20.17.3.8": "PIC-QRD-06",
    "10.20.27.3.28": "PIC-QRD-05",
    "10.20.27.3.29": "PIC-QRD-05",
    "10.20.27.3.27": "PIC-QRD-06",
    "10.20.27.3.31": "PIC-QRD-06",
    "10.20.27.3.32": "PIC-QRD-06",
    "10.20.27.3.3": "PIC-QRD-06",
}


@pytest.mark.parametrize("year", years_asked_for())
@pytest.mark.parametrize("template", READ_BY)
def test_a_template_that_is_spelt_otherwise_is_missed(template: str, year: int) -> None:
    text = written(year, [(f'"{ID}.{template}"', f'"{ID}.{template}9"')])
    assert READ_BY[template] in [each.code for each in audited(text, year)]


def test_a_document_type_is_refused_at_its_line() -> None:
    text = written(YEAR, [("<ClinicalDocument", "<!DOCTYPE ClinicalDocument>\n<ClinicalDocument")])
    with pytest.raises(InputError, match="DOCTYPE") as refused:
        read(text)
    assert refused.value.line == 2


def test_nothing_but_what_the_fault_is_about_changes() -> None:
    year = years_asked_for()[-1]
    right = converted(written(year))["measurementSets"][0]["measurements"]
    text = written(year, [(f'{ANSWER_TEMPLATE}" extension', '27.3.99" extension')])
    assert converted(text)["measurementSets"][0]["measurements"] == right[1:]


def test_a_measure_in_another_section_is_found_and_is_no_attestation() -> None:
    year = years_asked_for()[-1]
    text = written(year, [('27.2.5" extension="{section}"', '27.2.4" extension="2020-12-01"')])
    assert converted(text)["measurementSets"] == []
    codes = [each.code for each in audited(text, year)]
    (record,) = converted(written(year))["measurementSets"]
    assert codes.count("PIC-QRD-05") == len(record["measurements"])


def test_a_file_without_any_period_and_section_gets_a_plain_answer() -> None:
    year = years_asked_for()[-1]
    text = written(year, [("27.2.5", "27.2.9"), ("17.3.8", "17.3.9")])
    assert ("PIC-QRD-09", RISK) in [each[:2] for each in audited(text, year)]


def test_the_path_of_an_element_counts_the_siblings_that_were_passed_over() -> None:
    """A section of another category keeps only what is misplaced in it."""
    dropped = "<organizer/><organizer/>"
    year = years_asked_for()[-1]
    text = written(
        year,
        [
            ('27.2.5" extension="{section}"', '27.2.4" extension="2020-12-01"'),
            ("<organizer", f"{dropped}<organizer"),
        ],
    )
    paths = {each.path for each in audited(text, year) if each.code == "PIC-QRD-05"}
    section = "/ClinicalDocument/component/structuredBody/component/section"
    assert f"{section}/entry[1]/organizer[3]" in paths
    assert f"{section}/entry[2]/organizer" in paths
