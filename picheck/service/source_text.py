"""The text of a file as a page shows it: numbered, with marks, and no longer than a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

#: How much of a page the text may take, in characters with what is around each line. The text is
#: there twice: to read, and to correct.
_MOST: Final = 60_000
_AROUND_LINE: Final = 45
#: Lines shown before and after a marked one, where the text is too long to be shown as a whole.
_CONTEXT: Final = 2
_MOST_LINES: Final = 300
#: In a line that is longer, as in JSON without line ends, the places of findings are marked.
_LONGEST_LINE: Final = 300
#: What is marked there: an object or a tag to its end, another value as far as it goes.
_MARK: Final = re.compile(r"\{[^{}]{0,80}\}?|<[^>]{0,80}>?|[^,}\]]{1,40}|.")
_AROUND_MARK: Final = 100


class Piece(NamedTuple):
    """A part of a line; `column` is where it begins if a finding is there, None for the rest."""

    text: str
    column: int | None = None


class SourceLine(NamedTuple):
    """One line: its 1-based number, its text in pieces, whether it is marked or near a marked one.

    `follows_gap` says that lines before it are left out.
    """

    number: int
    pieces: tuple[Piece, ...]
    is_marked: bool
    is_near: bool
    follows_gap: bool


class SourceText(NamedTuple):
    """The lines to show of a text of `total` lines; `is_whole` says that all of it is there.

    `anchors` are the lines and columns of the marks inside lines.
    """

    lines: tuple[SourceLine, ...]
    total: int
    is_whole: bool
    anchors: frozenset[tuple[int, int]]


def show_source(text: str, places: Iterable[tuple[int, int]]) -> SourceText:
    """Return a text's lines; `places` are the 1-based lines and columns of findings.

    Of a long text only the lines with a finding are shown, each with its neighbours.
    """
    marked: dict[int, list[int]] = {}
    for line, column in sorted(set(places)):
        marked.setdefault(line, []).append(column)
    lines = text.split("\n")
    if len(lines) > 1 and not lines[-1] and len(lines) not in marked:
        lines.pop()  # the text ends with a line end; there is no line after it
    is_whole = 2 * len(text) + _AROUND_LINE * len(lines) <= _MOST
    shown = tuple(_choose(lines, marked, is_whole=is_whole))
    anchors = (
        (line.number, piece.column)
        for line in shown
        for piece in line.pieces
        if piece.column is not None
    )
    return SourceText(shown, len(lines), is_whole, frozenset(anchors))


def _choose(
    lines: Sequence[str], marked: Mapping[int, Sequence[int]], *, is_whole: bool
) -> Iterator[SourceLine]:
    near = _near(marked, len(lines))
    numbers = range(1, len(lines) + 1) if is_whole else sorted(near)[:_MOST_LINES]
    before = 0
    for number in numbers:
        # one column a character, as in the places of findings
        line = lines[number - 1].replace("\t", " ")
        pieces = tuple(_split(line, marked.get(number, ()), is_whole=is_whole))
        yield SourceLine(number, pieces, number in marked, number in near, number > before + 1)
        before = number


def _near(marked: Iterable[int], total: int) -> set[int]:
    return {
        number
        for each in marked
        for number in range(max(1, each - _CONTEXT), min(total, each + _CONTEXT) + 1)
    }


def _split(line: str, columns: Sequence[int], *, is_whole: bool) -> Iterator[Piece]:
    """Yield a line, or the pieces of a very long one, cut where findings are."""
    if len(line) <= _LONGEST_LINE:
        yield Piece(line)
        return
    end = 0
    for column in columns:
        start = column - 1
        if end <= start < len(line):
            yield Piece(_shorten(line[end:start], is_whole=is_whole))
            found = _MARK.match(line, start)
            end = found.end() if found else start + 1
            yield Piece(line[start:end], column)
    yield Piece(_shorten(line[end:], is_whole=is_whole))


def _shorten(text: str, *, is_whole: bool) -> str:
    if is_whole or len(text) <= 2 * _AROUND_MARK:
        return text
    return f"{text[:_AROUND_MARK]} … {text[-_AROUND_MARK:]}"
