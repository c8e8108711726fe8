"""Where the time limit of a rule is weaker than asked for, a report says so, once."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

import msgspec
import pytest

from batch_support import HERE, THREAD, TWO, Quiet
from distributions import ANSWER, VENDOR
from hostile import no_longer_than
from picheck.cli.options import load_inventory
from picheck.engine.audit import audit
from picheck.engine.batch.batch import Batch
from picheck.engine.batch.chunk_queue import Executors
from picheck.engine.batch.worker import WorkerConfig
from picheck.engine.options import AuditOptions
from picheck.intake.chunks import ChunkReader
from picheck.model.report import Report
from picheck.plugins.host import Host
from picheck.session import AuditSession, InputDocument
from support import AS_OF, COMPLIANT, some

TERMS = AuditOptions(as_of=date.fromisoformat(AS_OF))
KIND = "ruleTimeoutWeak"


def run(terms: AuditOptions, plugins: Sequence[str]) -> Report:
    _, registry = load_inventory(plugins)
    return audit([str(COMPLIANT)], terms, registry)


def said(report: Report) -> list[str]:
    return [notice.message for notice in report.run.notices if notice.kind == KIND]


def test_a_report_says_that_rules_of_others_were_called_in_a_thread() -> None:
    assert said(run(TERMS, ["packs.ia"])) == []
    with ThreadPoolExecutor(1) as threads:
        report = threads.submit(run, TERMS, ["packs.ia"]).result()
        unlimited = msgspec.structs.replace(TERMS, rule_timeout=0.0)
        assert said(threads.submit(run, unlimited, ["packs.ia"]).result()) == []
        assert said(threads.submit(run, TERMS, []).result()) == []
    (message,) = said(report)
    assert "a call of packs.ia that waits in compiled code is not broken off after 10 s" in message
    assert report.summary == run(TERMS, ["packs.ia"]).summary


@pytest.mark.parametrize(
    ("executors", "times"), [(HERE, 0), (TWO, 0), (THREAD, 1)], ids=["here", "two", "thread"]
)
def test_a_batch_says_so_of_its_workers(executors: Executors, times: int) -> None:
    opened = partial(load_inventory, ("packs.ia",))
    config = WorkerConfig(open_plugins=opened, options=TERMS, reporters=("ndjson",))
    sink = io.BytesIO()
    with ChunkReader([str(COMPLIANT), str(COMPLIANT.parent)]) as chunks:
        report = Batch(config, executors, [sink], Quiet()).run(chunks)
    assert len(said(report)) == times
    assert sink.getvalue().count(KIND.encode()) == times


def test_a_session_breaks_off_a_rule_that_loops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "looping_pack.py").write_text(VENDOR.replace(ANSWER, "while True: pass"))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "looping_pack", raising=False)

    discover = Host.discover

    def discover_and_load(host: Host) -> None:
        discover(host)
        host.load("looping_pack")

    monkeypatch.setattr(Host, "discover", discover_and_load)
    session = AuditSession(msgspec.structs.replace(TERMS, rule_timeout=0.4))
    document = InputDocument(number=1, data=COMPLIANT.read_bytes(), uri="lake/1")
    with no_longer_than():
        reports = [session.audit(document), session.audit(document)]
    for report in some(reports):
        (broken,) = (result for result in report.results if result.outcome == "error")
        assert "did not return within 0.4 s" in broken.message
