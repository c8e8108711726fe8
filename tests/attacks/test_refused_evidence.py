"""A refused evidence file is named first, and nothing is asked for that it may hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import Run, run_here
from long_runs import TERMS
from support import COMPLIANT, some

REFUSED = "the evidence file was refused"
#: What may be wrong with an evidence file.
FAULTS: dict[str, tuple[tuple[str, ...], Any]] = {
    "a day that is none": (("cehrt", "certifiedOn"), "2024-13-45"),
    "a number that is none": (("counts", "transitionsSent"), "many"),
    "a key that is not known": (("cehrt", "certified"), "2024-01-01"),
}


def audit(folder: Path, *arguments: str) -> Run:
    return run_here("audit", "a.json", *TERMS, *arguments, cwd=folder)


@pytest.fixture(params=FAULTS.values(), ids=list(FAULTS))
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a folder with a submission and evidence that has one bad value."""
    (section, key), value = request.param
    evidence = json.loads(COMPLIANT.with_suffix(".evidence.json").read_bytes())
    evidence.setdefault(section, {})[key] = value
    (tmp_path / "a.json").write_bytes(COMPLIANT.read_bytes())
    (tmp_path / "a.evidence.json").write_text(json.dumps(evidence))
    return tmp_path


def test_the_refusal_comes_first_and_no_fact_is_called_missing(folder: Path) -> None:
    run = audit(folder, "-f", "json", "--all-results")
    assert run.code == 3
    (document,) = run.report["documents"]
    assert document["verdict"] == "incomplete"
    notice = next(n for n in run.report["run"]["notices"] if n.get("document") == 0)
    assert notice["kind"] == "evidenceUnusable"
    assert notice["message"].startswith("a.evidence.json: no usable evidence: /")
    assert notice["message"].endswith(f"; {REFUSED}, so nothing of it was used")
    assert document["unverified"]
    assert all(entry["missing"] == [] for entry in some(document["unverified"]))
    asked = [r for r in run.report["results"] if r["outcome"] == "indeterminate"]
    assert asked
    assert all(r["message"] == REFUSED and not r.get("missingEvidence") for r in some(asked))


@pytest.mark.parametrize("name", ["text", "markdown", "html", "csv", "junit", "github", "sarif"])
def test_no_format_asks_for_what_the_file_may_hold(name: str, folder: Path) -> None:
    run = audit(folder, "-f", name)
    if name == "text":
        lines = run.out.splitlines()
        assert lines[1].strip().startswith("a.evidence.json: no usable evidence: /")
        assert " ".join(run.out.split()).count(REFUSED) == 1
    for asking in ("not given", "When was", "save what you know", "would settle it"):
        assert asking not in run.out


def test_nothing_half_read_is_kept(folder: Path) -> None:
    (folder / "a.evidence.json").rename(folder / "kept")
    without = audit(folder, "-f", "json").report["documents"][0]
    (folder / "kept").rename(folder / "a.evidence.json")
    refused = audit(folder, "-f", "json").report["documents"][0]
    assert refused["outcomes"] == without["outcomes"]
    codes = [entry["code"] for entry in without["unverified"]]
    assert [entry["code"] for entry in refused["unverified"]] == codes
