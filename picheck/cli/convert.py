"""`picheck convert`: a file of another format as the JSON that is audited."""

from __future__ import annotations

import click
import msgspec

from picheck.cli.options import load_inventory, plugin_options, say_failed
from picheck.cli.stdout import write_utf8
from picheck.errors import InputError, UsageError

_INCOMPLETE = 4


@click.command(
    "convert",
    epilog="""\b
Exit codes:
  0  printed
  2  usage, an unknown format, or FILE is not one document
  3  FILE cannot be read, or is of no format that is read
  4  printed, but a plugin did not load

\b
Examples:
  picheck convert upload.xml > upload.json
  picheck convert upload.xml --places""",
    short_help="Print a file of another format as JSON.",
)
@click.argument("path", metavar="FILE")
@click.option(
    "--input-format",
    "choice",
    default="auto",
    show_default=True,
    metavar="NAME",
    help="The format of FILE: auto, json, or one that a plugin adds, such as qrda3.",
)
@click.option(
    "--places", is_flag=True, help="Print where in FILE each value is, beside the document."
)
@plugin_options
def command(
    path: str,
    choice: str,
    plugins: tuple[str, ...],
    required: tuple[str, ...],
    *,
    places: bool,
    autoload: bool,
) -> int:
    """Print FILE, a QRDA III file for example, as the JSON of the Submissions API.

    It is what `picheck audit` checks. Nothing is added: an answer, a count or a date that is not
    in the file is not in the JSON. Identifiers are printed in full, as they are in the file.
    """
    from picheck.intake.formats import convert, show_converted  # noqa: PLC0415 - help needs no reader

    _, registry = load_inventory(plugins, required, autoload=autoload)
    say_failed(registry)
    data, uri = _read(path)
    made = convert(data, uri, choice, registry.formats)
    shown = show_converted(made, uri, places=places)
    write_utf8(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode() + "\n")
    return _INCOMPLETE if registry.failed else 0


def _read(path: str) -> tuple[bytes, str]:
    """Return the bytes of the one document behind a path, and what it is called."""
    from picheck.intake.documents import RawDocument  # noqa: PLC0415 - help needs no reader
    from picheck.intake.files import read_inputs  # noqa: PLC0415

    given = list(read_inputs([path]))
    if len(given) != 1:
        raise UsageError(f"{path} holds {len(given)} documents; convert takes one")
    document = given[0]
    if not isinstance(document, RawDocument):
        raise InputError(f"{path}: {document.error}", uri=path)
    return document.data, document.uri
