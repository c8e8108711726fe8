"""`picheck plugins verify`: a plugin is held to its promises, and gets a certificate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from picheck.cli.console import say, say_labelled, say_table
from picheck.errors import UsageError

if TYPE_CHECKING:
    from picheck.testing.certificate import Certificate


@click.command(
    "verify",
    epilog="""\b
Exit codes:
  0  verified: every promise was kept
  1  not verified: at least one promise was broken
  2  usage: no such plugin, or it brings no rules

\b
Examples:
  picheck plugins verify acme
  picheck plugins verify acme --output certificate.json --examples 1000
  picheck plugins verify my-rules -p ./my_rules.py""",
    short_help="Fuzz a plugin's rules and write a certificate.",
)
@click.argument("name")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the certificate there, as JSON.",
)
@click.option(
    "--examples",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    help="How many submissions to generate; always the same ones.",
)
@click.option(
    "--max-cost",
    type=click.FloatRange(min=0, min_open=True),
    default=100.0,
    show_default=True,
    help="How many times our median rule a rule may take.",
)
@click.option(
    "-p",
    "--plugin",
    "plugins",
    multiple=True,
    metavar="FILE",
    help="Load a plugin that is one file, or a module, beside the installed ones.",
)
def verify(
    name: str, output: Path | None, examples: int, max_cost: float, plugins: tuple[str, ...]
) -> int:
    """Watch a plugin's rules over generated submissions, and hold it to what it declares.

    Its rules must be deterministic and must not mind the order of measurements, change what
    they are given, open a file, socket or process, break on a malformed document, or write a
    TIN or NPI; its codes carry its own prefix, its clauses cite a source and fit their rules,
    its cases hold, and no rule takes much longer than ours. Submissions depart from those in the
    package's folder `compliant`, or from picheck's own.
    """
    try:
        from picheck.testing.verify import verify_plugin  # noqa: PLC0415 - imports hypothesis
    except ImportError as error:
        raise UsageError(f"verifying needs {error.name}; pip install 'picheck[testing]'") from error

    certificate = verify_plugin(name, examples=examples, max_cost=max_cost, plugins=plugins)
    _say(certificate)
    if output is not None:
        _write(output, certificate)
    return 0 if certificate.passed else 1


def _say(certificate: Certificate) -> None:
    say(f"{certificate.plugin} of {certificate.distribution} {certificate.version or ''}")
    say()
    say_table(
        ["promise", "kept", "what was seen"],
        [
            (check.name, "yes" if check.passed else "NO", check.detail)
            for check in certificate.checks
        ],
    )
    for check in certificate.checks:
        for fault in check.faults:
            say()
            say_labelled("broken", f"{check.name}: {fault}")
        if check.witness:
            say_labelled("shown by", check.witness)
    say()
    kept = sum(check.passed for check in certificate.checks)
    say(
        f"{'verified' if certificate.passed else 'not verified'}: {kept} of"
        f" {len(certificate.checks)} promises kept"
    )


def _write(path: Path, certificate: Certificate) -> None:
    text = msgspec.json.format(msgspec.json.encode(certificate), indent=2)
    try:
        path.write_bytes(text + b"\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
