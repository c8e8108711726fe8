"""What is recorded of audits, and what need not be made again for it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from history_support import audit, make, records, verify
from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions, Gate
from picheck.history.audit_history import AuditHistory, History
from picheck.intake.documents import RawDocument
from picheck.model.report import Report
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry
from prior_support import NOW, put, submission


@pytest.fixture
def history(tmp_path: Path, registry: PluginRegistry) -> History:
    """Return a new history that is open."""
    url = make(tmp_path, str(tmp_path / "history.db"))
    host = Host()
    host.discover()
    return History(url, host, registry, keep=True)


def begin(
    history: History, registry: PluginRegistry, gate: Gate, *, at_end: bool
) -> tuple[AuditHistory, Report]:
    """Audit one document with a gate; with `at_end` nothing is recorded before `finish`."""
    raw = RawDocument(uri="a.json", data=json.dumps(submission(NOW)).encode())
    options = AuditOptions(as_of=date(2026, 2, 1), gate=gate)
    run, options = history.begin_run(options, by="a test", at_end=at_end)
    return run, audit_inputs([raw], options, registry, recorder=run)


def test_what_another_run_overtook_is_recorded_in_full(
    tmp_path: Path, history: History, registry: PluginRegistry
) -> None:
    begin(history, registry, "error", at_end=False)
    late, report = begin(history, registry, "error", at_end=True)
    begin(history, registry, "warning", at_end=False)
    late.finish(report)
    url = str(tmp_path / "history.db")
    first, other, last = [each for each in records(tmp_path, url) if each["kind"] == "audit"]
    same = ("document", "verdict", "score", "entity", "year")
    assert {name: last[name] for name in same} == {name: first[name] for name in same}
    assert (last["hash"] != first["hash"], last["score"] is not None) == (True, True)
    assert other["seq"] == first["seq"] + 1
    assert verify(tmp_path, url)["code"] == 0


def test_an_audit_that_says_nothing_new_is_not_scored_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    put(tmp_path / "many.ndjson", *[submission(NOW, number) for number in range(3)])
    audit(tmp_path, url, "many.ndjson")
    scored = list[Any]()
    preview = "picheck_pi.scoring.PromotingInteroperabilityPreview.score"

    def score(*given: Any) -> dict[str, Any]:
        scored.append(given)
        return {}

    monkeypatch.setattr(preview, score)
    put(tmp_path / "more.ndjson", submission(NOW, 0), submission(NOW, 9))
    (tmp_path / "more.ndjson").replace(tmp_path / "many.ndjson")
    done = audit(tmp_path, url, "many.ndjson")
    assert "1 recorded, 1 unchanged" in done.err
    assert len(scored) == 1


def test_a_file_that_is_changed_back_is_recorded_again(tmp_path: Path) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    first = submission(NOW)
    changed = json.loads(json.dumps(first))
    changed["measurementSets"][0]["cehrtId"] = "0"
    said = []
    for document in (first, changed, first, first):
        put(tmp_path / "a.json", document)
        said.append(audit(tmp_path, url, "a.json").err.partition("recorded")[0][-3:])
    assert [text.split()[-1] for text in said] == ["1", "1", "1", "0"]
    listed = [each for each in records(tmp_path, url) if each["kind"] == "audit"]
    documents = [each["document"] for each in listed]
    assert documents[0] == documents[2] != documents[1]
    assert verify(tmp_path, url)["code"] == 0
