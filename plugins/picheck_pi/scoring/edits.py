"""Edits of the plain JSON of one measurement set; they are only ever given copies."""

from collections.abc import Collection, Mapping
from typing import Any

from picheck.api import Edit, Period


def answer(answers: Mapping[str, Any], instead_of: Collection[str] = ()) -> Edit:
    """Return an edit that gives answers, in place of the ids that they replace."""

    def edit(record: dict[str, Any]) -> None:
        # taken out first, or an id would be there twice
        leave_out(*instead_of, *answers)(record)
        record["measurements"] += [
            {"measureId": measure_id, "value": value} for measure_id, value in answers.items()
        ]

    return edit


def leave_out(*measure_ids: str) -> Edit:
    """Return an edit that leaves ids out."""

    def edit(record: dict[str, Any]) -> None:
        record["measurements"] = [
            measurement
            for measurement in record["measurements"]
            if measurement.get("measureId") not in measure_ids
        ]

    return edit


def move_period(period: Period) -> Edit:
    """Return an edit that moves the performance period."""

    def edit(record: dict[str, Any]) -> None:
        record["performanceStart"] = period.performance_start
        record["performanceEnd"] = period.performance_end

    return edit


def combine(*edits: Edit) -> Edit:
    """Return one edit that makes several, one after the other."""

    def edit(record: dict[str, Any]) -> None:
        for each in edits:
            each(record)

    return edit
