"""The dated work behind a statement, as a clause lists it and the evidence knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from picheck.api import DocumentContext, SetView, parse_date
from picheck_pi.facts import fact


class Work(NamedTuple):
    """A piece of work: the set and the statement that claim it, and what the evidence says.

    `key` is the evidence's key, `day` what stands there.
    """

    view: SetView
    measure_id: str
    title: str
    key: str
    day: date | None
    is_optional: bool

    @property
    def place(self) -> str:
        """The statement's pointer, from its set."""
        return self.view.place(self.measure_id)


def day_of(ctx: DocumentContext, entry: Mapping[str, Any]) -> date | None:
    """Return the day that the evidence gives for an entry, if it gives a real one."""
    return parse_date(fact(ctx.evidence, entry["evidence"]))


def work_claimed(ctx: DocumentContext, entries: Iterable[Mapping[str, Any]]) -> Iterator[Work]:
    """Yield the work of each entry whose statement is answered yes in some set."""
    for entry in entries:
        view = answered_yes(ctx, entry["measure"])
        if view is not None:
            yield Work(
                view=view,
                measure_id=entry["measure"],
                title=entry["title"],
                key=entry["evidence"],
                day=day_of(ctx, entry),
                is_optional=bool(entry.get("optional")),
            )


def answered_yes(ctx: DocumentContext, measure_id: str) -> SetView | None:
    """Return the first set that answers a statement yes; None where no set does."""
    for view in ctx.sets:
        if view.is_yes(measure_id):
            return view
    return None
