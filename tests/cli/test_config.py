"""Settings: where they come from, which wins, and how a wrong one is refused."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from acceptance_support import (
    AS_OF,
    SUBJECT,
    audit,
    codes,
    contradiction,
    kinds,
    run,
    submission,
    waivers,
)
from picheck.config.settings import OPTION_KEYS
from picheck.engine.file_patterns import matches
from support import ROOT, some

NPI = "2000000010"  # invented


def write(folder: Path, text: str, name: str = "picheck.toml") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")


def shown(folder: Path, *words: str, **environment: str) -> Any:
    done = run(folder, "config", "show", "--format", "json", *words, code=0, **environment)
    return json.loads(done.out)


def gate(folder: Path, *words: str, **environment: str) -> tuple[str, str]:
    setting = shown(folder, *words, **environment)["options"]["fail_on"]
    return setting["value"], setting["source"]


def test_the_nearest_file_upward_counts_alone(tmp_path: Path) -> None:
    write(tmp_path, 'fail_on = "note"\ntrust = "unverified"')
    write(tmp_path / "a" / "b", 'fail_on = "never"')
    assert gate(tmp_path / "a")[0] == "note"
    assert gate(tmp_path / "a" / "b") == ("never", "picheck.toml")
    assert shown(tmp_path / "a" / "b")["options"]["trust"]["source"] == "default"


def test_a_pyproject_counts_only_with_our_table(tmp_path: Path) -> None:
    write(tmp_path, 'fail_on = "note"')
    write(tmp_path / "a", "[tool.other]", "pyproject.toml")
    assert gate(tmp_path / "a")[0] == "note"
    write(tmp_path / "a", '[tool.picheck]\nfail_on = "warning"', "pyproject.toml")
    assert gate(tmp_path / "a") == ("warning", "pyproject.toml")
    write(tmp_path / "a", 'fail_on = "never"')
    assert gate(tmp_path / "a") == ("never", "picheck.toml")


def test_the_environment_beats_the_file_and_the_command_line_beats_both(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    write(tmp_path, 'fail_on = "note"')
    environment = {"PICHECK_AUDIT_FAIL_ON": "warning"}
    assert gate(tmp_path, **environment) == ("warning", "PICHECK_AUDIT_FAIL_ON")
    assert audit(tmp_path, "a.json")["run"]["gate"] == "note"
    assert audit(tmp_path, "a.json", environment=environment)["run"]["gate"] == "warning"
    words = ("a.json", "--fail-on", "never")
    assert audit(tmp_path, *words, environment=environment)["run"]["gate"] == "never"


def test_a_file_can_be_named_and_none_can_be_asked_for(tmp_path: Path) -> None:
    write(tmp_path, 'fail_on = "note"')
    write(tmp_path / "ci", 'fail_on = "never"', "strict.toml")
    assert gate(tmp_path, "-c", "ci/strict.toml") == ("never", "ci/strict.toml")
    assert gate(tmp_path, "--isolated") == ("error", "default")
    done = run(tmp_path, "config", "show", "-c", "absent.toml", code=2)
    assert "absent.toml: cannot be read" in done.err


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('fail_onn = "note"', "fail_onn is not known; did you mean 'fail_on'?"),
        ('fail_on = "warnig"', "did you mean 'warning'?"),
        ('year = "2025"', "year is '2025', expected integer"),
        ('[[overrides]]\nselct = ["PIC-PER"]\nfiles = "*"', "overrides.0.selct is not known"),
        ('[[overrides]]\nignore = ["PIC-PER"]', "overrides.0.files is missing"),
        ("fail_on = ", "is not valid TOML"),
        ("plugins = 1", "plugins is 1, expected dict"),
        ('ignore = ["PIC-PRE"]', "no rule is called 'PIC-PRE'; did you mean PIC-P"),
        ('[[overrides]]\nfiles = "*"\nselect = ["nope"]', "no rule is called 'nope'"),
        ('waivers = "absent.toml"', "absent.toml: cannot be read"),
        ('baseline = "absent.json"', "absent.json: cannot be read"),
        ("[plugins.nobody]\nlimit = 1", "no plugin is called 'nobody'"),
    ],
)
def test_what_is_not_known_is_refused_and_nothing_is_audited(
    tmp_path: Path, text: str, fault: str
) -> None:
    submission(tmp_path / "a.json")
    write(tmp_path, text)
    for words in (("audit", "a.json"), ("config", "validate")):
        done = run(tmp_path, *words, code=2)
        assert fault in done.err
        assert done.out == ""


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, 'yaer = 2025\nfail_on = 1\nreveal = "yes"')
    lines = run(tmp_path, "config", "validate", code=2).err.splitlines()
    assert len(lines) == 3


def test_validate_says_that_all_is_sound(tmp_path: Path) -> None:
    waivers(tmp_path, f'code = "PIC-PER-03"\nsubject = "{SUBJECT}"')
    write(tmp_path, 'waivers = "waivers.toml"\nformat = "json"\nas_of = 2026-02-01')
    assert run(tmp_path, "config", "validate", code=0).out == "picheck.toml is sound\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('format = ["jsn"]', "did you mean json?"),
        ('input_format = "qrda"', "no input format is called 'qrda'; did you mean qrda3?"),
        ('prior = ["archive"]', "prior: archive does not exist"),
        ('prior = ["empty"]', "prior: empty leads to no file of submissions"),
    ],
)
def test_validate_looks_for_what_the_file_names(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path, text)
    assert fault in run(tmp_path, "config", "validate", code=2).err


def test_validate_knows_the_formats_and_the_earlier_submissions(tmp_path: Path) -> None:
    submission(tmp_path / "archive" / "a.json")
    write(tmp_path, 'input_format = "qrda3"\nprior = "archive"')
    run(tmp_path, "config", "validate", code=0)


def test_paths_start_at_the_settings_file(tmp_path: Path) -> None:
    submission(tmp_path / "sub" / "a.json")
    waivers(tmp_path, f'code = "PIC-PER-03"\nsubject = "{SUBJECT}"')
    write(tmp_path, 'waivers = "waivers.toml"\nformat = ["text", "json=out.json"]')
    run(tmp_path / "sub", "audit", "a.json", "--as-of", AS_OF, code=0)
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["summary"]["waived"] == 1


def test_sources_are_printed_where_they_are_asked_for(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    words = ("audit", "a.json", "--as-of", AS_OF, "-f", "text")
    assert "     source    " not in run(tmp_path, *words, code=1).out
    assert "     source    " in run(tmp_path, *words, "--sources", code=1).out
    write(tmp_path, "sources = true")
    assert "     source    " in run(tmp_path, *words, code=1).out


def test_a_key_makes_the_pseudonyms_of_entities_and_stays_a_secret(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    folder = tmp_path / "sub"
    submission(folder / "a.json")
    (tmp_path / "secret").write_text("a key of many letters", "utf-8")
    write(tmp_path, 'entity_key = "secret"')
    with_key, in_folder = audit(tmp_path, "a.json"), audit(folder, "a.json")
    without = audit(tmp_path, "a.json", "--isolated")
    given = audit(tmp_path, "a.json", "--isolated", "--entity-key", "secret")
    told = [each["documents"][0]["entity"] for each in (with_key, in_folder, given, without)]
    assert told[0] == told[1] == told[2] != told[3]
    assert "a key of many letters" not in json.dumps(with_key)
    assert "secret" not in {Path(given["uri"]).name for given in with_key["run"]["inputs"]}
    (tmp_path / "secret").write_text("short", "utf-8")
    said = run(tmp_path, "audit", "a.json", code=2).err
    assert "secret holds 5 bytes; 16 or more are needed" in said


def test_the_evidence_to_fill_in_holds_what_the_side_file_says_already(tmp_path: Path) -> None:
    path = submission(tmp_path / "a.json", short=False)
    words = ("audit", "a.json", "--as-of", AS_OF, "-f", "text")
    side_file = path.with_suffix(".evidence.json")
    held = {"cehrt": {"certifiedOn": "2024-11-30"}, "clinicians": [{"npi": NPI, "measures": {}}]}
    side_file.write_text(json.dumps({"cehrt": held["cehrt"]}), "utf-8")
    told = run(tmp_path, *words, code=0).out
    assert "save what you know as a.evidence.json:" in told
    assert '"certifiedOn": "2024-11-30"' in told
    side_file.write_text(json.dumps(held), "utf-8")
    told = run(tmp_path, *words, code=0).out
    assert "add what you know to a.evidence.json:" in told
    assert NPI not in told
    assert '"certifiedOn": "2024-11-30"' not in told
    told = run(tmp_path, *words, "--reveal", code=0).out
    assert "save what you know as a.evidence.json:" in told
    assert NPI in told


def test_every_setting_is_an_option_with_its_own_environment_variable(tmp_path: Path) -> None:
    settings = shown(tmp_path)["options"]
    assert set(settings) == set(OPTION_KEYS)
    given = {"YEAR": "2024", "IGNORE": "PIC-PER PIC-CEH", "REVEAL": "1", "FORMAT": "json"}
    found = shown(tmp_path, **{f"PICHECK_AUDIT_{key}": value for key, value in given.items()})
    for key, value in {
        "year": 2024, "ignore": ["PIC-PER", "PIC-CEH"], "reveal": True, "format": ["json"],
    }.items():  # fmt: skip
        assert found["options"][key] == {
            "value": value, "source": f"PICHECK_AUDIT_{key.upper()}",
        }  # fmt: skip


def test_the_schema_agrees_with_the_reader(tmp_path: Path) -> None:
    schema = json.loads(run(tmp_path, "config", "schema", code=0).out)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    sound = 'fail_on = "note"\nignore = "PIC-PER"\n[[overrides]]\nfiles = ["*"]\nfail_on = "note"'
    assert validator.is_valid(tomllib.loads(sound))
    for text in ('fail_on = "x"', "yaer = 1", '[[overrides]]\nfail_on = "note"'):
        assert not validator.is_valid(tomllib.loads(text))


def test_an_override_holds_for_its_files_alone(tmp_path: Path) -> None:
    submission(tmp_path / "drafts" / "a.json")
    submission(tmp_path / "b.json", tin="987654321")
    write(tmp_path, '[[overrides]]\nfiles = "drafts/**"\nfail_on = "never"')
    report = audit(tmp_path, ".", code=1)
    verdicts = {d["uri"]: d["verdict"] for d in report["documents"]}
    assert verdicts == {"b.json": "notReady", "drafts/a.json": "ready"}
    overrides = [n for n in report["run"]["notices"] if n["kind"] != "inputsLeftOut"]
    assert overrides == [
        {
            "kind": "override", "document": None, "incomplete": False,
            "message": "overrides.0 (drafts/**) applied to 1 document: gate never",
        }
    ]  # fmt: skip


def test_an_override_can_leave_rules_out_and_says_so(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    submission(tmp_path / "b.json", tin="987654321")
    write(tmp_path, '[[overrides]]\nfiles = "a.json"\nignore = ["period-too-short"]')
    report = audit(tmp_path, ".", code=1)
    assert codes(report) == [(1, "PIC-PER-03")]
    assert report["documents"][0]["verdict"] == "incomplete"
    assert [k for k in kinds(report) if k != "inputsLeftOut"] == ["override", "leftOut"]
    assert "left out in some documents by choice: PIC-PER-03" in str(report["run"]["notices"])
    assert len(report["run"]["rulebooks"]) == 1


def test_an_override_that_fits_no_file_is_told(tmp_path: Path) -> None:
    submission(tmp_path / "a.json", short=False)
    write(tmp_path, '[[overrides]]\nfiles = "old.json"\nfail_on = "never"')
    assert kinds(audit(tmp_path, "a.json", code=0)) == ["overrideUnused"]


def test_the_command_line_beats_overrides_too(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    write(tmp_path, '[[overrides]]\nfiles = "*"\nfail_on = "never"\nignore = ["PIC-PER-03"]')
    audit(tmp_path, "a.json", code=0)
    assert codes(audit(tmp_path, "a.json", "--ignore", "PIC-EVD")) == [(0, "PIC-PER-03")]
    audit(tmp_path, "a.json", "--ignore", "PIC-EVD", "--fail-on", "error", code=1)


def test_later_overrides_lie_over_earlier_ones(tmp_path: Path) -> None:
    submission(tmp_path / "a.json")
    write(
        tmp_path,
        '[[overrides]]\nfiles = "*.json"\nfail_on = "never"\nignore = ["PIC-PER-03"]\n'
        '[[overrides]]\nfiles = "a.json"\nfail_on = "error"\nignore = ["PIC-EVD"]',
    )
    report = audit(tmp_path, "a.json", code=0)
    assert "PIC-EVD-01, PIC-PER-03" in str(report["run"]["notices"])


def test_rules_across_documents_keep_to_the_overrides_of_each(tmp_path: Path) -> None:
    contradiction(tmp_path)
    assert (1, "PIC-CNF-01") in codes(audit(tmp_path, "."))
    write(tmp_path, '[[overrides]]\nfiles = "b.json"\nignore = ["PIC-CNF"]')
    assert (1, "PIC-CNF-01") not in codes(audit(tmp_path, "."))
    write(tmp_path, '[[overrides]]\nfiles = "a.json"\nignore = ["PIC-CNF"]')
    assert (1, "PIC-CNF-01") in codes(audit(tmp_path, "."))


def test_the_page_lists_every_setting() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert [key for key in some(OPTION_KEYS) if f"`{key}`" not in page] == []


@pytest.mark.parametrize(
    ("pattern", "uri", "is_found"),
    [
        ("a.json", "clinics/a.json", True),
        ("clinics/*.json", "clinics/a.json", True),
        ("clinics/*.json", "clinics/north/a.json", False),
        ("clinics/**", "clinics/north/a.json", True),
        ("**/a.json", "a.json", True),
        ("*.zip", "outbox.zip!north/a.json", True),
        ("a.json", "outbox.zip!north/a.json", True),
        ("outbox.zip!north/*", "outbox.zip!north/a.json", True),
        ("-", "-", True),
        ("a.jso?", "a.json", True),
        ("a.json", "xa.json", False),
        ("[a].json", "a.json", False),
    ],
)
def test_patterns(
    pattern: str, uri: str, *, is_found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert matches(pattern, uri, tmp_path) is is_found
