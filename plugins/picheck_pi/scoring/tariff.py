"""What a year gives points for, read from its `scoring.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from picheck.api import Citation, Rulebook

Strength = Literal["official", "secondary", "inferred"]
Policy = Literal["zero", "highest"]

#: The file of an edition that holds its tariff, and how many tariffs are remembered.
ANNEX: Final = "scoring"
_MOST: Final = 64


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The key of one of the edition's sources, and the place in it."""

    key: str
    at: str | None = None


class Grounded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that rests on sources; `contested` where they speak against each other."""

    strength: Strength
    sources: tuple[Source, ...]
    note: str | None = None
    contested: bool = False

    @property
    def is_weak(self) -> bool:
        """Whether it is neither stated by CMS nor by two sources."""
        stands_alone = self.strength == "secondary" and len(self.sources) == 1
        return self.contested or self.strength == "inferred" or stands_alone


class Category(Grounded, frozen=True, kw_only=True):
    """What all maxima add up to before any bonus, and what no score exceeds."""

    base: int
    cap: int


class Tie(Grounded, frozen=True, kw_only=True):
    """What becomes of exactly half a unit."""

    goes: Literal["up", "down", "even"]


class Rounding(Grounded, frozen=True, kw_only=True):
    """To what unit points are rounded, and the least that a patient who counts earns."""

    unit: int
    minimum: int
    tie: Tie


class Objective(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One objective: the options of which one is reported, each a list of measure ids.

    With `needed` it is scored as a whole, to that many answers; `second` maps a measure to the
    id that counts as a further answer beside it.
    """

    id: str
    options: tuple[tuple[str, ...], ...]
    needed: int | None = None
    second: dict[str, str] = {}


class Maxima(Grounded, frozen=True, kw_only=True):
    """Maximum points by measure id, or by objective id where that is scored as a whole."""

    points: dict[str, int]


class Step(Grounded, frozen=True, kw_only=True):
    """Where the points of `source` go if it is excluded.

    They are shared evenly among the first alternative of `to` that is scored in full.
    """

    id: str
    title: str
    source: str = msgspec.field(name="from")
    to: tuple[tuple[str, ...], ...]


class Kept(Grounded, frozen=True, kw_only=True):
    """An objective whose points stay and are earned although all of it is excluded."""

    objective: str
    title: str


class Bonus(Grounded, frozen=True, kw_only=True):
    """Points outside the base for a yes to any of the measures, once."""

    id: str
    title: str
    measures: tuple[str, ...]
    points: int


class Weight(Grounded, frozen=True, kw_only=True):
    """What the category weighs in the final score, in percent."""

    title: str
    percent: int


class Reweighting(Grounded, frozen=True, kw_only=True):
    """What every category weighs, in percent: with this one, and where it is reweighted.

    It holds for some ways of taking part and, where `statuses` are named, for who has one of them.
    """

    title: str
    participation: tuple[str, ...]
    statuses: tuple[str, ...] = ()
    sent: dict[str, int]
    left_out: dict[str, int]


class Participation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which weight a set has: by its program, by a pattern of it, or by the entity's type."""

    programs: dict[str, str]
    patterns: dict[str, str]
    entities: dict[str, str]


class Conflicts(Grounded, frozen=True, kw_only=True):
    """What becomes of sets that contradict each other, as the named rules find."""

    policy: Policy
    rules: tuple[str, ...]


class Tariff(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of a year's scoring."""

    category: Category
    rounding: Rounding
    objectives: tuple[Objective, ...]
    maxima: tuple[Maxima, ...]
    steps: tuple[Step, ...]
    bonuses: tuple[Bonus, ...]
    weights: dict[str, Weight]
    participation: Participation
    conflicts: Conflicts
    kept: Kept | None = None
    reweighting: tuple[Reweighting, ...] = ()

    @property
    def points(self) -> dict[str, int]:
        """The maximum points of everything that is scored, before any move."""
        return {slot: points for group in self.maxima for slot, points in group.points.items()}

    def ground_of(self, slot: str) -> Maxima:
        """Return what the maximum of a measure or objective rests on."""
        return next(group for group in self.maxima if slot in group.points)


# By identity, because a rulebook cannot be hashed; the rulebook is kept beside its tariff, so
# that no other one can be given the same identity.
_KNOWN: Final[dict[int, tuple[Rulebook, Tariff]]] = {}


def tariff_of(rulebook: Rulebook) -> Tariff:
    """Return the year's tariff.

    Raises ValueError where the edition has none, or one that cannot be used: file, key, reason.
    """
    known = _KNOWN.get(id(rulebook))
    if known is not None:
        return known[1]
    if len(_KNOWN) >= _MOST:
        _KNOWN.clear()
    tariff = _read(rulebook)
    _KNOWN[id(rulebook)] = rulebook, tariff
    return tariff


def cited(sources: tuple[Source, ...], rulebook: Rulebook) -> tuple[Citation, ...]:
    """Return the citations behind source keys."""
    return tuple(_cite(source, rulebook.sources) for source in sources)


def _read(rulebook: Rulebook) -> Tariff:
    name = f"{ANNEX}.toml of {rulebook.program} {rulebook.year}"
    annex = rulebook.extra_tables.get(ANNEX)
    if annex is None:
        raise ValueError(f"there is no {name}; without it nothing can be scored")
    try:
        return msgspec.convert(annex, Tariff)
    except msgspec.ValidationError as error:
        raise ValueError(f"{name}: {error}") from error


def _cite(source: Source, sources: Mapping[str, Citation]) -> Citation:
    citation = sources[source.key]
    return msgspec.structs.replace(citation, locator=source.at or citation.locator)
