"""What the page of a score shows: the way down to the points, and what would bring more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from picheck.engine.score_preview import plugin_errors
from picheck.errors import InputError
from picheck.plugins.reporter import Style
from picheck.plugins.scorer import Preview, Wish
from picheck.service.audited import find_readable
from picheck.service.page_input import SCORE_TERMS, PageInput
from picheck.service.scores import score_documents
from picheck.service.workbench import Workbench

Record = Mapping[str, Any]
_WIDTH: Final = 90
_LABELS: Final = {
    "year": "Scored by the rules of",
    "participation": "Taking part in",
    "conflictPolicy": "Where sets contradict each other",
}
_NOTHING: Final = {
    "year": "the file's own year",
    "participation": "what the file says",
    "conflictPolicy": "what the year says",
}
_VALUES: Final = {
    "participation": {
        "mips": "traditional MIPS",
        "mvp": "an MVP",
        "app": "the APP",
        "apm": "an APM Entity",
    },
    "conflictPolicy": {"zero": "the category is zero", "highest": "the highest set counts"},
}
_MINUS: Final = "\N{MINUS SIGN}"


def describe_score(workbench: Workbench, given: PageInput) -> dict[str, Any]:
    """Score the entities of one document, with every change tried, and return what is shown.

    All that was sent counts: another file may hold a set of the same entity. Raises InputError
    where the document cannot be read.
    """
    readable = find_readable(workbench, given.sent)
    place = readable.places[given.which or 0]
    if isinstance(place, InputError):
        raise place
    scored = score_documents(
        workbench,
        readable.documents,
        prior=given.sent.prior,
        as_of=given.sent.as_of,
        year=given.terms.get("year"),
        wish=Wish(
            participation=given.terms.get("participation"),
            conflict_policy=given.terms.get("conflictPolicy"),
        ),
        what_if=True,
        which=place,
    )
    previews = workbench.registry.previews
    return {
        "packed": given.sent.pack(),
        "which": given.which or 0,
        "name": given.document.name,
        "is_one_of_several": len(given.sent.documents) > 1,
        "as_of": scored.report.run.as_of,
        "show": show_number,
        "choices": list(_list_choices(workbench, given.terms)),
        "entities": [_describe(record, previews[record["program"]]) for record in scored.records],
    }


def _list_choices(workbench: Workbench, terms: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what can be chosen for a score: field, label, values, and what is chosen."""
    rulebooks = workbench.registry.rulebooks
    years = sorted({year for program in rulebooks.programs for year in rulebooks.years(program)})
    values = {"year": {str(year): str(year) for year in reversed(years)}, **_VALUES}
    for parameter in SCORE_TERMS:
        name, chosen = parameter.name, terms.get(parameter.name)
        yield {
            "name": name,
            "label": _LABELS[name],
            "nothing": _NOTHING[name],
            "values": values[name],
            "chosen": "" if chosen is None else str(chosen),
        }


def _describe(record: Record, preview: Preview) -> dict[str, Any]:
    """Return a score to be drawn; a plugin's of another shape is shown as that plugin writes it."""
    score = record.get("score")
    waterfall = score.get("waterfall") if isinstance(score, Mapping) else None
    if waterfall is None:
        with plugin_errors(preview):
            text = preview.render([record], "text", Style(width=_WIDTH))
        return {"title": preview.name, "record": record, "text": text, "score": None}
    return {
        "title": preview.name,
        "record": record,
        "text": "",
        "score": score,
        "steps": [_step(step, _top(waterfall)) for step in waterfall],
        "unsettled": _find_unsettled(record),
    }


def _top(steps: Sequence[Record]) -> float:
    return max((max(step["from"], step["to"]) for step in steps), default=0) or 1


def _step(step: Record, top: float) -> dict[str, Any]:
    """Return one bar: where it begins and how long it is, in percent of all points."""
    low, high = sorted((step["from"], step["to"]))
    return {
        "label": step["label"],
        "kind": _kind(step),
        "x": round(100 * low / top, 1),
        "width": round(100 * (high - low) / top, 1),
        "number": show_number(step["to"])
        if _kind(step) == "whole"
        else _show_signed(step["change"]),
    }


def _kind(step: Record) -> str:
    if step["kind"] in {"start", "score"}:
        return "whole"
    return "gain" if step["change"] > 0 else "loss"


def show_number(value: float) -> str:
    """Write a number as people do: 25, 12.5, 23.75."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _show_signed(change: float) -> str:
    if not change:
        return "0"
    return f"{'+' if change > 0 else _MINUS}{show_number(abs(change))}"


def _find_unsettled(record: Record) -> list[Record]:
    """Return what brings the category to zero and is settled by none of the changes."""
    settled = {code for change in record["whatIf"] or () for code in change["settles"]}
    return [found for found in record["score"]["zeroedBy"] if found["code"] not in settled]
