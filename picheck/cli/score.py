"""`picheck score`: what a submission would score, and why."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click
import msgspec

from picheck.cli.audit_options import (
    CommandOptions,
    audit_options,
    input_format_option,
    read_options,
    settings_options,
)
from picheck.cli.options import load_inventory, plugin_options, say_failed, wants_color
from picheck.cli.stdout import write_utf8
from picheck.errors import UsageError
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import Style
from picheck.reporters.escaping import harmless_json

if TYPE_CHECKING:
    from picheck.engine.score_preview import ScoredEntity, ScoreRunner

_NOTHING_CHECKED: Final = 5

EPILOG = """\b
The audit runs first. Whatever makes the category zero makes the score 0; what it would be
without these findings is told too. Exit codes are those of picheck audit.

\b
Examples:
  picheck score submission.json
  picheck score --what-if submission.json
  picheck score --format html submission.json > score.html
  picheck score --participation app --prior 2024.json 2025.json
  picheck score -f ndjson held/*.ndjson > scores.ndjson
"""


class ScoreCommandOptions(CommandOptions, frozen=True, kw_only=True):
    """What the command was given.

    It has no option that leaves a finding out or accepts one: a score counts every finding.
    """

    form: Literal["text", "json", "ndjson", "html"] = "text"
    conflict_policy: str | None = None
    participation: str | None = None
    what_if: bool = False


@click.command("score", epilog=EPILOG, short_help="Preview the score, with its arithmetic.")
@click.argument("paths", nargs=-1, required=True, metavar="[SUBMISSION|-]...")
@click.option("-y", "--year", type=int, help="Score by this year [default: the document's].")
@click.option(
    "--as-of",
    metavar="DATE",
    help="The day the audit speaks for, YYYY-MM-DD [default: today, UTC].",
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
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json", "ndjson", "html"]),
    default="text",
    show_default=True,
    help="Text for people, JSON for programs, one line an entity for many, a page that stands by"
    " itself.",
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
    from picheck.engine.score_preview import ScoreRunner  # noqa: PLC0415 - help needs no engine
    from picheck.intake.files import read_inputs  # noqa: PLC0415
    from picheck.plugins.scorer import Wish  # noqa: PLC0415

    options, settings = read_options(ScoreCommandOptions, given)
    _, registry = load_inventory(options.plugins, options.required, autoload=options.autoload)
    say_failed(registry)
    if not registry.previews:
        raise UsageError("no plugin offers a preview of the score; see picheck plugins list")
    terms = msgspec.structs.replace(audit_options(options, settings), overrides=())
    wish = Wish(conflict_policy=options.conflict_policy, participation=options.participation)
    runner = ScoreRunner(terms, registry, wish)
    if options.form == "ndjson":
        return _stream(runner, options, registry)
    report, shown = runner.score(read_inputs(options.paths, registry.document_suffixes))
    scored = [(each, each.record) for each in shown]
    if options.what_if:
        scored = [(each, each.record | {"whatIf": runner.what_if(each)}) for each in shown]
    for notice in report.run.notices:
        if notice.kind == "unreadable":
            click.echo(f"picheck: {notice.message}", err=True)
    if not scored:
        click.echo("picheck: there is nothing to score; see picheck audit for the reason", err=True)
        return report.summary.exit.code or _NOTHING_CHECKED
    _write(scored, registry, options)
    return report.summary.exit.code


def _stream(runner: ScoreRunner, options: ScoreCommandOptions, registry: PluginRegistry) -> int:
    """Write one line for each entity, in memory that does not grow with the documents."""
    from picheck.engine.score_batch import ScoreBatch  # noqa: PLC0415 - help needs no engine
    from picheck.intake.files import read_inputs  # noqa: PLC0415
    from picheck.model.report import Notice  # noqa: PLC0415

    batch, inputs = ScoreBatch(runner), read_inputs(options.paths, registry.document_suffixes)
    write_utf8(_line("run", {"schemaVersion": "1.0", **runner.terms}))
    for each in batch.run(inputs):
        if isinstance(each, Notice):
            write_utf8(_line("notice", each))
            continue
        changes = runner.what_if(each) if options.what_if else None
        write_utf8(_line("score", each.masked({**each.record, "whatIf": changes})))
    counts = {"documents": batch.documents, "entities": batch.entities, "exit": batch.exit}
    write_utf8(_line("summary", counts))
    return batch.exit.code


def _line(kind: str, content: Any) -> str:
    return harmless_json(f'{{"type":"{kind}",{msgspec.json.encode(content).decode()[1:]}\n')


def _write(
    scored: list[tuple[ScoredEntity, dict[str, Any]]],
    registry: PluginRegistry,
    options: ScoreCommandOptions,
) -> None:
    from picheck.engine.score_preview import (  # noqa: PLC0415 - help needs no engine
        plugin_errors,
        score_json,
    )

    masked = [(each, record, each.masked(record)) for each, record in scored]
    if options.form == "json":
        write_utf8(score_json([shown for _, _, shown in masked]).decode())
        return
    style = Style(
        color=options.form == "text" and wants_color(options.color),
        width=min(shutil.get_terminal_size((110, 24)).columns, 130),
        reveal=options.reveal,
    )
    # what is drawn needs the numbers; few records hold an identifier among them
    maskers = [each.masker for each, record, shown in masked if shown is not record]
    for program, preview in registry.previews.items():
        mine = [record for _, record, _ in masked if record["program"] == program]
        if mine:
            with plugin_errors(preview):
                text = preview.render(mine, options.form, style)
            for masker in maskers:
                text = masker.text(text)
            click.echo(text, nl=False)
