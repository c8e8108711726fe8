"""A page shows all of a short text, and of a long one the places of findings."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from picheck.service.source_text import SourceText, show_source
from support import perhaps

LONG_LINE = json.dumps([{"measureId": f"PI_{number}", "value": True} for number in range(50)])


def texts(source: SourceText) -> list[str]:
    return ["".join(piece.text for piece in line.pieces) for line in source.lines]


places = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 3000)), max_size=6)
lines = st.lists(st.sampled_from(["", "{", '  "a": 1,', "é" * 400, LONG_LINE]), max_size=9)


@given(lines, places)
def test_a_short_text_is_shown_to_the_last_character(
    lines: list[str], places: list[tuple[int, int]]
) -> None:
    text = "\n".join(lines)
    source = show_source(text, places)
    assert source.is_whole
    assert "\n".join(texts(source)) in {text, text.removesuffix("\n")}
    assert [line.number for line in source.lines] == list(range(1, source.total + 1))
    marked = {line.number for line in source.lines if line.is_marked}
    assert marked == {line for line, _ in places if line <= source.total}


@given(places)
def test_of_a_long_text_only_what_is_near_a_finding_is_shown(
    places: list[tuple[int, int]],
) -> None:
    text = "\n".join("x" * 200 if n % 3 else LONG_LINE for n in range(1, 400))
    source = show_source(text, places)
    assert not source.is_whole
    numbers = {line.number for line in source.lines}
    assert numbers == {n for line, _ in places for n in range(line - 2, line + 3) if n > 0}
    assert sum(map(len, texts(source))) < 1500 * (len(numbers) + 1)
    for line in perhaps(source.lines):
        assert line.follows_gap is (line.number > 1 and line.number - 1 not in numbers)


def test_a_place_in_a_long_line_is_marked_to_the_end_of_its_value() -> None:
    column = LONG_LINE.index('{"measureId": "PI_7"') + 1
    value = LONG_LINE.index("true", column) + 1
    source = show_source(LONG_LINE, [(1, value), (1, column), (1, 99_999)])
    marks = [piece.text for line in source.lines for piece in line.pieces if piece.column]
    assert marks == ['{"measureId": "PI_7", "value": true}']
    assert source.anchors == {(1, column)}
    alone = show_source(LONG_LINE, [(1, value)])
    assert [p.text for p in alone.lines[0].pieces if p.column == value] == ["true"]


def test_a_place_behind_the_last_line_is_a_line_of_its_own() -> None:
    assert [line.number for line in show_source("{\n", [(2, 1)]).lines] == [1, 2]
    assert [line.number for line in show_source("{\n", []).lines] == [1]
    assert [line.number for line in show_source("", []).lines] == [1]
