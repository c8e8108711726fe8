"""What a rule said of a document's outline holds for every document that has the same.

Most rules look at little: which measures stand there, and which of them are answered yes. Such
a rule is asked once for each outline, not once for each of a million documents. Nobody declares
what a rule looks at. It is shown the outline first, where everything else is out of sight; if
it reaches for more, it is asked again with one more detail in sight, and at last about the
document itself, each time anew. So an answer is remembered only where nothing else could have
changed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar

from picheck.engine.planning import Entry, Plan
from picheck.engine.running import Heard, Ledger
from picheck.engine.telling import Subject
from picheck.rules.context import DocumentContext, SetContext
from picheck.rules.outline import (
    Detail,
    Key,
    detail_key,
    document_key,
    document_outline,
    set_key,
    set_outline,
)

T = TypeVar("T")
_Context = DocumentContext | SetContext

_STEPS: Final[tuple[Detail | None, ...]] = (None, "period", "certificate")
_NO_DETAIL: Final[Key] = ()
#: How many outlines and values of details, together, are kept before all are forgotten. Where no
#: id comes twice, a batch spends a fiftieth of its time on learning its outlines anew.
_MOST: Final = 16_384


class _Group(NamedTuple):
    """Rules that look at an outline and one detail of it, and what they said of its values."""

    detail: Detail | None
    entries: tuple[Entry, ...]
    needs: frozenset[str]
    heard: dict[Key, Heard | None]


class _Outlook(NamedTuple):
    """The rules by what they look at on documents of one outline; `others` look at all of it."""

    groups: Sequence[_Group]
    others: tuple[Entry, ...]


class Memory:
    """The rules of one scope of a plan, and what they said of the outlines that were met."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self._entries = entries
        self._outlooks: dict[Key, _Outlook | None] = {}
        self._noted = 0

    def run(self, ledger: Ledger, context: _Context, subject: Subject) -> None:
        """Ask the rules about a subject, as far as they were not asked about its like before."""
        key = None if ledger.keeps_all else _key(context)
        outlook = self._outlooks.get(key) if key else None
        if outlook is None:
            if key is None or self._is_new(self._outlooks, key):
                ledger.run(self._entries, context, subject)
                return
            outlook = self._outlooks[key] = _look(self._entries, ledger, context, subject)
        for group in outlook.groups:
            self._ask(group, ledger, context, subject)
        ledger.run(outlook.others, context, subject)

    def _ask(self, group: _Group, ledger: Ledger, context: _Context, subject: Subject) -> None:
        """Enter what a group said of the subject's like; where that is not known, ask."""
        value = _value(context, group.detail) if group.detail else _NO_DETAIL
        heard = group.heard.get(value)
        # where a rule is blocked by another one, who runs at all has to be decided anew
        is_open = bool(ledger.blocked) and not group.needs.isdisjoint(ledger.blocked)
        if is_open or (heard is None and self._is_new(group.heard, value)):
            ledger.run(group.entries, context, subject)
            return
        if heard is None:
            outline = _outline(context, group.detail)
            heard = group.heard[value] = ledger.listen(group.entries, outline, subject)
        ledger.recall(heard, subject)
        if heard.unanswered:
            ledger.run(heard.unanswered, context, subject)

    def _is_new(self, kept: dict[Key, T | None], key: Key) -> bool:
        """Note a key; whether it was never met. To listen pays only for what comes again."""
        if key in kept:
            return False
        self._noted += 1
        if self._noted > _MOST:  # no run may grow without end, whatever comes
            self._outlooks.clear()
            self._noted = 1
        kept[key] = None
        return True


class Memories(NamedTuple):
    """What a plan's rules said: those of documents, and those of sets."""

    document: Memory
    sets: Memory

    @classmethod
    def of(cls, plan: Plan) -> Memories:
        """Begin with nothing."""
        return cls(Memory(plan.document), Memory(plan.sets))


def _look(
    entries: tuple[Entry, ...], ledger: Ledger, context: _Context, subject: Subject
) -> _Outlook:
    """Find out what each rule looks at, by showing it more and more.

    A rule stands in no earlier group than those it needs: they are heard before it.
    """
    groups = []
    for detail in _STEPS:
        heard = ledger.listen(entries, _outline(context, detail), subject)
        later = {entry.code for entry in heard.unanswered}
        answered = tuple(entry for entry in entries if entry.code not in later)
        needs: frozenset[str] = frozenset().union(*(entry.needs for entry in answered))
        value = _value(context, detail) if detail else _NO_DETAIL
        kept: dict[Key, Heard | None] = {value: heard._replace(unanswered=())}
        groups.append(_Group(detail, answered, needs, kept))
        entries = heard.unanswered
    return _Outlook([group for group in groups if group.entries], entries)


def _key(context: _Context) -> Key | None:
    """Return the outline of a subject as a key; None where it is unusual."""
    if isinstance(context, SetContext):
        around, own = document_key(context.document), set_key(context.set)
        return None if around is None or own is None else (not context.prior, around, own)
    around, sets = document_key(context), tuple([set_key(view) for view in context.sets])
    return None if around is None or None in sets else (around, sets)


def _value(context: _Context, detail: Detail) -> Key:
    """Return the value of a detail, of every set that the subject has."""
    if isinstance(context, SetContext):
        return detail_key(context.set, detail)
    return tuple([detail_key(view, detail) for view in context.sets])


def _outline(context: _Context, detail: Detail | None) -> _Context:
    if isinstance(context, SetContext):
        return set_outline(context, detail)
    return document_outline(context, detail)
