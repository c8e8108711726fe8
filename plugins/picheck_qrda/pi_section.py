"""The section of Promoting Interoperability becomes a measurement set."""

from __future__ import annotations

from typing import Any, Final

from picheck_qrda.dates import read_date
from picheck_qrda.elements import Element
from picheck_qrda.measures import read_answer, read_counts, read_measure_id
from picheck_qrda.record import Record
from picheck_qrda.sections import bounds, period_acts, templates_of
from picheck_qrda.templates import ANSWER, COUNTS, PARAMETERS, PERFORMED

_ENTRIES: Final = ("organizer", "act", "observation")
#: The bounds of a period: the element, the key, and how faults are called.
_DAYS: Final = (("low", "performanceStart", "Start"), ("high", "performanceEnd", "End"))
_QUOTED: Final = 40


def read_period(
    section: Element, measurement_set: dict[str, Any], pointer: str, record: Record
) -> None:
    """Write the first and the last day, and note what is odd about them."""
    acts = period_acts(section)
    for act in acts:
        _note_version(act, record)
    if not acts:
        record.fault(pointer, "noPeriod")
        return
    if len(acts) > 1:
        record.fault(record.place_beside("periods", None, acts[1]), "severalPeriods")
    for name, key, which in _DAYS:
        own = f"{pointer}/{key}"
        found = bounds(acts[0], name)
        if not found:
            record.fault(record.place(own, acts[0]), f"no{which}")
            continue
        record.place(own, found[0], "value")
        if len(found) > 1:
            record.fault(own, f"several{which}s")
        text = found[0].get("value") or ""
        measurement_set[key], fault = read_date(text)
        if fault:
            record.fault(own, fault, actual=text[:_QUOTED])


def _note_version(act: Element, record: Record) -> None:
    for template in templates_of(act):
        if template["root"] == PARAMETERS:
            pointer = record.place_beside("parameters", None, act)
            record.note("parameters", extension=template["extension"], pointer=pointer)


def read_measurements(section: Element, pointer: str, record: Record) -> list[dict[str, Any]]:
    """Return the measurements of a section, and note the entries that the converter passes over."""
    measurements: list[dict[str, Any]] = []
    for entry in section.children:
        inner = entry.children if entry.name == "entry" else [entry]
        for element in inner:
            if element.name not in _ENTRIES or _is_period(element, entry):
                continue
            # an entry that is not read takes no place in the list
            own = f"{pointer}/{len(measurements)}"
            measurement = _read_measurement(element, own, record)
            if measurement is not None:
                measurements.append(measurement)
    return measurements


def _is_period(element: Element, entry: Element) -> bool:
    return entry.name == "entry" and element.name == "act" and element.has_template(PARAMETERS)


def _read_measurement(organizer: Element, pointer: str, record: Record) -> dict[str, Any] | None:
    has_counts = organizer.has_template(COUNTS)
    if not (organizer.name == "organizer" and (has_counts or organizer.has_template(ANSWER))):
        note_unread(organizer, record)
        return None
    measure_id = read_measure_id(organizer, pointer, record)
    if measure_id is None:
        return None
    record.place(pointer, organizer)
    read = read_counts if has_counts else read_answer
    value = read(organizer, f"{pointer}/value", measure_id, record)
    return {"measureId": measure_id, "value": value}


def note_unread(element: Element, record: Record, *, is_misplaced: bool = False) -> None:
    """Note an entry that the converter passes over, with the measure and the answer in it."""
    ids = [e.get("extension") for e in element.find("reference", "externalDocument", "id")]
    measure = next(filter(None, ids), None)
    answers = [
        value.get("code")
        for each in element.find("component", "observation")
        if each.has_template(PERFORMED)
        for value in each.find_children("value")
    ]
    record.note(
        "unread",
        pointer=record.place_beside("unread", measure, element),
        measure=measure,
        answer=answers[0] if len(answers) == 1 else None,
        templates=[each["root"] for each in templates_of(element) if each["root"]],
        misplaced=is_misplaced,
        counts=element.has_template(COUNTS),
    )
