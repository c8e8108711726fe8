"""A service with a history: audits are recorded once, by whom, and pages and API show them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from starlette.applications import Starlette

from history_support import ask as run
from history_support import make
from picheck.engine.options import AuditOptions
from picheck.history.audit_history import History
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry
from picheck.service.app import create_app
from picheck.service.audit_history import ServiceHistory
from picheck.service.workbench import Workbench
from service_support import EXAMPLE, TIN, ask, audit

DAY = date(2026, 2, 1)


@pytest.fixture
def app(tmp_path: Path, registry: PluginRegistry) -> Starlette:
    url = make(tmp_path, str(tmp_path / "history.db"))
    host = Host()
    host.discover()
    history = ServiceHistory(History(url, host, registry, keep=True), "a test")
    terms = AuditOptions(as_of=DAY)
    return create_app(Workbench(terms, registry, today=lambda: DAY, history=history))


def test_an_audit_is_recorded_once_and_shown(app: Starlette, tmp_path: Path) -> None:
    for _ in range(2):
        answer = audit(app, EXAMPLE.read_bytes())
        assert answer.status_code == 200
        assert "history" in answer.json()["run"]
    listed = ask(app, "GET", "/api/v1/history")
    kinds = [each["kind"] for each in listed.json()["records"]]
    assert kinds == ["note", "audit", "run"]
    assert listed.json()["records"][1]["by"] == "a test"
    printed = run(tmp_path, str(tmp_path / "history.db"), "history", "list", "-f", "json")
    assert json.loads(printed.out) == listed.json()
    for path in ("/history", "/history/trend", "/history/2", "/api/v1/history/2",
                 "/api/v1/history/trend"):  # fmt: skip
        shown = ask(app, "GET", path)
        assert shown.status_code == 200
        assert TIN not in shown.text
    assert ask(app, "GET", "/api/v1/history/99").status_code == 404
    assert ask(app, "GET", "/history/99").status_code == 404


def test_a_database_that_fails_costs_no_report(app: Starlette, tmp_path: Path) -> None:
    (tmp_path / "history.db").write_bytes(b"not a database, and longer than a header" * 9)
    answer = audit(app, EXAMPLE.read_bytes())
    assert answer.status_code == 200
    kinds = {each["kind"] for each in answer.json()["run"]["notices"]}
    assert "historyFailed" in kinds
    assert answer.json()["summary"]["exit"]["code"] == 4
