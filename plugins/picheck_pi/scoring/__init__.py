"""The preview of the score: pure arithmetic over a rulebook, offered through the public door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from picheck.api import Attempt, Preview, Scene, Style, Wish, hookimpl

# What a score needs is imported when one is asked for: this module is loaded for every audit.


class PromotingInteroperabilityPreview:
    """Says what the Promoting Interoperability category would score, with all its arithmetic."""

    program = "pi"
    name = "Promoting Interoperability score preview"

    def score(self, scene: Scene, wish: Wish) -> dict[str, Any]:
        """Return the record of one entity.

        Raises ValueError where the year has no usable scoring.
        """
        from picheck_pi.scoring.record import entity_record  # noqa: PLC0415

        return entity_record(self.program, scene, wish)

    def what_if(self, scene: Scene, wish: Wish, attempt: Attempt) -> list[dict[str, Any]]:
        """Return the changes that would bring points, most points first, each one attempted."""
        from picheck_pi.scoring.what_if import list_improvements  # noqa: PLC0415

        return list_improvements(scene, self.score(scene, wish), attempt)

    def render(self, records: Sequence[Mapping[str, Any]], form: str, style: Style) -> str:
        """Return records as `text` for people or as a page in `html`."""
        if form == "html":
            from picheck_pi.scoring.render_html import render_html  # noqa: PLC0415

            return render_html(records)
        from picheck_pi.scoring.render_text import render_text  # noqa: PLC0415

        return render_text(records, style)


@hookimpl
def picheck_register_previews() -> tuple[Preview, ...]:
    """Hand over the preview of the category."""
    return (PromotingInteroperabilityPreview(),)
