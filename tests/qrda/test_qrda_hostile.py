"""Files that mean harm are refused with a reason; nothing is opened, and nothing breaks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.errors import InputError
from picheck.intake.documents import RawDocument
from picheck.intake.formats import convert
from picheck.model.report import Report
from picheck.testing.harness import stock
from qrda_support import ID, converted, read, written
from support import YEAR, perhaps

HEAD = '<ClinicalDocument xmlns="urn:hl7-org:v3">'
TEMPLATE = f'<templateId root="{ID}.10.20.27.1.2" extension="2024-12-01"/>'
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
RATE = (
    f'<component><observation><templateId root="{ID}.10.20.27.3.30"/><value value="0.9"/>'
    "</observation></component>"
)
MANY_ATTRIBUTES = " ".join(f'a{n}=""' for n in range(100_000))

#: Audit hooks cannot be removed, so one is added for all tests, with a list where it listens.
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
    "an entity that is not declared": f"{HEAD}&undeclared;{TEMPLATE}</ClinicalDocument>",
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
    "a prefix that is not declared": f"{HEAD}<x:a/></ClinicalDocument>",
    "a second root that is text": f"{HEAD}{TEMPLATE}</ClinicalDocument>Y",
    "character data before the root": f"<![CDATA[x]]>{HEAD}{TEMPLATE}</ClinicalDocument>",
    "a name of a foreign namespace": (
        f'<x:ClinicalDocument xmlns:x="urn:x" xmlns="urn:hl7-org:v3">{TEMPLATE}'
        "</x:ClinicalDocument>"
    ),
    "another root": '<ClinicalDocuments xmlns="urn:hl7-org:v3"/>',
    "a clinical document of another kind": f"{HEAD}</ClinicalDocument>",
    "another encoding": f'<?xml version="1.0" encoding="windows-1252"?>{HEAD}</ClinicalDocument>',
    "an encoding that is a path": (
        f'<?xml version="1.0" encoding="a.b.c"?>{HEAD}{TEMPLATE}</ClinicalDocument>'
    ),
    "a control character": f"{HEAD}\x01{TEMPLATE}</ClinicalDocument>",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("choice", ["auto", "qrda3"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_place_and_opens_nothing(
    name: str, choice: str, encoding: str
) -> None:
    formats = stock().formats
    data = HOSTILE[name].encode(encoding)
    with nothing_opened(), pytest.raises(InputError) as refused:
        convert(data, "upload.xml", choice, formats)
    assert refused.value.line is not None or "is XML" in str(refused.value)


def audited_without_opening(data: bytes) -> Report:
    """Audit a file, once so that the law is read, and again while nothing may be opened."""
    documents = [RawDocument(uri="upload.xml", data=data)]
    options = AuditOptions(as_of=date(YEAR + 1, 2, 1))
    audit_inputs([RawDocument(uri="first.xml", data=written(YEAR).encode())], options, stock())
    with nothing_opened():
        return audit_inputs(documents, options, stock())


@pytest.mark.parametrize("name", HOSTILE)
def test_an_audit_of_a_hostile_file_ends_with_its_reason(name: str) -> None:
    report = audited_without_opening(HOSTILE[name].encode())
    assert report.documents == ()
    assert report.summary.exit.code == 3
    (reason,) = [n.message for n in report.run.notices if n.kind == "unreadable"]
    assert "broke" not in reason


#: Files that are read, however strange; each is a change of a file that is right.
STRANGE = {
    "instructions and comments": ("<entry>", "<?php echo 1 ?><!-- <entry/> --><entry>"),
    "character data": ("<entry>", "<entry><![CDATA[<!DOCTYPE x>]]>"),
    "a foreign namespace": ("<entry>", '<x:a xmlns:x="urn:x"><x:b/></x:a><entry>'),
    "a schema to fetch": (
        "<ClinicalDocument ",
        '<ClinicalDocument xsi:schemaLocation="urn:hl7-org:v3 http://192.0.2.1/CDA.xsd" ',
    ),
    "a style sheet to fetch": (
        "<ClinicalDocument",
        '<?xml-stylesheet href="http://192.0.2.1/cda.xsl"?><ClinicalDocument',
    ),
    "a file to include": (
        "<entry>",
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/><entry>',
    ),
    "a narrative of pictures": (
        "<text>Invented</text>",
        '<text><renderMultiMedia referencedObject="x"/><a href="file:///etc/passwd">x</a></text>',
    ),
    "a narrative without an end of words": (
        "<text>Invented</text>",
        f"<text>{'<td>x</td>' * 100_000}{'word ' * 200_000}</text>",
    ),
    "a narrative of 30,000 rows": (
        "<text>Invented</text>",
        "<text><table><tr><th>Id</th><th>Numerator</th></tr>%s</table></text>"
        % ("<tr><td>PI_EP_1</td><td>450</td></tr>" * 30_000),
    ),
    # places among siblings must not be counted again for each of them
    "60,000 templates": ("<title>", "<templateId root='1.2.3'/>" * 60_000 + "<title>"),
    "10,000 rates": (
        "<statusCode",
        f"{RATE * 10_000}<statusCode",
    ),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_file_is_audited_and_opens_nothing(name: str) -> None:
    report = audited_without_opening(written(YEAR, [STRANGE[name]]).encode())
    assert len(report.documents) == 1
    assert [r for r in perhaps(report.results) if r.outcome == "error"] == []


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 6))
def test_a_file_with_other_bytes_is_read_or_refused(chance: Random, times: int) -> None:
    data = bytearray(written(YEAR).encode())
    for _ in range(times):
        start = chance.randrange(len(data))
        piece = data[(other := chance.randrange(len(data))) : other + chance.randrange(60)]
        data[start : start + chance.randrange(40)] = chance.choice(
            (piece, b"", bytes([chance.randrange(256)]), b"<", b'"', b"&")
        )
    assert "broke" not in outcome_of(bytes(data))


def outcome_of(data: bytes) -> str:
    """Return why a file is refused; nothing for one that becomes JSON."""
    try:
        json.loads(convert(data, "upload.xml", "qrda3", stock().formats).document)
    except InputError as refused:
        return str(refused)
    return ""


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
