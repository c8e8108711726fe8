"""Evidence and earlier submissions are used where they belong; what could not be used is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import Run, run_here
from picheck.testing.examples import compliant_parts
from support import AS_OF, YEAR, YEARS, some

SUBMISSION, EVIDENCE = compliant_parts(YEAR)
FIRST = YEARS[0]
EARLIER = max(FIRST, YEAR - 1)
needs_an_earlier_year = pytest.mark.skipif(FIRST == YEAR, reason="there is no earlier year")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a compliant submission in it, and no evidence."""
    put(tmp_path, "now.json", SUBMISSION)
    return tmp_path


def put(folder: Path, name: str, value: Any) -> None:
    (folder / name).write_text(value if isinstance(value, str) else json.dumps(value))


def audit(folder: Path, *arguments: str) -> Run:
    options = ("--as-of", AS_OF, "--isolated", "-f", "json")
    return run_here("audit", *options, *arguments, cwd=folder)


def undecided(run: Run) -> set[str]:
    return {u["code"] for d in run.report["documents"] for u in d.get("unverified", ())}


def told(run: Run, kind: str) -> list[str]:
    return [n["message"] for n in run.report["run"]["notices"] if n["kind"] == kind]


# Evidence


def test_without_evidence_it_is_said_which_facts_would_settle_what(folder: Path) -> None:
    run = audit(folder, "now.json")
    assert run.code == 0
    assert {"PIC-CEH-05", "PIC-CEH-06"} <= undecided(run)
    unverified = [each for d in run.report["documents"] for each in d["unverified"]]
    missing = {key for each in unverified for key in each["missing"]}
    assert {"cehrt.functionalityInPlaceOn", "cehrt.certifiedOn"} <= missing
    text = run_here("audit", "now.json", "--as-of", AS_OF, cwd=folder)
    assert "now.evidence.json" in text.out
    assert '"certifiedOn": null' in text.out


def test_a_side_file_is_found_by_itself(folder: Path) -> None:
    put(folder, "now.evidence.json", EVIDENCE)
    run = audit(folder, "now.json")
    assert run.code == 0
    assert not undecided(run)
    assert [d["uri"] for d in audit(folder, ".").report["documents"]] == ["now.json"]


def test_a_side_file_may_be_named(folder: Path) -> None:
    put(folder, "facts.json", EVIDENCE)
    assert not undecided(audit(folder, "now.json", "--evidence", "facts.json"))


def test_a_case_carries_its_own_evidence(folder: Path) -> None:
    put(folder, "case.json", {"submission": SUBMISSION, "evidence": EVIDENCE})
    run = audit(folder, "case.json")
    assert run.code == 0
    assert not undecided(run)


def test_a_line_carries_its_own_evidence(folder: Path) -> None:
    line = json.dumps({"submission": SUBMISSION, "evidence": EVIDENCE})
    put(folder, "all.ndjson", f"{line}\n{json.dumps(SUBMISSION)}\n")
    run = audit(folder, "all.ndjson")
    counts = [d["outcomes"].get("indeterminate", 0) for d in run.report["documents"]]
    assert counts[0] == 0
    assert counts[1] > 0


BAD: dict[str, tuple[str, str]] = {
    "is no JSON": ("{", ":1:2: not JSON: "),
    "is empty": ("", "not JSON: the text ends"),
    "is a list": ("[]", "no usable evidence: /: an array with 0 items found, expected an object"),
    "misspells a key": (
        '{"cehrt": {"certifedOn": null}}',
        'no usable evidence: /cehrt/certifedOn: key "certifedOn" is not known, expected',
    ),
    "names a day that is none": (
        f'{{"cehrt": {{"certifiedOn": "{YEAR}-02-30"}}}}',
        "expected a real date, YYYY-MM-DD",
    ),
    "repeats a key": (
        f'{{"cehrt": {{"certifiedOn": "{YEAR}-01-01", "certifiedOn": "{YEAR - 1}-01-01"}}}}',
        "no usable evidence: /cehrt/certifiedOn: the key is there twice",
    ),
    "repeats a key, and an escape makes up for its colon": (
        (
            f'{{"cehrt": {{"certifiedOn": "{YEAR}-01-01", "certifiedOn": "{YEAR - 1}-01-01"}},'
            ' "documents": [{"supports": [], "file": "a\\u003ab"}]}'
        ),
        "no usable evidence: /cehrt/certifiedOn: the key is there twice",
    ),
    "is deep": ("[" * 100_000, "nested deeper than 64 levels"),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_evidence_that_cannot_be_used_is_said_and_leaves_the_audit_incomplete(
    text: str, said: str, folder: Path
) -> None:
    put(folder, "now.evidence.json", text)
    run = audit(folder, "now.json")
    assert run.code == 3
    assert run.report["documents"][0]["verdict"] == "incomplete"
    (message,) = told(run, "evidenceUnusable")
    assert "the evidence file was refused, so nothing of it was used" in message
    assert "now.evidence.json:" in message
    assert said in message


def test_a_side_file_that_cannot_be_opened_is_not_taken_for_none(folder: Path) -> None:
    (folder / "now.evidence.json").symlink_to(folder / "gone")
    assert audit(folder, "now.json").code == 3
    (folder / "now.evidence.json").unlink()
    (folder / "now.evidence.json").mkdir()
    assert audit(folder, "now.json").code == 3


def test_named_evidence_that_is_not_there_is_said(folder: Path) -> None:
    run = audit(folder, "now.json", "--evidence", "gone.json")
    assert run.code in {2, 3}
    assert "gone.json" in (run.err or str(told(run, "evidenceUnusable")))


def test_one_side_file_cannot_speak_of_two_documents(folder: Path) -> None:
    put(folder, "facts.txt", EVIDENCE)
    put(folder, "other.json", SUBMISSION)
    run = audit(folder, "now.json", "other.json", "--evidence", "facts.txt")
    assert run.code == 2
    assert not run.out
    said = "--evidence belongs to one document, and other.json is a second one"
    assert said in run.err


@pytest.mark.parametrize(
    ("case", "side", "named", "said"),
    [
        (True, False, True, "facts.txt, not from the case itself"),
        (False, True, True, "facts.txt, not from now.evidence.json"),
        (True, True, True, "facts.txt, not from the case itself or now.evidence.json"),
        (True, True, False, "the case itself, not from now.evidence.json"),
    ],
    ids=["named and case", "named and side file", "all three", "case and side file"],
)
def test_evidence_that_other_evidence_stands_in_for_is_said(
    case: bool,  # noqa: FBT001 - a parameter of the test
    side: bool,  # noqa: FBT001
    named: bool,  # noqa: FBT001
    said: str,
    folder: Path,
) -> None:
    put(folder, "facts.txt", EVIDENCE)
    if case:
        put(folder, "now.json", {"submission": SUBMISSION, "evidence": EVIDENCE})
    if side:
        put(folder, "now.evidence.json", EVIDENCE)
    run = audit(folder, "now.json", *(("--evidence", "facts.txt") if named else ()))
    assert run.code == 0
    (message,) = told(run, "evidencePassedOver")
    assert message == f"evidence was taken from {said}"


def test_evidence_that_stands_alone_is_not_spoken_of(folder: Path) -> None:
    put(folder, "now.evidence.json", EVIDENCE)
    assert not told(audit(folder, "now.json"), "evidencePassedOver")
    put(folder, "case.json", {"submission": SUBMISSION, "evidence": EVIDENCE})
    assert not told(audit(folder, "case.json"), "evidencePassedOver")


@pytest.mark.parametrize("name", ["../out.pdf", "/etc/hostname", "a\u0000b", "x" * 5000, "", "."])
def test_the_name_of_a_document_leads_nowhere_it_should_not(name: str, folder: Path) -> None:
    documents = [{"supports": ["PI_PPHI_1"], "file": name, "sha256": "0" * 64}]
    put(folder, "now.evidence.json", {**EVIDENCE, "documents": documents})
    (folder.parent / "out.pdf").write_text("secret")
    run = audit(folder, "now.json")
    assert run.code == 0
    assert not [r for r in some(run.report["results"]) if "match" in r["message"]]


# Earlier submissions


def earlier(folder: Path, **changes: Any) -> None:
    put(folder, "before.json", {**compliant_parts(EARLIER)[0], **changes})


@needs_an_earlier_year
def test_an_earlier_submission_of_the_same_entity_takes_part(folder: Path) -> None:
    earlier(folder)
    run = audit(folder, "now.json", "--prior", "before.json")
    assert run.code == 0
    assert not told(run, "priorUnused")
    assert len(run.report["documents"]) == 1


@needs_an_earlier_year
def test_an_earlier_submission_beside_another_category_without_measurements_takes_part(
    folder: Path,
) -> None:
    sets = compliant_parts(EARLIER)[0]["measurementSets"]
    other = {"category": "quality", "submissionMethod": "registry"}
    earlier(folder, measurementSets=[*sets, other])
    run = audit(folder, "now.json", "--prior", "before.json")
    assert run.code == 0
    assert not told(run, "priorUnusable")


@needs_an_earlier_year
@pytest.mark.parametrize(
    "changes",
    [{"taxpayerIdentificationNumber": "000000001"}, {"performanceYear": YEAR}],
    ids=["another entity", "the same year"],
)
def test_an_earlier_submission_that_nobody_asked_for_is_said(
    changes: dict[str, Any], folder: Path
) -> None:
    earlier(folder, **changes)
    run = audit(folder, "now.json", "--prior", "before.json")
    assert run.code == 4
    assert run.report["summary"]["verdict"] == "incomplete"
    (message,) = told(run, "priorUnused")
    assert "1 of 1 entities with earlier submissions" in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON: "),
        ("{}", "it does not follow the schema: "),
        (json.dumps({**SUBMISSION, "performanceYear": 1999}), "no rulebook for pi 1999"),
        (json.dumps({**SUBMISSION, "measurementSets": []}), "it holds no set of "),
    ],
)
def test_an_earlier_submission_that_cannot_be_used_is_said(
    text: str, said: str, folder: Path
) -> None:
    put(folder, "before.json", text)
    run = audit(folder, "now.json", "--prior", "before.json")
    assert run.code == 3
    assert run.report["summary"]["verdict"] == "incomplete"
    (message,) = told(run, "priorUnusable")
    assert message.startswith("earlier submission before.json was not used: ")
    assert said in message


def test_an_earlier_submission_that_is_not_there_is_said(folder: Path) -> None:
    run = audit(folder, "now.json", "--prior", "gone.json")
    assert run.code == 3
    (message,) = told(run, "priorUnusable")
    assert "gone.json" in message
