"""The terms of a run: everything the user decided, in one record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

Gate = Literal["error", "warning", "note", "indeterminate", "never"]
GATES: Final[tuple[Gate, ...]] = ("error", "warning", "note", "indeterminate", "never")


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """Other rules or another gate for some files: patterns, as seen from `folder`.

    `select` and `gate` stand in place of the run's, `ignore` is added to it.
    """

    files: tuple[str, ...]
    folder: str = "."
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    gate: Gate | None = None


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What to audit against, and how strictly.

    `year` overrides the documents' own performance year; `as_of` is the only clock there is;
    `evidence` is a side file for the one document audited; `prior` are paths of earlier
    submissions; `select` and `ignore` are codes, code prefixes or slugs; `trusts_unverified`
    lifts the cap on clauses that rest on unverified sources alone; `keeps_all` reports passes
    too; `wants_facts` adds what a picture needs to each document; `options` are what the user
    set for plugins, by plugin name; `waivers` and `baseline` are files of accepted findings;
    `overrides` hold for the documents of some files.
    """

    as_of: date
    year: int | None = None
    gate: Gate = "error"
    evidence: Path | None = None
    prior: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    trusts_unverified: bool = False
    reveals: bool = False
    keeps_all: bool = False
    wants_facts: bool = False
    options: Mapping[str, Mapping[str, Any]] = {}
    waivers: Path | None = None
    baseline: Path | None = None
    overrides: tuple[Override, ...] = ()
