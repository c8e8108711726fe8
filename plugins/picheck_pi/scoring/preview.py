"""The preview that the pack offers; what it needs is imported when a score is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from picheck.api import Attempt, Preview, Scene, Style, Wish


class PromotingInteroperabilityPreview:
    """Says what the Promoting Interoperability category would score, with all its arithmetic."""

    program = "pi"
    name = "Promoting Interoperability score preview"

    def score(self, scene: Scene, wish: Wish) -> dict[str, Any]:
        """Return the record of one entity.

        Raises ValueError where the year has no usable tariff.
        """
        from picheck_pi.scoring.entity import entity_record  # noqa: PLC0415 - no audit needs it

        return entity_record(self.program, scene, wish)

    def what_if(self, scene: Scene, wish: Wish, attempt: Attempt) -> list[dict[str, Any]]:
        """Return the changes that would bring points, most points first, each one attempted."""
        from picheck_pi.scoring.whatif import improvements  # noqa: PLC0415 - rarely asked for

        return improvements(scene, self.score(scene, wish), attempt)

    def render(self, records: Sequence[Mapping[str, Any]], form: str, style: Style) -> str:
        """Return records as `text` for people or as a page in `html`."""
        if form == "html":
            from picheck_pi.scoring.page import page  # noqa: PLC0415 - the one form or the other

            return page(records)
        from picheck_pi.scoring.text import text  # noqa: PLC0415

        return text(records, style)


PREVIEW: Final[Preview] = PromotingInteroperabilityPreview()
