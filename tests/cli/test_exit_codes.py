"""One number, one meaning; several at once give the worst; every gate is a gate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import Run, run_here
from picheck.engine.options import GATES
from picheck.engine.verdicts import exit_status
from support import AS_OF, COMPLIANT, YEAR, perhaps


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a sound submission and its evidence, and departures from it."""
    submission: dict[str, Any] = json.loads(COMPLIANT.read_bytes())
    evidence = COMPLIANT.with_suffix(".evidence.json").read_bytes()
    record = submission["measurementSets"][0]
    activities = {**record, "category": "ia", "measurements": []}
    texts = {
        "ready": submission,
        "error": {**submission, "measurementSets": [{**record, "cehrtId": None}]},
        # a capital O where only a zero is issued: likely a mistake, and no more than that
        "warning": {
            **submission,
            "measurementSets": [{**record, "cehrtId": f"{record['cehrtId'][:-1]}O"}],
        },
        "other-year": {**submission, "performanceYear": 1999},
        "no-pi": {**submission, "measurementSets": [activities]},
        "misnamed": {**submission, "measurementSets": [{**record, "category": "PI"}]},
    }
    for name, document in texts.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
        (tmp_path / f"{name}.evidence.json").write_bytes(evidence)
    (tmp_path / "bare.json").write_bytes(COMPLIANT.read_bytes())  # no evidence beside it
    (tmp_path / "bad.json").write_text("{")
    return tmp_path


def audit(folder: Path, *arguments: str, **environment: str) -> Run:
    options = ("--as-of", AS_OF, "--isolated", "-f", "json")
    return run_here("audit", *options, *arguments, cwd=folder, stdin=b"", **environment)


@pytest.mark.parametrize(
    ("arguments", "code", "reasons"),
    [
        (["ready.json"], 0, []),
        (["warning.json"], 0, []),
        (["bare.json"], 0, []),
        (["error.json"], 1, ["findings"]),
        (["misnamed.json"], 1, ["findings"]),
        (["ready.json", "error.json"], 1, ["findings"]),
        (["bad.json", "ready.json"], 3, ["unreadable"]),
        (["bad.json", "error.json"], 3, ["unreadable", "findings"]),
        (["ready.json", "-p", "no:pi-erx", "-p", "no:pi-cehrt"], 4, ["incomplete"]),
        (
            ["error.json", "bad.json", "-p", "no:pi-erx"],
            4,
            ["incomplete", "unreadable", "findings"],
        ),
        (["other-year.json"], 5, ["nothingChecked"]),
        (["error.json", "other-year.json"], 1, ["findings", "nothingChecked"]),
        (["bad.json", "other-year.json"], 3, ["unreadable", "nothingChecked"]),
        (["*.nothing"], 5, ["nothingChecked"]),
        (["no-pi.json"], 0, []),
        (["no-pi.json", "--fail-on", "warning"], 1, ["findings"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else str(value),
)
def test_an_exit_code_has_one_meaning(
    folder: Path, arguments: list[str], code: int, reasons: list[str]
) -> None:
    run = audit(folder, *arguments)
    assert run.report["summary"]["exit"] == {"code": code, "reasons": reasons}
    assert run.code == code


@pytest.mark.parametrize("gate", GATES)
def test_what_makes_a_document_not_ready_is_a_result_in_every_format(
    gate: str, folder: Path
) -> None:
    formats = ("-f", "ndjson=lines", "-f", "html=page")  # HTML asks for all results
    run = audit(folder, "bare.json", "warning.json", "--fail-on", gate, *formats)
    lines = [json.loads(line) for line in (folder / "lines").read_text().splitlines()]
    written = [line for line in lines if line["type"] == "result"]
    results = run.report["results"]
    assert [{**result, "type": "result"} for result in results] == written
    outcomes = {(result["document"], result["outcome"]) for result in results}
    assert ((0, "indeterminate") in outcomes) == (gate == "indeterminate")
    verdicts = [document["verdict"] for document in run.report["documents"]]
    assert (verdicts[0] == "notReady") == (gate == "indeterminate")
    assert (verdicts[1] == "notReady") == (gate in {"warning", "note", "indeterminate"})


def test_open_questions_are_results_where_an_override_counts_them(folder: Path) -> None:
    settings = '[[overrides]]\nfiles = "bare.json"\nfail_on = "indeterminate"\n'
    (folder / "picheck.toml").write_text(settings)
    options = ("--as-of", AS_OF, "-f", "json")
    run = run_here("audit", *options, "bare.json", "ready.json", cwd=folder)
    assert run.code == 1
    assert [document["verdict"] for document in run.report["documents"]] == ["notReady", "ready"]
    assert {r["outcome"] for r in run.report["results"] if r["document"] == 0} >= {"indeterminate"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["ready.json", "--select", "PIC-PER-99"],
        ["ready.json", "--ignore", "period-to-short"],
        ["ready.json", "-f", "jsn"],
        ["ready.json", "-f", "text"],  # the second one to standard output
        ["ready.json", "--fail-on", "fatal"],
        ["ready.json", "--as-of", "yesterday"],
        ["ready.json", "--yera", "2025"],
        ["ready.json", "-y", "soon"],
        ["ready.json", "-p", "no:such"],
        ["ready.json", "--evidence", "ready.evidence.json", "error.json"],
        [],
    ],
    ids=" ".join,
)
def test_a_fault_of_usage_audits_nothing(folder: Path, arguments: list[str]) -> None:
    run = audit(folder, *arguments)
    assert run.code == 2
    assert not run.out
    assert run.err


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("PIC-PRE-03", "PIC-PER-03"),
        ("period-to-short", "period-too-short"),
        ("PIC-PERR", "PIC-PER"),
    ],
)
def test_a_selector_that_fits_nothing_names_the_nearest(
    folder: Path, given: str, meant: str
) -> None:
    run = audit(folder, "ready.json", "--select", given)
    assert f"no rule is called {given!r}; did you mean {meant}?" in run.err


@pytest.mark.parametrize(
    ("gate", "blocked"),
    [
        ("error", {"error.json"}),
        ("warning", {"error.json", "warning.json"}),
        ("note", {"error.json", "warning.json"}),
        ("indeterminate", {"error.json", "warning.json", "bare.json"}),
        ("never", set()),
    ],
)
def test_a_gate_stops_what_it_says(folder: Path, gate: str, blocked: set[str]) -> None:
    paths = ["ready.json", "warning.json", "error.json", "bare.json"]
    run = audit(folder, *paths, "--fail-on", gate)
    not_ready = {d["uri"] for d in run.report["documents"] if d["verdict"] == "notReady"}
    assert not_ready == blocked
    assert run.code == (1 if blocked else 0)


@pytest.mark.parametrize(("name", "code"), [("error", 0), ("bad", 3), ("other-year", 5)])
def test_exit_zero_turns_only_findings_into_success(folder: Path, name: str, code: int) -> None:
    run = audit(folder, f"{name}.json", "--exit-zero")
    assert run.code == code


def test_a_choice_of_rules_is_said_and_gives_no_ready(folder: Path) -> None:
    run = audit(folder, "error.json", "--select", "PIC-PER")
    assert run.report["results"] == []
    assert run.report["summary"]["verdict"] == "incomplete"
    assert any("were left out by choice: " in n["message"] for n in run.report["run"]["notices"])
    one = audit(folder, "error.json", "--ignore", "rate-suspicious").report["run"]["notices"]
    [message] = [n["message"] for n in one if n["kind"] == "leftOut"]
    assert message.startswith("1 rule of pi ")
    assert " was left out by choice: " in message
    spared = audit(folder, "error.json", "--ignore", "cehrt-id-missing,PIC-ELG")
    assert spared.report["summary"]["verdict"] == "incomplete"


def test_another_year_is_said(folder: Path) -> None:
    other = YEAR - 1 if YEAR > 2021 else YEAR + 1
    run = audit(folder, "ready.json", "-y", str(other))
    (notice,) = [n for n in run.report["run"]["notices"] if n["kind"] == "yearMismatch"]
    assert notice["message"] == f"audited against {other}, but the document says {YEAR}"


def test_what_fits_another_year_than_the_documents_own_is_not_ready(folder: Path) -> None:
    submission = json.loads((folder / "ready.json").read_bytes())
    (folder / "mislabelled.json").write_text(json.dumps({**submission, "performanceYear": 1999}))
    (folder / "mislabelled.evidence.json").write_bytes(
        (folder / "ready.evidence.json").read_bytes()
    )
    run = audit(folder, "mislabelled.json", "-y", str(YEAR))
    assert not [r for r in perhaps(run.report["results"]) if r["outcome"] == "fail"]
    assert run.report["documents"][0]["verdict"] == "incomplete"
    assert run.report["summary"]["verdict"] == "incomplete"
    assert run.code == 0


def test_an_option_may_stand_in_the_environment(folder: Path) -> None:
    run = audit(folder, "warning.json", PICHECK_AUDIT_FAIL_ON="warning")
    assert run.code == 1


def test_a_preview_is_never_ready(tmp_path: Path) -> None:
    path = COMPLIANT.parent / "2027.json"
    run = run_here("audit", path, "--as-of", "2028-02-01", "-f", "json", cwd=tmp_path)
    assert run.code == 4
    assert run.report["summary"]["verdict"] == "incomplete"
    assert any("is a preview, never ready" in n["message"] for n in run.report["run"]["notices"])


def test_the_worst_reason_decides() -> None:
    assert exit_status(["nothingChecked", "findings", "unreadable", "incomplete"]).code == 4
    assert exit_status(["nothingChecked", "findings", "unreadable"]).code == 3
    assert exit_status(["nothingChecked", "findings"]).code == 1
    assert exit_status(["nothingChecked"]).code == 5
    assert exit_status([]).code == 0
