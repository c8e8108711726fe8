"""The careful reader reads what json reads, and knows where everything stands."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picheck.errors import InputError
from picheck.intake.decoder import read_json
from picheck.intake.json_locations import JsonSyntaxError, mask_digits, read_text
from picheck.model.location import pointer_join
from support import some

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=15,
)
SPACE = st.text(alphabet=" \t\n\r", max_size=3)


@st.composite
def spaced(draw: Callable[..., Any]) -> tuple[Any, str]:
    """Draw a JSON value and a text of it with white space wherever it may stand."""
    value = draw(JSON)
    is_ascii = draw(st.booleans())

    def write(value: Any) -> str:
        if isinstance(value, dict):
            inner = ",".join(
                f"{space()}{text(key)}{space()}:{write(item)}" for key, item in value.items()
            )
            return f"{space()}{{{inner}{space()}}}{space()}"
        if isinstance(value, list):
            return f"{space()}[{','.join(map(write, value))}{space()}]{space()}"
        return f"{space()}{text(value)}{space()}"

    def text(value: Any) -> str:
        return json.dumps(value, ensure_ascii=is_ascii)

    def space() -> str:
        return str(draw(SPACE))

    return value, write(value)


def pointers(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every pointer into a value, with what stands there."""
    yield pointer, value
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from pointers(item, pointer_join(pointer, key))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(spaced())
def test_a_text_is_read_as_json_reads_it(drawn: tuple[Any, str]) -> None:
    value, text = drawn
    read = read_text(text)
    assert read.value == json.loads(text) == value
    assert type(read.value) is type(value)
    assert not read.repeated_keys
    assert not read.non_finite_numbers


@settings(max_examples=60, deadline=None, derandomize=True)
@given(spaced())
def test_every_value_is_where_its_pointer_says(drawn: tuple[Any, str]) -> None:
    value, text = drawn
    read = read_text(text)
    lines = text.split("\n")
    places = dict(pointers(value))
    assert read.offsets.keys() == places.keys()
    for pointer, item in some(places.items()):
        line, column = read.locate(pointer)
        rest = "\n".join((lines[line - 1][column - 1 :], *lines[line:]))
        found, _ = json.JSONDecoder().raw_decode(rest)
        assert found == item


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(alphabet='{}[]",:0123456789.eE+- \\untrfalse\n', max_size=20))
def test_a_text_is_refused_where_json_refuses_it(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(JsonSyntaxError) as caught:
            read_text(text)
        assert 0 <= caught.value.offset <= len(text)
    else:
        assert read_text(text).value == expected or is_beyond(expected)


def is_beyond(value: Any) -> bool:
    """Whether a value holds a number that json reads as infinite."""
    return any(isinstance(item, float) and not math.isfinite(item) for _, item in pointers(value))


TEXT = '{\n  "a": {"b": [10, {"é": "x"}]},\n\t"a~/b": -1e2\n}'


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("", (1, 1)),
        ("/a", (2, 8)),
        ("/a/b", (2, 14)),
        ("/a/b/0", (2, 15)),
        ("/a/b/1", (2, 19)),
        ("/a/b/1/é", (2, 25)),
        ("/a~0~1b", (3, 10)),
        ("/a/b/7/x", (2, 14)),  # what is not there is told at what would hold it
        ("/missing", (1, 1)),
    ],
)
def test_a_pointer_leads_to_a_line_and_a_column(pointer: str, place: tuple[int, int]) -> None:
    assert read_text(TEXT).locate(pointer) == place


def test_columns_count_characters_and_not_bytes() -> None:
    assert read_text('{"\U0001f600é": 1}').locate("/\U0001f600é") == (1, 8)


def test_a_repeated_key_is_told_with_both_places() -> None:
    read = read_text('{"a": 1,\n "b": {"a": 2, "a": 3},\n "a": 4,\n "a": 5}')
    told = [(key.pointer, key.first, key.second) for key in read.repeated_keys]
    assert told == [
        ("/b/a", (2, 8), (2, 16)),
        ("/a", (1, 2), (3, 2)),
        ("/a", (1, 2), (4, 2)),
    ]
    assert read.value == {"a": 5, "b": {"a": 3}}


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_a_number_that_is_none_is_told_with_its_place(token: str) -> None:
    read = read_text(f'{{"a": [0, {token}]}}')
    (told,) = read.non_finite_numbers
    assert (told.pointer, told.token) == ("/a/1", token)
    assert math.isnan(read.value["a"][1])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"taxpayerIdentificationNumber": 123-45-6789}', "found '-**-**89}'"),
        ('{"tin": 000123456}', "found '******56}'"),
        ('{"tin": x123456789}', "found 'x*******89}'"),
        ('{"tin": "123456789, "a": 1}', "found 'a\": 1}'"),
        ('{"tin": "123456789', "found '\"*******89'"),
        ("{123456789: 1}", "found '*******89: 1'"),
        ("{'123456789': 1}", "found \"'*******89':\""),
        ("oops 12 3456789", "found 'oops ** ****'"),
        ("hello you 123456789", "found 'hello you **'"),
        ('{"a": 1} 123456789', "found '*******89'"),
        ('{"year": 202}x', "found 'x'"),
    ],
)
def test_what_is_quoted_of_a_broken_text_shows_no_identifier(text: str, shown: str) -> None:
    with pytest.raises(InputError) as caught:
        read_json(text.encode(), "a.json")
    assert shown in str(caught.value)
    assert not re.search(r"\d{3}", str(caught.value))


def test_dates_and_short_numbers_are_masked_only_where_asked_for() -> None:
    assert mask_digits("12-3456789, 301, 2025-02-03") == "**-*****89, 301, ****-**-03"
    assert mask_digits("/clinicians/1234/123456789", 7) == "/clinicians/1234/*******89"
