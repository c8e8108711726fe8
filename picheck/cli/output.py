"""Where a report goes: which reporters were asked for, and what each one writes."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from picheck.cli.audit_options import CommandOptions
from picheck.cli.destinations import Destination, Output
from picheck.cli.options import wants_color
from picheck.cli.stdout import prints_aside, write_prose, write_utf8
from picheck.engine.report_filter import fit_report
from picheck.errors import UsageError
from picheck.file_access import read_file, write_text
from picheck.masking import mask_digits
from picheck.model.report import Report
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import Reporter, Style
from picheck.plugins.validation import describe_error
from picheck.validation import closest_match


def outputs_of(destinations: Sequence[Destination], registry: PluginRegistry) -> list[Output]:
    """Return the reporter of each destination. Raises UsageError for an unknown name."""
    outputs = []
    for name, path in destinations:
        reporter = registry.reporters.get(name)
        if reporter is None:
            raise UsageError(f"no reporter is called {name!r}; {_hint(name, registry.reporters)}")
        owner = registry.reporter_owners.get(name, "nobody")
        outputs.append(Output(reporter, owner, path))
    return outputs


def write(
    report: Report, outputs: Sequence[Output], registry: PluginRegistry, options: CommandOptions
) -> Iterator[str]:
    """Write every output and yield one line for each reporter that broke.

    One that breaks costs no other its output. Raises UsageError where a file cannot be written.
    """
    rules = {code: installed.rule for code, installed in registry.rules.items()}
    evidence: dict[int, Mapping[str, Any]] = {}
    if any(output.reporter.name == "text" for output in outputs):
        evidence = evidence_at_hand(report, reveal=options.reveal)
    for reporter, owner, path in outputs:
        style = Style(
            color=path is None and wants_color(options.color),
            width=_width(),
            reveal=options.reveal,
            quiet=options.quiet,
            sources=options.sources,
            evidence=evidence,
            rules=rules,
            questions=registry.evidence.questions,
        )
        fitting = fit_report(report, reporter, keeps_all=options.all_results)
        if hasattr(reporter, "sink"):  # its output is no text
            from picheck.cli.output_files import write_pieces  # noqa: PLC0415 - few reporters need it

            yield from write_pieces(fitting, Output(reporter, owner, path))
            continue
        try:
            text = _render(reporter, fitting, style)
        # Ctrl-C is the user's, and no fault of the reporter
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it raises is the reporter's fault
            why = describe_error(error)
            yield f"reporter {reporter.name} of {owner} broke, so its output is missing: {why}"
        else:
            put(text, path, is_prose=reporter.name == "text" or sys.stdout.isatty())


def evidence_at_hand(report: Report, *, reveal: bool) -> dict[int, Mapping[str, Any]]:
    """Return what the side files of documents hold that still lack evidence, by their index.

    A file that was changed since, or that holds an identifier which may not be shown, is left
    out: no user should replace it by what is printed.
    """
    found: dict[int, Mapping[str, Any]] = {}
    for index, document in enumerate(report.documents):
        for given in document.inputs if document.unverified else ():
            with suppress(OSError, ValueError):
                data = read_file(Path(given.uri))
                text = data.decode()
                if hashlib.sha256(data).hexdigest() == given.sha256 and (
                    reveal or mask_digits(text) == text
                ):
                    found[index] = msgspec.json.decode(text)
    return found


def _render(reporter: Reporter, report: Report, style: Style) -> str:
    with prints_aside():
        text: object = reporter.render(report, style)
    if not isinstance(text, str):
        raise TypeError(f"render returned {type(text).__name__}, expected str")
    return text


def put(text: str, path: Path | None, *, is_prose: bool) -> None:
    """Write to a file, or to standard output: prose as a terminal reads it, else in UTF-8.

    Raises UsageError where the file cannot be written, OutputLostError for standard output.
    """
    if path is None:
        if is_prose:
            write_prose(text)
        else:
            write_utf8(text)
        return
    try:
        write_text(path, text, errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _hint(name: str, known: Mapping[str, Reporter]) -> str:
    near = closest_match(name, list(known))
    return f"did you mean {near}?" if near else f"known: {', '.join(sorted(known)) or 'none'}"


def _width() -> int:
    """Return how wide a line may be; `shutil` knows too, but brings every compression along."""
    width = os.environ.get("COLUMNS", "")
    if width.isdecimal() and int(width):
        return min(int(width), 120)
    try:
        return min(os.get_terminal_size(sys.stdout.fileno()).columns or 100, 120)
    except (OSError, ValueError):  # a pipe, a file, or a stream of somebody's own
        return 100
