"""The waterfall: from all points there are down to the score, as steps, text bars and shapes."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from picheck_pi.scoring.arithmetic import Score
from picheck_pi.scoring.config import Category
from picheck_pi.scoring.format import Record, format_change, format_number

_WHOLE: Final = frozenset({"start", "score"})

# Columns of the text: the label, the least and the most of the bar, and the number.
_TEXT_LABEL: Final = 42
_TEXT_BAR: Final = (20, 60)
_TEXT_NUMBER: Final = 11

# Lengths in the picture.
WIDTH: Final = 760
LABEL: Final = 290
ROW: Final = 30
BAR: Final = 18
_NUMBER: Final = 56


def list_steps(
    score: Score, objectives: Sequence[Record], category: Category, *, is_zeroed: bool
) -> list[dict[str, Any]]:
    """Return the steps of the way: where each begins, where it ends, and why.

    The first is all points there are, the last is the score itself.
    """
    level: float = category.base
    steps = [_step("start", "all points", 0, level)]
    for objective in objectives:
        lost = objective["maximum"] - objective["points"]
        steps.append(_step("objective", objective["title"], level, level - lost))
        level -= lost
    for bonus in score.bonuses:
        steps.append(_step("bonus", f"bonus: {bonus.bonus.title}", level, level + bonus.points))
        level += bonus.points
    if level > score.points:
        steps.append(_step("cap", f"no more than {category.cap}", level, score.points))
    if is_zeroed:
        steps.append(_step("zero", "category zero", score.points, 0))
    return [*steps, _step("score", "score", 0, 0 if is_zeroed else score.points)]


def draw_bars(steps: Sequence[Record], width: int) -> Iterator[str]:
    """Yield one line a step for a terminal of `width` columns: label, bar, what it changes."""
    top = _top(steps)
    least, most = _TEXT_BAR
    room = max(min(width - _TEXT_LABEL - _TEXT_NUMBER, most), least)
    for step in steps:
        low, high = sorted((step["from"], step["to"]))
        begin, end = round(low / top * room), round(high / top * room)
        if end == begin and high > low:
            # a step too small for a column is shown as one all the same
            begin, end = (begin - 1, end) if begin else (0, 1)
        bar = " " * begin + ("█" if step["kind"] in _WHOLE else "▒") * (end - begin)
        yield (
            f"  {step['label'][: _TEXT_LABEL - 1]:<{_TEXT_LABEL}}{bar:<{room}}"
            f" {_number(step, '-'):>6}"
        )


def draw_shapes(steps: Sequence[Record]) -> list[dict[str, Any]]:
    """Return what a picture shows of each step: its label, its bar, and where the next begins.

    Lengths are those of a picture that is `WIDTH` wide and has `ROW` for each step.
    """
    scale = (WIDTH - LABEL - _NUMBER) / _top(steps)
    return [
        {
            "label": step["label"],
            "number": _number(step, "\N{MINUS SIGN}"),
            "kind": _kind(step),
            "x": LABEL + min(step["from"], step["to"]) * scale,
            # else a step of no points could not be seen
            "width": max(abs(step["change"]) * scale, 1.5),
            "y": index * ROW + 4,
            "end": LABEL + step["to"] * scale,
        }
        for index, step in enumerate(steps)
    ]


def _step(kind: str, label: str, start: float, end: float) -> dict[str, Any]:
    return {"kind": kind, "label": label, "from": start, "to": end, "change": end - start}


def _top(steps: Sequence[Record]) -> float:
    return max((max(step["from"], step["to"]) for step in steps), default=0) or 1


def _number(step: Record, minus: str) -> str:
    if step["kind"] in _WHOLE:
        return format_number(step["to"])
    return format_change(step["change"], minus)


def _kind(step: Record) -> str:
    """Return how a bar is painted: whole, none, gain or loss."""
    if step["kind"] in _WHOLE:
        return "whole"
    if not step["change"]:
        return "none"
    return "gain" if step["change"] > 0 else "loss"
