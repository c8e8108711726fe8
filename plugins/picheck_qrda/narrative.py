"""The narrative of a section: the numbers and answers that it shows to people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from picheck_qrda.elements import Element
from picheck_qrda.record import Record

#: Words for an answer, as the published samples have them.
_ANSWER: Final = r"measure answer \(yes/no\)|measure answer|measure performed"
#: A number or an answer with its name before it: `Numerator: 750`, `Measure Performed: Yes`.
_LINE: Final = re.compile(
    rf"(?P<name>numerator|denominator|{_ANSWER})\s*:\s*(?P<value>\S+)", re.IGNORECASE
)
#: The head of a column.
_HEAD: Final = re.compile(rf"(?P<name>numerator|denominator|{_ANSWER}):?", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12}")
_YES_NO: Final = {"yes": True, "no": False}


class Shown(NamedTuple):
    """What a narrative shows of a measure: a numerator, a denominator or an answer."""

    measure_id: str
    name: str
    value: int | bool
    element: Element


def note_narrative(
    section: Element, measurements: Sequence[Mapping[str, Any]], pointer: str, record: Record
) -> None:
    """Note what the narrative shows of the measures that were read, with what was read of them.

    `pointer` is that of the measurements. A measure is passed over that was read twice, or of which
    the narrative says nothing that can be understood, or nothing of the kind that was read.
    """
    times = Counter(each["measureId"] for each in measurements)
    read = {
        each["measureId"]: (at, each["value"])
        for at, each in enumerate(measurements)
        if times[each["measureId"]] == 1
    }
    for narrative in section.find_children("text"):
        for shown in read_narrative(narrative, read.keys()):
            at, value = read[shown.measure_id]
            given = value.get(shown.name) if isinstance(value, dict) else value
            # True is equal to 1, but a yes is no count of one
            if type(given) is not type(shown.value):
                continue
            record.note(
                "narrative",
                pointer=record.place_beside("narrative", shown.measure_id, shown.element),
                measure=shown.measure_id,
                name=shown.name,
                shown=shown.value,
                read=given,
                value=f"{pointer}/{at}/value",
            )


def read_narrative(narrative: Element, measure_ids: Collection[str]) -> Iterator[Shown]:
    """Yield what a narrative shows of some measures.

    A row of a table is about the measure whose id is in one of its cells; so is what follows, up to
    the next row or table. A column holds what its head says, if the first row of the table has one
    head for each cell.
    """
    about: str | None = None
    heads: list[str] | None = None
    for element in narrative.within():
        if element.name == "table":
            about = heads = None
        elif element.name == "tr":
            about = _measure_of(element, measure_ids)
            if heads is None:
                heads = [_text(cell) for cell in element.find_children("th")]
            elif about is not None:
                yield from _columns(element, heads, about)
        if about is not None:
            yield from _line(element, about)


def _measure_of(row: Element, measure_ids: Collection[str]) -> str | None:
    return next((text for cell in row.children if (text := _text(cell)) in measure_ids), None)


def _columns(row: Element, heads: list[str], about: str) -> Iterator[Shown]:
    if len(heads) != len(row.children):
        return
    for head, cell in zip(heads, row.children, strict=True):
        found = _HEAD.fullmatch(head)
        if found:
            yield from _find_shown(about, found["name"], _text(cell), cell)


def _line(element: Element, about: str) -> Iterator[Shown]:
    found = _LINE.fullmatch(_text(element))
    if found:
        yield from _find_shown(about, found["name"], found["value"], element)


def _find_shown(about: str, name: str, text: str, element: Element) -> Iterator[Shown]:
    name = name.lower() if name.lower() in {"numerator", "denominator"} else "answer"
    if name == "answer":
        value: int | bool | None = _YES_NO.get(text.lower())
    else:
        value = int(text.replace(",", "")) if _NUMBER.fullmatch(text) else None
    if value is not None:
        yield Shown(about, name, value, element)


def _text(element: Element) -> str:
    return " ".join(element.text.split())
