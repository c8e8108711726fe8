"""The score as a page that stands by itself: no script, no font, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from picheck_pi.scoring.changes_text import ATTEST, unsettled
from picheck_pi.scoring.drawing import drawing
from picheck_pi.scoring.tables import choice_table, score_table
from picheck_pi.scoring.wording import heavy_words, shown, weak_choice

Record = Mapping[str, Any]


def page(records: Sequence[Record]) -> str:
    """Return the scores of all entities as one HTML page."""
    style = files("picheck_pi.scoring").joinpath("page.css").read_text(encoding="utf-8")
    body = "".join(f'<section class="entity">{"".join(_entity(r))}</section>' for r in records)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>picheck score</title><style>\n{style}</style></head>\n"
        f"<body><h1>Promoting Interoperability: score preview</h1>{body}</body></html>\n"
    )


def _entity(record: Record) -> Iterator[str]:
    score = record["score"]
    yield from _headline(record)
    yield from _why_zero(score)
    if score["measures"]:
        yield f"<h2>From {score['cap']} down to {score['points']}</h2>"
        yield drawing(score["waterfall"])
        yield "<h2>Objective by objective</h2>"
        yield score_table(score)
    moved = [_move(move) for move in score["moves"]]
    if score["heaviest"] is not None:
        moved.append(f"<strong>{escape(heavy_words(score['heaviest']))}</strong>")
    yield from _section("Points that moved", moved)
    yield from _sets(record)
    yield from _choice(record)
    yield from _changes(record)
    yield from _section("What is weak", (_weak(step) for step in _weak_steps(record)))
    yield from _section(
        "Could still be zero: facts are missing",
        (
            f"{escape(f['code'])}: {escape(f['message'])}"
            f"{_sub('would settle it: ' + ', '.join(f['missingEvidence']))}"
            for f in score["undecided"]
        ),
    )
    yield from _section("Please note", (escape(notice) for notice in record["notices"]))


def _headline(record: Record) -> Iterator[str]:
    score = record["score"]
    zero = " zero" if score["points"] == 0 else ""
    about = [record["year"], record["entityType"], record["subject"]]
    points = "none" if score["points"] is None else score["points"]
    yield f'<div class="big{zero}">{points} <small>of {score["cap"]}</small></div>'
    yield f"<p>{escape(' · '.join(str(f) for f in about if f))}<br>"
    yield f'<span class="quiet">{escape(", ".join(record["documents"]))}</span></p>'
    if score["weight"] is not None:
        words = (
            f"{score['participationTitle']}: the category weighs {shown(score['weight'] * 100)}%,"
            f" so {shown(score['weighted'])} points reach the final score."
        )
        yield f"<p>{escape(words)}</p>"
    elif score["participation"] is not None:
        yield f"<p>No source gives the weight of {escape(score['participation'])}.</p>"
    if record["rulebook"] != "final":
        yield '<p class="weak">This year is not final: a preview of a preview.</p>'
    if score["basis"] == "weak":
        yield '<p><span class="badge weak">weak basis</span></p>'


def _why_zero(score: Record) -> Iterator[str]:
    yield from _section(
        "Why the category is zero",
        (
            f"<strong>{escape(f['code'])}</strong> {escape(f['message'])}"
            f"{_sub('to fix: ' + f['remediation']) if f['remediation'] else ''}"
            for f in score["zeroedBy"]
        ),
    )
    if score["zeroedBy"] and score["pointsWithoutFindings"] is not None:
        yield f"<p>Without this the score would be {score['pointsWithoutFindings']}.</p>"


def _move(move: Record) -> str:
    to = ", ".join(f"{t['id']} +{shown(t['points'])}" for t in move["to"])
    sure = f"weak: {move['strength']}" if move["weak"] else move["strength"]
    return (
        f"{move['points']} from {escape(move['from'])} to {escape(to)}"
        f"{_sub(move['title'] + ' (' + sure + ')')}"
    )


def _sets(record: Record) -> Iterator[str]:
    if len(record["sets"]) > 1:
        yield from _section(
            "Every set by itself",
            (
                f"{each['points']} {escape(each['uri'])} {escape(each['pointer'])}"
                f"{' — the best one, shown above' if place == record['counts'] else ''}"
                for place, each in enumerate(record["sets"])
            ),
        )
        yield f"<p>{escape(record['conflict']['ground']['what'])}</p>"


def _choice(record: Record) -> Iterator[str]:
    choice = record["reweighted"]
    if choice is None:
        return
    yield from _section("Sent, or left out", map(escape, choice["told"]))
    if choice["weights"]:
        yield choice_table(choice["weights"])


def _weak_steps(record: Record) -> list[Record]:
    conflict = record["conflict"]
    is_told = conflict and conflict["findings"] and conflict["ground"]["weak"]
    told = [conflict["ground"]] if is_told else []
    return [*record["score"]["weak"], *weak_choice(record), *told]


def _weak(step: Record) -> str:
    cited = "".join(_sub(_citation(citation)) for citation in step["citations"])
    note = _sub(step["note"]) if step["note"] else ""
    return f"{escape(step['what'])} ({escape(step['strength'])}){note}{cited}"


def _citation(citation: Record) -> str:
    where = f": {citation['locator']}" if citation["locator"] else ""
    return f"{citation['title']}{where} ({citation['standing']})"


def _changes(record: Record) -> Iterator[str]:
    if record["whatIf"] is None:
        return
    told = [_change(item) for item in record["whatIf"]]
    told += [
        f"no change tried here settles {escape(f['code'])}{_sub(f['remediation'] or '')}"
        for f in unsettled(record)
    ]
    yield from _section("What would bring points", told or ["nothing that could be tried"])
    yield '<p class="quiet">Each change was tried on a copy; nothing is written to any file.</p>'


def _change(item: Record) -> str:
    attest = f' <span class="badge weak">{ATTEST}</span>' if item["attest"] else ""
    after = ", once nothing zeroes the category" if item["after"] else ""
    parts = "".join(_sub(_part(n, p)) for n, p in enumerate(item["parts"], start=1))
    fact = _sub(f"only if: {item['fact']}") if item["fact"] else ""
    others = _sub(f"or: {'; or '.join(item['alternatives'])}") if item["alternatives"] else ""
    return (
        f'<span class="gainpoints">+{item["points"]}</span> {escape(item["change"])}'
        f" → {item['score']}{after}{attest}{fact}{others}{parts}"
    )


def _part(number: int, part: Record) -> str:
    only = f"; only if: {part['fact']}" if part["fact"] else ""
    return f"{number}. {part['change']}{only}"


def _section(title: str, items: Iterable[str]) -> Iterator[str]:
    told = list(items)
    if told:
        yield f"<h2>{escape(title)}</h2><ul>{''.join(f'<li>{item}</li>' for item in told)}</ul>"


def _sub(words: str) -> str:
    return f'<span class="sub">{escape(words)}</span>'
