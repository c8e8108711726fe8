"""Files that mean harm are refused with a reason; nothing is opened, and nothing breaks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from picheck.errors import InputError
from picheck.intake.formats import convert
from picheck.testing.harness import stock
from qrda_support import ID, converted, read, written
from support import YEAR

HEAD = '<ClinicalDocument xmlns="urn:hl7-org:v3">'
TEMPLATE = f'<templateId root="{ID}.10.20.27.1.2" extension="2024-12-01"/>'
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
MANY_ATTRIBUTES = " ".join(f'a{n}=""' for n in range(100_000))

#: Audit hooks cannot be removed, so one is added for all tests and told when to listen.
_opened: list[str] | None = None


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if _opened is not None and (event == "open" or event.startswith(("socket.", "urllib."))):
        _opened.append(f"{event} {arguments[:1]}")


sys.addaudithook(_listen)


@contextmanager
def nothing_opened() -> Iterator[None]:
    global _opened  # noqa: PLW0603
    opened: list[str] = []
    _opened = opened
    try:
        yield
    finally:
        _opened = None
    assert opened == []


HOSTILE = {
    "a document type": f"<!DOCTYPE ClinicalDocument>{HEAD}{TEMPLATE}</ClinicalDocument>",
    "a bomb of entities": (
        f'<!DOCTYPE x [<!ENTITY e0 "ha">{BOMB}]>{HEAD}&e11;{TEMPLATE}</ClinicalDocument>'
    ),
    "a quadratic bomb": (
        f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>{HEAD}{"&a;" * 2_000}</ClinicalDocument>'
    ),
    "an external entity": (
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{HEAD}&a;</ClinicalDocument>'
    ),
    "an external document type": (
        f'<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">{HEAD}</ClinicalDocument>'
    ),
    "parameter entities": (
        f'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://192.0.2.1/x"> %a;]>{HEAD}</ClinicalDocument>'
    ),
    "an entity nobody declared": f"{HEAD}&undeclared;{TEMPLATE}</ClinicalDocument>",
    "a depth of 100,000": f"{HEAD}{'<a>' * 100_000}{'</a>' * 100_000}</ClinicalDocument>",
    "a depth of 100,000 in a narrative": (
        f"{HEAD}<section><text>{'<a>' * 100_000}{'</a>' * 100_000}</text></section>"
        "</ClinicalDocument>"
    ),
    "100,000 attributes": (f"{HEAD}<a {MANY_ATTRIBUTES}/></ClinicalDocument>"),
    "a million elements": f"{HEAD}{'<a/>' * 1_000_000}</ClinicalDocument>",
    "a cut file": f"{HEAD}{TEMPLATE}<component>",
    "two roots": f"{HEAD}{TEMPLATE}</ClinicalDocument>{HEAD}{TEMPLATE}</ClinicalDocument>",
    "an attribute twice": f'{HEAD}<a b="1" b="2"/></ClinicalDocument>',
    "a prefix nobody declared": f"{HEAD}<x:a/></ClinicalDocument>",
    "another root": '<ClinicalDocuments xmlns="urn:hl7-org:v3"/>',
    "a clinical document of another kind": f"{HEAD}</ClinicalDocument>",
    "another encoding": f'<?xml version="1.0" encoding="windows-1252"?>{HEAD}</ClinicalDocument>',
    "an encoding that is a path": (
        f'<?xml version="1.0" encoding="a.b.c"?>{HEAD}{TEMPLATE}</ClinicalDocument>'
    ),
    "a control character": f"{HEAD}\x01{TEMPLATE}</ClinicalDocument>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_place_and_opens_nothing(name: str) -> None:
    formats = stock().formats
    data = HOSTILE[name].encode()
    with nothing_opened(), pytest.raises(InputError) as refused:
        convert(data, "upload.xml", "auto", formats)
    assert refused.value.line is not None or "is XML" in str(refused.value)


def test_bytes_that_are_not_in_the_encoding_they_name_are_refused() -> None:
    data = written(YEAR, [("Invented", "Ä")]).encode("latin-1")
    with pytest.raises(InputError, match="not XML: not well-formed"):
        read(data)


def test_a_file_that_is_too_large_is_refused() -> None:
    data = (HEAD + "<a>" + "x" * (16 * 1024 * 1024)).encode()
    with pytest.raises(InputError, match="at most 16,777,216"):
        read(data)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "us-ascii"])
def test_other_encodings_are_read_as_they_are_and_places_stay(encoding: str) -> None:
    text = written(YEAR).replace("utf-8", encoding.removesuffix("-sig"), 1)
    made, plain = read(text.encode(encoding)), read(written(YEAR))
    assert made.document == plain.document
    assert made.places is not None
    assert plain.places is not None
    assert {key: (spot.line, spot.column) for key, spot in made.places.items()} == {
        key: (spot.line, spot.column) for key, spot in plain.places.items()
    }


def test_a_column_counts_characters_and_an_offset_bytes() -> None:
    head = HEAD.replace(">", ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">')
    text = f"{head}{TEMPLATE}<!-- Ä𝄞 -->" + written(YEAR).partition("</title>")[2].lstrip()
    made = read(text)
    assert made.places is not None
    spot = made.places["/entityType"]
    assert spot.line is not None
    assert spot.column is not None
    assert spot.offset is not None
    assert text.split("\n")[spot.line - 1][spot.column - 1 :].startswith("<id ")
    assert text.encode()[spot.offset :].startswith(b"<id ")


def test_comments_instructions_and_character_data_between_values_change_nothing() -> None:
    text = written(YEAR)
    noise = "<!-- <value code='N'/> --><?invented?><![CDATA[<value code='N'/>]]>"
    assert converted(text.replace("<observation", f"{noise}<observation")) == converted(text)


def test_a_prefix_for_the_namespace_is_the_same_as_none() -> None:
    text = written(YEAR)
    prefixed = text.replace("</", "</h:").replace("<", "<h:").replace("<h:/h:", "</h:")
    prefixed = prefixed.replace("<h:?xml", "<?xml").replace("xmlns=", "xmlns:h=")
    assert converted(prefixed) == converted(text)


def test_elements_of_a_foreign_namespace_are_not_taken_for_values() -> None:
    text = written(YEAR)
    foreign = '<value xmlns="urn:foreign" code="N"/>'
    changed = text.replace('<value xsi:type="CD" code="Y"/>', f'{foreign}<value code="Y"/>')
    assert converted(changed) == converted(text)
