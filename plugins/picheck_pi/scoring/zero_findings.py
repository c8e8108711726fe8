"""What the audit takes away: the findings that bring a set to zero, and the bonuses it lost."""

from collections.abc import Iterator
from typing import Any, Final

from picheck.api import Result, Scene, SetView
from picheck_pi.measure_index import index_of
from picheck_pi.scoring.config import ScoringConfig

#: The rules about a category that is left out.
_LEFT_OUT: Final = frozenset({"PIC-STR-02", "PIC-ELG-02", "PIC-ELG-03"})
_ZERO: Final = frozenset({"categoryZero", "submissionRejected"})


def find_zeros(scene: Scene, view: SetView, config: ScoringConfig) -> tuple[Result, ...]:
    """Return the findings that bring this set to zero; contradictions between sets are left out.

    A refusal meets the whole document, a zero the set it was found in.
    """
    return tuple(
        result
        for result in _failures(scene)
        if result.severity == "error"
        and result.consequence in _ZERO
        and result.document == view.document
        and result.code not in config.conflicts.rules
        and (result.consequence == "submissionRejected" or not _is_elsewhere(scene, view, result))
    )


def find_refusals(scene: Scene) -> tuple[Result, ...]:
    """Return the findings of documents that have no sets at all: their errors.

    Where there is no error, what keeps the category from being left out.
    """
    with_sets = {view.document for view in scene.sets}
    failed = [result for result in _failures(scene) if result.document not in with_sets]
    errors = tuple(result for result in failed if result.severity == "error")
    return errors or tuple(
        result for result in failed if result.code in _LEFT_OUT and result.severity == "warning"
    )


def find_conflicts(scene: Scene, config: ScoringConfig) -> tuple[Result, ...]:
    """Return the findings that say that the entity's sets contradict each other."""
    return tuple(result for result in _failures(scene) if result.code in config.conflicts.rules)


def find_doubtful(scene: Scene, view: SetView) -> Iterator[Result]:
    """Yield the findings that would bring the set to zero if an unverified source is right."""
    for result in _of_set(scene, view, "fail"):
        if result.severity == "warning" and result.consequence in _ZERO:
            yield result


def find_undecided(scene: Scene, view: SetView) -> Iterator[Result]:
    """Yield the results that could be a zero, but need facts that are not there."""
    for result in _of_set(scene, view, "indeterminate"):
        if result.consequence in _ZERO:
            yield result


def find_lost_bonuses(scene: Scene, view: SetView) -> dict[str, str]:
    """Return the measures whose own points the audit took, each with the rule that did."""
    with_levels = index_of(scene.rulebook).with_levels
    # a finding at a level costs the points of the registry that the level belongs to
    measure_of = {level: measure.id for measure in with_levels for level in measure.levels}
    return {
        measure_of.get(measure_id, measure_id): result.code
        for result in _of_set(scene, view, "fail")
        if result.consequence == "pointsLost"
        for measure_id in result.measures
    }


def describe_finding(result: Result, scene: Scene) -> dict[str, Any]:
    """Return what a reader must know of a finding, as plain values."""
    rule = scene.rules[result.code, result.year]
    return {
        "code": result.code,
        "slug": rule.slug,
        "consequence": result.consequence,
        "severity": result.severity,
        "message": result.message,
        "remediation": result.remediation or rule.remediation,
        "document": result.document,
        "pointer": result.location.pointer,
        "line": result.location.line,
        "missingEvidence": list(result.missing_evidence),
    }


def _failures(scene: Scene) -> Iterator[Result]:
    return (result for result in scene.results if result.outcome == "fail")


def _of_set(scene: Scene, view: SetView, outcome: str) -> Iterator[Result]:
    """Yield the results of an outcome that are of this set, or of its document as a whole."""
    for result in scene.results:
        if (
            result.outcome == outcome
            and result.document == view.document
            and not _is_elsewhere(scene, view, result)
        ):
            yield result


def _is_elsewhere(scene: Scene, view: SetView, result: Result) -> bool:
    """Whether a result lies in another set of the same document."""
    # with a slash at the end of both: /measurementSets/10 does not lie in /measurementSets/1
    pointer = f"{result.location.pointer}/"
    return any(
        other.document == view.document
        and other.pointer != view.pointer
        and pointer.startswith(f"{other.pointer}/")
        for other in scene.sets
    )
