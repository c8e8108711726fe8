"""What a part of a run hands on to the whole: no document, only what they add up to."""

from __future__ import annotations

import msgspec

from picheck.engine.subjects import Mark
from picheck.engine.tallying import Tally
from picheck.rules.view import Entity

PlanKey = tuple[str, int, frozenset[str]]


class Gist(msgspec.Struct, frozen=True, kw_only=True):
    """The tally of a part of a run, and what its closing notices will be made of.

    `waivers` maps a waiver's place to the entities it met; `overrides` an override's place to
    the number of its documents; `prior` are digests of the entities whose earlier submissions were
    used.
    """

    tally: Tally
    marks: list[Mark]
    waivers: dict[int, set[Entity | None]]
    overrides: dict[int, int]
    plans: set[PlanKey]
    prior: set[bytes]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One audited packet: a piece for each reporter, in the order of the reporters."""

    first: int
    count: int
    pieces: tuple[bytes, ...]
    gist: Gist
    last: str = ""
