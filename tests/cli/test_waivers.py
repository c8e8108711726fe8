"""Waivers: what they accept, what they cannot, and how they speak up."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from acceptance_support import (
    SUBJECT,
    TIN,
    TWIN,
    audit,
    codes,
    contradiction,
    kinds,
    run,
    submission,
    waivers,
)
from picheck.engine.acceptance.waivers import parse_waivers
from picheck.errors import ConfigurationError

BY_SUBJECT = f'code = "PIC-PER-03"\nsubject = "{SUBJECT}"'


def test_a_waiver_by_code_and_subject_takes_the_finding_from_the_gate(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    waivers(tmp_path, BY_SUBJECT)
    report = audit(tmp_path, "a.json", "--waivers", "waivers.toml", code=0)
    assert codes(report) == []
    assert report["documents"][0]["verdict"] == "ready"
    assert report["summary"]["waived"] == 1
    (result,) = report["results"]
    assert result.get("waiver") == "letter 12; Compliance, until 2026-12-31"


def test_a_waiver_by_fingerprint_is_for_one_finding_of_one_subject(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    submission(tmp_path / "b.json", tin=TWIN)
    fingerprint = audit(tmp_path, "a.json")["results"][0]["fingerprint"]
    waivers(tmp_path, f'fingerprint = "{fingerprint}"')
    report = audit(tmp_path, "a.json", "b.json", "--waivers", "waivers.toml", code=1)
    assert codes(report) == [(1, "PIC-PER-03")]


def test_a_waiver_for_another_subject_year_or_file_accepts_nothing(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    waivers(
        tmp_path,
        'code = "PIC-PER-03"\nsubject = "tin *****0000"',
        BY_SUBJECT + "\nyear = 2024",
        'code = "PIC-PER-03"\nfile = "b.json"',
        f'code = "PIC-PER-02"\nsubject = "{SUBJECT}"',
    )
    report = audit(tmp_path, "a.json", "--waivers", "waivers.toml", code=1)
    assert codes(report) == [(0, "PIC-PER-03")]
    assert kinds(report) == ["waiverUnused"] * 4


def test_a_file_pattern_starts_at_the_waivers_file(tmp_path: Path) -> None:
    submission(tmp_path / "clinics" / "a.json")
    submission(tmp_path / "a.json", tin="987654321")
    waivers(tmp_path, 'code = "PIC-PER-03"\nfile = "clinics/*.json"')
    report = audit(tmp_path, "clinics", "a.json", "--waivers", "waivers.toml", code=1)
    assert codes(report) == [(1, "PIC-PER-03")]
    audit(tmp_path / "clinics", ".", "--waivers", "../waivers.toml", code=0)


def test_an_expired_waiver_is_a_finding_beside_the_one_it_no_longer_accepts(
    tmp_path: Path,
) -> None:
    submission(tmp_path / "a.json")
    waivers(tmp_path, BY_SUBJECT + "\nexpires = 2026-01-31")
    report = audit(tmp_path, "a.json", "--waivers", "waivers.toml", code=1)
    assert codes(report) == [(0, "PIC-PER-03"), (0, "PIC-RUN-04")]
    finding, expired = report["results"]
    assert expired["location"] == finding["location"]
    assert expired["severity"] == "warning"
    assert "expired on 2026-01-31" in expired["message"]
    assert report["documents"][0]["outcomes"]["fail"] == 2
    audit(tmp_path, "a.json", "--waivers", "waivers.toml", "--as-of", "2026-01-31", code=0)


def test_a_waiver_that_holds_silences_an_expired_one(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    waivers(tmp_path, BY_SUBJECT + "\nexpires = 2026-01-31", BY_SUBJECT)
    report = audit(tmp_path, "a.json", "--waivers", "waivers.toml", code=0)
    assert (codes(report), kinds(report)) == ([], [])


def test_an_unused_waiver_is_told_and_fails_nothing(tmp_path: Path) -> None:
    submission(tmp_path / "a.json", short=False)
    waivers(tmp_path, BY_SUBJECT)
    report = audit(tmp_path, "a.json", "--waivers", "waivers.toml", code=0)
    (notice,) = report["run"]["notices"]
    assert notice["kind"] == "waiverUnused"
    assert notice["message"].startswith("PIC-RUN-05 waiver-unused: the waiver of PIC-PER-03")


def test_what_cms_refuses_cannot_be_waived(tmp_path: Path) -> None:
    submission(tmp_path / "a.json", performanceEnd="2025-09-01")
    found = audit(tmp_path, "a.json", code=1)["results"]
    assert {result["consequence"] for result in found} == {"submissionRejected"}
    code = found[0]["code"]
    waivers(
        tmp_path, *(f'fingerprint = "{result["fingerprint"]}"' for result in found),
        f'code = "{code}"\nfile = "*"',
    )  # fmt: skip
    report = audit(tmp_path, "a.json", "--waivers", "waivers.toml", code=1)
    assert report["summary"]["waived"] == 0
    assert set(kinds(report)) == {"waiverRefused"}
    done = run(tmp_path, "waivers", "lint", "--waivers", "waivers.toml", code=2)
    assert "cannot be waived: CMS refuses such a submission" in done.err


def test_a_finding_across_documents_can_be_waived(tmp_path: Path) -> None:
    contradiction(tmp_path)
    found = codes(audit(tmp_path, "."))
    assert (1, "PIC-CNF-01") in found
    waivers(tmp_path, f'code = "PIC-CNF-01"\nsubject = "{SUBJECT}"')
    report = audit(tmp_path, ".", "--waivers", "waivers.toml")
    assert codes(report) == [each for each in found if each[1] != "PIC-CNF-01"]
    assert kinds(report) == ["inputsLeftOut"]  # the waivers file lies in the folder


def test_a_document_that_names_nobody_is_never_waived(tmp_path: Path) -> None:
    submission(tmp_path / "a.json", tin=None)
    waivers(tmp_path, 'code = "PIC-PER-03"\nfile = "*.json"')
    report = audit(tmp_path, "a.json", "--waivers", "waivers.toml", code=1)
    assert report["summary"]["waived"] == 0
    assert "waiverRefused" in kinds(report)


def test_a_waiver_that_meets_two_subjects_that_print_alike_is_no_clear_word(
    tmp_path: Path,
) -> None:
    submission(tmp_path / "a.json")
    submission(tmp_path / "b.json", tin=TWIN)
    waivers(tmp_path, BY_SUBJECT)
    report = audit(tmp_path, ".", "--waivers", "waivers.toml", code=4)
    assert kinds(report) == ["inputsLeftOut", "waiverAmbiguous"]
    assert report["summary"]["verdict"] == "incomplete"


def test_a_tin_in_full_is_understood_and_never_printed(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    waivers(tmp_path, f'code = "PIC-PER-03"\nsubject = "TIN  {TIN}"')
    audit(tmp_path, "a.json", "--waivers", "waivers.toml", code=0)
    submission(tmp_path / "a.json", short=False)
    for words in (("audit", "a.json", "--waivers"), ("waivers", "list", "--waivers")):
        assert TIN not in run(tmp_path, *words, "waivers.toml").out


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ('code = "PIC-PER-03"', "waivers.0 names no finding; give a fingerprint, or a code"),
        (f'subject = "{SUBJECT}"', "waivers.0 names no finding"),
        (BY_SUBJECT + '\nexpired = "x"', "waivers.0.expired is not known; did you mean 'expires'?"),
        (BY_SUBJECT + "\nexpires = 2026-12", "is not valid TOML"),
        (BY_SUBJECT + '\nexpires = "2026-02-30"', "waivers.0.expires is '2026-02-30', which is no"),
        ('code = "PIC-PER-33"\nfile = "*"', "no loaded rule has; did you mean PIC-PER-03?"),
    ],
)
def test_a_waiver_that_is_wrong_stops_the_audit(tmp_path: Path, table: str, fault: str) -> None:
    submission(tmp_path / "a.json")
    waivers(tmp_path, table)
    done = run(tmp_path, "audit", "a.json", "--waivers", "waivers.toml", code=2)
    assert fault in done.err
    assert "waivers.toml" in done.err


@pytest.mark.parametrize("key", ["reason", "owner", "expires"])
def test_reason_owner_and_expiry_are_mandatory(key: str) -> None:
    given = {"reason": '"why"', "owner": '"who"', "expires": "2026-12-31"}
    lines = [f"{name} = {value}" for name, value in given.items() if name != key]
    text = "\n".join(["[[waivers]]", BY_SUBJECT, *lines])
    with pytest.raises(ConfigurationError, match=rf"waivers\.0\.{key} is missing; add it"):
        parse_waivers(text, "w.toml")


def test_an_empty_reason_is_no_reason() -> None:
    text = f'[[waivers]]\n{BY_SUBJECT}\nreason = " "\nowner = "who"\nexpires = 2026-12-31'
    with pytest.raises(ConfigurationError, match=r"waivers\.0\.reason"):
        parse_waivers(text, "w.toml")


def test_add_writes_what_audit_understands(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    reason = 'he said "yes"\n\ttwice, \\ and é \x7f 🩺'
    for slug in ("period-too-short", "PIC-PER-02"):
        run(
            tmp_path, "waivers", "add", "--code", slug, "--subject", SUBJECT, "--reason", reason,
            "--owner", "Compliance", "--expires", "2026-12-31", code=0, SOURCE_DATE_EPOCH="0",
        )  # fmt: skip
    path = tmp_path / "picheck-waivers.toml"
    tables = tomllib.loads(path.read_text("utf-8"))["waivers"]
    assert [table["code"] for table in tables] == ["PIC-PER-03", "PIC-PER-02"]
    assert tables[0]["reason"] == reason
    report = audit(tmp_path, "a.json", "--waivers", path.name, code=0)
    assert report["summary"]["waived"] == 1


def test_add_refuses_what_could_not_hold_and_leaves_the_file_alone(tmp_path: Path) -> None:
    path = waivers(tmp_path, BY_SUBJECT)
    before = path.read_bytes()
    common = ("waivers", "add", "--waivers", path.name, "--reason", "r", "--owner", "o")
    for more in (
        ("--code", "PIC-PER-03", "--expires", "2026-12-31"),
        ("--code", "PIC-STR-01", "--file", "*", "--expires", "2026-12-31"),
        ("--code", "PIC-PER-03", "--file", "*", "--expires", "1969-12-31"),
        ("--code", "PIC-PER-03", "--file", "*", "--expires", "soon"),
    ):
        run(tmp_path, *common, *more, code=2, SOURCE_DATE_EPOCH="0")
    assert path.read_bytes() == before


def test_lint_tells_expired_waivers_by_its_exit_code(tmp_path: Path) -> None:
    waivers(tmp_path, BY_SUBJECT)
    words = ("waivers", "lint", "--waivers", "waivers.toml", "--as-of")
    run(tmp_path, *words, "2026-12-31", code=0)
    assert "expired on 2026-12-31" in run(tmp_path, *words, "2027-01-01", code=1).out


def test_list_says_what_holds(tmp_path: Path) -> None:
    waivers(tmp_path, BY_SUBJECT)
    words = ("waivers", "list", "--waivers", "waivers.toml", "--as-of", "2026-02-01")
    (row,) = json.loads(run(tmp_path, *words, "--format", "json", code=0).out)
    assert row["state"] == "holds"
    assert row["expires"] == date(2026, 12, 31).isoformat()
    assert "Compliance" in run(tmp_path, *words, code=0).out
