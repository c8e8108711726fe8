"""How the listing commands print: aligned tables, wrapped paragraphs, and JSON."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from picheck.cli.stdout import write_utf8
from picheck.model.citation import Citation
from picheck.model.printable import printable
from picheck.reporters.formatting import format_citation

_GAP: Final = "  "
_NARROWEST: Final = 24


def width() -> int:
    """Return how wide a line may be: the terminal's width, and 100 where there is none."""
    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))


def say(text: str = "") -> None:
    """Write one line; what a terminal may take for a command is escaped."""
    sys.stdout.write(f"{printable(text).rstrip()}\n")


def say_json(value: Any) -> None:
    """Write a value made of plain data and records as indented JSON."""
    text = msgspec.json.format(msgspec.json.encode(value, enc_hook=dict), indent=2).decode()
    write_utf8(f"{text}\n")


def say_wrapped(text: str, indent: str = "", hanging: str | None = None) -> None:
    """Write a paragraph; `hanging` is the indent of every line but the first."""
    for line in _lines(text, width(), indent, indent if hanging is None else hanging):
        say(line)


def say_labelled(label: str, text: str, indent: str = "  ", room: int = 12) -> None:
    """Write a label and a paragraph beside it."""
    head = f"{indent}{label:<{room}}"
    say_wrapped(text, head if head.endswith(" ") else f"{head} ", " " * (len(indent) + room))


def say_sources(citations: Iterable[Citation], indent: str = "  ", room: int = 12) -> None:
    """Write one labelled line a source: title, place in it, standing, address."""
    for citation in citations:
        say_labelled("source", format_citation(citation), indent, room)


def say_table(headers: Sequence[str], rows: Iterable[Sequence[object]], indent: str = "") -> None:
    """Write aligned columns under their headers; the last column is wrapped."""
    texts = [[printable(_cell(cell)) for cell in row] for row in rows]
    sizes = [max(map(len, column)) for column in zip(headers, *texts, strict=True)]
    for row in ([*headers], *texts):
        *cells, last = row
        start = indent + "".join(
            f"{cell:<{size}}{_GAP}" for cell, size in zip(cells, sizes, strict=False)
        )
        say_wrapped(last, start, " " * len(start))


def _cell(cell: object) -> str:
    return "-" if cell is None or cell == "" else str(cell)


def _lines(text: str, size: int, first: str, rest: str) -> list[str]:
    room = max(size, len(rest) + _NARROWEST)
    wrapped = textwrap.wrap(
        printable(text),
        width=room,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped or [first.rstrip()]
