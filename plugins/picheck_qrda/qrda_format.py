"""The format QRDA III: from the bytes of a file to a submission."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from picheck.api import Converted, InputError
from picheck_qrda.elements import Element
from picheck_qrda.header import Header, read_header
from picheck_qrda.narrative import note_narrative
from picheck_qrda.pi_section import note_unread, read_measurements, read_period
from picheck_qrda.record import Record
from picheck_qrda.sections import (
    bounds,
    drop_content,
    first_period_act,
    is_converted,
    kind_of,
    note_sections,
    sections_of,
)
from picheck_qrda.templates import ANSWER, CMS_REPORT, COUNTS, HL7_REPORT
from picheck_qrda.xml_reader import read_xml

_ROOT: Final = "ClinicalDocument"
_YEAR: Final = re.compile(r"[0-9]{4}")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_COMMENT: Final = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_START: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")


class QrdaFormat:
    """QRDA category III, read as CMS's converter reads it."""

    name = "qrda3"
    description = "QRDA category III, the XML that certified EHRs export"
    suffixes: tuple[str, ...] = (".xml",)

    def recognises(self, head: bytes) -> bool:
        """Whether the root element is a ClinicalDocument, or may come after what is shown."""
        # what is looked for is ASCII, so UTF-16 can be read without its zeros
        if head.startswith(_UTF16):
            head = head.replace(b"\x00", b"")
        start = _START.search(_COMMENT.sub(b"", head))
        if start is None:
            return head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith((b"<?xml", b"<!--"))
        return start[1] == _ROOT.encode()

    def convert(self, data: bytes, uri: str) -> Converted:
        """Convert a file. Raises InputError where it is not QRDA III."""
        root, namespace = read_xml(data, uri, {"section": drop_content}, is_converted)
        _check_is_qrda(root, uri)
        record = Record()
        record.place("", root)
        record.facts["namespace"] = namespace
        for template in root.find_children("templateId"):
            pointer = record.place_beside("templates", None, template)
            (each,) = _as_templates(template)
            record.note("templates", pointer=pointer, **each)
        submission = _submission(root, record)
        for key in ("entityType", "performanceYear"):
            record.facts[key] = submission.get(key)
        return Converted(json.dumps(submission).encode(), record.places, record.facts)


def _as_templates(template: Element) -> list[dict[str, Any]]:
    return [{"root": template.get("root"), "extension": template.get("extension")}]


def _check_is_qrda(root: Element, uri: str) -> None:
    if root.name != _ROOT:
        raise InputError(
            f"is XML, but no QRDA III: its root element is {root.name[:40]}, not {_ROOT}",
            uri=uri,
            line=root.line,
            column=root.column,
        )
    if not any(root.has_template(template) for template in (CMS_REPORT, HL7_REPORT)):
        raise InputError(
            "is a clinical document, but no QRDA III: it follows neither CMS's template of the"
            " report nor HL7's",
            uri=uri,
            line=root.line,
            column=root.column,
        )


def _submission(root: Element, record: Record) -> dict[str, Any]:
    """Return the submission, with one measurement set for each section that is one."""
    submission: dict[str, Any] = {}
    header = read_header(root, submission, record)
    _read_year(root, submission, record)
    sections = sections_of(root)
    note_sections(root, record)
    own = [section for section in sections if kind_of(section) == "pi"]
    submission["measurementSets"] = [
        _measurement_set(section, header, f"/measurementSets/{index}", record)
        for index, section in enumerate(own)
    ]
    for section in sections:
        if kind_of(section) != "pi":
            for organizer in section.find("entry", "organizer"):
                if organizer.has_template(ANSWER) or organizer.has_template(COUNTS):
                    note_unread(organizer, record, is_misplaced=True)
    return submission


def _read_year(root: Element, submission: dict[str, Any], record: Record) -> None:
    """Read the year as the converter does: from the first period of the document."""
    act = first_period_act(root)
    if act is None:
        return
    lows = bounds(act, "low")
    record.place("/performanceYear", lows[0] if lows else act, "value" if lows else None)
    year = _YEAR.match(lows[0].get("value") or "") if lows else None
    if year:
        submission["performanceYear"] = int(year[0])


def _measurement_set(
    section: Element, header: Header, pointer: str, record: Record
) -> dict[str, Any]:
    record.place(pointer, section)
    record.place(f"{pointer}/measurements", section)
    measurement_set: dict[str, Any] = {
        "category": "pi",
        # the API's word for whatever comes as QRDA III
        "submissionMethod": "electronicHealthRecord",
    }
    if header.program is not None and header.program_element is not None:
        measurement_set["programName"] = header.program
        record.place(f"{pointer}/programName", header.program_element, "extension")
    if header.cehrt_id is not None:
        measurement_set["cehrtId"] = header.cehrt_id.value
        record.place(f"{pointer}/cehrtId", header.cehrt_id.element, "extension")
    read_period(section, measurement_set, pointer, record)
    measurements = read_measurements(section, f"{pointer}/measurements", record)
    measurement_set["measurements"] = measurements
    note_narrative(section, measurements, f"{pointer}/measurements", record)
    return measurement_set
