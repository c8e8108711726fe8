"""Earlier years from a history: what was sent counts, what was only audited leaves a gap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from command_line import Run, run_here
from history_support import ask, audit, engine_of, make, records
from prior_support import AGAIN, put, submission

PRE, EXCLUDED, PROD = "pre", "excluded", "prod"


def _written(year: int, level: str) -> Any:
    value = submission(year, is_early=level == PRE)
    if level == EXCLUDED:
        answers = value["measurementSets"][0]["measurements"]
        kept = [each for each in answers if not each["measureId"].startswith("PI_PHCDRR_1")]
        value["measurementSets"][0]["measurements"] = [
            *kept, {"measureId": "PI_PHCDRR_1_EX_1", "value": True}
        ]  # fmt: skip
    return value


def _sent(folder: Path, url: str, year: int, level: str) -> None:
    path = put(folder / f"sent-{year}-{level}.json", _written(year, level))
    done = ask(
        folder, url, "history", "record", path, "--as", "submitted", "--on", f"{year + 1}-03-01"
    )
    assert done.code == 0, done.err


def _codes(done: Run) -> set[str]:
    return {each["code"] for each in done.report["results"] if each["outcome"] == "fail"}


def _open(done: Run) -> set[str]:
    return {each["code"] for each in done.report["documents"][0]["unverified"]}


@pytest.mark.parametrize(
    ("earlier", "year", "fails"),
    [
        ({2023: PRE}, 2024, False),  # 2023 does not count
        ({2024: PRE}, 2025, True),
        ({2024: PRE, 2025: EXCLUDED}, 2026, True),  # an exclusion resets nothing
        ({2024: PRE, 2025: PROD}, 2026, True),  # the one period is spent for ever
        ({2024: PROD, 2025: PROD}, 2026, False),
    ],
    ids=["39", "40", "41", "spent", "never"],
)
def test_what_was_sent_decides(
    tmp_path: Path, url: str, earlier: dict[int, str], year: int, *, fails: bool
) -> None:
    make(tmp_path, url)
    for before, level in earlier.items():
        _sent(tmp_path, url, before, level)
    now = put(tmp_path / "now.json", _written(year, PRE))
    done = audit(tmp_path, url, now, now=f"{year + 1}-02-01T09:00:00Z")
    assert (AGAIN in _codes(done)) == fails
    assert AGAIN not in _open(done)


def test_the_newest_of_two_submissions_counts(tmp_path: Path, url: str) -> None:
    make(tmp_path, url)
    now = put(tmp_path / "now.json", _written(2025, PRE))
    _sent(tmp_path, url, 2024, PRE)
    assert AGAIN in _codes(audit(tmp_path, url, now))
    _sent(tmp_path, url, 2024, PROD)
    assert AGAIN not in _codes(audit(tmp_path, url, now))


def test_an_audit_after_the_submission_does_not_count(tmp_path: Path, url: str) -> None:
    make(tmp_path, url)
    _sent(tmp_path, url, 2024, PROD)
    audit(tmp_path, url, put(tmp_path / "tried.json", _written(2024, PRE)))
    done = audit(tmp_path, url, put(tmp_path / "now.json", _written(2025, PRE)))
    assert AGAIN not in _codes(done) | _open(done)


def test_a_file_wins_and_a_difference_is_said(tmp_path: Path, url: str) -> None:
    make(tmp_path, url)
    _sent(tmp_path, url, 2024, PROD)
    now = put(tmp_path / "now.json", _written(2025, PRE))
    before = put(tmp_path / "before.json", _written(2024, PRE))
    done = audit(tmp_path, url, now, "--prior", before)
    assert AGAIN in _codes(done)
    (said,) = [n["message"] for n in done.report["run"]["notices"] if n["kind"] == "priorRemark"]
    assert "the earlier file of 2024 differs" in said
    assert "the file was used" in said


def test_the_findings_of_a_run_do_not_depend_on_its_own_records(tmp_path: Path, url: str) -> None:
    make(tmp_path, url)
    both = put(tmp_path / "both.ndjson", _written(2024, PRE), _written(2025, PRE))
    for form in ("ndjson", "json"):
        done = audit(tmp_path, url, both, "-f", form)
        assert '"priorRemark"' not in done.out if form == "ndjson" else True


def test_a_database_that_does_not_answer_costs_no_report(tmp_path: Path) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    now = put(tmp_path / "now.json", _written(2025, PRE))
    (tmp_path / "history.db").write_bytes(b"not a database, and longer than a header" * 9)
    done = audit(tmp_path, url, now)
    assert (done.code, done.report["summary"]["verdict"]) == (4, "ready")
    assert "file is not a database" in done.err
    assert "nothing was recorded" in done.err
    assert ask(tmp_path, url, "history", "list").code == 4


def test_a_table_that_was_damaged_leaves_the_year_open_and_is_said(tmp_path: Path) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    _sent(tmp_path, url, 2024, PRE)
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE blob RENAME TO gone")
    engine.dispose()
    done = audit(tmp_path, url, put(tmp_path / "now.json", _written(2025, PRE)))
    assert done.code == 4
    assert AGAIN in _open(done)
    (said,) = [n for n in done.report["run"]["notices"] if n["kind"] == "priorRemark"]
    assert done.report["summary"]["exit"]["code"] == 4
    assert "earlier years were not looked up" in said["message"]


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_a_score_looks_back_and_records_nothing(tmp_path: Path, form: str) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    _sent(tmp_path, url, 2024, PRE)
    path = put(tmp_path / "now.json", _written(2025, PRE))
    before = len(records(tmp_path, url))
    terms = ("score", path, "--as-of", "2026-02-01", "--isolated", "-f", form)
    done = ask(tmp_path, url, *terms)
    alone = run_here(*terms, cwd=tmp_path)
    assert AGAIN in done.out
    unknown = "its level in an earlier year is not known"
    assert (unknown in alone.out, unknown in done.out) == (True, False)
    assert len(records(tmp_path, url)) == before


def test_a_score_says_that_a_year_was_only_audited(tmp_path: Path) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    audit(tmp_path, url, put(tmp_path / "before.json", _written(2024, PRE)))
    path = put(tmp_path / "now.json", _written(2025, PRE))
    done = ask(tmp_path, url, "score", path, "--as-of", "2026-02-01", "--isolated")
    assert "but not as submitted, so 2024 is unknown" in " ".join(done.out.split())
