"""The chart at the top of the HTML report: objectives in a bar, dates on a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

STATUSES: Final = {
    "complete": "complete",
    "excluded": "excluded",
    "questioned": "complete, with questions",
    "unverified": "needs evidence",
    "failing": "has findings",
    "absent": "not reported",
}
ANSWERS: Final = {
    "yes": "yes",
    "no": "no",
    "counts": "",
    "claimed": "exclusion claimed",
    "notClaimed": "exclusion not claimed",
    "absent": "not in the file",
    "other": "another value",
}
_MONTHS: Final = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]
_ROW: Final = 40
_TOP: Final = 44
_HALF: Final = 55


def day(text: str) -> str:
    """Write a day for a reader: `Feb 1, 2026`."""
    when = date.fromisoformat(text)
    return f"{_MONTHS[when.month - 1]} {when.day}, {when.year}"


def objectives(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the segments of the bar: what concerns the whole file, then each objective."""
    general = {
        "title": "File, period and certified technology",
        "measures": [],
        **facts["general"],
    }
    return [
        {
            **part,
            "text": STATUSES[part["status"]],
            "measures": [_measure(measure) for measure in part["measures"]],
        }
        for part in (general, *facts["objectives"])
    ]


def _measure(measure: Mapping[str, Any]) -> dict[str, Any]:
    text = measure["value"] or ANSWERS[measure["answer"]]
    return {**measure, "text": text}


def timeline(calendar: Mapping[str, Any], as_of: str) -> dict[str, Any]:
    """Return the place of each span and date of a calendar, in percent of the axis."""
    axis = _Axis(date.fromisoformat(calendar["from"]), date.fromisoformat(calendar["to"]))
    rows = [
        # on the right the text ends at its mark, or it would run out of the picture
        {**row, "y": _TOP + number * _ROW, "anchor": "end" if row["x"] > _HALF else "start"}
        for number, row in enumerate(_rows(calendar, axis))
    ]
    now = axis.place(as_of)
    return {
        "height": _TOP + len(rows) * _ROW + 8,
        "months": list(axis.months()),
        "rows": rows,
        "now": {
            "x": now,
            "text": f"as of {day(as_of)}",
            "anchor": "end" if now > _HALF else "start",
        }
        if axis.holds(as_of)
        else None,
        "missing": calendar["missing"],
    }


class _Axis:
    """The days of the chart, from the first to the last, both drawn in full."""

    def __init__(self, first: date, last: date) -> None:
        self._first = first
        self._days = (last - first).days + 1
        self._last = last

    def holds(self, text: str) -> bool:
        return self._first <= date.fromisoformat(text) <= self._last

    def place(self, text: str, *, plus: int = 0) -> float:
        """Return where a day begins; a day outside is placed at the nearer end."""
        days = (date.fromisoformat(text) + timedelta(days=plus) - self._first).days
        return round(100 * min(max(days, 0), self._days) / self._days, 2)

    def months(self) -> Iterator[dict[str, Any]]:
        year, month = self._first.year, self._first.month
        while (start := date(year, month, 1)) <= self._last:
            yield {
                "x": self.place(start.isoformat()),
                "name": _MONTHS[month - 1],
                "year": year if month == 1 else None,
                "is_major": month % 3 == 1,
            }
            year, month = (year, month + 1) if month < len(_MONTHS) else (year + 1, 1)


def _rows(calendar: Mapping[str, Any], axis: _Axis) -> Iterator[dict[str, Any]]:
    spans: Sequence[Mapping[str, Any]] = calendar["spans"]
    minimum = next((span["days"] for span in spans if span["kind"] == "minimum"), 0)
    for span in spans:
        x = axis.place(span["from"])
        is_short = span["kind"] == "period" and span["days"] < minimum
        days = f"{span['days']} days"
        if is_short:
            days += f", {minimum - span['days']} too few"
        text = days if span["kind"] == "minimum" else f"{_between(span)} · {days}"
        yield {
            "kind": "short" if is_short else span["kind"],
            "label": span["label"],
            "text": text,
            "short_text": days if is_short or span["kind"] == "minimum" else _between(span),
            "x": x,
            # or a span of a day could not be seen
            "width": round(max(axis.place(span["to"], plus=1) - x, 0.4), 2),
        }
    for mark in calendar["dates"]:
        is_inside = axis.holds(mark["on"])
        yield {
            "kind": "date" if is_inside else "outside",
            "label": mark["label"],
            "text": day(mark["on"]),
            "short_text": day(mark["on"]),
            "x": axis.place(mark["on"]),
            "width": 0,
        }


def _between(span: Mapping[str, Any]) -> str:
    start, end = day(span["from"]), day(span["to"])
    if start[-4:] == end[-4:]:
        start = start[:-6]
    return f"{start} to {end}"
