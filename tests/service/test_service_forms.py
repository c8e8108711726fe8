"""Forms and case documents are taken apart without a loss, and whatever is none is a problem."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from picheck.service.documents import SentCase, evidence_name, split_case
from picheck.service.forms import Form, Part, read_form
from picheck.service.problems import Problem

MOST = 8


def read(kind: str, body: bytes, *repeated: str) -> Form:
    """Read a form that was sent with a content type."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}
    return asyncio.run(read_form(Request(scope, receive), MOST, repeated.__contains__))


def encode(**sent: Any) -> tuple[str, bytes]:
    """Encode a form as a browser's library does; return its content type and its body."""
    request = httpx.Request("POST", "http://localhost/", **sent)
    return request.headers["content-type"], request.read()


@given(st.lists(st.tuples(st.text(min_size=1), st.binary()), max_size=4))
def test_every_file_arrives_as_it_was(files: list[tuple[str, bytes]]) -> None:
    sent = [("file", (name, data)) for name, data in files]
    form = read(*encode(files=[*sent, ("end", ("end", b"."))]), "file")
    assert [part.data for part in form.all("file")] == [data for _, data in files]
    assert form.all("end") == (Part("end", b".", "end"),)


@given(st.dictionaries(st.text(min_size=1, max_size=9), st.text(), max_size=MOST))
def test_every_field_arrives_as_it_was(fields: dict[str, str]) -> None:
    form = read("application/x-www-form-urlencoded", httpx.QueryParams(fields).__str__().encode())
    assert {name: form.text(name) for name in fields} == fields


def test_a_field_is_read_with_its_files() -> None:
    kind, body = encode(
        data={"asOf": "2026-02-01"},
        files=[
            ("document", ('a "b".json', b"{}")),
            ("prior", ("é.json", b"[]")),
            ("prior", ("", b"")),
        ],
    )
    form = read(kind, body, "prior")
    assert form.text("asOf") == "2026-02-01"
    assert form.text("missing") == ""
    assert form.files("document") == (Part("document", b"{}", 'a "b".json'),)
    assert [part.filename for part in form.files("prior")] == ["é.json"]


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("application/json", b"{}", "notAForm"),
        ("", b"", "notAForm"),
        ("multipart/form-data", b"", "formBroken"),
        ("multipart/form-data; boundary=x", b"", "formBroken"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x--", "formBroken"),
        ("multipart/form-data; boundary=x", b"--x\r\nname\r\n--x--", "formBroken"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
            "formBroken",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; filename="a"\r\n\r\n1\r\n--x--',
            "formBroken",
        ),
        ("application/x-www-form-urlencoded", b"a=%ff", "notUtf8"),
        ("application/x-www-form-urlencoded", b"a=1&a=2", "fieldRepeated"),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 9), "tooManyFields"),
    ],
)
def test_what_is_no_form_is_a_problem(kind: str, body: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        read(kind, body)
    assert refused.value.record.code == code


def test_a_form_has_so_many_parts_and_no_more() -> None:
    some = [("file", (f"{number}.json", b"{}")) for number in range(MOST)]
    assert len(read(*encode(files=some), "file").parts) == MOST
    with pytest.raises(Problem, match="more than 8"):
        read(*encode(files=[*some, some[0]]), "file")
    with pytest.raises(Problem, match="file is there more than once"):
        read(*encode(files=some))


def test_a_text_that_is_not_utf8_or_is_there_twice_is_a_problem() -> None:
    form = Form((Part("a", b"\xff"), Part("b", b"1"), Part("b", b"2")))
    for name in ("a", "b"):
        with pytest.raises(Problem):
            form.text(name)


# Case documents


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"prior": [1]}',
        b'[{"prior": [], "document": ""}]',
        b'{"performanceYear": 2025, "measurementSets": [], "note": "prior"}',
        b'{"submission": {"note": "prior"}, "evidence": {}}',
    ],
)
def test_what_names_no_other_part_is_left_as_it_is(body: bytes) -> None:
    assert split_case(body, "-") == SentCase(document=body)


@given(
    before=st.sampled_from(["", '"x": 1, ', '"é": "\\"prior\\"",\n ']),
    after=st.sampled_from(["", ', "evidence": {"a": [1]}', ',\n\t"y": "prior"']),
    prior=st.lists(st.sampled_from(["{}", '{"a": "]"}', '{\n"b": [[]]\n}']), max_size=3),
    gap=st.sampled_from(["", " ", "\n"]),
    order=st.sampled_from([1, -1]),
)
def test_earlier_submissions_are_taken_out_and_nothing_moves(
    before: str, after: str, prior: list[str], gap: str, order: int
) -> None:
    key = f'"prior"{gap}:{gap}[{", ".join(prior)}]{gap}'
    parts = [key, '"submission": {"s": "ü"}'][::order]
    text = "{" + before + f",{gap}".join(parts) + after + "}"
    case = split_case(text.encode(), "-")
    left = case.document.decode()
    plain = json.loads(text)
    del plain["prior"]
    assert json.loads(left) == plain
    assert len(left) == len(text)
    assert [i for i, c in enumerate(left) if c == "\n"] == [
        i for i, c in enumerate(text) if c == "\n"
    ]
    assert left.index('"submission"') == text.index('"submission"')
    assert [data.decode() for _, data in case.prior] == prior


def test_a_file_of_any_format_is_a_text() -> None:
    body = json.dumps({"document": "<é/>", "evidence": {"a": 1}, "prior": ["<x/>", {}]}).encode()
    case = split_case(body, "-")
    assert case.document == "<é/>".encode()
    assert json.loads(case.evidence or b"") == {"a": 1}
    assert case.prior == (("prior[0]", b"<x/>"), ("prior[1]", b"{}"))
    assert split_case(b'{"document": "x", "evidence": null}', "-").evidence is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"document": {}}',
        b'{"submission": {}, "prior": {}}',
        b'{"submission": {}, "prior": [], "prior": []}',
        b'{"submission": {}, "pri\\u006fr": [], "x": ["prior"]}',
    ],
)
def test_a_part_that_is_not_what_it_must_be_is_a_problem(body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        split_case(body, "-")
    assert (refused.value.status, refused.value.record.code) == (422, "caseMisshapen")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.json", "a.evidence.json"),
        ("a.xml", "a.evidence.json"),
        ("a.b.json", "a.b.evidence.json"),
        ("-", "-.evidence.json"),
    ],
)
def test_evidence_has_the_name_that_it_has_beside_a_file(name: str, expected: str) -> None:
    assert evidence_name(name) == expected
