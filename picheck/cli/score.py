"""`picheck score`: what a submission would score, and why."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from picheck.cli.audit_options import CommandOptions, audit_options, read_options
from picheck.cli.audit_parameters import input_format_option, settings_options
from picheck.cli.destinations import check_not_read
from picheck.cli.history_options import HISTORY_VARIABLE, look_back_into
from picheck.cli.options import load_inventory, plugin_options, say_failed
from picheck.cli.score_output import (
    LINES,
    Scored,
    score_destinations,
    score_line,
    score_style,
    write_scores,
)
from picheck.cli.stdout import OutputLostError, prints_aside, say_fault
from picheck.errors import UsageError

if TYPE_CHECKING:
    from picheck.cli.output_files import Outlets
    from picheck.engine.score_preview import ScoreRunner
    from picheck.intake.files import Inputs
    from picheck.model.report import Report

_NOTHING_CHECKED: Final = 5

EPILOG = """\b
The audit runs first. Whatever makes the category zero makes the score 0; what it would be
without these findings is printed too. Exit codes are those of picheck audit.

\b
Examples:
  picheck score submission.json
  picheck score --what-if submission.json
  picheck score -f html=score.html -f text submission.json
  picheck score --participation app --prior 2024.json 2025.json
  picheck score -f ndjson held/*.ndjson > scores.ndjson
"""


class ScoreCommandOptions(CommandOptions, frozen=True, kw_only=True):
    """What the command was given.

    It has no option that leaves a finding out or accepts one: a score counts every finding.
    """

    forms: tuple[str, ...] = ()
    conflict_policy: str | None = None
    participation: str | None = None
    what_if: bool = False


@click.command("score", epilog=EPILOG, short_help="Preview the score, with its arithmetic.")
@click.argument("paths", nargs=-1, required=True, metavar="[SUBMISSION|-]...")
@click.option("-y", "--year", type=int, help="Score by this year [default: the document's].")
@click.option(
    "--as-of",
    metavar="DATE",
    help="The date that the audit speaks for, YYYY-MM-DD [default: today, UTC].",
)
@click.option(
    "--evidence",
    type=click.Path(path_type=Path),
    help="Side file with facts the submission cannot carry [default: NAME.evidence.json beside"
    " NAME.json].",
)
@click.option(
    "--prior",
    multiple=True,
    metavar="PATH",
    help="Earlier submissions of the same entities; may be repeated.",
)
@click.option(
    "--history",
    metavar="URL",
    envvar=HISTORY_VARIABLE,
    help="Look back into a history, and record nothing in it (see picheck history)"
    f" [default: {HISTORY_VARIABLE}, then the settings' history].",
)
@click.option(
    "-f",
    "--format",
    "forms",
    multiple=True,
    metavar="NAME[=PATH]",
    help="text for people, json for programs, html for a page of its own, ndjson for one line an"
    " entity, and a file for it; at most one to standard output [default: text].",
)
@click.option(
    "--conflict-policy",
    type=click.Choice(["zero", "highest"]),
    help="What contradicting sets cost: everything, or the highest counts [default: the year's].",
)
@click.option(
    "--participation",
    type=click.Choice(["mips", "mvp", "app", "apm"]),
    help="Traditional MIPS, an MVP, the APP or an APM Entity [default: as the set says].",
)
@click.option(
    "--what-if",
    is_flag=True,
    help="Try the smallest change for each failing or weak spot on a copy; writes to no file.",
)
@click.option(
    "--trust",
    type=click.Choice(["verified", "unverified"]),
    default="verified",
    show_default=True,
    help="Whether clauses that rest on unverified sources alone may bring the score to zero.",
)
@click.option(
    "--entity-key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A secret of 16 bytes or more: the key of the pseudonyms of entities.",
)
@click.option("--reveal", is_flag=True, help="Print TINs and NPIs in full.")
@input_format_option
@settings_options
@plugin_options
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
def command(**given: Any) -> int:
    """Preview what submissions would score: points, where they moved, and how sure each step is."""
    from picheck.cli.output_files import Outlets  # noqa: PLC0415 - help needs no engine
    from picheck.engine.prior.loader import load_prior  # noqa: PLC0415
    from picheck.engine.score_preview import ScoreRunner  # noqa: PLC0415
    from picheck.intake.files import read_inputs  # noqa: PLC0415
    from picheck.plugins.scorer import Wish  # noqa: PLC0415

    options, settings = read_options(ScoreCommandOptions, given)
    destinations = score_destinations(options.forms)
    _, registry = load_inventory(options.plugins, options.required, autoload=options.autoload)
    say_failed(registry)
    if not registry.previews:
        raise UsageError("no plugin offers a preview of the score; see picheck plugins list")
    check_not_read(destinations, options, settings, registry.document_suffixes)
    # changes are tried by an audit each, and a pipe can be read only once
    options = msgspec.structs.replace(options, evidence=_copy_pipe(options.evidence))
    # settings for some files could leave findings out, and a score counts every one
    terms = msgspec.structs.replace(audit_options(options, settings), overrides=())
    wish = Wish(conflict_policy=options.conflict_policy, participation=options.participation)
    with prints_aside():
        earlier = load_prior(read_inputs(terms.prior, registry.document_suffixes), registry)
        if options.history is not None:
            earlier = look_back_into(options.history, earlier, registry)
        runner = ScoreRunner(terms, registry, wish, earlier)
    inputs = read_inputs(options.paths, registry.document_suffixes)
    if destinations[0].name == LINES:
        return _stream(runner, options, inputs, Outlets([(destinations[0].path, None)]))
    with prints_aside():
        report, scored = _score(runner, inputs, what_if=options.what_if)
    for notice in report.run.notices:
        if notice.kind == "unreadable":
            say_fault(notice.message)
    if not scored:
        say_fault("there is nothing to score; see picheck audit for the reason")
        return report.summary.exit.code or _NOTHING_CHECKED
    style = score_style(options.color, reveal=options.reveal)
    write_scores(scored, destinations, registry, style)
    return report.summary.exit.code


def _copy_pipe(evidence: Path | None) -> Path | None:
    """Return evidence that can be read again: a copy of a pipe, which goes with this process."""
    from picheck.file_access import open_to_read  # noqa: PLC0415 - rarely needed
    from picheck.intake.limits import MAX_BYTES  # noqa: PLC0415
    from picheck.intake.spool import Spool  # noqa: PLC0415

    if evidence is None or not os.path.exists(evidence) or os.path.isfile(evidence):  # noqa: PTH110, PTH113
        return evidence
    try:
        with open_to_read(evidence) as stream:
            return Path(Spool(stream, MAX_BYTES + 1).path)
    except OSError:  # a folder, for example: whoever reads it says so
        return evidence


def _score(runner: ScoreRunner, inputs: Inputs, *, what_if: bool) -> tuple[Report, list[Scored]]:
    """Score all entities at once, and try changes on each where that was asked for."""
    report, shown = runner.score(inputs)
    if not what_if:
        return report, [(each, each.record) for each in shown]
    return report, [(each, each.record | {"whatIf": runner.what_if(each)}) for each in shown]


def _stream(runner: ScoreRunner, options: ScoreCommandOptions, inputs: Inputs, to: Outlets) -> int:
    """Write one line for each entity, in memory that does not grow with the documents."""
    from picheck.cli.score_batch import ScoreBatch  # noqa: PLC0415 - help needs no engine
    from picheck.model.report import Notice  # noqa: PLC0415

    (file,) = to.each
    batch = ScoreBatch(runner)
    with to.open(None), prints_aside():
        file.write(score_line("run", {"schemaVersion": "1.0", **runner.terms}))
        for each in batch.run(inputs):
            if isinstance(each, Notice):
                file.write(score_line("notice", each))
                continue
            changes = runner.what_if(each) if options.what_if else None
            shown = each.mask({**each.record, "whatIf": changes})
            file.write(score_line("score", shown))
        counts = {"documents": batch.documents, "entities": batch.entities, "exit": batch.exit}
        file.write(score_line("summary", counts))
    if to.faults:
        raise OutputLostError("; ".join(to.faults))
    return batch.exit.code
