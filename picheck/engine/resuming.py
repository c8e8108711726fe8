"""An output that was cut short is gone on with from where it stops."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from picheck.engine.accepting import Acceptance, is_acceptable
from picheck.engine.tallying import NO_RULEBOOK, Tally
from picheck.errors import UsageError

_decode: Final = msgspec.json.Decoder().decode


class Kept(msgspec.Struct, frozen=True):
    """The part of an NDJSON output that stays: its bytes, its tally, the next input's number.

    `waived` are, in order, the inputs that may have met a waiver. Whether they did, and whose they
    are, the output does not say, for it masks names.
    """

    length: int
    next_input: int
    tally: Tally
    waived: Sequence[int] = ()

    def waived_in(self, first: int, count: int) -> tuple[int, ...]:
        """Return those of some consecutive inputs that may have met a waiver."""
        start = bisect_left(self.waived, first)
        return tuple(self.waived[start : bisect_left(self.waived, first + count, start)])


#: What a run that begins anew goes on with.
NOTHING_KEPT: Final = Kept(0, 0, Tally())


def read_kept(path: Path, opening: bytes, acceptance: Acceptance) -> Kept:
    """Find out how far an output got; `acceptance` is that of the run that goes on with it.

    The last document's lines are dropped, for some of them may be missing, and so is whatever
    was written after the last document. Raises UsageError where the output is complete, or where
    it was begun on other terms than `opening` says.
    """
    group = _Group(-1)
    with path.open("rb") as file:
        if file.readline() != opening:
            raise UsageError(
                f"{path} was begun on other terms (day, gate, plugins or version);"
                " audit anew without --resume"
            )
        keeping = _Keeping(len(opening), acceptance)
        for line in _whole(file):
            value = _decode(line)
            if value["type"] == "summary":
                raise UsageError(f"{path} is complete; there is nothing to go on with")
            number = value["document"]
            if number < group.number:
                break  # the entities' own lines, written after the last document
            if number > group.number:
                keeping.add(group)
                group = _Group(number)
            group.add(value, len(line))
        else:
            return keeping.until(max(group.number, 0))
    keeping.add(group)
    return keeping.until(group.number + 1)


class _Group:
    """The lines of one input."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.length = 0
        self.values: list[Mapping[str, Any]] = []

    def add(self, value: Mapping[str, Any], length: int) -> None:
        self.values.append(value)
        self.length += length


class _Keeping:
    """What is known so far of the part that stays."""

    def __init__(self, length: int, acceptance: Acceptance) -> None:
        self._length = length
        self._acceptance = acceptance
        self._tally = Tally()
        self._waived = array("q")

    def add(self, group: _Group) -> None:
        self._length += group.length
        for value in group.values:
            _ENTRIES[value["type"]](self._tally, value)
        if self._acceptance.waivers and self._may_be_waived(group.values):
            self._waived.append(group.number)

    def until(self, next_input: int) -> Kept:
        return Kept(self._length, next_input, self._tally, self._waived)

    def _may_be_waived(self, values: Sequence[Mapping[str, Any]]) -> bool:
        """Whether a waiver speaks of one of the results, if it is of the right subject."""
        document, *others = values or [{}]
        acceptance = self._acceptance
        return any(
            waiver.may_be_for(
                value["fingerprint"],
                value["rule"]["code"],
                document["performanceYear"],
                document["uri"],
                acceptance.folder,
            )
            for value in others
            if value["type"] == "result" and is_acceptable(value["outcome"])
            for waiver in acceptance.waivers
        )


def _whole(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines that were written to their end."""
    return (line for line in lines if line.endswith(b"\n"))


def _enter_document(tally: Tally, value: Mapping[str, Any]) -> None:
    tally.count(value["verdict"], value["outcomes"])


def _enter_result(tally: Tally, value: Mapping[str, Any]) -> None:
    disposition = value["disposition"]
    if value["rule"]["slug"] == NO_RULEBOOK:
        tally.reasons.add("nothingChecked")
    tally.count_result(
        value["outcome"],
        value["consequence"],
        value["rule"]["slug"],
        is_waived=disposition["waiver"] is not None,
        is_known=disposition["baseline"] == "unchanged",
    )


def _enter_notice(tally: Tally, value: Mapping[str, Any]) -> None:
    kind = value["kind"]
    if kind in {"unreadable", "evidenceUnusable"}:
        tally.reasons.add("unreadable")
    elif kind in {"nothingChecked", "noRulebook"}:
        tally.reasons.add("nothingChecked")
    if kind in {"unreadable", "nothingChecked"}:
        tally.is_complete = False


_ENTRIES: Final = {
    "document": _enter_document,
    "result": _enter_result,
    "notice": _enter_notice,
}
