"""Whatever a form holds, a page answers: with a page or with a problem, never with a fault."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any, Final

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from picheck.service.sent import Sent, SentDocument
from picheck.testing.harness import stock
from qrda_support import written
from service_support import EXAMPLE, ask, make_app
from support import COMPLIANT

PATHS: Final = ("audit", "files", "score", "save/evidence", "save/document", "save/json")
KEYS: Final = (
    *("cehrt.certifiedOn", "counts.transitionsSent", "eligibility.specialStatuses", "ehrReport"),
    *("ehrReport.PI_EP_1.numerator", "engagementHistory.2024.PI_PHCDRR_1", "clinicians", "a.b", ""),
)
LONG: Final = json.dumps({"measurementSets": ["x" * 400, "<b>" * 40_000]}).encode()
DOCUMENTS: Final = (
    *(EXAMPLE.read_bytes(), COMPLIANT.read_bytes(), written(2025).encode(), LONG),
    *(
        b"",
        b"{}",
        b"[]",
        b"{",
        b"\xff\0",
        b'{"submission": {}, "evidence": 1}',
        b"<ClinicalDocument/>",
    ),
)
EVIDENCE: Final = (None, b"", b"{}", b"[1]", b'{"cehrt": 5}', b'{"ehrReport": {"PI_EP_1": {}}}')
names = st.sampled_from(["a.json", "a.xml", "../x", "", "-", "\u202ea", "a\0b", "<i>.json"])
documents = st.builds(SentDocument, names, st.sampled_from(DOCUMENTS), st.sampled_from(EVIDENCE))
sendings = st.builds(
    Sent,
    documents=st.lists(documents, min_size=1, max_size=3).map(tuple),
    prior=st.lists(st.tuples(names, st.sampled_from(DOCUMENTS)), max_size=1).map(tuple),
    as_of=st.sampled_from([None, date(2026, 2, 1), date(1, 1, 1), date(9999, 12, 31)]),
)
answers = st.lists(
    st.tuples(st.sampled_from(KEYS), st.sampled_from(["", "-", "7", "2024-11-30", "each", "<x>"])),
    max_size=3,
)


@cache
def app() -> Starlette:
    return make_app(stock())


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(PATHS),
    sent=sendings,
    answers=answers,
    which=st.sampled_from(["", "0", "1", "9", "²"]),
    text=st.sampled_from([None, "", "{}", "\ud800"]),
)
@example("score", Sent(documents=(SentDocument("a.json", LONG),)), [], "", None)
def test_every_form_is_answered(
    path: str, sent: Sent, answers: list[tuple[str, str]], which: str, text: str | None
) -> None:
    parts = [("sent", sent.pack()), ("which", which), *((f"fact.{key}", v) for key, v in answers)]
    if text is not None:
        parts.append(("text", text))
    files: Any = [(name, (None, value.encode("utf-8", "surrogatepass"))) for name, value in parts]
    answer = ask(app(), "POST", f"/{path}", files=files, headers={"accept": "text/html"})
    assert answer.status_code in {200, 400, 422}, answer.text
    if answer.headers["content-type"].startswith("text/html"):
        assert not any(mark in answer.text for mark in ("<script", "<b>", "<i>", "<x>", "\0"))
