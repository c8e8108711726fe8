"""What picheck itself wrote into a folder of submissions is never audited as a submission."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import run_here
from picheck.intake.own_outputs import is_report
from support import AS_OF, COMPLIANT

TERMS = ("--as-of", AS_OF, "--isolated")

#: Commands whose output is kept in a file, and a name that a submission could have as well.
WRITERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "json": ("out.json", ("audit", "a.json", *TERMS, "-f", "json")),
    "ndjson": ("out.ndjson", ("audit", "a.json", *TERMS, "-f", "ndjson=out.ndjson")),
    "sarif": ("out.json", ("audit", "a.json", *TERMS, "-f", "sarif")),
    "operationoutcome": ("out.json", ("audit", "a.json", *TERMS, "-f", "operationoutcome")),
    "junit": ("out.xml", ("audit", "a.json", *TERMS, "-f", "junit")),
    "score": ("out.json", ("score", "a.json", *TERMS, "-f", "json")),
    "score of several": ("out.json", ("score", "a.json", "b.json", *TERMS, "-f", "json")),
    "score lines": ("out.ndjson", ("score", "a.json", *TERMS, "-f", "ndjson")),
    "baseline": ("out.json", ("baseline", "create", "a.json", *TERMS, "--baseline", "out.json")),
    "diff": ("out.json", ("diff", "r.json", "r.json", "--format", "json")),
}


@pytest.mark.parametrize(("name", "command"), WRITERS.values(), ids=WRITERS)
def test_an_output_beside_submissions_is_left_out_and_counted(
    name: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    sound = COMPLIANT.read_text()
    (tmp_path / "a.json").write_text(sound)
    (tmp_path / "b.json").write_text(sound.replace("123456789", "123456780"))
    run_here("audit", "a.json", *TERMS, "-f", "json=r.json", cwd=tmp_path)
    done = run_here(*command, cwd=tmp_path)
    if not (tmp_path / name).exists():
        (tmp_path / name).write_text(done.out)
    run = run_here("audit", ".", *TERMS, "-f", "json", cwd=tmp_path)
    assert [document["uri"] for document in run.report["documents"]] == ["a.json", "b.json"]
    (notice,) = (n["message"] for n in run.report["run"]["notices"] if "left out" in n["message"])
    assert notice.startswith("left out: 2 files are reports of picheck itself")
    assert run.code == 0
    by_name = run_here("audit", name, *TERMS, "-f", "json", cwd=tmp_path)
    assert by_name.code == 3
    assert "is a report that picheck wrote" in by_name.report["run"]["notices"][0]["message"]


@pytest.mark.parametrize(
    "more",
    [
        {"resourceType": "OperationOutcome"},
        {"type": "run", "schemaVersion": "1.0"},
        {"score": None, "entities": []},
        {"baselineVersion": "1.0", "findings": []},
    ],
)
def test_a_submission_with_the_keys_of_an_output_is_a_submission(more: dict[str, object]) -> None:
    document = more | json.loads(COMPLIANT.read_bytes())
    assert not is_report(json.dumps(document).encode())
    assert not is_report(json.dumps(more | {"submission": document}).encode())


def test_another_program_s_outcome_is_no_report_of_picheck() -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}
    assert not is_report(json.dumps(outcome).encode())
    assert not is_report(json.dumps({"version": "2.1.0", "runs": [{"tool": {}}]}).encode())
