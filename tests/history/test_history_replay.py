"""What was audited is made again, byte by byte, from what was kept of it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from command_line import Run, run_apart
from distributions import VENDOR, install
from history_support import ask, audit, engine_of, make, records, verify
from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.history.audit_history import History
from picheck.history.tables import BLOB
from picheck.intake.documents import RawDocument
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry
from picheck.testing.assertions import case_documents
from picheck.testing.cases import load_cases
from picheck.testing.examples import compliant_parts
from picheck.testing.qrda_builder import to_qrda
from prior_support import BEFORE, NOW, put, submission
from qrda_support import versions
from support import AS_OF, COMPLIANT, FIXTURES, YEAR, YEARS, some

#: The years whose cases are recorded; a longer run is asked for by hand.
CASE_YEARS = YEARS if os.environ.get("PICHECK_HISTORY_CASES") else (YEAR,)


def replays(folder: Path, url: str, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    done = ask(folder, url, "history", "replay", "--format", "json", *(arguments or ("--all",)))
    return done.code, json.loads(done.out)["replays"]


def outcomes(folder: Path, url: str) -> list[str]:
    return [each["outcome"] for each in replays(folder, url)[1]]


def test_every_shipped_example_and_case_is_made_again(
    tmp_path: Path, registry: PluginRegistry
) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    for year in YEARS:
        path = FIXTURES / "compliant" / f"{year}.json"
        audit(tmp_path, url, path, now=f"{year + 1}-02-01T09:00:00Z")
    host = Host()
    host.discover()
    opened = History(url, host, registry, keep=True)
    for day, documents in some(_cases().items()):
        options = AuditOptions(as_of=date.fromisoformat(day))
        history, options = opened.begin_run(options, by="a test", at_end=False)
        audit_inputs(documents, options, registry, recorder=history)
        assert not history.faults
    code, found = replays(tmp_path, url)
    assert (code, {each["outcome"] for each in found}) == (0, {"identical"})
    assert len(found) > 200


def _cases() -> dict[str, list[RawDocument]]:
    """Return the documents of all cases by the date that they are audited for."""
    days: dict[str, list[RawDocument]] = {}
    for case in load_cases(FIXTURES / "cases"):
        if case.year in CASE_YEARS and not case.entry.files:
            days.setdefault(case.entry.as_of, []).extend(case_documents(case, compliant_parts))
    return days


def test_whatever_a_run_was_given_is_kept(tmp_path: Path) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    early = submission(NOW, 1, is_early=True)
    put(tmp_path / "before.json", submission(BEFORE, 1, is_early=True))
    put(tmp_path / "given.json", early)
    (tmp_path / "sra.pdf").write_bytes(b"%PDF- invented")
    digest = hashlib.sha256(b"%PDF- invented").hexdigest()
    proof = {"supports": ["PI_PPHI_1"], "file": "sra.pdf", "sha256": digest}
    facts = {"documents": [proof], "cehrt": {"certifiedOn": "2025-01-01"}}
    (tmp_path / "given.evidence.json").write_text(json.dumps(facts))
    (tmp_path / "waivers.toml").write_text(
        '[[waivers]]\ncode = "PIC-HST-01"\nreason = "the registry moved"\nowner = "a test"\n'
        'file = "given.json"\nexpires = 2030-01-01\n'
    )
    (tmp_path / "picheck.toml").write_text(
        'year = 2025\n[[overrides]]\nfiles = ["giv*.json"]\nignore = ["PIC-EVD"]\n'
    )
    first = ("audit", "given.json", "--prior", "before.json", "--waivers", "waivers.toml",
             "--fail-on", "warning", "--as-of", "2026-02-01", "-f", "json")  # fmt: skip
    done = ask(tmp_path, url, *first)
    assert any(each["code"] == "PIC-HST-01" for each in done.report["results"])
    whole = ask(tmp_path, url, *first, "--all-results")  # another form of the same report
    assert "1 unchanged" in whole.err
    for name in ("before.json", "given.evidence.json", "waivers.toml", "picheck.toml", "sra.pdf"):
        (tmp_path / name).unlink()
    assert outcomes(tmp_path, url) == ["identical"]


def test_a_qrda_file_and_a_line_of_many_are_made_again(tmp_path: Path) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    (tmp_path / "a.xml").write_text(to_qrda(submission(YEAR), versions(YEAR)))
    put(tmp_path / "b.ndjson", submission(NOW, 1), "not JSON", submission(NOW, 2, is_early=True))
    audit(tmp_path, url, "a.xml", "b.ndjson")
    assert outcomes(tmp_path, url) == ["identical"] * 3


@pytest.mark.parametrize("form", ["json=out", "ndjson=out"])
def test_what_several_documents_show_together_is_made_again(tmp_path: Path, form: str) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    (tmp_path / "sent").mkdir()
    for name, number in (("a", 1), ("b", 2), ("c", 1), ("d", 1)):
        put(tmp_path / "sent" / f"{name}.json", submission(NOW, number, is_early=name == "c"))
    audit(tmp_path, url, "sent", "-f", form)
    amends = [each for each in records(tmp_path, url) if "amends" in each]
    assert len(amends) == 1
    shutil.rmtree(tmp_path / "sent")
    assert outcomes(tmp_path, url) == ["identical"] * 5


#: Settings for single documents of one practice, and what the one with the contradiction becomes
#: by them; None where no document shows anything together with the others.
_OVERRIDES: dict[str, tuple[str, str | None]] = {
    "its gate": ('[[overrides]]\nfiles = ["c.json"]\nfail_on = "warning"\n', "notReady"),
    "the gate of others": ('[[overrides]]\nfiles = ["a*", "d*"]\nfail_on = "note"\n', "ready"),
    "its rules": ('[[overrides]]\nfiles = ["c.json"]\nignore = ["PIC-CNF"]\n', None),
    "the rules of others": (
        '[[overrides]]\nfiles = ["sent/a.json", "sent/d.json"]\nignore = ["PIC-CNF"]\n',
        "ready",
    ),
    "a rule for it alone": (
        (
            'select = ["PIC-PER"]\n'
            '[[overrides]]\nfiles = ["**/c.json"]\nselect = ["PIC-CNF", "PIC-PER"]\n'
        ),
        "incomplete",
    ),
    "others for each": (
        (
            '[[overrides]]\nfiles = ["a.json"]\nfail_on = "never"\n'
            '[[overrides]]\nfiles = ["*.json"]\nignore = ["PIC-EVD"]\nfail_on = "warning"\n'
            '[[overrides]]\nfiles = ["d.json"]\nfail_on = "note"\nignore = ["PIC-PER"]\n'
        ),
        "notReady",
    ),
}


@pytest.mark.parametrize("form", ["json=out", "ndjson=out"])
@pytest.mark.parametrize(("settings", "verdict"), _OVERRIDES.values(), ids=_OVERRIDES)
def test_documents_of_a_practice_with_settings_of_their_own_are_made_again(
    tmp_path: Path, settings: str, verdict: str | None, form: str
) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    (tmp_path / "sent").mkdir()
    for name in "acd":
        put(tmp_path / "sent" / f"{name}.json", submission(NOW, 1, is_early=name == "c"))
    (tmp_path / "picheck.toml").write_text(settings)
    ask(tmp_path, url, "audit", "sent", "--as-of", "2026-02-01", "-f", form)
    amends = [each for each in records(tmp_path, url) if "amends" in each]
    assert [each["verdict"] for each in amends] == ([] if verdict is None else [verdict])
    shutil.rmtree(tmp_path / "sent")
    (tmp_path / "picheck.toml").unlink()
    code, found = replays(tmp_path, url)
    assert [(each["outcome"], each["lines"]) for each in found] == [("identical", [])] * (
        3 + len(amends)
    )
    assert code == 0


def test_digests_alone_cannot_be_replayed_and_hold_nothing(tmp_path: Path) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    value = submission(NOW)
    audit(tmp_path, url, put(tmp_path / "a.json", value), "--keep", "digests")
    code, (found,) = replays(tmp_path, url)
    assert (code, found["outcome"]) == (4, "notReplayable")
    assert "is not kept" in found["lines"][0]
    assert verify(tmp_path, url)["code"] == 0


def _run(folder: Path, *arguments: str | Path) -> Run:
    """Run picheck in a process of its own, with what was installed into the folder."""
    return run_apart(*arguments, "--history", "history.db", cwd=folder)


def test_another_rulebook_or_plugin_is_named(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": VENDOR})
    assert _run(tmp_path, "history", "init").code == 0
    _run(tmp_path, "audit", COMPLIANT, "--as-of", AS_OF, "--isolated")
    assert _run(tmp_path, "history", "replay", "2").code == 0
    (tmp_path / "acme_tools_acme.py").write_text(VENDOR.replace("the tests.", "other tests."))
    done = _run(tmp_path, "history", "replay", "2")
    assert done.code == 4
    assert "acme-tools 1.0 has other contents than it had" in done.out
    assert "pip install" in done.out
    assert "acme-tools==1.0" in done.out
    current = _run(tmp_path, "history", "replay", "2", "--with-current")
    assert (current.code, "byte-identical" in current.out) == (0, True)
    failing = VENDOR.replace("return None  # ANSWER", 'return fail("", "an invented fault")')
    (tmp_path / "acme_tools_acme.py").write_text(failing)
    differs = _run(tmp_path, "history", "replay", "2", "--with-current")
    assert (differs.code, "new: ACME-TST-01 an invented fault" in differs.out) == (1, True)


def test_files_past_their_retention_go_and_the_chain_stays(tmp_path: Path) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    old = put(tmp_path / "old.json", submission(2021))
    audit(tmp_path, url, old, now="2022-02-01T09:00:00Z")
    audit(tmp_path, url, put(tmp_path / "new.json", submission(NOW)))
    terms = ("history", "expunge", "--reason", "retention", "--before")
    early = ask(tmp_path, url, *terms, "2022", now="2027-12-31T23:00:00Z")
    assert (early.code, "files of 2021 are kept until the end of 2027" in early.err) == (2, True)
    engine = engine_of(url)
    with engine.connect() as connection:
        kept = select(BLOB.c.data).where(
            BLOB.c.sha256 == hashlib.sha256(old.read_bytes()).hexdigest()
        )
        data = connection.execute(kept).scalar_one()
    engine.dispose()
    assert data in (tmp_path / "history.db").read_bytes() or (tmp_path / "history.db-wal").exists()
    done = ask(tmp_path, url, *terms, "2022", now="2028-01-01T09:00:00Z")
    for path in some(tmp_path.glob("history.db*")):
        assert data[:40] not in path.read_bytes()
    assert (done.code, done.out.splitlines()[0]) == (0, "1 file removed")
    assert verify(tmp_path, url)["code"] == 0
    assert outcomes(tmp_path, url) == ["notReplayable", "identical"]
    assert records(tmp_path, url)[-1]["reason"] == "retention"
    raw = old.read_bytes()
    assert hashlib.sha256(raw).hexdigest() in str(records(tmp_path, url))


@pytest.mark.parametrize("kind", ["zip", "intoto"])
def test_records_are_handed_over_without_those_of_others(tmp_path: Path, kind: str) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    for number in range(3):
        audit(tmp_path, url, put(tmp_path / f"{number}.json", submission(NOW, number)))
    out = tmp_path / "out"
    only = ("--only",) if kind == "zip" else ()
    asked = ("history", "export", "2", "6", "--format", kind, "-o", out, *only)
    assert ask(tmp_path, url, *asked).code == 0
    if kind == "zip":
        assert verify(tmp_path, url, "--against", str(out))["code"] == 0
        import zipfile  # noqa: PLC0415

        with zipfile.ZipFile(out) as bundle:
            lines = bundle.read("records.ndjson").splitlines()
        assert [json.loads(line)["seq"] for line in lines] == [2, 6]
        return
    first, second = map(json.loads, out.read_text().splitlines())
    assert first["_type"] == "https://in-toto.io/Statement/v1"
    assert first["predicate"]["result"] in {"PASSED", "WARNED"}
    digest = hashlib.sha256((tmp_path / "2.json").read_bytes()).hexdigest()
    assert second["subject"] == [{"name": str(tmp_path / "2.json"), "digest": {"sha256": digest}}]
