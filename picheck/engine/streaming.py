"""A process audits packets: the same rules on the same documents, the output piece by piece."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Collection
from typing import Any, Final

import msgspec

from picheck.engine.audit import Audit
from picheck.engine.parts import Part
from picheck.engine.prior import ReadPrior, find_prior, read_prior
from picheck.engine.subjects import EntityMarks, Whereabouts
from picheck.engine.terms import Terms
from picheck.hooks.inventory import Inventory
from picheck.hooks.reporter import StreamingReporter
from picheck.intake.chunks import Chunk
from picheck.intake.documents import RawDocument
from picheck.intake.files import read_inputs
from picheck.rulebook.shelf import Shelf

_here: Final = threading.local()


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """All that a process on any machine needs to audit packets.

    `open_inventory` loads the plugins; it is handed on by name, so it has to be a function of a
    module, or a `functools.partial` of one. `reporters` are names. `prior` is where the process
    that began the run left what it read of earlier submissions; others read them themselves only
    where they cannot see it.
    """

    open_inventory: Callable[[], tuple[Any, Inventory]]
    terms: Terms
    reporters: tuple[str, ...]
    prior: Whereabouts | None = None

    def sealed(self) -> bytes:
        """Return the recipe as bytes, to be sent with each packet and unpacked once."""
        return pickle.dumps(self)


class Station:
    """Audits packets one after the other.

    `whole` is what a run sums up in, from whatever stations its packets were audited at.
    """

    def __init__(self, recipe: Recipe, inventory: Inventory | None = None) -> None:
        if inventory is None:
            _, inventory = recipe.open_inventory()
        prior = _prior(recipe, inventory.shelf)
        self.audit = Audit(recipe.terms, inventory, prior, EntityMarks())
        self.audit.notices = []  # the whole run tells them, once
        self.whole = Audit(recipe.terms, inventory, prior)
        self.reporters = [_streaming(inventory, name) for name in recipe.reporters]

    def take(self, packet: Chunk, since: int = 0, waived: Collection[int] = ()) -> Part:
        """Audit a packet and return the pieces of output with what the run must know of it.

        Inputs with a number below `since` were written by an earlier run: they are only marked.
        `waived` are those of them that may have met a waiver.
        """
        audit, reporters = self.audit, self.reporters
        pieces: list[list[bytes]] = [[] for _ in reporters]
        last = ""
        for index, given in packet.inputs():
            if index < since:
                audit.mark(given, index, may_be_waived=index in waived)
                continue
            audited = audit.document(given, index)
            for reporter, mine in zip(reporters, pieces, strict=True):
                if audited is not None:
                    mine.append(reporter.document(index, audited.summary, audited.results))
                if audit.notices:
                    mine.extend(reporter.notice(index, notice) for notice in audit.notices)
            if audit.notices:
                audit.notices = []
            if isinstance(given, RawDocument):
                last = given.uri if given.line is None else f"{given.uri}:{given.line}"
        return Part(
            first=packet.first,
            count=packet.count,
            pieces=tuple(b"".join(mine) for mine in pieces),
            gist=audit.gist(),
            last=last,
        )

    def pieces(self, write: Callable[[StreamingReporter], bytes]) -> tuple[bytes, ...]:
        """Return one piece of each reporter."""
        return tuple(write(reporter) for reporter in self.reporters)


def begin(recipe: Recipe, inventory: Inventory | None = None) -> tuple[bytes, Station]:
    """Set up the station of the process that begins a run, and seal the recipe for all others."""
    station = Station(recipe, inventory)
    sealed = msgspec.structs.replace(recipe, prior=station.audit.prior.book.place).sealed()
    _here.station = sealed, station
    return sealed, station


def open_station(sealed: bytes, inventory: Inventory | None = None) -> Station:
    """Set up this thread's station for a sealed recipe; a process forked off has it too.

    `inventory` is what the recipe would load, where that was done already.
    """
    recipe: Recipe = pickle.loads(sealed)  # noqa: S301 - from our own parent, over its own pipe
    station = Station(recipe, inventory)
    _here.station = sealed, station
    return station


def audit_packet(
    sealed: bytes, packet: Chunk, since: int = 0, waived: Collection[int] = ()
) -> Part:
    """Audit one packet: what an executor of any kind is given to do."""
    known: tuple[bytes, Station] | None = getattr(_here, "station", None)
    station = known[1] if known and known[0] == sealed else open_station(sealed)
    return station.take(packet, since, waived)


def _prior(recipe: Recipe, shelf: Shelf) -> ReadPrior:
    found = None if recipe.prior is None else find_prior(recipe.prior, shelf)
    return read_prior(read_inputs(recipe.terms.prior), shelf) if found is None else found


def _streaming(inventory: Inventory, name: str) -> StreamingReporter:
    reporter = inventory.reporters[name]
    if not isinstance(reporter, StreamingReporter):
        raise TypeError(f"reporter {name} cannot write a run piece by piece")
    return reporter
