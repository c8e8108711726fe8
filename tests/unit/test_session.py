"""A program that hands in documents itself learns what `picheck audit` says of them."""

from __future__ import annotations

import re
import sys
import threading
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from generate import corpus

from batch_support import findings, streamed, verdicts, written
from picheck.engine.options import Override
from picheck.errors import InputError, PluginError, UsageError
from picheck.plugins.host import Host
from picheck.session import AuditOptions, AuditSession, DocumentReport, InputDocument, get_session

TERMS = AuditOptions(as_of=date(2026, 2, 1))


@pytest.fixture(scope="module")
def documents() -> list[InputDocument]:
    planted = corpus(120, seed=7, defects=0.6)
    return [
        InputDocument(number=number, data=one.data, uri=f"lake/{number}")
        for number, one in enumerate(planted)
    ]


def test_in_whatever_order_documents_come_they_get_the_verdicts_of_an_audit(
    documents: list[InputDocument], tmp_path: Path
) -> None:
    path = written(list(corpus(120, seed=7, defects=0.6)), tmp_path / "corpus.ndjson")
    lines, _ = streamed([path])
    session = AuditSession(TERMS)
    told = {given.number: session.audit(given) for given in reversed(documents)}
    again = [
        amended
        for entity in _several(told)
        for amended in session.audit_entity(
            documents[n] for n in told if entity in told[n].entities
        )
    ]
    assert again
    said = {number: one.summary.verdict for number, one in told.items() if one.summary}
    said |= {one.number: one.summary.verdict for one in again if one.summary}
    assert said == verdicts(lines)
    found: dict[int, set[str]] = {}
    for one in (*told.values(), *again):
        codes = {result.code for result in one.results if result.outcome == "fail"}
        if codes:
            found.setdefault(one.number, set()).update(codes)
    assert found == findings(lines)


def _several(told: dict[int, DocumentReport]) -> list[int]:
    counted = Counter(entity for one in told.values() for entity in one.entities)
    return [entity for entity, number in counted.items() if number > 1]


def test_a_document_that_is_no_json_is_told_of_and_costs_no_other(
    documents: list[InputDocument],
) -> None:
    session = AuditSession(TERMS)
    told = session.audit(InputDocument(number=7, data=b"{", uri="lake/7"))
    assert (told.number, told.summary, told.results) == (7, None, ())
    (notice,) = told.notices
    assert notice.kind == "unreadable"
    assert notice.message.startswith("lake/7:")
    after = session.audit(documents[0])
    assert after.summary is not None
    assert after.notices == ()
    with pytest.raises(InputError, match="not JSON"):
        list(session.audit_entity([InputDocument(number=7, data=b"{", uri="lake/7")]))


def test_a_session_stays_open_for_the_same_terms_and_thread() -> None:
    session = get_session(TERMS)
    assert get_session(AuditOptions(as_of=date(2026, 2, 1))) is session
    others: list[AuditSession] = []
    thread = threading.Thread(target=lambda: others.append(get_session(TERMS)))
    thread.start()
    thread.join()
    assert others[0] is not session
    assert get_session(AuditOptions(as_of=date(2026, 2, 2))) is not session


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"gate": "eror"}, "gate is 'eror'; give one of error, warning, note"),
        ({"rule_timeout": -1.0}, "rule_timeout is -1.0; give seconds"),
        ({"prior": ("absent",)}, "prior: absent does not exist"),
        ({"input_format": "x"}, "no input format is called 'x'"),
        ({"select": ("NOPE",)}, "no rule is called 'NOPE'"),
    ],
)
def test_options_that_cannot_be_followed_open_no_session(
    options: dict[str, Any], fault: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(fault)):
        AuditSession(AuditOptions(as_of=TERMS.as_of, **options))


def test_an_override_has_one_of_the_gates() -> None:
    with pytest.raises(UsageError, match="gate is 'no'; give one of error"):
        Override(files=("*",), gate="no")  # type: ignore[arg-type]


def test_without_a_plugin_there_is_no_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_pack.py").write_text("raise RuntimeError('no licence')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "broken_pack", raising=False)
    monkeypatch.setattr(Host, "discover", lambda self: self.load("broken_pack"))
    with pytest.raises(PluginError, match=r"plugin broken_pack .* did not load: .*no licence"):
        AuditSession(TERMS)
