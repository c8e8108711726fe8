"""The report: everything a run has to say, as one record."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from picheck import __version__
from picheck.model.result import Result, RuleRecord, Unverified
from picheck.model.vocabulary import Consequence, Outcome, Verdict

SCHEMA_VERSION: Final = "2.0"


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

    `kind` is a stable word for programs, one of `NOTICE_KINDS`; `document` is None where the
    notice speaks of the whole run. `is_incomplete` marks a notice that makes the audit incomplete.
    """

    kind: str
    message: str
    document: int | None = None
    is_incomplete: bool = msgspec.field(default=False, name="incomplete")


class InputUse(msgspec.Struct, frozen=True, kw_only=True):
    """A file that took part in the run, with the SHA-256 of its bytes.

    `role` is `evidence`, `prior`, `waivers`, `baseline`, `settings` or `lock`; submissions are
    the documents of the report, with their digests. A run that is written piece by piece names
    the rulebooks on offer as well, with the role `rulebook`, for those that took part are known
    only at its end.
    """

    role: str
    uri: str
    sha256: str


class HistoryUse(msgspec.Struct, frozen=True, kw_only=True):
    """The history that a run looked back into: its records and the hash of the last one.

    The audit that the report is of is recorded after the report was written.
    """

    records: int
    head: str

    def __str__(self) -> str:
        """Return the state of the history as reports print it."""
        noun = "record" if self.records == 1 else "records"
        return f"history: {self.records:,} {noun}, head {self.head}"


class Run(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the audit was made with; nothing in it depends on the clock of the machine.

    `options` are the options that change what is written, without their defaults. `inputs` are
    the files of the whole run; those of one document are on the document. `history` is left out
    where no history takes part.
    """

    as_of: str
    gate: str
    options: dict[str, Any] = {}
    inputs: tuple[InputUse, ...] = ()
    rulebooks: tuple[RulebookUse, ...] = ()
    plugins: tuple[PluginUse, ...] = ()
    notices: tuple[Notice, ...] = ()
    history: HistoryUse | msgspec.UnsetType = msgspec.UNSET


class DocumentSummary(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True
):
    """One audited document: who it reports for, and the verdict on it.

    `subject` names the entity with its identifiers masked; different entities may have the same
    name. `entity` is a pseudonym: equal for documents of one entity, different for any two.
    `unverified` are the rules that could not be decided, with the evidence that they lack;
    `waiting` are the codes of those that did not run, because another rule has to pass first.
    `inputs` are the files that belong to this document alone, such as its evidence.
    """

    uri: str
    line: int | None = None
    sha256: str
    performance_year: int | None
    entity_type: str | None
    subject: str
    entity: str | None = None
    verdict: Verdict
    outcomes: dict[Outcome, int] = {}
    unverified: tuple[Unverified, ...] = ()
    waiting: tuple[str, ...] = ()
    inputs: tuple[InputUse, ...] = ()
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
    """All of it. Results are sorted by document, pointer and code; no record carries a time.

    `rules` are those that a result or an `unverified` entry refers to, each once.
    """

    run: Run
    rules: tuple[RuleRecord, ...] = ()
    documents: tuple[DocumentSummary, ...]
    results: tuple[Result, ...]
    summary: Summary
    schema_version: str = SCHEMA_VERSION
    tool: Tool = Tool()
