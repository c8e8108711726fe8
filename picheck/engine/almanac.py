"""The days that matter to a measurement set, as a picture of its year needs them."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from picheck.model.evidence import Evidence
from picheck.rulebook.edition import Rulebook
from picheck.rules.view import SetView, parse_date

#: The annex of a rulebook that says where the days come from.
ANNEX = "picture"


def almanac(rulebook: Rulebook, view: SetView, evidence: Evidence) -> dict[str, Any]:
    """Return the axis, the spans, the dates, and the dates that the evidence does not give."""
    annex = rulebook.annexes.get(ANNEX, {})
    spans = list(_spans(rulebook, view, annex))
    dates, missing = _dates(annex, evidence)
    last = max((date.fromisoformat(span["to"]) for span in spans), default=None)
    return {
        "from": f"{rulebook.year}-01-01",
        "to": _month_end(max(last or date.min, date(rulebook.year, 12, 31))).isoformat(),
        "spans": spans,
        "dates": dates,
        "missing": missing,
    }


def _spans(rulebook: Rulebook, view: SetView, annex: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    period = view.period
    start = period.start if period else date(rulebook.year, 1, 1)
    if period:
        yield _span("period", "Performance period", period.start, period.end)
    shortest = annex.get("minimum", {})
    days = _term(rulebook, shortest, "days")
    if isinstance(days, int) and days > 0:
        end = start + timedelta(days=days - 1)
        yield _span("minimum", shortest["label"], start, end)
    window = annex.get("window", {})
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
    """Return the term that an entry of the annex points to; None where there is none."""
    clause = rulebook.clauses.get(entry.get("clause", ""))
    return clause.terms.get(entry.get(name, "")) if clause else None


def _dates(
    annex: Mapping[str, Any], evidence: Evidence
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    table = msgspec.to_builtins(evidence)
    dates, missing = [], []
    for entry in annex.get("dates", ()):
        told = {"label": entry["label"], "evidence": entry["evidence"]}
        day = _look_up(table, entry["evidence"])
        if isinstance(day, str) and parse_date(day):
            dates.append({**told, "on": day})
        elif not entry.get("optional"):
            missing.append(told)
    return dates, missing


def _look_up(table: Any, path: str) -> Any:
    for name in path.split("."):
        table = table.get(name) if isinstance(table, dict) else None
    return table


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
