"""The preview of the score: pure arithmetic over a rulebook, offered through the public door."""

from __future__ import annotations

from picheck.api import Preview, hookimpl
from picheck_pi.scoring.preview import PREVIEW


@hookimpl
def picheck_register_previews() -> tuple[Preview, ...]:
    """Hand over the preview of the category."""
    return (PREVIEW,)
