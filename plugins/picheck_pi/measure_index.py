"""A year's measure table, indexed once for the rules and the score."""

from typing import Final, NamedTuple

from picheck.api import Counts, Measure, Rulebook

#: More rulebooks than any run has; beyond it the indexes are made again.
_MAX_INDEXES: Final = 64


class MeasureIndex(NamedTuple):
    """The groups of one measure table.

    `exclusions` are the ids of all exclusions, `excludable` the measures that have any,
    `with_levels` the measures that ask for a level of engagement, `levels` the ids of these
    levels, `exclusive_pairs` the pairs of ids that may not be in one measurement set, each pair
    sorted.
    """

    rulebook: Rulebook
    exclusions: frozenset[str]
    excludable: tuple[Measure, ...]
    with_levels: tuple[Measure, ...]
    levels: frozenset[str]
    exclusive_pairs: tuple[tuple[str, str], ...]


# By identity, because a rulebook cannot be hashed; the index holds its rulebook, so that no
# other one can get the same identity.
_INDEXES: Final[dict[int, MeasureIndex]] = {}


def index_of(rulebook: Rulebook) -> MeasureIndex:
    """Return the index of the rulebook's measures."""
    index = _INDEXES.get(id(rulebook))
    if index is None:
        if len(_INDEXES) >= _MAX_INDEXES:
            _INDEXES.clear()
        index = _INDEXES[id(rulebook)] = _build(rulebook)
    return index


def label(rulebook: Rulebook, measure_id: str) -> str:
    """Return the id with its title, as messages show it: `PI_EP_1 (e-Prescribing)`."""
    measure = rulebook.measures.get(measure_id)
    return f"{measure_id} ({measure.title})" if measure else measure_id


def format_answer(value: object) -> str:
    """Return an answer as people read it: 45/50, true."""
    if isinstance(value, Counts):
        return f"{value.numerator}/{value.denominator}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def or_exclude(rulebook: Rulebook, measure_id: str) -> str:
    """Return the end of a remedy: claim one of the measure's exclusions, where it has any."""
    exclusions = " or ".join(rulebook.exclusions_of(measure_id))
    if not exclusions:
        return "; it has no exclusion"
    return f", or claim {exclusions} in its place if its criterion holds"


def with_level(rulebook: Rulebook, measure_id: str) -> str:
    """Return the middle of a remedy: the level that a yes needs beside it, where it has any."""
    levels = rulebook.measures[measure_id].levels
    return f" and with it {' or '.join(levels)}" if levels else ""


def _build(rulebook: Rulebook) -> MeasureIndex:
    measures = rulebook.measures.values()
    pairs = {tuple(sorted((m.id, other))) for m in measures for other in m.substitutes}
    return MeasureIndex(
        rulebook,
        exclusions=frozenset(m.id for m in measures if m.category == "exclusion"),
        excludable=tuple(m for m in measures if m.exclusions),
        with_levels=tuple(m for m in measures if m.levels),
        levels=frozenset(level for m in measures for level in m.levels),
        exclusive_pairs=tuple(sorted((first, second) for first, second in pairs)),
    )
