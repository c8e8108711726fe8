"""The living example: a vendor's own distribution, its options, its lock and its reporter."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from support import FIXTURES
from vendor_support import ACME, picheck, pretend_install, run


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pretend_install(
        tmp_path_factory.mktemp("site") / "it", ACME, "acme", "picheck_acme", "1.2.0"
    )


@pytest.fixture
def work(tmp_path: Path) -> Path:
    for name in ("2025.json", "2025.evidence.json"):
        shutil.copy(FIXTURES / "compliant" / name, tmp_path / name)
    return tmp_path


def audit(work: Path, site: Path, *options: str) -> Any:
    return picheck("audit", "2025.json", "--as-of", "2026-02-01", *options, site=site, cwd=work)


def settle(work: Path, option: str) -> None:
    (work / "pyproject.toml").write_text(f"[tool.picheck.plugins.acme]\n{option}\n")


def test_its_own_tests_pass(site: Path) -> None:
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", str(ACME), site=site)
    assert done.code == 0, done.out


def test_it_is_verified(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "certificate.json"
    done = picheck("plugins", "verify", "acme", "--examples=40", f"--output={file}", site=site)
    assert done.code == 0, done.out + done.err
    certificate = json.loads(file.read_text())
    assert certificate["passed"]
    assert certificate["version"] == "1.2.0"
    assert {cost["rule"] for cost in certificate["costs"]} == set(certificate["rules"])


def test_an_option_has_its_default(work: Path, site: Path) -> None:
    assert audit(work, site, "-f", "acme-worklist").out.count("\n") == 1


def test_an_option_is_coerced_and_reaches_the_rule(work: Path, site: Path) -> None:
    settle(work, 'round_to = "100"')
    lines = audit(work, site, "-f", "acme-worklist").out.splitlines()
    assert [line.split("\t")[:3] for line in lines[1:]] == [["2025.json", "note", "ACME-QLT-01"]]


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("round_too = 100", "round_too is not known; did you mean 'round_to'?"),
        ("round_to = 3", "round_to is 3, expected at least 10"),
        ('round_to = "x"', "round_to is 'x'"),
    ],
)
def test_a_wrong_option_stops_the_audit(work: Path, site: Path, option: str, told: str) -> None:
    settle(work, option)
    done = audit(work, site)
    assert done.code == 2
    assert f"plugins.acme: {told}" in done.err


def test_options_for_nobody_are_refused(work: Path, site: Path) -> None:
    (work / "pyproject.toml").write_text("[tool.picheck.plugins.acne]\nround_to = 100\n")
    done = audit(work, site)
    assert done.code == 2
    assert "no plugin is called 'acne'; did you mean 'acme'?" in done.err


def test_what_it_brings_is_shown(site: Path) -> None:
    shown = json.loads(picheck("plugins", "show", "acme", "--format", "json", site=site).out)
    assert [rule["code"] for rule in shown["rules"]] == [
        "ACME-EHR-01",
        "ACME-ENT-01",
        "ACME-QLT-01",
    ]
    assert shown["rules"][1]["years"] == [2024, 2025, 2026]
    assert shown["reporters"] == ["acme-worklist"]
    [option] = shown["options"]
    assert (option["name"], option["default"], option["limits"]) == ("round_to", 1000, {"min": 10})


def test_a_lock_holds(work: Path, site: Path) -> None:
    assert picheck("plugins", "lock", site=site, cwd=work).code == 0
    assert audit(work, site, "--locked").code == 0


def test_a_plugin_that_is_missing_breaks_the_lock(work: Path, site: Path) -> None:
    picheck("plugins", "lock", site=site, cwd=work)
    done = audit(work, site, "--locked", "-p", "no:acme")
    assert done.code == 2
    assert "picheck-acme 1.2.0 (acme) is not loaded" in done.err


def test_a_plugin_that_was_changed_breaks_the_lock(work: Path, site: Path) -> None:
    picheck("plugins", "lock", site=site, cwd=work)
    lock = work / "picheck-plugins.lock"
    text = lock.read_text()
    digest = text.rpartition('sha256 = "')[2].partition('"')[0]
    lock.write_text(text.replace(digest, "0" * 64))
    done = audit(work, site, "--locked")
    assert done.code == 2
    assert "picheck-acme 1.2.0 has other files than were locked" in done.err


def test_an_audit_without_its_lock_is_refused(work: Path, site: Path) -> None:
    done = audit(work, site, "--locked")
    assert done.code == 2
    assert "picheck-plugins.lock does not exist" in done.err
