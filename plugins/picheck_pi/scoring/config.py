"""What a year gives points for, read from its `scoring.toml`."""

from typing import Final, Literal

import msgspec

from picheck.api import Citation, Rulebook

Strength = Literal["official", "secondary", "inferred"]

#: The file of an edition that holds its scoring.
_FILE: Final = "scoring"


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The key of one of the edition's sources, and the place in it."""

    key: str
    at: str | None = None


class Sourced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that rests on sources; `contested` where they speak against each other."""

    strength: Strength
    sources: tuple[Source, ...]
    note: str | None = None
    contested: bool = False

    @property
    def is_weak(self) -> bool:
        """Whether it is neither stated by CMS nor by two sources."""
        has_one_source = self.strength == "secondary" and len(self.sources) == 1
        return self.contested or self.strength == "inferred" or has_one_source


class Category(Sourced, frozen=True, kw_only=True):
    """What all maxima add up to before any bonus, and what no score exceeds."""

    base: int
    cap: int


class Tie(Sourced, frozen=True, kw_only=True):
    """What becomes of exactly half a unit."""

    goes: Literal["up", "down", "even"]


class Rounding(Sourced, frozen=True, kw_only=True):
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


class Maxima(Sourced, frozen=True, kw_only=True):
    """Maximum points by measure id, or by objective id where that is scored as a whole."""

    points: dict[str, int]


class Step(Sourced, frozen=True, kw_only=True):
    """Where the points of `source` go if it is excluded.

    They are shared evenly among the first alternative of `to` that is scored in full.
    """

    id: str
    title: str
    source: str = msgspec.field(name="from")
    to: tuple[tuple[str, ...], ...]


class KeptPoints(Sourced, frozen=True, kw_only=True):
    """An objective whose points stay and are earned although all of it is excluded."""

    objective: str
    title: str


class Bonus(Sourced, frozen=True, kw_only=True):
    """Points outside the base for a yes to any of the measures, once."""

    id: str
    title: str
    measures: tuple[str, ...]
    points: int


class Weight(Sourced, frozen=True, kw_only=True):
    """What the category weighs in the final score, in percent."""

    title: str
    percent: int


class Reweighting(Sourced, frozen=True, kw_only=True):
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


class Conflicts(Sourced, frozen=True, kw_only=True):
    """What becomes of sets that contradict each other, as the named rules find."""

    policy: Literal["zero", "highest"]
    rules: tuple[str, ...]


class ScoringConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
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
    kept: KeptPoints | None = None
    reweighting: tuple[Reweighting, ...] = ()

    @property
    def points(self) -> dict[str, int]:
        """The maximum points of everything that is scored, before any move."""
        return {slot: points for group in self.maxima for slot, points in group.points.items()}


def read_config(rulebook: Rulebook) -> ScoringConfig:
    """Return the year's scoring.

    Raises ValueError where the edition has none, or one that cannot be used: file, key, reason.
    """
    name = f"{_FILE}.toml of {rulebook.program} {rulebook.year}"
    table = rulebook.extra_tables.get(_FILE)
    if table is None:
        raise ValueError(f"there is no {name}; without it nothing can be scored")
    try:
        return msgspec.convert(table, ScoringConfig)
    except msgspec.ValidationError as error:
        raise ValueError(f"{name}: {error}") from error


def list_citations(basis: Sourced, rulebook: Rulebook) -> tuple[Citation, ...]:
    """Return the citations behind a number, each at the place that the scoring names."""
    citations = ((source, rulebook.sources[source.key]) for source in basis.sources)
    return tuple(
        msgspec.structs.replace(citation, locator=source.at or citation.locator)
        for source, citation in citations
    )
