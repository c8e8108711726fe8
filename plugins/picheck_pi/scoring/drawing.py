"""The waterfall as a picture: inline SVG that takes its colours from the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from picheck_pi.scoring.wording import shown

_WIDTH: Final = 760
_LABEL: Final = 290
_ROW: Final = 30
_BAR: Final = 18
_ROOM_FOR_NUMBER: Final = 56
MINUS: Final = "\N{MINUS SIGN}"


def drawing(steps: Sequence[Mapping[str, Any]]) -> str:
    """Return the steps of a waterfall as an SVG element, with a title for who cannot see it."""
    if not steps:
        return ""
    height = _ROW * len(steps) + 8
    top = max(max(step["from"], step["to"]) for step in steps) or 1
    rows = "".join(_row(place, step, top) for place, step in enumerate(steps))
    told = f"from {shown(steps[0]['to'])} down to {shown(steps[-1]['to'])} points"
    return (
        f'<svg class="waterfall" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{escape(told)}"><title>{escape(told)}</title>{rows}</svg>'
    )


def _row(place: int, step: Mapping[str, Any], top: float) -> str:
    scale = (_WIDTH - _LABEL - _ROOM_FOR_NUMBER) / top
    low, high = sorted((step["from"], step["to"]))
    x, y = _LABEL + low * scale, place * _ROW + 4
    width = max((high - low) * scale, 1.5)
    middle = y + _BAR / 2 + 4.5
    is_whole = step["kind"] in {"start", "score"}
    number = shown(step["to"]) if is_whole else _signed(step["change"])
    end = _LABEL + step["to"] * scale
    return (
        f'<text class="label" x="{_LABEL - 12}" y="{middle:.1f}" text-anchor="end">'
        f"{escape(step['label'])}</text>"
        f'<rect class="{escape(_kind(step))}" x="{x:.1f}" y="{y}" width="{width:.1f}"'
        f' height="{_BAR}" rx="3"/>'
        f'<text class="number" x="{x + width + 6:.1f}" y="{middle:.1f}">{number}</text>'
        f'<line class="thread" x1="{end:.1f}" y1="{y + _BAR}" x2="{end:.1f}" y2="{y + _ROW}"/>'
    )


def _kind(step: Mapping[str, Any]) -> str:
    if step["kind"] in {"start", "score"}:
        return "whole"
    if not step["change"]:
        return "none"
    return "gain" if step["change"] > 0 else "loss"


def _signed(change: float) -> str:
    return "0" if not change else f"{'+' if change > 0 else MINUS}{shown(abs(change))}"
