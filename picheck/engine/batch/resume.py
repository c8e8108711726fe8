"""An output that was cut short is gone on with from where it stops."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from picheck.engine.acceptance.apply import Acceptance, is_finding
from picheck.engine.batch.resume_point import ResumePoint, kept_digest
from picheck.engine.framework_rules import NO_RULEBOOK
from picheck.engine.recorder import Recorder, RunEnd
from picheck.engine.summary import RunSummary
from picheck.errors import UsageError
from picheck.model.report import DocumentSummary, Notice
from picheck.model.result import Result
from picheck.plugins.reporter import RuleKey

_decode: Final = msgspec.json.Decoder().decode
_OF_AN_INPUT: Final = frozenset({"document", "result", "notice"})
#: So many lines of a file may be blank, one after the other, before an output looks damaged.
_LONGEST_GAP: Final = 10_000_000
#: What is raised where a line is none that a report could hold.
_DAMAGES: Final = (
    msgspec.DecodeError, AttributeError, IndexError, KeyError, OverflowError, TypeError,
    ValueError,
)  # fmt: skip


def read_resume_point(
    path: Path, opening: bytes, acceptance: Acceptance, recorder: Recorder | None = None
) -> ResumePoint:
    """Find out how far an output got; `acceptance` is that of the run that goes on with it.

    The lines of the last document are dropped, for some of them may be missing, and so is
    whatever was written after the last document. Raises UsageError where the output is complete,
    damaged, or was begun with other inputs or options than `opening` says. One that is complete,
    but has no end in the recorder, is gone on with too.
    """
    with path.open("rb") as file:
        first = file.readline()
        if first != opening:
            raise UsageError(_difference(path, first, opening))
        reader = _Reader(len(opening), acceptance)
        try:
            for line in _complete_lines(file):
                reader.take(line)
            end = reader.summary
            if end is not None and (recorder is None or recorder.has_ended(end)):
                raise UsageError(f"{path} is complete; there is nothing to go on with")
            return reader.end()
        except (*_DAMAGES, RecursionError) as error:
            raise UsageError(
                f"{path}:{reader.line} is damaged; audit again without --resume ({error})"
            ) from error


class _Rules:
    """Rule lines that were read, before the lines of the document that needs them."""

    def __init__(self) -> None:
        self.keys: list[RuleKey] = []
        self.length = 0

    def add(self, value: Mapping[str, Any], length: int) -> None:
        self.keys.append((value["code"], value.get("year")))
        self.length += length


class _Group:
    """The lines of one input."""

    def __init__(self, number: int, rules: _Rules | None = None) -> None:
        self.number = number
        self.rules = rules.keys if rules else []
        self.length = rules.length if rules else 0
        self.values: list[Mapping[str, Any]] = []

    def add(self, value: Mapping[str, Any], length: int) -> None:
        self.values.append(value)
        self.length += length


class _Reader:
    """What is known so far of the part that is kept."""

    def __init__(self, length: int, acceptance: Acceptance) -> None:
        self._length = length
        self._acceptance = acceptance
        self._summary = RunSummary()
        self._rules: set[RuleKey] = set()
        self._waived = array("q")
        self._digests = array("Q")
        self._group = _Group(-1)
        self._before = _Rules()
        self._has_entities = False
        self.line = 1
        #: The last line of a report that is complete.
        self.summary: RunEnd | None = None

    def take(self, line: bytes) -> None:
        """Take a line; those that were written after all documents are looked at alone.

        Raises one of `_DAMAGES` for a line that no report holds.
        """
        self.line += 1
        value = _decode(line)
        kind = value["type"]
        if kind == "summary":
            self.summary = msgspec.convert(value, RunEnd)
        if kind == "summary" or self._has_entities:
            return
        if kind == "rule":  # it belongs to the document that follows
            self._before.add(value, len(line))
            return
        index = value["document"]
        if kind not in _OF_AN_INPUT or type(index) is not int or index < 0:
            raise ValueError(f"a line of type {kind} of input {index} is none of a report")
        # only what entities add comes after all documents, and it is found again from the documents
        # themselves
        if index < self._group.number:
            self._has_entities = True
            return
        if index > self._group.number:
            self._add(self._group)
            self._group, self._before = _Group(index, self._before), _Rules()
        self._group.add(value, len(line))

    def end(self) -> ResumePoint:
        """Return what is kept: all but the last input, whose lines may not be complete."""
        number = self._group.number
        if self._has_entities:
            self._add(self._group)
            number += 1
        return self._until(max(number, 0))

    def _add(self, group: _Group) -> None:
        """Take the lines of one input."""
        if group.number < 0:
            return
        self._length += group.length
        self._rules.update(group.rules)
        self._enter(group)
        if self._acceptance.waivers and self._may_be_waived(group.values):
            self._waived.append(group.number)

    def _until(self, next_input: int) -> ResumePoint:
        """Return what was read, as the part before an input."""
        return ResumePoint(
            length=self._length,
            next_input=next_input,
            summary=self._summary,
            rules=frozenset(self._rules),
            waived=self._waived,
            digests=self._digests,
        )

    def _enter(self, group: _Group) -> None:
        documents = [v for v in group.values if v["type"] == "document"]
        results = [
            msgspec.convert(_without(v, "type"), Result)
            for v in group.values
            if v["type"] == "result"
        ]
        for value in documents:
            summary = msgspec.convert(_without(value, "type", "document"), DocumentSummary)
            self._summary.add_document(summary, results)
            if any(result.code == NO_RULEBOOK.record.code for result in results):
                self._summary.reasons.add("nothingChecked")
        for value in group.values:
            if value["type"] == "notice":
                self._summary.add_notice(msgspec.convert(_without(value, "type"), Notice))
        if (gap := group.number - len(self._digests)) > _LONGEST_GAP:
            raise ValueError(f"input {group.number} follows input {len(self._digests) - 1}")
        # a blank line has a number and writes nothing
        self._digests.extend([0] * gap)
        self._digests.append(_digest(documents[0]) if documents else 0)

    def _may_be_waived(self, values: Sequence[Mapping[str, Any]]) -> bool:
        """Whether a waiver speaks of one of the results, if it is of the right subject."""
        document = values[0] if values else {}
        acceptance = self._acceptance
        return any(
            acceptance.waivers[index].may_match(
                value.get("fingerprint", ""),
                value["code"],
                value.get("year"),
                document["uri"],
                acceptance.folder,
            )
            for value in values
            if value["type"] == "result" and is_finding(value["outcome"])
            for index in acceptance.candidates(
                value["code"], value.get("fingerprint", ""), document["uri"]
            )
        )


def _difference(path: Path, first: bytes, opening: bytes) -> str:
    """Say in what the run that began an output differs from the one that would go on with it."""
    try:
        before, now = _decode(first), _decode(opening)
        names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    except (msgspec.DecodeError, TypeError, AttributeError):
        return f"{path} does not begin with the run line of an NDJSON report; it cannot be resumed"
    parts = "; ".join(_compare(name, before.get(name), now.get(name)) for name in names)
    return f"{path} was begun with other terms, audit again without --resume: {parts or 'spelling'}"


def _compare(name: str, before: Any, now: Any) -> str:
    """Say how one member of the run line differs."""
    if isinstance(before, dict) and isinstance(now, dict):
        keys = [key for key in {**before, **now} if before.get(key) != now.get(key)]
        return ", ".join(f"{name}.{k} was {before.get(k)}, is {now.get(k)}" for k in keys)
    if isinstance(before, list) and isinstance(now, list):
        gone = [_name(item) for item in before if item not in now]
        new = [_name(item) for item in now if item not in before]
        return f"{name}: was {', '.join(gone) or 'less'}, is {', '.join(new) or 'less'}"
    return f"{name} was {before}, is {now}"


def _name(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    parts = [str(item[key])[:40] for key in ("role", "uri", "name", "version") if item.get(key)]
    if item.get("sha256"):  # after a word, so that its digits are not taken for an identifier
        parts.append(f"(sha256 {item['sha256'][:8]})")
    return " ".join(parts)


def _digest(document: Mapping[str, Any]) -> int:
    """Return the digest of a document that a line is about. Raises ValueError where it is none."""
    digests = [document["sha256"], *[use["sha256"] for use in document.get("inputs", ())]]
    for digest in digests:
        int(digest, 16)
    return kept_digest(digests[0], digests[1:])


def _without(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: inner for name, inner in value.items() if name not in names}


def _complete_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines that were written to their end."""
    return (line for line in lines if line.endswith(b"\n"))
