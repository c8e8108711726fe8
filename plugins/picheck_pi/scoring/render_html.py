"""The score as a page that needs nothing else: no script, no font, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence

from picheck.api import make_environment
from picheck_pi.scoring import format as words
from picheck_pi.scoring import waterfall


def render_html(records: Sequence[words.Record]) -> str:
    """Return the scores of all entities as one HTML page."""
    environment = make_environment("picheck_pi.scoring")
    environment.globals.update(words=words, waterfall=waterfall)
    return environment.get_template("score.html.j2").render(records=records)
