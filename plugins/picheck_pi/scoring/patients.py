"""The fewest further patients that bring a point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from picheck.api import SetView
from picheck_pi.measure_index import label
from picheck_pi.scoring.edits import answering
from picheck_pi.scoring.proposal import Proposal
from picheck_pi.scoring.rounding import points_for
from picheck_pi.scoring.tariff import Tariff


def more_patients(
    view: SetView, rows: Sequence[Mapping[str, Any]], tariff: Tariff
) -> Iterator[Proposal]:
    """Yield for each rate the fewest further patients that bring a point."""
    for row in rows:
        if row["status"] != "rate" or not row["denominator"]:
            continue
        done, of = row["numerator"], row["denominator"]
        enough = _enough(done, of, row["maximum"], row["points"], tariff)
        if enough is None:
            continue
        more = enough - done
        counts = {"numerator": enough, "denominator": of}
        yield Proposal(
            f"{_patients(more)} in the numerator of {label(view.rulebook, row['id'])}:"
            f" {enough}/{of} instead of {done}/{of}",
            row["id"],
            answering({row["id"]: counts}),
            "the record shows it",
            size=more,
        )


def _patients(more: int) -> str:
    return "one more patient" if more == 1 else f"{more:,} more patients"


def _enough(done: int, of: int, maximum: int, points: float, tariff: Tariff) -> int | None:
    """Return the least numerator that earns more than `points`; None if there is none."""
    low, high = done, of
    if points_for(high, of, maximum, tariff.rounding).points <= points:
        return None
    while low + 1 < high:
        middle = (low + high) // 2
        better = points_for(middle, of, maximum, tariff.rounding).points > points
        low, high = (low, middle) if better else (middle, high)
    return high
