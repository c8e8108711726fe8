"""How a score is written: which formats there are, where each goes, and what it holds."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from picheck.cli.destinations import Destination, read_destinations
from picheck.cli.options import wants_color
from picheck.cli.output import put
from picheck.cli.stdout import prints_aside
from picheck.errors import UsageError
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import Style
from picheck.reporters.escaping import harmless_json
from picheck.validation import closest_match

if TYPE_CHECKING:
    from picheck.engine.score_preview import ScoredEntity

FORMS: Final = ("text", "json", "ndjson", "html")
#: The format of one line an entity, which is written while documents are scored.
LINES: Final = "ndjson"

#: An entity, and the record of its score with whatever was added to it.
Scored = tuple["ScoredEntity", dict[str, Any]]


def score_destinations(formats: Sequence[str]) -> list[Destination]:
    """Read the formats of a score, `NAME[=PATH]` each; text to standard output where none is given.

    Raises UsageError for a name that is none, and for two outputs in one place.
    """
    found = read_destinations(formats or ("text",))
    for each in found:
        if each.name not in FORMS:
            near = closest_match(each.name, FORMS)
            hint = f"did you mean {near}?" if near else f"known: {', '.join(FORMS)}"
            raise UsageError(f"no format of a score is called {each.name!r}; {hint}")
    if len(found) > 1 and any(each.name == LINES for each in found):
        raise UsageError(
            f"{LINES} is written while documents are scored, the other formats at the end; give it"
            " a run of its own"
        )
    return found


def score_line(kind: str, content: Any) -> bytes:
    """Return one line of a score in NDJSON."""
    text = f'{{"type":"{kind}",{msgspec.json.encode(content).decode()[1:]}\n'
    return harmless_json(text).encode()


def write_scores(
    scored: Sequence[Scored],
    destinations: Sequence[Destination],
    registry: PluginRegistry,
    style: Style,
) -> None:
    """Write every format where it goes.

    All are made before the first is written, so that a preview that breaks replaces no file.
    Raises UsageError where a file cannot be written, OutputLostError for standard output.
    """
    masked = [(each, record, each.mask(record)) for each, record in scored]
    with prints_aside():
        texts = [_text(masked, each, registry, style) for each in destinations]
    for (name, path), text in zip(destinations, texts, strict=True):
        put(text, path, is_prose=name == "text" or sys.stdout.isatty())


def score_style(color: str, *, reveal: bool) -> Style:
    """Return how a score looks on standard output."""
    return Style(
        color=wants_color(color),
        width=min(shutil.get_terminal_size((110, 24)).columns, 130),
        reveal=reveal,
    )


def _text(
    masked: Sequence[tuple[ScoredEntity, dict[str, Any], dict[str, Any]]],
    destination: Destination,
    registry: PluginRegistry,
    style: Style,
) -> str:
    """Return the whole of one format."""
    from picheck.engine.score_preview import score_json  # noqa: PLC0415 - help needs no engine

    name, path = destination
    if name == "json":
        return score_json([shown for _, _, shown in masked]).decode()
    plain = name != "text" or path is not None
    fitting = msgspec.structs.replace(style, color=False) if plain else style
    return "".join(_render(masked, name, registry, fitting))


def _render(
    masked: Sequence[tuple[ScoredEntity, dict[str, Any], dict[str, Any]]],
    form: str,
    registry: PluginRegistry,
    style: Style,
) -> Iterator[str]:
    """Yield what each program's preview makes of its entities."""
    from picheck.engine.score_preview import plugin_errors  # noqa: PLC0415 - help needs no engine

    # what is drawn needs the numbers; few records hold an identifier among them
    maskers = [each.masker for each, record, shown in masked if shown is not record]
    for program, preview in registry.previews.items():
        mine = [record for _, record, _ in masked if record["program"] == program]
        if mine:
            with plugin_errors(preview):
                text = preview.render(mine, form, style)
            for masker in maskers:
                text = masker.text(text)
            yield text
