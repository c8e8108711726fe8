"""Plugins for other programs, and cases beside the rules of other vendors."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from packs import ia
from picheck.api import Answers, CheckResults, Evidence, fail, hookimpl
from picheck.errors import UsageError
from picheck.testing import load_cases, verify_plugin
from picheck.testing.assertions import describe_difference
from picheck.testing.examples import OWN_EXAMPLES, compliant_parts, examples_of
from picheck.testing.harness import stock
from picheck.testing.scaffold import scaffold
from support import ROOT, some
from vendor_support import made, picheck, pretend_install, run, vendor_of

PACK = ROOT / "tests" / "packs"


def install_ia(site: Path) -> None:
    """Install the pack of activities as a distribution of its own."""
    folder = site.parent / "ia-tools"
    shutil.copytree(PACK / "ia", folder / "ia")
    pretend_install(site, folder, "ia", "ia", "1.0")


# Verification for another program


def test_a_plugin_of_another_program_is_verified() -> None:
    certificate = verify_plugin(ia.__name__, examples=20, plugins=[ia])
    assert certificate.passed, [check for check in certificate.checks if not check.passed]
    assert certificate.years == (2025,)
    assert {cost.rule for cost in certificate.costs} >= {"TIA-ACT-01", "TIA-ACT-02"}


def test_a_fault_of_another_program_s_rule_is_found() -> None:
    module = ModuleType("packs.ia")
    module.__dict__.update({**vars(ia)})
    rules = ia.picheck_register_rules()
    broken = [rule for rule in rules if rule.code != "TIA-ACT-01"]
    module.__dict__["picheck_register_rules"] = hookimpl(lambda: tuple(broken))
    certificate = verify_plugin(ia.__name__, examples=5, plugins=[module])
    told = {fault for check in certificate.checks for fault in check.faults}
    assert any("missing       TIA-ACT-01 fail" in fault for fault in told)


def test_a_package_brings_its_compliant_submissions() -> None:
    found = examples_of(ia.__name__)
    assert found.years == (2025,)
    submission, evidence = found.parts(2025)
    assert submission["measurementSets"][0]["category"] == "ia"
    assert evidence == {}
    assert examples_of("picheck_pi") is OWN_EXAMPLES
    with pytest.raises(UsageError, match=r"no compliant example is called 2024\.json"):
        found.parts(2024)


# A new plugin for another program


def test_a_new_program_is_brought_along_and_verified(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    scaffold("activities", "ACT", folder, stock(), "ia")
    for file in some(filter(Path.is_file, folder.rglob("*"))):
        assert "@" not in file.read_text("utf-8").replace("@rule(", "").replace("@hookimpl", "")
    site = pretend_install(tmp_path / "site", folder, "activities", "picheck_activities", "0.1.0")
    tests = run("-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder), site=site)
    assert tests.code == 0, tests.out
    assert "2 passed" in tests.out
    verified = picheck("plugins", "verify", "activities", "--examples=10", site=site)
    assert verified.code == 0, verified.out + verified.err
    listed = picheck("years", "list", "--program", "ia", site=site)
    assert listed.code == 0, listed.err


def test_a_plugin_beside_the_rulebooks_of_another_vendor(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    install_ia(site)
    command = ("plugins", "new", "north", "--prefix", "NORTH", "--program", "ia")
    made_ = picheck(*command, site=site, cwd=tmp_path)
    assert made_.code == 0, made_.err
    folder = tmp_path / "picheck-north"
    assert (folder / "picheck_north" / "compliant" / "2025.json").is_file()
    clauses = (folder / "picheck_north" / "clauses.toml").read_text()
    assert 'program = "ia"' in clauses
    pretend_install(site, folder, "north", "picheck_north", "0.1.0")
    tests = run("-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder), site=site)
    assert tests.code == 0, tests.out
    verified = picheck("plugins", "verify", "north", "--examples=10", site=site)
    assert verified.code == 0, verified.out + verified.err


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("pii", "no rulebook is for the program 'pii'; did you mean pi?"),
        ("Two Words", "'Two Words' is no program"),
    ],
)
def test_a_program_that_is_misspelt_or_none_is_refused(
    tmp_path: Path, program: str, why: str
) -> None:
    with pytest.raises(UsageError) as caught:
        scaffold("acme", "ACME", tmp_path / "new", stock(), program)
    assert why in str(caught.value)
    assert not (tmp_path / "new").exists()


# Cases beside the rules of others


def says_nothing(answers: Answers) -> CheckResults:  # noqa: ARG001
    return None


def always_fails(answers: Answers) -> CheckResults:  # noqa: ARG001
    return fail("", "never right")


def breaks(answers: Answers) -> CheckResults:
    raise KeyError(next(iter(answers)))


def asks(evidence: Evidence) -> CheckResults:
    return fail("", "{x}", x=evidence.require("cehrt.edition"))


MINE = made(says_nothing, "MINE-TRY-01")


def vendor_called(name: str, *rules: Any) -> ModuleType:
    """Return a plugin of a distribution of its own."""
    module = vendor_of(rules)
    module.__name__ = name
    return module


def case_of(folder: Path, **case: Any) -> str | None:
    """Write a case, and return what differs beside the plugins given."""
    plugins = case.pop("plugins")
    file = folder / "MINE-TRY-01.json"
    case = {"name": "it", "years": [2025], "expect": [], **case}
    file.write_text(json.dumps({"rule": "MINE-TRY-01", "cases": [case]}))
    return describe_difference(load_cases(file)[0], compliant_parts, stock(plugins))


@pytest.mark.parametrize("check", [always_fails, breaks])
def test_a_finding_of_another_vendor_fails_no_case(tmp_path: Path, check: Any) -> None:
    other = vendor_called("other", made(check, "OTHER-TRY-01"))
    assert case_of(tmp_path, plugins=[vendor_called("mine", MINE), other]) is None


def test_an_open_question_of_another_vendor_fails_no_case(tmp_path: Path) -> None:
    rule = made(asks, "OTHER-TRY-01", scope="set", evidence="cehrt.edition")
    plugins = [vendor_called("mine", MINE), vendor_called("other", rule)]
    assert case_of(tmp_path, plugins=plugins, evidence={"cehrt": {"edition": None}}) is None


def test_a_finding_of_one_s_own_other_rule_fails_and_is_named(tmp_path: Path) -> None:
    mine = vendor_called("mine", MINE, made(always_fails, "MINE-TRY-02"))
    told = case_of(tmp_path, plugins=[mine])
    assert told is not None
    assert "not expected  MINE-TRY-02 fail" in told
    assert told.endswith("(a rule of mine)")


def test_a_finding_of_picheck_fails_and_is_named(tmp_path: Path) -> None:
    change = {"set": {"cehrtId": None}}
    told = case_of(tmp_path, plugins=[vendor_called("mine", MINE)], change=change)
    assert told is not None
    assert "not expected  PIC-CEH-01 fail" in told
    assert "(a rule of picheck)" in told


def test_a_finding_of_another_vendor_may_be_expected(tmp_path: Path) -> None:
    other = vendor_called("other", made(always_fails, "OTHER-TRY-01"))
    plugins = [vendor_called("mine", MINE), other]
    assert case_of(tmp_path, plugins=plugins, expect=[{"rule": "OTHER-TRY-01"}]) is None
    assert case_of(tmp_path, plugins=plugins, expect=[{"rule": "OTHER-TRY-02"}]) is not None
