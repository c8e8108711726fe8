"""The score as a page that needs nothing else: no script, no font, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from picheck_pi.scoring import format as words
from picheck_pi.scoring import waterfall


def render_html(records: Sequence[words.Record]) -> str:
    """Return the scores of all entities as one HTML page."""
    environment = Environment(
        loader=PackageLoader("picheck_pi.scoring"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_printable,
    )
    environment.globals.update(words=words, waterfall=waterfall)
    return environment.get_template("score.html.j2").render(records=records)


def _printable(value: Any) -> Any:
    """Show controls and direction marks as their numbers, wherever a text comes from."""
    return words.printable(value) if type(value) is str else value
