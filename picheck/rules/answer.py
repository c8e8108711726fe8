"""What a rule may answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec


class Place(msgspec.Struct, frozen=True):
    """A related place: a pointer, what stands there, and its document if it is another one."""

    pointer: str
    message: str | None = None
    document: int | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says when it does not simply pass. Made by the context, never by hand."""

    outcome: Literal["fail", "notApplicable", "indeterminate"]
    message: str
    pointer: str = ""
    expected: Any = None
    actual: Any = None
    fix: str | None = None
    variant: str | None = None
    key: str = ""
    missing: tuple[str, ...] = ()
    related: tuple[Place, ...] = ()
    document: int | None = None


Answers = Answer | Sequence[Answer] | None
