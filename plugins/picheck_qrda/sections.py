"""The sections: which there are, and what is kept of those that are not converted."""

from __future__ import annotations

from typing import Any

from picheck_qrda.elements import Element
from picheck_qrda.record import Record
from picheck_qrda.templates import ANSWER, COUNTS, PARAMETERS, PI_SECTION, SECTIONS


def is_converted(section: Element) -> bool:
    """Whether a section becomes a measurement set."""
    return section.has_template(PI_SECTION)


def drop_content(section: Element) -> None:
    """Drop from a section that is not converted all but its periods and misplaced measures."""
    if is_converted(section):
        return
    # a period may give the file its year, and measures that are misplaced are reported
    for entry in section.find_children("entry"):
        entry.children = [child for child in entry.children if _is_kept(child)]
    section.children = [
        child for child in section.children if child.name in {"templateId", "entry", "text"}
    ]


def _is_kept(child: Element) -> bool:
    return any(child.has_template(root) for root in (PARAMETERS, ANSWER, COUNTS))


def sections_of(root: Element) -> list[Element]:
    """Return the sections of a document, in order."""
    return root.find("component", "structuredBody", "component", "section")


def kind_of(section: Element) -> str | None:
    """Return what a section is: `pi`, `quality`, `ia`; None for one of another template."""
    for root, kind in SECTIONS.items():
        if section.has_template(root):
            return kind
    return None


def period_acts(section: Element) -> list[Element]:
    """Return the acts that give a section's period, where they belong."""
    return [act for act in section.find("entry", "act") if act.has_template(PARAMETERS)]


def first_period_act(root: Element) -> Element | None:
    """Return the first act of a period in the document, wherever it is."""
    acts = (each for each in root.within() if each.name == "act")
    return next((act for act in acts if act.has_template(PARAMETERS)), None)


def bounds(act: Element, name: str) -> list[Element]:
    """Return the elements `low` or `high` of a period that have a value."""
    found = act.find("effectiveTime", name)
    return [each for each in found if each.get("value") is not None]


def templates_of(element: Element) -> list[dict[str, Any]]:
    """Return the templates of an element as plain values."""
    return [
        {"root": each.get("root"), "extension": each.get("extension")}
        for each in element.find_children("templateId")
    ]


def note_sections(root: Element, record: Record) -> None:
    """Note each section with its templates and the years of its periods."""
    for section in sections_of(root):
        pointer = record.place_beside("sections", None, section)
        lows = [low for act in period_acts(section) for low in bounds(act, "low")]
        record.note(
            "sections",
            kind=kind_of(section),
            pointer=pointer,
            templates=templates_of(section),
            years=sorted({(low.get("value") or "")[:4] for low in lows}),
        )
