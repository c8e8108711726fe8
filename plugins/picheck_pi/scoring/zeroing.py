"""What the audit takes away: the findings that bring a set to zero, and the bonuses it lost."""

from __future__ import annotations

from typing import Final

from picheck.api import Result, Scene, SetView
from picheck_pi.measure_index import index_of
from picheck_pi.scoring.tariff import Tariff

#: The rules about a category that is left out.
_LEFT_OUT: Final = frozenset({"PIC-STR-02", "PIC-ELG-02", "PIC-ELG-03"})
_ZERO: Final = frozenset({"categoryZero", "submissionRejected"})


def zeroed_by(scene: Scene, view: SetView, tariff: Tariff) -> tuple[Result, ...]:
    """Return the findings that bring this set to zero; contradictions between sets are left out.

    A refusal meets the whole document, a zero the set it was found in.
    """
    return tuple(
        result
        for result in scene.results
        if result.outcome == "fail"
        and result.severity == "error"
        and result.consequence in _ZERO
        and result.document == view.document
        and result.code not in tariff.conflicts.rules
        and (result.consequence == "submissionRejected" or not _is_elsewhere(scene, view, result))
    )


def refused(scene: Scene) -> tuple[Result, ...]:
    """Return the findings of documents that have no sets at all: their errors.

    Where there is no error, what keeps the category from being left out.
    """
    with_sets = {view.document for view in scene.sets}
    failed = [r for r in scene.results if r.outcome == "fail" and r.document not in with_sets]
    errors = tuple(result for result in failed if result.severity == "error")
    return errors or tuple(
        result for result in failed if result.code in _LEFT_OUT and result.severity == "warning"
    )


def conflicts(scene: Scene, tariff: Tariff) -> tuple[Result, ...]:
    """Return the findings that say that the entity's sets contradict each other."""
    return tuple(
        result
        for result in scene.results
        if result.outcome == "fail" and result.code in tariff.conflicts.rules
    )


def doubtful(scene: Scene, view: SetView) -> tuple[Result, ...]:
    """Return the findings that would bring the set to zero if an unverified source is right."""
    return tuple(
        result
        for result in scene.results
        if result.outcome == "fail"
        and result.severity == "warning"
        and result.consequence in _ZERO
        and result.document == view.document
        and not _is_elsewhere(scene, view, result)
    )


def undecided(scene: Scene, view: SetView) -> tuple[Result, ...]:
    """Return the results that could be a zero, but need facts nobody supplied."""
    return tuple(
        result
        for result in scene.results
        if result.outcome == "indeterminate"
        and result.consequence in _ZERO
        and result.document == view.document
        and not _is_elsewhere(scene, view, result)
    )


def lost_in(scene: Scene, view: SetView) -> dict[str, str]:
    """Return the measures whose own points the audit took, each with the rule that did."""
    with_levels = index_of(scene.rulebook).with_levels
    measure_of = {level: measure.id for measure in with_levels for level in measure.levels}
    lost = {}
    for result in scene.results:
        if (
            result.outcome == "fail"
            and result.consequence == "pointsLost"
            and result.document == view.document
            and not _is_elsewhere(scene, view, result)
        ):
            for measure_id in result.measures:
                lost[measure_of.get(measure_id, measure_id)] = result.code
    return lost


def _is_elsewhere(scene: Scene, view: SetView, result: Result) -> bool:
    """Whether a result lies in another set of the same document."""
    place = f"{result.location.pointer}/"
    return any(
        other.document == view.document
        and other.pointer != view.pointer
        and place.startswith(f"{other.pointer}/")
        for other in scene.sets
    )
