"""What the user decided for a run, in one record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from picheck.engine.stopwatch import Stopwatch
from picheck.errors import UsageError
from picheck.model.report import HistoryUse

Gate = Literal["error", "warning", "note", "indeterminate", "never"]
#: How many seconds one call of a rule may take.
RULE_TIMEOUT: Final = 10.0
GATES: Final[tuple[Gate, ...]] = ("error", "warning", "note", "indeterminate", "never")


def check_gate(gate: str) -> None:
    """Raise UsageError where a program gives a gate that is none."""
    if gate not in GATES:
        raise UsageError(f"gate is {gate!r}; give one of {', '.join(GATES)}")


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """Other rules or another gate for some files: patterns, as seen from `folder`.

    `select` and `gate` replace the run's, `ignore` is added to it.
    """

    files: tuple[str, ...]
    folder: str = "."
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    gate: Gate | None = None

    def __post_init__(self) -> None:
        """Raise UsageError where the gate is none."""
        if self.gate is not None:
            check_gate(self.gate)


class AuditOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to audit against, and how strictly.

    `as_of` is the date the audit is made for, the only clock there is; `year` overrides the
    documents' own performance year; `gate` is the severity from which a finding makes a
    submission not ready; `evidence` is a side file for the one document audited; `prior` are
    paths of earlier submissions; `select` and `ignore` are codes, code prefixes or slugs;
    `trust_unverified` lifts the cap on clauses that rest on unverified sources alone;
    `reveal` prints identifiers; `all_results` reports passes and open questions as results too,
    `with_unverified` the open questions alone;
    `with_chart_data` adds what a picture needs to each document; `plugin_options` are by plugin
    name; `waivers` and `baseline` are files of accepted findings; `overrides` apply to the
    documents of some files; `entity_key` is the key of the pseudonyms of entities; `help_base` the
    address of the pages about rules; `files` are further files of the run by their role, such as
    its settings; a call of a rule may take `rule_timeout` seconds (0: any number); `stopwatch` is
    given the time that each rule took; `input_format` is the format of the documents, `auto` where
    name and content decide; `history` is the state of the history that the run looks back into.
    """

    as_of: date
    year: int | None = None
    gate: Gate = "error"
    evidence: Path | None = None
    prior: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    trust_unverified: bool = False
    reveal: bool = False
    all_results: bool = False
    with_unverified: bool = False
    with_chart_data: bool = False
    plugin_options: Mapping[str, Mapping[str, Any]] = {}
    waivers: Path | None = None
    baseline: Path | None = None
    overrides: tuple[Override, ...] = ()
    entity_key: bytes = b""
    help_base: str = ""
    files: tuple[tuple[str, Path], ...] = ()
    rule_timeout: float = RULE_TIMEOUT
    stopwatch: Stopwatch | None = None
    input_format: str = "auto"
    history: HistoryUse | None = None

    def __post_init__(self) -> None:
        """Raise UsageError for a gate that is none, and for less than no time."""
        check_gate(self.gate)
        if not self.rule_timeout >= 0:
            raise UsageError(f"rule_timeout is {self.rule_timeout}; give seconds, or 0 for no end")

    def in_report(self) -> dict[str, Any]:
        """Return the options that change what is written, without defaults and without paths.

        The key of the pseudonyms is given by a digest, so that a run that goes on with the
        output of another can be compared with it.
        """
        given: dict[str, Any] = {
            "year": self.year,
            "select": list(self.select),
            "ignore": list(self.ignore),
            "trustUnverified": self.trust_unverified,
            "reveal": self.reveal,
            "allResults": self.all_results,
            "plugins": {name: dict(values) for name, values in self.plugin_options.items()},
            "overrides": [msgspec.to_builtins(override) for override in self.overrides],
            "evidence": self.evidence is not None,
            "inputFormat": self.input_format if self.input_format != "auto" else None,
            "docsUrl": self.help_base,
            "entityKey": hashlib.sha256(self.entity_key).hexdigest()[:16]
            if self.entity_key
            else None,
        }
        return {name: value for name, value in given.items() if value}
