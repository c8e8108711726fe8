"""The baseline: new findings stand out, old ones do not count, and no two subjects are merged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from acceptance_support import AS_OF, SUBJECT, TWIN, audit, codes, run, submission, waivers
from command_line import run_apart

BASELINE = "picheck-baseline.json"
SHORT = "PIC-PER-03 period-too-short"


def create(folder: Path, *words: str, code: int = 0) -> str:
    done = run(folder, "baseline", "create", "--as-of", AS_OF, *words, code=code)
    return done.out + done.err


def update(folder: Path, *words: str) -> str:
    return run(folder, "baseline", "update", "--as-of", AS_OF, *words, code=0).out


def held(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / BASELINE).read_text("utf-8"))["findings"]
    return found


def test_what_stood_in_the_baseline_no_longer_counts_and_new_findings_do(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    assert create(tmp_path, "a.json") == f"{BASELINE}: 1 finding as of {AS_OF}\n"
    report = audit(tmp_path, "a.json", "--baseline", BASELINE, code=0)
    assert report["results"][0]["baseline"] == "unchanged"
    assert report["documents"][0]["verdict"] == "ready"
    assert report["summary"]["baseline"] == 1
    submission(tmp_path / "a.json", cehrtId="XXX")
    report = audit(tmp_path, "a.json", "--baseline", BASELINE, code=1)
    assert (0, "PIC-PER-03") not in codes(report)
    assert codes(report)


def test_the_summary_of_a_run_counts_what_was_accepted(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    create(tmp_path, "a.json")
    waivers(tmp_path, f'code = "PIC-PER-03"\nsubject = "{SUBJECT}"')
    words = ("audit", "a.json", "--as-of", AS_OF, "-f", "text")
    told = run(tmp_path, *words).out
    assert "waived" not in told
    assert "baseline" not in told
    accepting = ("--baseline", BASELINE, "--waivers", "waivers.toml")
    told = run(tmp_path, *words, *accepting).out
    assert "1 waived, 1 in the baseline" in " ".join(told.split())


def test_two_subjects_that_print_alike_are_never_merged(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    submission(tmp_path / "b.json", tin=TWIN)
    create(tmp_path, "a.json")
    report = audit(tmp_path, "a.json", "b.json", "--baseline", BASELINE, code=1)
    assert codes(report) == [(1, "PIC-PER-03")]


def test_the_baseline_survives_renaming_and_re_ordering(tmp_path: Path) -> None:
    path = submission(tmp_path / "a.json")
    create(tmp_path, "a.json")
    document = json.loads(path.read_text("utf-8"))
    document["measurementSets"][0]["measurements"].reverse()
    (tmp_path / "renamed.json").write_text(json.dumps(document), "utf-8")
    path.with_suffix(".evidence.json").rename(tmp_path / "renamed.evidence.json")
    audit(tmp_path, "renamed.json", "--baseline", BASELINE, code=0)


def test_what_cms_refuses_is_never_taken_up_nor_honoured(tmp_path: Path) -> None:
    submission(tmp_path / "a.json", performanceEnd="2025-09-01")
    assert "not taken up: CMS refuses such a submission" in create(tmp_path, "a.json")
    assert held(tmp_path) == []
    report = audit(tmp_path, "a.json")
    found = report["results"]
    slugs = {rule["code"]: rule["slug"] for rule in report["rules"]}
    slipped_in = [
        {
            "fingerprint": result["fingerprint"], "code": result["code"],
            "slug": slugs[result["code"]], "outcome": "fail", "consequence": "advice",
            "year": 2025, "subject": SUBJECT, "pointer": "",
        }
        for result in found
    ]  # fmt: skip
    (tmp_path / BASELINE).write_text(
        json.dumps({"asOf": AS_OF, "findings": slipped_in, "baselineVersion": "1.0"}), "utf-8"
    )
    report = audit(tmp_path, "a.json", "--baseline", BASELINE, code=1)
    assert {result.get("baseline") for result in report["results"]} == {"new"}


def test_documents_that_name_nobody_share_nothing(tmp_path: Path) -> None:
    submission(tmp_path / "a.json", tin=None)
    assert "its subject is not named in full" in create(tmp_path, "a.json")
    assert held(tmp_path) == []


def test_waived_findings_stay_out_of_the_baseline(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    waivers(tmp_path, f'code = "PIC-PER-03"\nsubject = "{SUBJECT}"')
    told = create(tmp_path, "a.json", "--waivers", "waivers.toml")
    assert "1 finding not taken up: a waiver accepts it already" in told
    assert held(tmp_path) == []


def test_create_never_writes_over_a_baseline_by_accident(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    (tmp_path / BASELINE).write_text("{}", "utf-8")
    assert "is there; use picheck baseline update" in create(tmp_path, "a.json", code=2)
    assert create(tmp_path, "a.json", "--force") == f"{BASELINE}: 1 finding as of {AS_OF}\n"
    assert len(held(tmp_path)) == 1


def test_nothing_checked_is_nothing_written(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = create(tmp_path, "empty", code=5)
    assert f"picheck: nothing was checked, so {BASELINE} was not written\n" in said
    assert not (tmp_path / BASELINE).exists()


def test_two_processes_with_other_hash_seeds_write_the_same_bytes(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    submission(tmp_path / "b.json", tin=TWIN)
    written = []
    for seed, paths in (("1", (".",)), ("2", ("b.json", "a.json"))):
        command = ("baseline", "create", "--force", "--as-of", AS_OF, *paths)
        assert run_apart(*command, cwd=tmp_path, PYTHONHASHSEED=seed).code == 0
        written.append((tmp_path / BASELINE).read_bytes())
    assert len(held(tmp_path)) == 2
    assert written[0] == written[1]


def test_update_drops_what_is_gone_and_takes_up_what_is_new(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    submission(tmp_path / "b.json", tin="987654321")
    create(tmp_path, "a.json", "b.json")
    submission(tmp_path / "a.json", short=False)
    submission(tmp_path / "c.json", tin="111112222")
    assert update(tmp_path, "a.json", "c.json").splitlines() == [
        f"+ {SHORT}, tin *****2222, 2025",
        f"- {SHORT}, {SUBJECT}, 2025",
        f"{BASELINE}: 1 added, 1 gone, 1 stay",
    ]
    assert [known["subject"] for known in held(tmp_path)].count("tin *****4321") == 1
    assert {known["subject"] for known in held(tmp_path)} == {"tin *****4321", "tin *****2222"}


@pytest.mark.parametrize("words", [(), ("--only-remove",)])
def test_update_keeps_the_findings_of_another_subject_that_prints_alike(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    submission(tmp_path / "a.json")
    submission(tmp_path / "b.json", tin=TWIN)
    create(tmp_path, "a.json", "b.json")
    theirs, mine = held(tmp_path)
    submission(tmp_path / "a.json", short=False)
    assert update(tmp_path, "a.json", *words).splitlines() == [
        f"- {SHORT}, {SUBJECT}, 2025",
        f"{BASELINE}: 0 added, 1 gone, 1 stay",
    ]
    (left,) = held(tmp_path)
    assert left in (theirs, mine)
    audit(tmp_path, "b.json", "--baseline", BASELINE, code=0)


def test_a_baseline_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    create(tmp_path, "a.json")
    before = json.loads((tmp_path / BASELINE).read_text())
    entity = before["findings"][0].pop("entity")
    (tmp_path / BASELINE).write_text(json.dumps(before))
    audit(tmp_path, "a.json", "--baseline", BASELINE, code=0)
    assert update(tmp_path, "a.json") == f"{BASELINE}: 0 added, 0 gone, 1 stay\n"
    assert held(tmp_path)[0]["entity"] == entity
    (tmp_path / BASELINE).write_text(json.dumps(before))
    submission(tmp_path / "a.json", short=False)
    assert "0 added, 1 gone, 0 stay" in update(tmp_path, "a.json")


def test_update_can_only_remove(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    create(tmp_path, "a.json")
    submission(tmp_path / "b.json", tin="987654321")
    assert update(tmp_path, ".", "--only-remove") == f"{BASELINE}: 0 added, 0 gone, 1 stay\n"
    submission(tmp_path / "a.json", short=False)
    assert update(tmp_path, ".", "--only-remove").splitlines() == [
        f"- {SHORT}, {SUBJECT}, 2025",
        f"{BASELINE}: 0 added, 1 gone, 0 stay",
    ]
    assert held(tmp_path) == []


def test_show_lists_the_findings(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    create(tmp_path, "a.json")
    [known] = held(tmp_path)
    head, row, total = run(tmp_path, "baseline", "show", code=0).out.splitlines()
    assert head.split() == ["code", "year", "subject", "fingerprint", "finding"]
    assert row.split() == [
        *("PIC-PER-03", "2025", *SUBJECT.split(), known["fingerprint"][:12]),
        *("period-too-short", "at", "/measurementSets/0/performanceEnd"),
    ]
    assert total == f"1 finding as of {AS_OF}"
    found = json.loads(run(tmp_path, "baseline", "show", "--format", "json", code=0).out)
    assert found["findings"] == held(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"asOf": "2026-02-01", "findigs": []}'])
def test_a_file_that_is_no_baseline_stops_the_audit(tmp_path: Path, text: str) -> None:
    submission(tmp_path / "a.json")
    (tmp_path / BASELINE).write_text(text, "utf-8")
    done = run(tmp_path, "audit", "a.json", "--baseline", BASELINE, code=2)
    assert "is no baseline" in done.err
