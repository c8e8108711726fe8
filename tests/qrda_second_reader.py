"""A second reader of QRDA III, with another parser and no code of the product.

It reads as a person does who has CMS's guide beside the file, and only files without faults.
"""

from __future__ import annotations

from typing import Any, Final
from xml.etree import ElementTree as ET

_V3: Final = "{urn:hl7-org:v3}"
_OID: Final = "2.16.840.1.113883"
_KINDS: Final = {
    "INDIV": "individual",
    "GROUP": "group",
    "APMENTITY": "apm",
    "SUBGROUP": "subgroup",
    "VIRTUALGROUP": "virtualGroup",
}
_ENTITY_ROOTS: Final = {"virtualGroup": "3.249.5.2", "apm": "3.249.5.4", "subgroup": "3.249.5.5"}
_ASSIGNED: Final = "performer/assignedEntity"


def document_of(data: bytes) -> dict[str, Any]:
    """Return the submission that a file holds."""
    root = ET.fromstring(data)  # noqa: S314 - only for files that are known
    name, _, kind = _extension(root, "intendedRecipient/id", "3.249.7").rpartition("_")
    entity_type = _KINDS.get(kind, "individual")
    program = {"MIPS_APP1": "app1", "APP_PLUS": "appPlus"}.get(name, "mips")
    if program == "mips":
        program = _extension(root, "associatedEntity/id", "3.249.5.6") or program
    organization = f"{_ASSIGNED}/representedOrganization/id"
    periods = [_period(act) for act in root.iter(f"{_V3}act") if _follows(act, "17.3.8")]
    has_tin = entity_type not in {"apm", "subgroup"}
    made = {
        "entityType": entity_type,
        "performanceYear": int(periods[0][0][:4]) if periods else None,
        "taxpayerIdentificationNumber": _extension(root, organization, "4.2") if has_tin else "",
        "nationalProviderIdentifier": _extension(root, f"{_ASSIGNED}/id", "4.6")
        if entity_type == "individual"
        else "",
        "entityId": _extension(root, organization, _ENTITY_ROOTS.get(entity_type, "none")),
    }
    cehrt_id = _extension(root, "associatedEntity/id", "3.2074.1")
    sets = [
        _measurement_set(section, program, cehrt_id)
        for section in root.iter(f"{_V3}section")
        if _follows(section, "27.2.5")
    ]
    return {**_present(made), "measurementSets": sets}


def _measurement_set(section: ET.Element, program: str, cehrt_id: str) -> dict[str, Any]:
    acts = [act for act in _find(section, "entry/act") if _follows(act, "17.3.8")]
    start, end = _period(acts[0]) if acts else ("", "")
    made = {
        "category": "pi",
        "submissionMethod": "electronicHealthRecord",
        "programName": program,
        "cehrtId": cehrt_id,
        "performanceStart": start,
        "performanceEnd": end,
    }
    measurements = [
        {
            "measureId": _find(each, "reference/externalDocument/id")[0].get("extension"),
            "value": _value(each),
        }
        for each in section.iter(f"{_V3}organizer")
        if _follows(each, "27.3.28") or _follows(each, "27.3.29")
    ]
    return {**_present(made), "measurements": measurements}


def _value(organizer: ET.Element) -> Any:
    observed = _find(organizer, "component/observation")
    if _follows(organizer, "27.3.29"):
        (performed,) = (each for each in observed if _follows(each, "27.3.27"))
        code = _find(performed, "value")[0].get("code") or ""
        return {"Y": True, "N": False}.get(code, code)
    counts = {}
    for name, template in (("numerator", "27.3.31"), ("denominator", "27.3.32")):
        for each in observed:
            if _follows(each, template):
                text = _find(each, "entryRelationship/observation/value")[0].get("value") or ""
                counts[name] = int(text) if text.lstrip("-").isdecimal() else text
    return counts


def _period(act: ET.Element) -> tuple[str, str]:
    low, high = (_find(act, f"effectiveTime/{bound}")[0].get("value") for bound in ("low", "high"))
    return _date(low or ""), _date(high or "")


def _date(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}"


def _find(element: ET.Element, path: str) -> list[ET.Element]:
    return element.findall("/".join(f"{_V3}{step}" for step in path.split("/")))


def _extension(root: ET.Element, path: str, id_root: str) -> str:
    """Return the first id of a kind, anywhere in the file; nothing where there is none."""
    found = root.findall(".//" + "/".join(f"{_V3}{step}" for step in path.split("/")))
    return next((e.get("extension", "") for e in found if e.get("root") == f"{_OID}.{id_root}"), "")


def _follows(element: ET.Element, template: str) -> bool:
    return f"{_OID}.10.20.{template}" in {t.get("root") for t in _find(element, "templateId")}


def _present(made: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in made.items() if value}
