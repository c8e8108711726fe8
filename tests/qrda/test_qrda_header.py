"""Of what the header of a QRDA III file gives several times, the first is read and shown."""

from __future__ import annotations

import json

import pytest

from qrda_support import ID, read, written
from support import YEAR

PROGRAM = f'<id root="{ID}.3.249.7" extension="MIPS_GROUP"/>'
TIN = f'<id root="{ID}.4.2"'
PATHWAY = (
    '<participant typeCode="TRC"><associatedEntity classCode="PROG">'
    f'<id root="{ID}.3.249.5.6" extension="G0053"/>'
    f'<id root="{ID}.3.249.5.6" extension="M1366"/></associatedEntity></participant>'
)
DEVICE = '<participant typeCode="DEV">'


def path_of(changes: list[tuple[str, str]], pointer: str) -> str | None:
    """Return the XPath of what became a value of the submission."""
    places = read(written(YEAR, changes)).places
    assert places is not None
    return places[pointer].path


def test_the_first_of_two_programs_is_the_place_of_the_programs_name() -> None:
    path = path_of([(PROGRAM, PROGRAM * 2)], "/measurementSets/0/programName")
    assert path is not None
    assert path.endswith("/intendedRecipient/id[1]/@extension")


def test_the_first_of_two_tins_is_the_place_of_the_tin() -> None:
    path = path_of([(TIN, f'{TIN} extension="123456789"/>{TIN}')], "/taxpayerIdentificationNumber")
    assert path is not None
    assert path.endswith("/representedOrganization/id[1]/@extension")


def test_the_first_of_two_practices_is_the_place_of_a_missing_tin() -> None:
    changes = [
        (TIN, f'<id root="{ID}.4.22"'),
        ("</representedOrganization>", "</representedOrganization><representedOrganization/>"),
    ]
    path = path_of(changes, "/taxpayerIdentificationNumber")
    assert path is not None
    assert path.endswith("/representedOrganization[1]")


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("MIPS_GROUP", "G0053"),
        ("MIPS_APP1_GROUP", "app1"),
        ("APP_PLUS_GROUP", "appPlus"),
        ("XYZ", "xyz"),
    ],
)
def test_a_pathway_is_the_programs_name_where_the_program_has_none(program: str, name: str) -> None:
    changes = [("MIPS_GROUP", program), (DEVICE, PATHWAY + DEVICE)]
    document = json.loads(read(written(YEAR, changes)).document)
    assert [record["programName"] for record in document["measurementSets"]] == [name]


def test_the_first_of_two_pathways_is_the_place_of_the_programs_name() -> None:
    path = path_of([(DEVICE, PATHWAY + DEVICE)], "/measurementSets/0/programName")
    assert path is not None
    assert path.endswith("/participant[1]/associatedEntity/id[1]/@extension")


def test_the_year_is_that_of_the_first_of_two_first_days() -> None:
    low = f'<low value="{YEAR}0101"/>'
    made = read(written(YEAR, [(low, f'{low}<low value="19990101"/>')]))
    assert json.loads(made.document)["performanceYear"] == YEAR
    assert made.places is not None
    assert made.places["/performanceYear"].path.endswith("/low[1]/@value")
