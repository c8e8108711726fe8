"""Two reports are compared by entity and fingerprint."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from command_line import Run, run_here
from picheck.testing import compliant
from support import AS_OF, YEAR

TINS: Final = ("123456789", "223456789")  # invented; both print alike: *****6789
FORMS: Final = ("json", "ndjson")


def short(draft: Any) -> Any:
    """Return the submission with a period that is too short."""
    return draft.with_set(performanceStart=f"{YEAR}-08-01")


def without_id(draft: Any) -> Any:
    """Return the submission without a certification id."""
    return draft.with_set(cehrtId=None)


def unchanged(draft: Any) -> Any:
    """Return the submission as it is."""
    return draft


def write(folder: Path, *departures: Any) -> None:
    """Write one document for each departure, each of an entity of its own."""
    drafts = (
        departure(compliant(YEAR).with_submission(taxpayerIdentificationNumber=tin))
        for tin, departure in zip(TINS, departures, strict=False)
    )
    lines = [json.dumps({"submission": d.build(), "evidence": d.evidence}) for d in drafts]
    (folder / "held.ndjson").write_text("".join(f"{line}\n" for line in lines))


def report(folder: Path, name: str, *options: str, form: str = "ndjson") -> Path:
    """Audit what is held and return the report."""
    file = folder / name
    words = ("held.ndjson", "--as-of", AS_OF, "--isolated", "-f", f"{form}={file}", *options)
    run = run_here("audit", *words, cwd=folder)
    assert run.code in {0, 1}, run.err
    return file


def diff(folder: Path, *words: str | Path) -> Run:
    return run_here("diff", *words, cwd=folder)


def compared(folder: Path, *words: str | Path) -> Any:
    run = diff(folder, *words, "--format", "json", "--same")
    assert run.report is not None, run.err
    return run.report


def codes(found: Any, name: str) -> list[str]:
    return [each["code"] for each in found["findings"][name]]


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """Return a folder with a report of last week and one of tonight, in both forms."""
    write(tmp_path, short, unchanged)
    for form in FORMS:
        report(tmp_path, f"old.{form}", form=form)
    write(tmp_path, without_id, short)
    for form in FORMS:
        report(tmp_path, f"new.{form}", form=form)
    return tmp_path


@pytest.mark.parametrize("old", FORMS)
@pytest.mark.parametrize("new", FORMS)
def test_what_is_new_gone_and_the_same_is_told(pair: Path, old: str, new: str) -> None:
    found = compared(pair, f"old.{old}", f"new.{new}")
    assert "PIC-CEH-01" in codes(found, "new")
    assert codes(found, "gone").count("PIC-PER-03") == 1
    assert codes(found, "new").count("PIC-PER-03") == 1
    gone = next(f for f in found["findings"]["gone"] if f["code"] == "PIC-PER-03")
    new_ = next(f for f in found["findings"]["new"] if f["code"] == "PIC-PER-03")
    assert gone["subject"] == new_["subject"], "both entities print alike"
    assert gone["entity"] != new_["entity"]
    assert gone["slug"] == "period-too-short"
    for name in ("new", "gone", "same"):
        number = sum(each["occurrences"] for each in found["findings"][name])
        assert found["counts"][name] == number


def test_a_report_is_the_same_as_itself(pair: Path) -> None:
    found = compared(pair, "old.json", "old.ndjson")
    assert (found["counts"]["new"], found["counts"]["gone"]) == (0, 0)
    assert found["counts"]["same"] > 0
    assert found["entities"] == {"new": 0, "gone": 0, "same": 2}
    assert diff(pair, "old.json", "old.ndjson").code == 0


def test_the_exit_code_says_whether_something_is_new_at_the_gate(pair: Path) -> None:
    assert diff(pair, "old.ndjson", "new.ndjson").code == 1
    write(pair, unchanged, unchanged)
    report(pair, "fine.ndjson")
    assert diff(pair, "old.ndjson", "fine.ndjson").code == 0
    assert diff(pair, "fine.ndjson", "old.ndjson").code == 1


def test_a_new_finding_below_the_gate_is_listed_and_costs_nothing(pair: Path) -> None:
    write(pair, short, unchanged)
    report(pair, "old.ndjson", "--fail-on", "never")
    write(pair, short, short)
    report(pair, "new.ndjson", "--fail-on", "never")
    run = diff(pair, "old.ndjson", "new.ndjson")
    assert run.code == 0
    assert "0 at the gate: never" in run.out
    assert "PIC-PER-03 period-too-short" in run.out


def test_the_text_names_the_entity_and_the_place(pair: Path) -> None:
    out = diff(pair, "old.json", "new.json").out
    assert (
        out.splitlines()[1] == "2 entities in both reports, 0 only in new.json, 0 only in old.json"
    )
    assert "error   PIC-CEH-01" in out
    assert "held.ndjson:1" in out
    assert not any(tin in out for tin in TINS)


def test_the_order_and_the_names_of_files_do_not_matter(pair: Path) -> None:
    write(pair, short, unchanged)
    lines = (pair / "held.ndjson").read_text().splitlines(keepends=True)
    (pair / "held.ndjson").write_text("".join(reversed(lines)))
    report(pair, "turned.ndjson")
    found = compared(pair, "old.ndjson", "turned.ndjson")
    assert (found["counts"]["new"], found["counts"]["gone"]) == (0, 0)


def test_an_entity_that_is_not_there_any_more_is_told(pair: Path) -> None:
    write(pair, unchanged)
    report(pair, "fewer.ndjson")
    write(pair, unchanged, short)
    report(pair, "more.ndjson")
    run = diff(pair, "more.ndjson", "fewer.ndjson")
    assert "fewer.ndjson has no document of this entity" in run.out
    found = compared(pair, "more.ndjson", "fewer.ndjson")
    assert not found["findings"]["gone"][0]["entityInOther"]
    assert found["entities"] == {"new": 0, "gone": 1, "same": 1}


def test_one_finding_in_two_documents_of_an_entity_is_counted_twice(tmp_path: Path) -> None:
    write(tmp_path, short)
    report(tmp_path, "once.ndjson", "--select", "PIC-PER-03")
    line = (tmp_path / "held.ndjson").read_text()
    (tmp_path / "held.ndjson").write_text(line * 2)
    report(tmp_path, "twice.ndjson", "--select", "PIC-PER-03")
    found = compared(tmp_path, "once.ndjson", "twice.ndjson")
    assert found["counts"] == {
        "new": 1,
        "reopened": 0,
        "gone": 0,
        "same": 1,
        "newAtGate": 1,
        "reopenedAtGate": 0,
    }


def test_findings_about_several_documents_are_compared_too(tmp_path: Path) -> None:
    draft = compliant(YEAR)
    other = draft.with_set(cehrtId="0015C7K2W9D4F6H" if YEAR < 2025 else "2025C7K2W9D4F6H")
    lines = [json.dumps({"submission": d.build(), "evidence": d.evidence}) for d in (draft, draft)]
    (tmp_path / "held.ndjson").write_text("".join(f"{line}\n" for line in lines))
    report(tmp_path, "old.ndjson")
    lines[1] = json.dumps({"submission": other.build(), "evidence": other.evidence})
    (tmp_path / "held.ndjson").write_text("".join(f"{line}\n" for line in lines))
    report(tmp_path, "new.ndjson")
    report(tmp_path, "new.json", form="json")
    streamed, whole = (compared(tmp_path, "old.ndjson", f"new.{form}") for form in FORMS)
    assert streamed["findings"] == whole["findings"]
    assert "PIC-CEH-08" in codes(streamed, "new")


# Reports that cannot be compared


def waive(folder: Path, expires: str, file: str = "held.ndjson") -> tuple[str, str]:
    """Write a waiver that ends with a date; return the option that names it."""
    (folder / "waivers.toml").write_text(
        f'[[waivers]]\ncode = "PIC-PER-03"\nfile = "{file}"\n'
        f'reason = "letter"\nowner = "C"\nexpires = {expires}\n'
    )
    return "--waivers", "waivers.toml"


@pytest.mark.parametrize("form", FORMS)
def test_a_waiver_that_ran_out_between_the_reports_is_said(form: str, tmp_path: Path) -> None:
    write(tmp_path, short, short)
    report(tmp_path, "old", *waive(tmp_path, AS_OF), form=form)
    report(tmp_path, "new", *waive(tmp_path, f"{YEAR}-01-01"), form=form)
    found = compared(tmp_path, "old", "new")
    assert codes(found, "reopened") == ["PIC-PER-03"] * 2
    assert (found["counts"]["reopened"], found["counts"]["reopenedAtGate"]) == (2, 2)
    assert "PIC-PER-03" not in codes(found, "new")
    run = diff(tmp_path, "old", "new")
    assert run.code == 1
    said = " ".join(run.out.split())
    assert "of the same, 2 were accepted before and no longer are (2 at the gate)" in said
    assert "reopened error PIC-PER-03" in said
    assert diff(tmp_path, "new", "old").code == 0
    assert diff(tmp_path, "old", "old").code == 0


def test_of_two_findings_alike_only_the_one_that_was_accepted_is_reopened(tmp_path: Path) -> None:
    for name in ("a", "b"):  # of one entity, so that both have one fingerprint
        write(tmp_path, short)
        (tmp_path / "held.ndjson").rename(tmp_path / f"{name}.ndjson")
    lines = [(tmp_path / f"{name}.ndjson").read_text() for name in ("a", "b")]
    words = ("a.ndjson", "b.ndjson", "--as-of", AS_OF, "--isolated")
    waiver = waive(tmp_path, AS_OF, "a.ndjson")
    run_here("audit", *words, *waiver, "-f", "json=old", cwd=tmp_path)
    run_here("audit", *words, "-f", "json=new", cwd=tmp_path)
    found = compared(tmp_path, "old", "new")
    (reopened,) = (f for f in found["findings"]["reopened"] if f["code"] == "PIC-PER-03")
    assert reopened["occurrences"] == 1
    assert lines[0] == lines[1]


def test_another_entity_key_is_refused(pair: Path) -> None:
    (pair / "key").write_text("sixteen bytes or more")
    report(pair, "keyed.ndjson", "--entity-key", "key")
    run = diff(pair, "old.ndjson", "keyed.ndjson")
    assert run.code == 2
    assert "were made with different entity keys" in run.err
    assert diff(pair, "keyed.ndjson", "keyed.ndjson").code == 0


def test_another_gate_is_refused(pair: Path) -> None:
    report(pair, "strict.ndjson", "--fail-on", "warning")
    run = diff(pair, "old.ndjson", "strict.ndjson")
    assert run.code == 2
    assert "old.ndjson was made with the gate error, strict.ndjson with warning" in run.err


def test_other_terms_are_told(pair: Path) -> None:
    report(pair, "some.ndjson", "--select", "PIC-PER-03")
    assert "made on other terms: select" in diff(pair, "old.ndjson", "some.ndjson").out
    assert compared(pair, "old.ndjson", "some.ndjson")["otherTerms"] == ["select"]


UNREADABLE: Final = {
    "is absent": (None, "cannot be read: No such file or directory"),
    "is no JSON": (b"{", "is no report: "),
    "is another document": (b'{"a": 1}', "is no report: "),
    "is of another version": (
        b'{"type":"run","schemaVersion":"1.0","asOf":"2026-02-01","gate":"error"}\n',
        "is a report of schema 1.0, not 2.0",
    ),
    "is cut after a line": (
        b'{"type":"run","schemaVersion":"2.0","asOf":"2026-02-01","gate":"error"}\n',
        "was cut: it has no summary line",
    ),
    "is cut in a line": (
        b'{"type":"run","schemaVersion":"2.0","asOf":"2026-02-01","gate":"error"}\n{"type":"do',
        "was cut: it has no summary line",
    ),
    "breaks in the middle": (
        b'{"type":"run","schemaVersion":"2.0","asOf":"2026-02-01","gate":"error"}\n{"type":}\n{}\n',
        "is no report: line 2: ",
    ),
}


@pytest.mark.parametrize(("data", "told"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_report_that_cannot_be_read_is_told(pair: Path, data: bytes | None, told: str) -> None:
    if data is not None:
        (pair / "bad.ndjson").write_bytes(data)
    run = diff(pair, "old.ndjson", "bad.ndjson")
    assert run.code == 3
    assert f"bad.ndjson {told}" in run.err


def test_an_incomplete_report_is_told(pair: Path) -> None:
    (pair / "held.ndjson").write_text("{\n" + (pair / "held.ndjson").read_text())
    words = ("held.ndjson", "--as-of", AS_OF, "--isolated", "-f", "ndjson=half.ndjson")
    assert run_here("audit", *words, cwd=pair).code == 3
    run = diff(pair, "old.ndjson", "half.ndjson")
    assert "half.ndjson is of an incomplete audit" in run.err


_MEASURE: Final = """
import resource, sys
from pathlib import Path
from picheck.cli.report_diff import Comparison
with Comparison(Path(sys.argv[1]), Path(sys.argv[2])) as compared:
    compared.counts()
    for name in ("new", "gone", "same"):
        for _ in compared.findings(name):
            pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_reports(tmp_path: Path) -> None:
    def kilobytes(documents: int) -> int:
        names = [tmp_path / f"{side}-{documents}.ndjson" for side in ("old", "new")]
        for shift, name in enumerate(names):
            with name.open("w") as file:
                file.write('{"type":"run","schemaVersion":"2.0","asOf":"x","gate":"error"}\n')
                for number in range(documents):
                    who = number + shift
                    file.write(
                        f'{{"type":"document","document":{number},"uri":"a","subject":"s",'
                        f'"entity":"e{who}"}}\n{{"type":"result","document":{number},"code":"A-B-01",'
                        f'"year":2025,"outcome":"fail","message":"m{"x" * 200}",'
                        f'"location":{{"pointer":"/a"}},"severity":"error","fingerprint":"f{who}"}}\n'
                    )
                file.write('{"type":"summary","exit":{"code":1,"reasons":[]}}\n')
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, *map(str, names)],
            check=True,
            capture_output=True,
            text=True,
        )
        return int(done.stdout)

    assert kilobytes(60_000) - kilobytes(2_000) < 30_000
