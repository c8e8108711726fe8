"""A run with a history that is cut short and gone on with makes the chain of an uncut one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from history_support import NOW as TIME
from history_support import make, records, verify
from prior_support import NOW, put, submission

#: picheck with small chunks, ended without a word at a call of the recorder, before or after it.
_CUT = """
import os, sys
from picheck.history.recorder import AuditRecorder
from picheck.intake import chunks
chunks.ChunkReader.__init__.__defaults__ = (4_000, ())
left = {at}
def end_at(do):
    def step(*given):
        global left
        left -= 1
        if not left and {after!r} == "before":
            os._exit(9)
        done = do(*given)
        if not left:
            os._exit(9)
        return done
    return step
setattr(AuditRecorder, {name!r}, end_at(getattr(AuditRecorder, {name!r})))
from picheck.cli.main import main
main()
"""
_OUT = ("-f", "ndjson=out.ndjson")
#: Where a run is cut: at which call of what, and whether that is done.
_CUTS = [
    ("add", 1, "before"), ("add", 1, "after"), ("add", 3, "before"), ("add", 3, "after"),
    ("amend", 1, "before"), ("amend", 2, "after"), ("finish", 1, "before"),
]  # fmt: skip


def run(folder: Path, url: str, *options: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """Audit in a process of its own; `code` runs in the place of picheck."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PICHECK_")}
    start = ("-c", code) if code else ("-m", "picheck")
    command = [sys.executable, *start, "audit", "many.ndjson", "--history", url, "--isolated",
               "--as-of", "2026-02-01", "--now", TIME, "--by", "a test", *_OUT,
               *options]  # fmt: skip
    return subprocess.run(
        command, cwd=folder, env=kept, check=False, capture_output=True, text=True
    )


class Uncut(NamedTuple):
    """A folder with inputs and a history that knows some of them, and what an uncut run made."""

    folder: Path
    report: bytes
    records: list[dict[str, Any]]

    def copy_to(self, folder: Path) -> str:
        """Copy the inputs and the history from before the run; returns the history."""
        for name in ("many.ndjson", "history.db", "history.db.key"):
            shutil.copy(self.folder / name, folder)
        return str(folder / "history.db")


@pytest.fixture(scope="module")
def uncut(tmp_path_factory: pytest.TempPathFactory) -> Uncut:
    folder = tmp_path_factory.mktemp("uncut")
    lines = [submission(NOW, n % 17, is_early=n % 3 == 0) for n in range(24)]
    url = make(folder, str(folder / "history.db"))
    put(folder / "many.ndjson", "", lines[1], lines[2])
    run(folder, url)
    put(folder / "many.ndjson", *lines[:3], "no JSON", *lines[3:], lines[5])
    before = Uncut(folder, b"", [])
    (folder / "whole").mkdir()
    whole = before.copy_to(folder / "whole")
    assert run(folder / "whole", whole).returncode == 3
    report = (folder / "whole" / "out.ndjson").read_bytes()
    listed = [describe(each) for each in records(folder, whole)]
    kinds = [(each["recorded"], each["unchanged"]) for each in listed if each["kind"] == "run"]
    assert (kinds[0], kinds[1][1]) == ((2, 0), 2)
    return before._replace(report=report, records=listed)


def describe(record: dict[str, Any]) -> dict[str, Any]:
    """Return of a record what is compared; its hash speaks for all that is in it."""
    return {name: record.get(name) for name in ("seq", "kind", "hash", "recorded", "unchanged")}


@pytest.mark.parametrize(("name", "at", "after"), _CUTS)
def test_a_run_that_was_cut_and_gone_on_with_makes_the_same_chain(
    tmp_path: Path, uncut: Uncut, name: str, at: int, after: str
) -> None:
    url = uncut.copy_to(tmp_path)
    ended = run(tmp_path, url, code=_CUT.format(name=name, at=at, after=after))
    assert ended.returncode == 9, ended.stderr
    done = run(tmp_path, url, "--resume")
    assert done.returncode == 3, done.stderr
    assert (tmp_path / "out.ndjson").read_bytes() == uncut.report
    assert [describe(each) for each in records(tmp_path, url)] == uncut.records
    assert verify(tmp_path, url)["code"] == 0


def test_a_resume_that_was_refused_for_a_changed_file_costs_nothing(
    tmp_path: Path, uncut: Uncut
) -> None:
    url = uncut.copy_to(tmp_path)
    run(tmp_path, url, code=_CUT.format(name="add", at=3, after="after"))
    known = len(records(tmp_path, url))
    lines = (tmp_path / "many.ndjson").read_bytes()
    (tmp_path / "many.ndjson").write_bytes(lines.replace(b"true", b"false", 1))
    refused = run(tmp_path, url, "--resume")
    assert refused.returncode == 2
    assert "many.ndjson:1 has changed since the output was begun" in refused.stderr
    assert len(records(tmp_path, url)) == known
    (tmp_path / "many.ndjson").write_bytes(lines)
    assert run(tmp_path, url, "--resume").returncode == 3
    assert (tmp_path / "out.ndjson").read_bytes() == uncut.report
    assert [describe(each) for each in records(tmp_path, url)] == uncut.records


def test_a_run_that_was_recorded_to_its_end_needs_nothing(tmp_path: Path, uncut: Uncut) -> None:
    url = uncut.copy_to(tmp_path)
    ended = run(tmp_path, url, code=_CUT.format(name="finish", at=1, after="after"))
    assert ended.returncode == 9, ended.stderr
    done = run(tmp_path, url, "--resume")
    assert done.returncode == 2
    assert "out.ndjson is complete; there is nothing to go on with" in done.stderr
    assert (tmp_path / "out.ndjson").read_bytes() == uncut.report
    assert [describe(each) for each in records(tmp_path, url)] == uncut.records


def test_another_run_that_ended_meanwhile_does_not_end_one_that_was_cut(
    tmp_path: Path, uncut: Uncut
) -> None:
    url = uncut.copy_to(tmp_path)
    run(tmp_path, url, code=_CUT.format(name="finish", at=1, after="before"))
    (tmp_path / "other").mkdir()
    put(tmp_path / "other" / "many.ndjson", submission(NOW, 200))
    run(tmp_path / "other", url)
    assert run(tmp_path, url, "--resume").returncode == 3
    listed = [describe(each) for each in records(tmp_path, url)]
    ends = [(each["recorded"], each["unchanged"]) for each in listed if each["kind"] == "run"]
    mine = (uncut.records[-1]["recorded"], uncut.records[-1]["unchanged"])
    assert ends[1:] == [(1, 0), mine]


def test_what_another_run_records_meanwhile_is_not_taken_for_its_own(
    tmp_path: Path, uncut: Uncut
) -> None:
    url = uncut.copy_to(tmp_path)
    run(tmp_path, url, code=_CUT.format(name="add", at=3, after="before"))
    known = len(records(tmp_path, url))
    (tmp_path / "other").mkdir()
    others = [submission(NOW, 100 + number) for number in range(20)]
    put(tmp_path / "other" / "many.ndjson", *others)
    run(tmp_path / "other", url)
    run(tmp_path, url, "--resume")
    listed = records(tmp_path, url)
    documents = [each["document"] for each in listed if each["kind"] == "audit"]
    alone = {each["document"] for each in listed[:known]}
    assert len(listed) == len(uncut.records) + len(others) + 1
    assert len(set(documents)) > len(alone) + len(others)
    assert listed[-1]["recorded"] == uncut.records[-1]["recorded"]


def test_an_output_of_another_history_is_not_gone_on_with(tmp_path: Path, uncut: Uncut) -> None:
    run(tmp_path, uncut.copy_to(tmp_path), code=_CUT.format(name="add", at=2, after="after"))
    line = json.loads((tmp_path / "out.ndjson").read_bytes().partition(b"\n")[0])
    done = run(tmp_path, make(tmp_path, str(tmp_path / "other.db")), "--resume")
    assert done.returncode == 2
    assert "the output was begun with another history" in done.stderr
    assert line["history"]["head"][:8] in done.stderr
