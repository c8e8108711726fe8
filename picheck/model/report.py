"""The report: everything a run has to say, as one record."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from picheck import __version__
from picheck.model.finding import Result
from picheck.model.outcome import Consequence, Outcome, Verdict

SCHEMA_VERSION: Final = "1.0"


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """Who made the report."""

    name: str = "picheck"
    version: str = __version__


class RulebookUse(msgspec.Struct, frozen=True, kw_only=True):
    """A rulebook that took part, with the digest of its files."""

    program: str
    year: int
    status: str
    sha256: str
    plugin: str


class PluginUse(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin that was met: loaded, blocked or failed, and why."""

    name: str
    status: str
    distribution: str | None = None
    version: str | None = None
    reason: str | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something the reader must know that is no rule's result.

    `kind` is a stable word for programs (`pluginFailed`, `priorUnreadable`, `notSelected`...);
    `document` is None where the notice speaks of the whole run. `is_incomplete` marks a notice
    that makes the audit incomplete.
    """

    kind: str
    message: str
    document: int | None = None
    is_incomplete: bool = msgspec.field(default=False, name="incomplete")


class Run(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The terms of the run; nothing in it depends on the clock of the machine."""

    as_of: str
    gate: str
    rulebooks: tuple[RulebookUse, ...] = ()
    plugins: tuple[PluginUse, ...] = ()
    notices: tuple[Notice, ...] = ()


class DocumentSummary(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One audited document: who it speaks for, and the verdict on it."""

    uri: str
    sha256: str
    performance_year: int | None
    entity_type: str | None
    subject: str
    verdict: Verdict
    line: int | None = None
    outcomes: dict[Outcome, int] = {}
    facts: Any = None


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """The exit code and every reason for it, worst first."""

    code: int
    reasons: tuple[str, ...] = ()


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The whole run in one record."""

    verdict: Verdict
    documents: dict[Verdict, int]
    outcomes: dict[Outcome, int]
    consequences: dict[Consequence, int]
    exit: Exit
    waived: int = 0
    baseline: int = 0


class Report(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """All of it. Results are sorted by document, pointer and code; no record carries a time."""

    run: Run
    documents: tuple[DocumentSummary, ...]
    results: tuple[Result, ...]
    summary: Summary
    schema_version: str = SCHEMA_VERSION
    tool: Tool = Tool()
