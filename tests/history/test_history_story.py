"""The story of a history, as a practice lives it; on every kind of database."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

from history_support import ask, audit, make, records, verify
from prior_support import AGAIN, BEFORE, NOW, put, submission


def test_a_practice_looks_back_six_years_later(tmp_path: Path, url: str) -> None:
    make(tmp_path, url)
    before = put(tmp_path / "before.json", submission(BEFORE, is_early=True))
    now = put(tmp_path / "now.json", submission(NOW, is_early=True))

    # Last year's file was audited, but nobody entered that it was sent: the year is unknown.
    audit(tmp_path, url, before, now="2025-02-01T09:00:00Z")
    done = audit(tmp_path, url, now, now="2026-02-01T09:00:00Z")
    assert AGAIN in {each["code"] for each in done.report["documents"][0]["unverified"]}
    (said,) = [n for n in done.report["run"]["notices"] if n["kind"] == "priorRemark"]
    assert "audited on 2025-02-01 (record 2), but not as submitted" in said["message"]

    # Once it is entered, the second year at pre-production is found.
    sent = ("--as", "submitted", "--on", "2025-03-01", "--confirmation", "A-1")
    entered = ask(tmp_path, url, "history", "record", before, *sent, "--by", "a test")
    assert (entered.code, "was audited as 2" in entered.out) == (0, True)
    done = audit(tmp_path, url, now, now="2026-02-03T09:00:00Z")
    assert [r["code"] for r in done.report["results"] if r["outcome"] == "fail"][:1] == [AGAIN]
    assert done.code == 1

    kinds = [each["kind"] for each in records(tmp_path, url)]
    assert kinds == ["note", "audit", "run", "audit", "run", "submitted", "audit", "run"]
    head = done.report["run"]["history"]["head"]
    assert verify(tmp_path, url, "--head", head) == {
        "whole": True, "records": 8, "files": 10, "fault": None, "code": 0,
        "head": records(tmp_path, url)[-1]["hash"],
    }  # fmt: skip

    # The audits are made again, byte by byte, and handed over with a script that checks them.
    replayed = ask(tmp_path, url, "history", "replay", "--all", "--format", "json")
    assert [each["outcome"] for each in json.loads(replayed.out)["replays"]] == ["identical"] * 3
    handed = ask(tmp_path, url, "history", "export", "2", "7", "-o", tmp_path / "b.zip")
    assert handed.code == 0
    with zipfile.ZipFile(tmp_path / "b.zip") as bundle:
        bundle.extractall(tmp_path / "bundle")
    assert before.read_bytes() in [
        path.read_bytes() for path in (tmp_path / "bundle" / "files").iterdir()
    ]
    script = [sys.executable, "-I", str(tmp_path / "bundle" / "verify.py")]
    checked = subprocess.run(script, check=False, capture_output=True, text=True)
    assert (checked.returncode, checked.stdout) == (0, "whole\n")
    assert verify(tmp_path, url, "--against", str(tmp_path / "b.zip"))["code"] == 0

    trend = json.loads(ask(tmp_path, url, "history", "trend", "-f", "json").out)["trends"]
    this = next(each for each in trend if each["year"] == NOW)
    assert [audit["verdict"] for audit in this["audits"]] == ["ready", "notReady"]
    assert [each["code"] for each in this["audits"][1]["new"]] == [AGAIN]


def test_an_answer_of_cms_is_recorded_beside_what_was_sent(tmp_path: Path, url: str) -> None:
    make(tmp_path, url)
    sent = put(tmp_path / "sent.json", submission(NOW))
    answer = tmp_path / "answer.json"
    answer.write_text('{"score": 97}')
    given = ("history", "record", answer, "--as", "answer", "--on", "2026-07-01", "--of", sent)
    refused = ask(tmp_path, url, *given)
    assert (refused.code, "is not recorded as submitted" in refused.err) == (2, True)
    ask(tmp_path, url, "history", "record", sent, "--as", "submitted", "--on", "2026-03-01")
    assert ask(tmp_path, url, *given).code == 0
    (entry,) = [each for each in records(tmp_path, url) if each["kind"] == "answer"]
    assert (entry["submitted"], entry["on"]) == (2, "2026-07-01")


def test_what_did_not_change_adds_no_record(tmp_path: Path, url: str) -> None:
    make(tmp_path, url)
    lines = put(tmp_path / "many.ndjson", *[submission(NOW, number) for number in range(5)])
    audit(tmp_path, url, lines, "-f", "ndjson=1.ndjson")
    again = audit(tmp_path, url, lines, "-f", "ndjson=2.ndjson", now="2026-02-02T09:00:00Z")
    assert "0 recorded, 5 unchanged" in again.err
    changed = [submission(NOW, number) for number in range(4)]
    put(lines, *changed, submission(NOW, 4, is_early=True))
    audit(tmp_path, url, lines, "-f", "ndjson=3.ndjson", now="2026-02-03T09:00:00Z")
    runs = [each for each in records(tmp_path, url) if each["kind"] == "run"]
    assert [(run["recorded"], run["unchanged"]) for run in runs] == [(5, 0), (0, 5), (1, 4)]
