"""A year's measure table, sorted once into the groups that rules ask for again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

from picheck.api import Measure, Rulebook

Kind = Literal["exclusion", "rate", "levelled", "level", "other"]

#: More rulebooks than any run has; what is kept beyond it is forgotten.
_MOST: Final = 64


class Row(NamedTuple):
    """What the sorting of answers has to know of one id.

    `kind` is `levelled` for a measure that asks for a level of engagement, and `level` for such
    a level. `rivals` are the ids that it may not stand beside.
    """

    kind: Kind
    rivals: tuple[str, ...]


class Table(NamedTuple):
    """The groups of one measure table.

    `rows` holds every id that belongs to a group; `rates` and `exclusions` are all ids of these
    groups, and `measure_of` gives the measure of each level of engagement.
    """

    rows: Mapping[str, Row]
    rates: tuple[str, ...]
    exclusions: frozenset[str]
    measure_of: Mapping[str, str]


# By identity, because a rulebook cannot be hashed; the rulebook is kept beside its table, so
# that no other one can be given the same identity.
_KNOWN: Final[dict[int, tuple[Rulebook, Table]]] = {}


def table_of(rulebook: Rulebook) -> Table:
    """Return the groups of the rulebook's measures."""
    known = _KNOWN.get(id(rulebook))
    if known is not None:
        return known[1]
    if len(_KNOWN) >= _MOST:
        _KNOWN.clear()
    table = _sort(rulebook)
    _KNOWN[id(rulebook)] = (rulebook, table)
    return table


def named(rulebook: Rulebook, measure_id: str) -> str:
    """Return the id with its title, as messages say it: `PI_EP_1 (e-Prescribing)`."""
    measure = rulebook.measures.get(measure_id)
    return f"{measure_id} ({measure.title})" if measure else measure_id


def either(measure_ids: Sequence[str]) -> str:
    """Return ids as a choice: `PI_EP_2_EX_1 or PI_EP_2_EX_2`."""
    return " or ".join(measure_ids)


def _sort(rulebook: Rulebook) -> Table:
    """Sort the measures into their groups. Substitutes hold in both directions."""
    measures = rulebook.measures.values()
    measure_of = {level: measure.id for measure in measures for level in measure.levels}
    rivals: dict[str, set[str]] = {}
    for measure in measures:
        for other in measure.substitutes:
            rivals.setdefault(measure.id, set()).add(other)
            rivals.setdefault(other, set()).add(measure.id)
    rows = {
        measure.id: Row(
            "level" if measure.id in measure_of else _kind(measure),
            tuple(sorted(rivals.get(measure.id, ()))),
        )
        for measure in measures
    }
    return Table(
        rows={i: row for i, row in rows.items() if row.kind != "other" or row.rivals},
        rates=tuple(i for i, row in rows.items() if row.kind == "rate"),
        exclusions=frozenset(i for i, row in rows.items() if row.kind == "exclusion"),
        measure_of=measure_of,
    )


def _kind(measure: Measure) -> Kind:
    """Tell the group of a measure that is no level."""
    if measure.category == "exclusion":
        return "exclusion"
    if measure.metric == "proportion":
        return "rate"
    return "levelled" if measure.levels else "other"
