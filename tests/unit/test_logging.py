"""Logs go to standard error, name nobody, and do not grow with the batch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import Run, run_here
from picheck.logging import get_logger, mask_identifiers
from support import AS_OF, COMPLIANT


def audit(folder: Path, *arguments: str) -> Run:
    """Audit a folder that bears a TIN in its name, as folders do."""
    named = folder / "tin-123456789"
    if not named.exists():
        named.mkdir()
        for number in range(12):
            (named / f"{number}.json").write_bytes(COMPLIANT.read_bytes())
    options = ("--as-of", AS_OF, "--isolated", "-f", "json", *arguments)
    return run_here("audit", *options, named, cwd=folder)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("123456789", "*****6789"),
        ("12-3456789", "*****6789"),
        ("tin 123456789, npi 2000000010.", "tin *****6789, npi ******0010."),
        ("/data/123456789/a.json", "/data/*****6789/a.json"),
        ("12345678", "12345678"),
        ("a123456789", "a*****6789"),
        ("123-45-6789", "*****6789"),
    ],
)
def test_what_looks_like_an_identifier_is_masked(text: str, masked: str) -> None:
    assert mask_identifiers(None, "info", {"event": text}) == {"event": masked}


def test_identifiers_are_masked_however_deep_they_stand() -> None:
    event = {"event": "x", "paths": ["123456789"], "facts": {"tin": "123456789", "n": 123456789}}
    assert "123456789" not in str(mask_identifiers(None, "info", event))


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_log_line_says_what_happened_and_names_nobody(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log = get_logger(verbosity=1, form=form)
    log.info("audit started", uri="123456789.json", tin=123456789)
    captured = capsys.readouterr()
    assert not captured.out
    assert "audit started" in captured.err
    assert "*****6789" in captured.err
    assert "123456789" not in captured.err
    if form == "json":
        assert json.loads(captured.err)["level"] == "info"


@pytest.mark.parametrize(
    ("verbosity", "said"),
    [(-1, ["e"]), (0, ["w", "e"]), (1, ["i", "w", "e"]), (2, ["d", "i", "w", "e"])],
)
def test_verbosity_decides_what_is_logged(
    verbosity: int, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    log = get_logger(verbosity=verbosity, form="json")
    for method, event in (("debug", "d"), ("info", "i"), ("warning", "w"), ("error", "e")):
        getattr(log, method)(event)
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["event"] for line in lines] == said


def test_nothing_is_logged_unless_asked_for(tmp_path: Path) -> None:
    assert not audit(tmp_path).err


def test_nothing_is_logged_for_a_document(tmp_path: Path) -> None:
    run = audit(tmp_path, "-vv", "--log-format", "json")
    assert len(run.report["documents"]) == 12
    events = [json.loads(line)["event"] for line in run.err.splitlines()]
    assert events == ["audit started", "audit ended"]


@pytest.mark.parametrize("form", ["console", "json"])
def test_results_and_logs_do_not_mix(form: str, tmp_path: Path) -> None:
    run = audit(tmp_path, "-v", "--log-format", form)
    assert run.report is not None
    assert "audit ended" in run.err
    assert "123456789" not in run.err


def test_a_report_masks_identifiers_unless_told_to_reveal(tmp_path: Path) -> None:
    quiet = run_here("audit", COMPLIANT, "--as-of", AS_OF, "--isolated", cwd=tmp_path)
    assert "123456789" not in quiet.out
    assert "tin *****6789" in quiet.out
    open_ = run_here("audit", COMPLIANT, "--as-of", AS_OF, "--reveal", cwd=tmp_path)
    assert "tin 123456789" in open_.out
