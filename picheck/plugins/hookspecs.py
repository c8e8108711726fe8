"""The hooks: the whole of what a plugin can hand over.

A plugin is a module named by an entry point of the group `picheck`. It implements any of these
functions, marked with `picheck.api.hookimpl`. picheck calls each once a run, before the first
document (`picheck_audit_finished`: after the last), and holds on to what it was given; no hook
is called for a document.
"""

from __future__ import annotations

from collections.abc import Sequence

from picheck.model.conversion import Format
from picheck.model.evidence_sections import EvidenceSection
from picheck.model.report import Report
from picheck.plugins.markers import hookspec
from picheck.plugins.reporter import Reporter
from picheck.plugins.scorer import Preview
from picheck.rulebook.loader import RulebookSource
from picheck.rulebook.plugin_clauses import AddedClause
from picheck.rules.rule import Rule


@hookspec
def picheck_register_rules() -> Sequence[Rule]:  # type: ignore[empty-body]
    """Hand over rules.

    Every code must carry the plugin's own prefix; `PIC` belongs to picheck. A rule runs in a
    year if and only if that year has a clause for its code, so hand over clauses as well unless
    a rulebook lists it. `picheck.api.rules_in(__name__)` collects the rules of a package.
    """


@hookspec
def picheck_register_rulebooks() -> Sequence[RulebookSource]:  # type: ignore[empty-body]
    """Hand over rulebooks: a program's complete law for one year each.

    A (program, year) has one owner; a second one is refused and both are named.
    `picheck.api.rulebook_in(__name__, program=..., year=...)` points to the TOML files of a
    package; they are read when an audit needs the year.
    """


@hookspec
def picheck_register_clauses() -> Sequence[AddedClause]:  # type: ignore[empty-body]
    """Hand over clauses for codes the plugin owns, to years whose rulebook it does not own.

    This is how a vendor says in which years, how hard, and why its rule applies.
    `picheck.api.clauses_in(__name__)` reads them from the package's `clauses.toml`.
    """


@hookspec
def picheck_register_evidence() -> Sequence[EvidenceSection]:  # type: ignore[empty-body]
    """Hand over sections of the evidence: facts of the plugin's own, beside picheck's.

    A section has a name (`"acme": {...}` in the evidence file), a schema, and a question for each
    fact. Evidence is held to the schema before any rule reads it. A name has one owner, and
    picheck's own names are taken.
    """


@hookspec
def picheck_register_formats() -> Sequence[Format]:  # type: ignore[empty-body]
    """Hand over formats that submissions may come in beside JSON, such as QRDA III.

    A format is an object with a `name`, a `description`, `suffixes`, and the methods `recognises`
    and `convert` of `picheck.api.Format`. A file is of a format where its name has one of the
    suffixes and its beginning is recognised, or where `--input-format NAME` says so. A name has
    one owner, and `json` and `auto` are picheck's.
    """


@hookspec
def picheck_register_reporters() -> Sequence[Reporter]:  # type: ignore[empty-body]
    """Hand over reporters, to be chosen by `--format NAME`.

    A reporter is an object with a `name`, a `description` and a `render(report) -> str`.
    """


@hookspec
def picheck_register_previews() -> Sequence[Preview]:  # type: ignore[empty-body]
    """Hand over previews: what the measurement sets of a program would score, and why.

    A preview is an object with a `program`, a `name`, and the methods `score`, `what_if` and
    `render` of `picheck.api.Preview`. A program has one preview; `picheck score` asks it after
    the audit.
    """


@hookspec
def picheck_audit_finished(report: Report) -> None:
    """Learn that a run has ended, with its summary; for archives and notifications.

    Called once, after the reports are written. `report` holds the run, its notices and its
    summary. Where every output was written piece by piece (NDJSON, CSV, Parquet), its `documents`,
    `results` and `rules` are empty, for such a run is never held as a whole; otherwise they are
    those of the run. What it returns is ignored; an exception is named on standard error and
    changes no verdict.
    """
