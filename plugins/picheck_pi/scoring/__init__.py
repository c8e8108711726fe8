"""The preview of the score: pure arithmetic over a rulebook, offered through the public door."""

from collections.abc import Mapping, Sequence
from typing import Any

from picheck.api import Attempt, Preview, Scene, Style, Wish, hookimpl, make_environment

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
            return _render_page(records)
        from picheck_pi.scoring.render_text import render_text  # noqa: PLC0415

        return render_text(records, style)


def _render_page(records: Sequence[Mapping[str, Any]]) -> str:
    """Return records as one page that needs nothing else: no script, no font, nothing fetched."""
    from picheck_pi.scoring import format as words  # noqa: PLC0415
    from picheck_pi.scoring import waterfall  # noqa: PLC0415

    environment = make_environment("picheck_pi.scoring")
    environment.globals.update(words=words, waterfall=waterfall)
    return environment.get_template("score.html.j2").render(records=records)


@hookimpl
def picheck_register_previews() -> tuple[Preview, ...]:
    """Hand over the preview of the category."""
    return (PromotingInteroperabilityPreview(),)
