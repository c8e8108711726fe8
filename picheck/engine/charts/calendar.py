"""The dates that matter to a measurement set, for a chart of its year."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from picheck.model.evidence import Evidence
from picheck.rulebook.models import Rulebook
from picheck.rules.measurement_set import SetView, parse_date

#: The extra table of a rulebook that says where the dates come from.
TABLE: Final = "picture"


def calendar_facts(rulebook: Rulebook, view: SetView, evidence: Evidence) -> dict[str, Any]:
    """Return the first and last day of the chart, the spans and the dates in it.

    `missing` are the dates that the evidence does not give.
    """
    table = rulebook.extra_tables.get(TABLE, {})
    spans = list(_spans(rulebook, view, table))
    dates, missing = _dates(table, evidence)
    last = max((date.fromisoformat(span["to"]) for span in spans), default=date.min)
    return {
        "from": f"{rulebook.year}-01-01",
        # up to the end of the submission window, which lies in the year after
        "to": _month_end(max(last, date(rulebook.year, 12, 31))).isoformat(),
        "spans": spans,
        "dates": dates,
        "missing": missing,
    }


def _spans(rulebook: Rulebook, view: SetView, table: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the performance period, the shortest one allowed, and the submission window."""
    start = date(rulebook.year, 1, 1)
    if view.period.is_valid:
        start = view.period.start
        yield _span("period", "Performance period", start, view.period.end)
    shortest = table.get("minimum", {})
    days = _term(rulebook, shortest, "days")
    if isinstance(days, int) and days > 0:
        end = start + timedelta(days=days - 1)
        yield _span("minimum", shortest["label"], start, end)
    window = table.get("window", {})
    opens, closes = (parse_date(_term(rulebook, window, name)) for name in ("opens", "closes"))
    if opens and closes:
        yield _span("window", window["label"], opens, closes)


def _span(kind: str, label: str, start: date, end: date) -> dict[str, Any]:
    return {
        "kind": kind,
        "label": label,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "days": (end - start).days + 1,
    }


def _term(rulebook: Rulebook, entry: Mapping[str, Any], name: str) -> Any:
    """Return the term that an entry of the table names; None where there is none."""
    clause = rulebook.clauses.get(entry.get("clause", ""))
    return clause.terms.get(entry.get(name, "")) if clause else None


def _dates(
    table: Mapping[str, Any], evidence: Evidence
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the dates that the evidence gives, and those that it lacks and should give."""
    dates: list[dict[str, str]] = []
    missing: list[dict[str, str]] = []
    for entry in table.get("dates", ()):
        labels = {"label": entry["label"], "evidence": entry["evidence"]}
        day = evidence.get(entry["evidence"])
        if isinstance(day, str) and parse_date(day):
            dates.append({**labels, "on": day})
        elif not entry.get("optional"):
            missing.append(labels)
    return dates, missing


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
