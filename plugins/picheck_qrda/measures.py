"""Organizers become answers and counts; what CMS's converter would refuse is noted."""

from __future__ import annotations

import re
from typing import Any, Final

from picheck_qrda.elements import Element
from picheck_qrda.record import Record
from picheck_qrda.templates import (
    AGGREGATE_COUNT,
    DENOMINATOR,
    MEASURE_ID,
    NUMERATOR,
    PERFORMED,
    RATE,
)

_ANSWERS: Final = {"Y": True, "N": False}
_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
#: The largest count that the converter can hold.
_LARGEST: Final = 2**31 - 1
_MOST_DIGITS: Final = 20
_QUOTED: Final = 40


def read_measure_id(organizer: Element, pointer: str, record: Record) -> str | None:
    """Return the measure that an organizer is about; None where no id is there."""
    elements = organizer.find("reference", "externalDocument", "id")
    given = [element for element in elements if element.get("extension") is not None]
    if not given:
        record.fault(record.place_beside("faults", None, organizer), "noId")
        return None
    measure_id = given[0].get("extension") or ""
    record.place(f"{pointer}/measureId", given[0], "extension")
    if len(given) > 1:
        record.fault(f"{pointer}/measureId", "severalIds", measure_id)
    # the converter does not look at the root, so this is noted and not refused
    if (root := given[0].get("root")) != MEASURE_ID:
        record.note("measureIds", pointer=f"{pointer}/measureId", measure=measure_id, root=root)
    return measure_id


def read_answer(organizer: Element, pointer: str, measure_id: str, record: Record) -> Any:
    """Return a yes or a no; the code itself, or None, where the file gives neither."""
    performed = _observations(organizer, PERFORMED)
    values = [value for each in performed for value in each.find_children("value")]
    record.place(pointer, values[0] if values else organizer, "code" if values else None)
    if len(performed) > 1 or len(values) > 1:
        record.fault(pointer, "severalAnswers", measure_id)
        return None
    code = values[0].get("code") if values else None
    if code is None:
        record.fault(pointer, "noAnswer", measure_id)
        return None
    # the converter takes y for Y
    answer = _ANSWERS.get(code.upper())
    if answer is None:
        record.fault(pointer, "notYesNo", measure_id, actual=code[:_QUOTED])
        # passed on, as the converter does, so that the rule about answers finds it too
        return code
    if code not in _ANSWERS:
        record.fault(pointer, "lowerCase", measure_id, actual=code)
    return answer


def read_counts(
    organizer: Element, pointer: str, measure_id: str, record: Record
) -> dict[str, Any]:
    """Return the two counts, as far as they are there."""
    record.place(pointer, organizer)
    counts: dict[str, Any] = {}
    for name, template in (("numerator", NUMERATOR), ("denominator", DENOMINATOR)):
        found = _observations(organizer, template)
        own = f"{pointer}/{name}"
        if len(found) != 1:
            fault = f"several{name.title()}s" if found else f"no{name.title()}"
            record.fault(own, fault, measure_id)
        if found:
            counts[name] = _read_count(found[0], own, measure_id, record)
    _note_rate(organizer, pointer, measure_id, counts, record)
    return counts


def _observations(organizer: Element, template: str) -> list[Element]:
    found = organizer.find("component", "observation")
    return [each for each in found if each.has_template(template)]


def _read_count(observation: Element, pointer: str, measure_id: str, record: Record) -> Any:
    """Return the whole number of a count; the text itself, or None, where it is none."""
    inner = observation.find("entryRelationship", "observation")
    values = [
        v
        for each in inner
        if each.has_template(AGGREGATE_COUNT)
        for v in each.find_children("value")
    ]
    record.place(pointer, values[0] if values else observation, "value" if values else None)
    if len(values) > 1:
        record.fault(pointer, "severalCounts", measure_id)
        return None
    text = values[0].get("value") if values else None
    if text is None:
        record.fault(pointer, "noCount", measure_id)
        return None
    # the converter takes zeros and a sign in front; int() refuses texts that are very long
    number = int(text) if _WHOLE.fullmatch(text) and len(text) <= _MOST_DIGITS else None
    if number is None or abs(number) > _LARGEST:
        record.fault(pointer, "notWhole", measure_id, actual=text[:_QUOTED])
        return text[:_QUOTED]
    if number < 0:
        record.fault(pointer, "negative", measure_id, actual=number)
    elif text != str(number):
        record.fault(pointer, "zeros", measure_id, actual=text)
    return number


def _note_rate(
    organizer: Element, pointer: str, measure_id: str, counts: dict[str, Any], record: Record
) -> None:
    """Note the rate that the file states beside the counts."""
    for observation in _observations(organizer, RATE):
        for value in observation.find_children("value"):
            stated = value.get("value")
            if stated is None:
                continue
            record.note(
                "rates",
                pointer=record.place_beside("rates", measure_id, value),
                measure=measure_id,
                stated=stated[:_QUOTED],
                counts=pointer,
                numerator=counts.get("numerator"),
                denominator=counts.get("denominator"),
            )
