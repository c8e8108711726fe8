"""`picheck audit`: the main job."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from picheck.cli.options import (
    load_inventory,
    plugin_options,
    say_failed,
    wants_color,
)
from picheck.cli.terms import configured, terms_of, terms_options
from picheck.cli.wanting import fitted, wanted
from picheck.engine.audit import audit
from picheck.engine.terms import GATES
from picheck.errors import UsageError
from picheck.handwritten import nearest
from picheck.hooks.reporter import Reporter, Style
from picheck.logging import get_logger
from picheck.model.report import Report
from picheck.rules.rule import Rule

EPILOG = """\b
Exit codes:
  0  audited, nothing at or above the gate
  1  findings at or above the gate
  2  usage, configuration, unknown selector or plugin conflict: nothing audited
  3  some input could not be read or is not JSON (the others were audited)
  4  audit incomplete: a rule or a plugin broke, or the rulebook is a preview
  5  nothing was checked: no document, no rulebook for the year

\b
Examples:
  picheck audit submission.json
  picheck audit --prior 2024.json -f text -f json=report.json 2025.json
  cat submission.json | picheck audit - --year 2025 --fail-on warning
"""


@click.command(
    "audit", epilog=EPILOG, short_help="Audit submissions before they are sent and scored."
)
@click.argument("paths", nargs=-1, required=True, metavar="[PATH|-]...")
@terms_options
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Findings that were there before; see picheck baseline.",
)
@click.option(
    "-f",
    "--format",
    "formats",
    multiple=True,
    metavar="NAME[=PATH]",
    help="A reporter, and a file for it; at most one to standard output [default: text].",
)
@click.option(
    "--fail-on",
    "gate",
    type=click.Choice(GATES),
    default="error",
    show_default=True,
    help="The gate: from which severity on a finding makes a submission not ready.",
)
@click.option("--all-results", is_flag=True, help="Report passes and rules that do not apply too.")
@click.option("--reveal", is_flag=True, help="Print TINs and NPIs in full.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 where it would be 1.")
@plugin_options
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing about documents that are ready.")
@click.option("-v", "--verbose", count=True, help="Log more on standard error.")
@click.option(
    "--log-format", type=click.Choice(["console", "json"]), default="console", show_default=True
)
def command(**options: Any) -> int:
    """Audit submissions: files, directories, zip archives, patterns, or - for standard input."""
    options, settings = configured(options)
    host, inventory = load_inventory(
        options["plugins"], options["required"], autoload=options["autoload"]
    )
    say_failed(inventory)
    outputs = _outputs(options["formats"] or ("text",), inventory.reporters)
    terms = wanted(terms_of(options, settings), [reporter for reporter, _ in outputs])
    log = _Milestones(options)
    log.say("audit started", paths=len(options["paths"]), as_of=str(terms.as_of))
    report = audit(options["paths"], terms, inventory)
    log.say("audit ended", documents=len(report.documents), verdict=report.summary.verdict)
    rules = {code: installed.rule for code, installed in inventory.rules.items()}
    _write(report, outputs, options, rules)
    for fault in host.notify("picheck_audit_finished", report=report):
        click.echo(f"picheck: {fault}", err=True)
    code = report.summary.exit.code
    return 0 if code == 1 and options["exit_zero"] else code


def _outputs(
    formats: tuple[str, ...], reporters: dict[str, Reporter]
) -> list[tuple[Reporter, Path | None]]:
    """Read NAME[=PATH]; raise UsageError for an unknown name or a second standard output."""
    outputs: list[tuple[Reporter, Path | None]] = []
    for given in formats:
        name, _, path = given.partition("=")
        if name not in reporters:
            near = nearest(name, list(reporters))
            hint = f"did you mean {near}?" if near else f"known: {', '.join(sorted(reporters))}"
            raise UsageError(f"no reporter is called {name!r}; {hint}")
        outputs.append((reporters[name], Path(path) if path else None))
    if sum(path is None for _, path in outputs) > 1:
        raise UsageError("only one format can go to standard output; write the others to =PATH")
    return outputs


def _write(
    report: Report,
    outputs: list[tuple[Reporter, Path | None]],
    options: dict[str, Any],
    rules: dict[str, Rule],
) -> None:
    for reporter, path in outputs:
        color = path is None and wants_color(options["color"])
        style = Style(
            color=color,
            width=_width(),
            reveal=options["reveal"],
            quiet=options["quiet"],
            rules=rules,
        )
        text = reporter.render(fitted(report, reporter, keeps_all=options["all_results"]), style)
        if path is None:
            sys.stdout.write(text)
            sys.stdout.flush()
            continue
        try:
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _width() -> int:
    import shutil  # noqa: PLC0415 - a cold start pays for every import

    return min(shutil.get_terminal_size((100, 24)).columns, 120)


class _Milestones:
    """Logs the run's milestones, if anybody asked for logs."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._verbosity: int = options["verbose"]
        self._form: str = options["log_format"]

    def say(self, event: str, **facts: object) -> None:
        if self._verbosity:
            get_logger(verbosity=self._verbosity, form=self._form).info(event, **facts)
