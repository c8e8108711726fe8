"""The header: who reports, for which program, with which certified EHR."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from picheck_qrda.elements import Element
from picheck_qrda.record import Record
from picheck_qrda.templates import (
    APM_ENTITY_ID,
    CEHRT_ID,
    NPI_ID,
    PATHWAY_ID,
    PROGRAM_ID,
    SUBGROUP_ID,
    TIN_ID,
    VIRTUAL_GROUP_ID,
)

#: Program names to the program and entity type of the API; any other is passed on as it is.
PROGRAMS: Final = {
    "MIPS_INDIV": ("mips", "individual"),
    "MIPS_GROUP": ("mips", "group"),
    "MIPS_VIRTUALGROUP": ("mips", "virtualGroup"),
    "MIPS_APMENTITY": ("mips", "apm"),
    "MIPS_SUBGROUP": ("mips", "subgroup"),
    "MIPS_APP1_INDIV": ("app1", "individual"),
    "MIPS_APP1_GROUP": ("app1", "group"),
    "MIPS_APP1_APMENTITY": ("app1", "apm"),
    "APP_PLUS_INDIV": ("appPlus", "individual"),
    "APP_PLUS_GROUP": ("appPlus", "group"),
    "APP_PLUS_APMENTITY": ("appPlus", "apm"),
}
#: The roots of the ids of entities that no TIN or NPI identifies.
ENTITY_IDS: Final = {
    "virtualGroup": VIRTUAL_GROUP_ID,
    "apm": APM_ENTITY_ID,
    "subgroup": SUBGROUP_ID,
}
_WITH_TIN: Final = ("individual", "group", "virtualGroup")
_ASSIGNED: Final = ("documentationOf", "serviceEvent", "performer", "assignedEntity")
_ORGANIZATION: Final = "representedOrganization"


class Given(NamedTuple):
    """An id as it is in the file: its value and its element."""

    value: str
    element: Element


class Header(NamedTuple):
    """What the header gives for the measurement sets."""

    program: str | None
    cehrt_id: Given | None
    program_element: Element | None


def read_header(root: Element, submission: dict[str, Any], record: Record) -> Header:
    """Write the keys of the submission, and return what belongs to its sets."""
    programs = _ids(root.find("informationRecipient", "intendedRecipient", "id"), PROGRAM_ID)
    name = entity_type = None
    if programs:
        given = programs[0].value
        # what CMS's converter makes of a name that it does not know; the API then refuses it
        name, entity_type = PROGRAMS.get(given.upper(), (given.lower(), "individual"))
        submission["entityType"] = entity_type
        record.place("/entityType", programs[0].element, "extension")
    for each in programs:
        pointer = record.place_beside("programs", None, each.element)
        record.note("programs", name=each.value, pointer=pointer)
    _read_identity(root, entity_type, submission, record)
    # of any participant, as the converter reads it: CMS's samples of 2022 have it at a location
    entities = root.find("participant", "associatedEntity", "id")
    cehrt_ids = _ids(entities, CEHRT_ID)
    for each in cehrt_ids:
        record.note("cehrtIds", pointer=record.place_beside("cehrtIds", None, each.element))
    pathways = _ids(entities, PATHWAY_ID)
    program = programs[0].element if programs else None
    # the converter takes a pathway beside a MIPS program only
    if pathways and name == "mips":
        name, program = pathways[0].value, pathways[0].element
    return Header(name, cehrt_ids[0] if cehrt_ids else None, program)


def _read_identity(
    root: Element, entity_type: str | None, submission: dict[str, Any], record: Record
) -> None:
    assigned = root.find(*_ASSIGNED)
    organizations = root.find(*_ASSIGNED, _ORGANIZATION)
    ids = root.find(*_ASSIGNED, _ORGANIZATION, "id")
    tins, npis = _ids(ids, TIN_ID), _ids(root.find(*_ASSIGNED, "id"), NPI_ID)
    wanted: list[tuple[str, list[Given], list[Element]]] = []
    if entity_type in _WITH_TIN:
        wanted.append(("taxpayerIdentificationNumber", tins, organizations))
    if entity_type == "individual":
        wanted.append(("nationalProviderIdentifier", npis, assigned))
    if entity_type in ENTITY_IDS:
        wanted.append(("entityId", _ids(ids, ENTITY_IDS[entity_type]), organizations))
    for key, given, parents in wanted:
        if given:
            submission[key] = given[0].value
            record.place(f"/{key}", given[0].element, "extension")
        elif parents:
            record.place(f"/{key}", parents[0])
    for kind, found in (("tin", tins), ("npi", npis)):
        for each in found:
            pointer = record.place_beside("performers", None, each.element)
            record.note("performers", kind=kind, pointer=pointer)


def _ids(elements: Iterable[Element], root: str) -> list[Given]:
    """Return the ids of a root that have an extension."""
    return [
        Given(value, element)
        for element in elements
        if element.get("root") == root and (value := element.get("extension")) is not None
    ]
