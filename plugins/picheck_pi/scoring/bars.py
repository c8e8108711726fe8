"""The waterfall on a terminal: text bars from all points down to the score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from picheck.api import Style
from picheck_pi.scoring.wording import shown

_LABEL: Final = 44
_LEAST: Final = 20
_ROOM_FOR_NUMBER: Final = 9
_FILL: Final = {"start": "█", "score": "█", "bonus": "▒", "objective": "▒", "cap": "▒", "zero": "▒"}


def bars(steps: Sequence[Mapping[str, Any]], style: Style) -> Iterator[str]:
    """Yield one line a step: its label, its bar at its height, and what it changes."""
    top = max((max(step["from"], step["to"]) for step in steps), default=0) or 1
    width = max(min(style.width - _LABEL - _ROOM_FOR_NUMBER, 60), _LEAST)
    for step in steps:
        low, high = sorted((step["from"], step["to"]))
        begin, end = round(low / top * width), round(high / top * width)
        if end == begin and high > low:
            begin, end = (begin - 1, end) if begin else (0, 1)
        bar = " " * begin + _FILL[step["kind"]] * (end - begin)
        is_whole = step["kind"] in {"start", "score"}
        change = shown(step["to"]) if is_whole else _signed(step["change"])
        label = step["label"][: _LABEL - 3]
        yield f"  {label:<{_LABEL - 2}}{bar:<{width}} {change:>6}"


def _signed(change: float) -> str:
    return "0" if not change else f"{'+' if change > 0 else '-'}{shown(abs(change))}"
