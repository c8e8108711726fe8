"""The changes that would bring points, told on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from picheck.api import Style
from picheck_pi.scoring.terminal import painted, wrapped

_INDENT: Final = " " * 7
ATTEST: Final = "needs a fact only you can attest"


def changes(record: Mapping[str, Any], style: Style) -> Iterator[str]:
    """Yield what would bring points, most points first, and what no change can settle."""
    yield ""
    yield painted("What would bring points", "heading", style)
    yield from wrapped(
        "each change was tried on a copy, by audit and score; nothing is written to any file", style
    )
    if not record["whatIf"]:
        yield from wrapped("nothing that picheck could try would bring a point", style)
    for item in record["whatIf"]:
        yield from _change(item, style)
    for finding in unsettled(record):
        words = f"no change tried here settles {finding['code']}: {finding['remediation']}"
        yield from wrapped(words, style, "  -    ", _INDENT)


def unsettled(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the findings at zero that none of the changes settles."""
    settled = {code for item in record["whatIf"] or () for code in item["settles"]}
    return [f for f in record["score"]["zeroedBy"] if f["code"] not in settled]


def _change(item: Mapping[str, Any], style: Style) -> Iterator[str]:
    after = ", once nothing zeroes the category" if item["after"] else ""
    attest = f"  [{ATTEST}]" if item["attest"] else ""
    head = f"+{item['points']:<3}  {item['change']} -> {item['score']}{after}{attest}"
    yield from wrapped(head, style, "  ", _INDENT)
    if item["fact"]:
        yield from wrapped(f"only if: {item['fact']}", style, _INDENT, _INDENT)
    if item["alternatives"]:
        yield from wrapped(f"or: {'; or '.join(item['alternatives'])}", style, _INDENT, _INDENT)
    if item["settles"] and not item["parts"]:
        yield from wrapped(f"settles {', '.join(item['settles'])}", style, _INDENT, _INDENT)
    for number, part in enumerate(item["parts"], start=1):
        settles = f" (settles {', '.join(part['settles'])})" if part["settles"] else ""
        only = f"; only if: {part['fact']}" if part["fact"] else ""
        words = f"{number}. {part['change']}{settles}{only}"
        yield from wrapped(words, style, _INDENT, _INDENT + "   ")
