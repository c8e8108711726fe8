"""Submissions written as QRDA III files, for tests of what reads such files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import quoteattr

import msgspec

from picheck.rulebook.models import Rulebook

_TEMPLATES: Final = "2.16.840.1.113883.10.20"
_IDS: Final = "2.16.840.1.113883.3"

#: The program whose submissions are written.
QRDA_PROGRAM: Final = "pi"

#: Program and entity type of the API to the program names of CMS.
_PROGRAMS: Final[Mapping[tuple[str, str], str]] = {
    ("mips", "individual"): "MIPS_INDIV",
    ("mips", "group"): "MIPS_GROUP",
    ("mips", "virtualGroup"): "MIPS_VIRTUALGROUP",
    ("mips", "apm"): "MIPS_APMENTITY",
    ("mips", "subgroup"): "MIPS_SUBGROUP",
    ("app1", "individual"): "MIPS_APP1_INDIV",
    ("app1", "group"): "MIPS_APP1_GROUP",
    ("app1", "apm"): "MIPS_APP1_APMENTITY",
    ("appPlus", "individual"): "APP_PLUS_INDIV",
    ("appPlus", "group"): "APP_PLUS_GROUP",
    ("appPlus", "apm"): "APP_PLUS_APMENTITY",
}
_NO_PATHWAY: Final = ("mips", "app1", "appPlus")
_ENTITY_IDS: Final = {"virtualGroup": "249.5.2", "apm": "249.5.4", "subgroup": "249.5.5"}

_HEADER: Final = """\
<?xml version="1.0" encoding="utf-8"?>
<ClinicalDocument xmlns="{namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <realmCode code="US"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <templateId root="{report_root}" extension="{report}"/>
  <templateId root="{document_root}" extension="{document}"/>
  <id root="00000000-0000-0000-0000-000000000001"/>
  <code code="55184-6" codeSystem="2.16.840.1.113883.6.1"/>
  <title>Invented QRDA III file</title>
  <effectiveTime value="20200101000000"/>
  <languageCode code="en"/>
"""


class QrdaVersions(msgspec.Struct, frozen=True, kw_only=True):
    """The roots and versions of a year's templates; an empty version is not written."""

    document_root: str
    document: str
    report_root: str
    report: str
    section: str
    parameters: str
    namespace: str


def qrda_versions(rulebook: Rulebook) -> QrdaVersions:
    """Return the versions that a year's clauses about QRDA III ask for."""
    document = rulebook.clauses["PIC-QRD-01"]
    parts = rulebook.clauses["PIC-QRD-02"]
    rows = {row["part"]: row for row in parts["templates"]}
    return QrdaVersions(
        document_root=document["root"],
        document=document["extensions"][0],
        report_root=rows["report"]["root"],
        report=rows["report"]["extension"],
        section=rows["section"]["extension"],
        parameters=rows["parameters"]["extension"],
        namespace=parts["namespace"],
    )


def to_qrda(submission: Mapping[str, Any], versions: QrdaVersions) -> str:
    """Return a submission as a QRDA III file, one element a line.

    What the format cannot carry (`submissionMethod`, ids that the API adds) is left out. Raises
    ValueError for an answer that is neither a yes, a no, nor two counts.
    """
    # some parts end in a line feed of their own, and some are empty
    return "\n".join((_header(submission, versions), *_body(submission, versions), "")).replace(
        "\n\n", "\n"
    )


def to_changed_qrda(
    submission: Mapping[str, Any], versions: QrdaVersions, changes: Sequence[tuple[str, str]]
) -> str:
    """Return a submission as QRDA III in which texts are replaced, each where it comes first.

    A text to be replaced may hold `{document}`, `{report}`, `{section}` and `{parameters}`, the
    year's versions. Raises AssertionError for one that is not in the file.
    """
    text = to_qrda(submission, versions)
    for given, new in changes:
        old = given
        for part in ("document", "report", "section", "parameters"):
            old = old.replace(f"{{{part}}}", getattr(versions, part))
        if old not in text:
            raise AssertionError(f"the text {old!r} of the case is not in the QRDA III file")
        text = text.replace(old, new, 1)
    return text


def _header(submission: Mapping[str, Any], versions: QrdaVersions) -> str:
    sets = submission["measurementSets"]
    name = sets[0].get("programName", "mips") if sets else "mips"
    entity_type = submission["entityType"]
    # an MVP goes under a program name of MIPS, with its own id in a participant
    pathway = None if name in _NO_PATHWAY else name
    program = _PROGRAMS["mips" if pathway else name, entity_type]
    text = _HEADER.format(**msgspec.structs.asdict(versions))
    text += _wrap(
        "informationRecipient/intendedRecipient", [_id(f"{_IDS}.249.7", program)], indent=1
    )
    cehrt_id = sets[0].get("cehrtId") if sets else None
    if cehrt_id is not None:
        text += _participant("DEV", "RGPR", _id(f"{_IDS}.2074.1", cehrt_id))
    if pathway is not None:
        text += _participant("TRC", "PROG", _id(f"{_IDS}.249.5.6", pathway))
    return text + _performer(submission, entity_type)


def _participant(kind: str, role: str, inner: str) -> str:
    return (
        f'  <participant typeCode="{kind}">\n    <associatedEntity classCode="{role}">\n'
        f"      {inner}\n    </associatedEntity>\n  </participant>\n"
    )


def _performer(submission: Mapping[str, Any], entity_type: str) -> str:
    npi = submission.get("nationalProviderIdentifier")
    tin = submission.get("taxpayerIdentificationNumber")
    entity = submission.get("entityId")
    ids = [] if tin is None else [_id("2.16.840.1.113883.4.2", tin)]
    if entity is not None:
        ids.append(_id(f"{_IDS}.{_ENTITY_IDS[entity_type]}", entity))
    given = (
        '<id root="2.16.840.1.113883.4.6" nullFlavor="NA"/>'
        if npi is None
        else _id("2.16.840.1.113883.4.6", npi)
    )
    organization = "\n".join(f"            {each}" for each in ids)
    return (
        "  <documentationOf>\n    <serviceEvent>\n      <performer>\n        <assignedEntity>\n"
        f"          {given}\n          <representedOrganization>\n{organization}\n"
        "          </representedOrganization>\n        </assignedEntity>\n      </performer>\n"
        "    </serviceEvent>\n  </documentationOf>"
    )


def _body(submission: Mapping[str, Any], versions: QrdaVersions) -> Iterator[str]:
    yield "  <component>\n    <structuredBody>"
    for record in submission["measurementSets"]:
        yield "      <component>\n        <section>"
        yield _template(f"{_TEMPLATES}.24.2.2", "", 10)
        yield _template(f"{_TEMPLATES}.27.2.5", versions.section, 10)
        yield "          <title>Measure Section</title>\n          <text>Invented</text>"
        for measurement in record["measurements"]:
            yield "          <entry>"
            yield from _organizer(measurement["measureId"], measurement["value"])
            yield "          </entry>"
        yield from _period(record, versions)
        yield "        </section>\n      </component>"
    yield "    </structuredBody>\n  </component>\n</ClinicalDocument>"


def _period(record: Mapping[str, Any], versions: QrdaVersions) -> Iterator[str]:
    yield '          <entry>\n            <act classCode="ACT" moodCode="EVN">'
    yield _template(f"{_TEMPLATES}.17.3.8", versions.parameters, 14)
    yield "              <effectiveTime>"
    for name, key in (("low", "performanceStart"), ("high", "performanceEnd")):
        if key in record:
            yield f"                <{name} value={_quote(record[key].replace('-', ''))}/>"
    yield "              </effectiveTime>\n            </act>\n          </entry>"


def _organizer(measure_id: str, value: Any) -> Iterator[str]:
    is_answer = isinstance(value, bool)
    if not is_answer and not isinstance(value, Mapping):
        raise ValueError(f"QRDA III cannot carry the value of {measure_id}")
    yield '            <organizer classCode="CLUSTER" moodCode="EVN">'
    yield _template(f"{_TEMPLATES}.24.3.98", "", 14)
    version = "2016-09-01" if is_answer else "2017-06-01"
    yield _template(f"{_TEMPLATES}.27.3.{29 if is_answer else 28}", version, 14)
    yield '              <statusCode code="completed"/>\n              <reference typeCode="REFR">'
    yield '                <externalDocument classCode="DOC" moodCode="EVN">'
    yield f"                  {_id(f'{_IDS}.7031', measure_id)}"
    yield "                </externalDocument>\n              </reference>"
    if is_answer:
        yield from _observation("27", f'<value xsi:type="CD" code="{"Y" if value else "N"}"/>')
    else:
        for name, template in (("numerator", "31"), ("denominator", "32")):
            if name in value:
                yield from _observation(template, _count(value[name]))
    yield "            </organizer>"


def _observation(template: str, inner: str) -> Iterator[str]:
    yield '              <component>\n                <observation classCode="OBS" moodCode="EVN">'
    yield _template(f"{_TEMPLATES}.27.3.{template}", "2016-09-01", 18)
    yield f"                  {inner}"
    yield "                </observation>\n              </component>"


def _count(number: Any) -> str:
    space = "\n" + " " * 20
    return (
        f'<entryRelationship typeCode="SUBJ">{space}<observation classCode="OBS" moodCode="EVN">'
        f'{space}  <templateId root="{_TEMPLATES}.27.3.3"/>'
        f'{space}  <value xsi:type="INT" value={_quote(number)}/>'
        f"{space}</observation>\n                  </entryRelationship>"
    )


def _template(root: str, extension: str, indent: int) -> str:
    version = f" extension={_quote(extension)}" if extension else ""
    return f"{' ' * indent}<templateId root={_quote(root)}{version}/>"


def _id(root: str, extension: Any) -> str:
    return f"<id root={_quote(root)} extension={_quote(extension)}/>"


def _quote(value: Any) -> str:
    return quoteattr(str(value))


def _wrap(path: str, lines: list[str], indent: int) -> str:
    """Return lines inside nested elements, each two blanks further in."""
    names = path.split("/")
    opened = [f"{'  ' * (indent + n)}<{name}>" for n, name in enumerate(names)]
    closed = [f"{'  ' * (indent + n)}</{name}>" for n, name in enumerate(names)]
    inner = [f"{'  ' * (indent + len(names))}{line}" for line in lines]
    return "\n".join((*opened, *inner, *reversed(closed), ""))
