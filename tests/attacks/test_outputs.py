"""An output never replaces an input, nor another output of the same run."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from command_line import environment, run_apart, run_here
from support import AS_OF, COMPLIANT

TERMS = ("--as-of", AS_OF, "--isolated")
SOUND = COMPLIANT.read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a file for each way in which a run may read one."""
    lake = tmp_path / "lake"
    lake.mkdir()
    (lake / "a.json").write_bytes(SOUND)
    (lake / "a.evidence.json").write_bytes(COMPLIANT.with_suffix(".evidence.json").read_bytes())
    (tmp_path / "link.json").symlink_to(lake / "a.json")
    (tmp_path / "hard.json").hardlink_to(lake / "a.json")
    (tmp_path / "prior.json").write_bytes(SOUND)
    (tmp_path / "waivers.toml").write_text("")
    (tmp_path / "secret.key").write_text("0123456789abcdef0123")
    (tmp_path / "picheck.toml").write_text("sources = true\n")
    (tmp_path / "rules.py").write_text('"""No rules."""\n')
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("a.json", SOUND)
    return tmp_path


#: What a run is given, and the output that would replace a part of it.
REPLACED: dict[str, tuple[tuple[str, ...], str]] = {
    "the submission": (("lake/a.json",), "lake/a.json"),
    "by another path": (("lake/a.json",), "./lake/../lake/a.json"),
    "its other name": (("lake/a.json",), "hard.json"),
    "a link to it": (("lake/a.json",), "link.json"),
    "what the link is to": (("link.json",), "lake/a.json"),
    "in a folder": (("lake",), "lake/a.json"),
    "in a pattern": (("lak?/*.json",), "lake/a.json"),
    "its evidence": (("lake/a.json",), "lake/a.evidence.json"),
    "evidence in a folder": (("lake",), "lake/a.evidence.json"),
    "the archive": (("all.zip",), "all.zip"),
    "named evidence": (
        ("lake/a.json", "--evidence", "lake/a.evidence.json"),
        "lake/a.evidence.json",
    ),
    "an earlier submission": (("lake", "--prior", "prior.json"), "prior.json"),
    "the key": (("lake", "--entity-key", "secret.key"), "secret.key"),
    "the settings": (("lake", "--config", "picheck.toml"), "picheck.toml"),
    "a plugin": (("lake", "-p", "./rules.py"), "rules.py"),
}


@pytest.mark.parametrize("command", ["audit", "score"])
@pytest.mark.parametrize(("given", "output"), REPLACED.values(), ids=REPLACED)
def test_an_output_that_is_an_input_is_refused_and_nothing_is_written(
    command: str, given: tuple[str, ...], output: str, folder: Path
) -> None:
    before = (folder / output).read_bytes()
    isolated = () if "--config" in given else ("--isolated",)
    for name in ("json", "ndjson"):
        options = ("--as-of", AS_OF, *isolated, "-f", f"{name}={output}")
        run = run_here(command, *given, *options, cwd=folder)
        assert run.code == 2, run.err
        assert f"is read in this run, and {name}={output.removeprefix('./')} would" in run.err
        assert (folder / output).read_bytes() == before


def test_waivers_and_a_baseline_are_inputs(folder: Path) -> None:
    for option in ("--waivers", "--baseline"):
        words = ("lake", option, "waivers.toml", *TERMS, "-f", "json=waivers.toml")
        run = run_here("audit", *words, cwd=folder)
        assert run.code == 2
        assert "waivers.toml is read in this run" in run.err


def test_standard_input_that_is_a_file_is_an_input(folder: Path) -> None:
    words = [sys.executable, "-m", "picheck", "audit", "-", *TERMS, "-f", "json=lake/a.json"]
    with (folder / "lake" / "a.json").open("rb") as file:
        done = subprocess.run(words, check=False, stdin=file, cwd=folder, env=environment(folder))
    assert done.returncode == 2
    assert (folder / "lake" / "a.json").read_bytes() == SOUND


def test_a_report_of_an_earlier_run_is_replaced(folder: Path) -> None:
    for name in ("json=lake/report.json", "ndjson=lake/report.ndjson", "csv=lake/report.csv"):
        for _ in range(2):
            assert run_here("audit", "lake", *TERMS, "-f", name, cwd=folder).code == 0


@pytest.mark.parametrize("command", ["audit", "score"])
@pytest.mark.parametrize("other", ["out", "./out", "lake/../out", "alias/out"])
def test_two_formats_with_one_path_are_refused(command: str, other: str, folder: Path) -> None:
    (folder / "alias").symlink_to(folder)
    formats = ("-f", "json=out", "-f", f"html={other}")
    run = run_here(command, "lake", *TERMS, *formats, cwd=folder)
    assert run.code == 2
    assert "two formats go to" in run.err
    assert not (folder / "out").exists()
    (folder / "out").write_bytes(b"kept")
    assert run_here(command, "lake", *TERMS, *formats, cwd=folder).code == 2
    assert (folder / "out").read_bytes() == b"kept"


@pytest.mark.parametrize("command", ["audit", "score"])
def test_two_formats_may_go_to_a_device_that_keeps_nothing(command: str, folder: Path) -> None:
    formats = ("-f", "json=/dev/null", "-f", "html=/dev/null")
    assert run_here(command, "lake", *TERMS, *formats, cwd=folder).code == 0


@pytest.mark.parametrize("command", ["audit", "score"])
def test_two_formats_on_standard_output_are_refused(command: str, folder: Path) -> None:
    formats = ("-f", "json", "-f", "text")
    run = run_here(command, "lake", *TERMS, *formats, cwd=folder)
    assert run.code == 2
    assert "only one format can go to standard output" in run.err


@pytest.mark.parametrize("command", ["audit", "score"])
def test_standard_output_under_another_name_is_standard_output(command: str, folder: Path) -> None:
    formats = ("-f", "json=/dev/stdout", "-f", "text")
    run = run_apart(command, "lake", *TERMS, *formats, cwd=folder)
    assert run.code == 2, run.err
    assert not run.out


@pytest.mark.parametrize("path", ["lake/a.json", "prior.json", "hard.json"])
def test_a_baseline_never_replaces_a_submission(path: str, folder: Path) -> None:
    words = ("lake", "--prior", "prior.json", *TERMS, "--force", "--baseline", path)
    run = run_here("baseline", "create", *words, cwd=folder)
    assert run.code == 2
    assert "is read in this run" in run.err
    assert (folder / path).read_bytes() == SOUND


def test_a_baseline_is_replaced_where_that_is_asked_for(folder: Path) -> None:
    (folder / "picheck.toml").write_text('baseline = "lake/b.json"\n')
    words = ("baseline", "create", "lake", "--as-of", AS_OF, "--force")
    for _ in range(2):
        assert run_here(*words, cwd=folder).code == 0
