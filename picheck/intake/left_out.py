"""What a run passes over, counted by reason."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from picheck.model.report import Notice

Reason = Literal[
    "suffix",
    "evidence",
    "report",
    "duplicate",
    "empty",
    "archive",
    "compressed",
    "special",
]

#: What is said of the inputs left out for a reason, of one and of several; and whether
#: submissions may be among them, which makes a run incomplete.
_MESSAGES: Final[dict[Reason, tuple[str, str, bool]]] = {
    "suffix": (
        "file is not named like a submission",
        "files are not named like submissions",
        False,
    ),
    "evidence": (
        "evidence file has no submission beside it",
        "evidence files have no submission beside them",
        False,
    ),
    "report": ("file is a report of picheck itself", "files are reports of picheck itself", False),
    "duplicate": (
        "input was given more than once and read once",
        "inputs were given more than once and read once",
        False,
    ),
    "empty": ("archive holds no submission", "archives hold no submission", False),
    "archive": (
        "archive was not opened: unpack it, or give it by itself as a zip",
        "archives were not opened: unpack them, or give them by themselves as zips",
        True,
    ),
    "compressed": (
        "compressed file inside an archive was not unpacked",
        "compressed files inside archives were not unpacked",
        True,
    ),
    "special": (
        "pipe, socket or device with a submission's name was not opened",
        "pipes, sockets or devices with a submission's name were not opened",
        True,
    ),
}
_MAX_NAMES: Final = 3
#: The kind of the notices.
KIND: Final = "inputsLeftOut"


class _Group(msgspec.Struct):
    count: int
    names: list[str]


class LeftOut:
    """Counts the inputs that are left out, and remembers a few of each reason by name."""

    def __init__(self) -> None:
        self._groups: dict[Reason, _Group] = {}

    def add(self, reason: Reason, uri: str) -> None:
        """Count one input; `uri` is its printable name."""
        group = self._groups.setdefault(reason, _Group(0, []))
        group.count += 1
        if len(group.names) < _MAX_NAMES:
            group.names.append(uri)

    def count(self, reason: Reason) -> int:
        """Return how many inputs were left out for a reason."""
        return self._groups[reason].count if reason in self._groups else 0

    def clear(self) -> None:
        """Forget everything, before the same inputs are gone through again."""
        self._groups.clear()

    def notices(self) -> tuple[Notice, ...]:
        """Return one notice for each reason, with the number of inputs and up to three names."""
        return tuple(
            _notice(reason, self._groups[reason]) for reason in _MESSAGES if reason in self._groups
        )


def _notice(reason: Reason, group: _Group) -> Notice:
    one, several, is_incomplete = _MESSAGES[reason]
    said = one if group.count == 1 else several
    more = ", ..." if group.count > len(group.names) else ""
    return Notice(
        kind=KIND,
        message=f"left out: {group.count:,} {said} ({', '.join(group.names)}{more})",
        is_incomplete=is_incomplete,
    )
