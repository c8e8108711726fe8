"""The door for programs that bring the documents themselves: data lakes, services, notebooks.

A program says on what terms to audit, takes the desk for them and hands in documents in any
order, from any number of processes. What only several documents of one entity can tell, it
learns by handing those in together afterwards. `docs/examples/spark_audit.py` does both.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from picheck.engine.audit import Audit
from picheck.engine.subjects import EntityMarks
from picheck.engine.terms import Terms
from picheck.errors import PluginError
from picheck.hooks.host import Host
from picheck.hooks.inventory import Inventory, take_inventory
from picheck.intake.documents import RawDocument
from picheck.intake.files import read_inputs
from picheck.model.finding import Result
from picheck.model.report import DocumentSummary, Notice

__all__ = ["Desk", "Handed", "Terms", "Told", "desk_for"]

_here: Final = threading.local()


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """One document: its number, its bytes, and what messages call it.

    A document is a submission, a posted set or a case; the number is the program's own, and
    results carry it.
    """

    number: int
    data: bytes
    uri: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one document.

    `summary` is None where it cannot be read, and `notices` say why. `entities` holds a digest
    of the entity for each measurement set; documents that share one belong together. A digest
    is no mask: whoever has it can try all TINs, so keep it out of what others read.
    """

    number: int
    summary: DocumentSummary | None
    results: tuple[Result, ...] = ()
    notices: tuple[Notice, ...] = ()
    entities: tuple[int, ...] = ()


class Desk:
    """Audits what is handed in, with the installed plugins, which are loaded once.

    It serves one thread at a time. Raises PluginError where a plugin did not load: without it,
    an answer would be incomplete; UsageError where the terms cannot be followed.
    """

    def __init__(self, terms: Terms) -> None:
        inventory = _installed()
        self._each = Audit(terms, inventory, read_inputs(terms.prior), EntityMarks())
        self._several = Audit(terms, inventory, self._each.prior)

    def audit(self, given: Handed) -> Told:
        """Audit one document by itself."""
        each = self._each
        each.notices = []
        audited = each.document(_raw(given), given.number)
        entities = tuple(mark.entity for mark in each.gist().marks for _ in range(mark.sets))
        notices = tuple(each.notices)
        if audited is None:
            return Told(number=given.number, summary=None, notices=notices)
        return Told(
            number=given.number,
            summary=audited.summary,
            results=audited.results,
            notices=notices,
            entities=entities,
        )

    def together(self, documents: Iterable[Handed]) -> Iterator[Told]:
        """Yield what only all documents of one entity can tell: the results, the new verdicts.

        Hand in the documents that share a digest; a document that the others say nothing about
        is not yielded. Raises InputError for one that cannot be read.
        """
        group = sorted(documents, key=lambda given: given.number)
        raw = [(given.number, _raw(given)) for given in group]
        for number, amended in self._several.together(raw):
            yield Told(
                number=number,
                summary=amended.summary,
                results=amended.results,
                notices=amended.notices,
            )


def desk_for(terms: Terms) -> Desk:
    """Return this thread's desk for these terms, opened when it is first asked for."""
    sealed = pickle.dumps(terms)
    known: tuple[bytes, Desk] | None = getattr(_here, "desk", None)
    if known is None or known[0] != sealed:
        known = _here.desk = sealed, Desk(terms)
    return known[1]


def _installed() -> Inventory:
    host = Host()
    host.discover()
    inventory = take_inventory(host)
    if inventory.failed:
        use = inventory.failed[0]
        raise PluginError(
            f"plugin {use.name} ({use.distribution}) did not load: {use.reason}",
            plugin=use.name,
            distribution=use.distribution or use.name,
        )
    return inventory


def _raw(given: Handed) -> RawDocument:
    return RawDocument(uri=given.uri, data=given.data)
