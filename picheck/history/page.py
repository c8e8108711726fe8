"""Pages about a history: one record, and the trend of entities with a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from picheck.reporters.html import TITLES, make_environment

_WIDTH: Final = 720
_LEFT: Final = 150
_RIGHT: Final = 48
_TOP: Final = 24
_PLOT: Final = 130
_ROW: Final = 26


def trend_page(groups: Sequence[Mapping[str, Any]], state: str) -> str:
    """Return the page of `picheck history trend`; `groups` are those of `queries.trend`."""
    template = make_environment("picheck.history").get_template("trend.html.j2")
    page: str = template.render(trends=draw_trends(groups), state=state, verdicts=TITLES)
    return page


def record_page(record: Mapping[str, Any], state: str) -> str:
    """Return the page of `picheck history show`; `record` is that of `queries.describe_record`."""
    template = make_environment("picheck.history").get_template("record.html.j2")
    page: str = template.render(record=record, state=state, verdicts=TITLES)
    return page


def draw_trend(group: Mapping[str, Any]) -> dict[str, Any]:
    """Return where the marks of a trend's picture are: audits by score, findings by their time.

    All places are in the units of the picture, whose width is fixed and whose height grows with
    the number of findings.
    """
    audits = group["audits"]
    scores = [each["score"] for each in audits if each["score"] is not None]
    highest = max([100.0, *scores])
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(audits) - 1, 1)
    points = [
        {
            "x": round(_LEFT + place * step, 1),
            "y": round(_TOP + _PLOT * (1 - (audit["score"] or 0) / highest), 1),
            "label": audit["at"][:10],
            "is_labelled": _is_labelled(place, len(audits)),
            "audit": audit,
        }
        for place, audit in enumerate(audits)
    ]
    top = _TOP + _PLOT + 48
    rows = [
        {
            "y": top + number * _ROW,
            "text": f"{code} ({times})" if times > 1 else code,
            "from": points[first]["x"],
            "to": points[last]["x"],
            "is_cured": last < len(audits) - 1,
        }
        for number, (code, times, first, last) in enumerate(_spans(audits))
    ]
    return {
        "width": _WIDTH,
        "height": top + len(rows) * _ROW - (0 if rows else 16),
        "left": _LEFT,
        "right": _WIDTH - _RIGHT,
        "base": _TOP + _PLOT,
        "top": _TOP,
        "highest": f"{highest:g}",
        "points": points,
        "line": " ".join(f"{p['x']},{p['y']}" for p in points if p["audit"]["score"] is not None),
        "rows": rows,
    }


def draw_trends(groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return trends, each with the picture of its audits."""
    return [{**group, "chart": draw_trend(group)} for group in groups]


def _is_labelled(place: int, number: int) -> bool:
    """Whether an audit's date is written: the first, the last, and some in between."""
    every = max(1, -(-number // 6))
    return place == number - 1 or (place % every == 0 and place + every <= number - 1)


def _spans(audits: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, int, int]]:
    """Return, for each code, how many findings it has at most and in which audits it is open."""
    spans: dict[str, tuple[int, int, int]] = {}
    for place, audit in enumerate(audits):
        counts: dict[str, int] = {}
        for finding in audit["open"]:
            counts[finding["code"]] = counts.get(finding["code"], 0) + 1
        for code, times in counts.items():
            most, first, _ = spans.get(code, (0, place, place))
            spans[code] = max(most, times), first, place
    return [(code, *span) for code, span in spans.items()]
