"""What the mutation run takes for a rule, for its cases and for a verdict is what picheck takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from shutil import copytree
from typing import Any

import msgspec
import mutation_judge
import pytest
from mutation_judge import FATES, compare, observe
from mutation_modules import PACK, PLUGINS, Module, find_inert, list_modules

from picheck.model.report import Report
from picheck.plugins.registry import PluginRegistry
from picheck.testing.assertions import run_case
from picheck.testing.cases import Case, load_cases
from picheck.testing.examples import compliant_parts
from support import FIXTURES, some

#: Judges a copy of the rule pack with one change after the other, as the mutation run does.
JUDGE = """
import json, sys
from pathlib import Path
from mutation_judge import judge, warm_up
from picheck.testing.cases import load_cases
from picheck.testing.examples import shipped_cases
folder, pack, file, changes = sys.argv[1:]
cases = load_cases(shipped_cases().joinpath("PIC-PER-03.json"))
seen = warm_up(cases, [pack])
sys.path.insert(0, folder)
text = Path(file).read_text(encoding="utf-8")
for old, new in json.loads(changes):
    assert text.count(old) == 1, old
    Path(file).write_text(text.replace(old, new), encoding="utf-8")
    print(judge(cases, (), seen))
"""
#: Changes of the rule about short periods, and what becomes of them.
MUTANTS = {
    ("period.days >= minimum", "period.days > minimum"): "killed",
    ('fail(\n        "/performanceEnd"', 'fail(\n        "/performanceStart"'): "killed",
    ("return None", "return undefined"): "killed",
    ("days reported", "days given"): "wording",
    ("minimum = clause", "minimum = +clause"): "unseen",
}


@pytest.fixture(scope="module")
def modules(registry: PluginRegistry) -> list[Module]:
    return list_modules(registry)


@pytest.fixture(scope="module")
def case() -> Case:
    """Return a case with one failure."""
    cases = load_cases(FIXTURES / "cases" / "PIC-PER-03.json")
    return next(case for case in cases if case.entry.expect)


@pytest.fixture(scope="module")
def report(case: Case, registry: PluginRegistry) -> Report:
    return run_case(case, compliant_parts, registry)


def test_every_rule_is_mutated_and_judged_by_its_own_cases(
    modules: list[Module], registry: PluginRegistry
) -> None:
    rules = {code for code, rule in registry.rules.items() if rule.owner.distribution == "picheck"}
    judged = [module for module in modules if "rules" in module.path.parts]
    assert sorted(module.codes for module in some(judged)) == sorted((code,) for code in rules)
    for module in some(judged):
        assert {case.rule for case in module.cases} == {*module.codes}, module.path.name


def test_every_other_module_is_judged_by_cases_or_tests(modules: list[Module]) -> None:
    others = [module for module in modules if "rules" not in module.path.parts]
    assert [m.path.name for m in some(others) if not (m.cases or m.tests)] == []
    named = {PLUGINS.parent / test for module in modules for test in module.tests}
    assert [test for test in some(named) if not test.is_file()] == []


def test_a_shared_module_is_judged_by_the_cases_of_all_rules_that_use_it(
    modules: list[Module],
) -> None:
    codes = {module.path.stem: module.codes for module in modules}
    users = {*codes["certification_late"], *codes["functionality_late"]}
    assert {*codes["cehrt_dates"]} == users
    assert {*codes["eligibility"]} <= {*codes["roster"]}  # by way of eligibility


def test_the_schemas_of_every_rule_that_has_terms_are_left_out(registry: PluginRegistry) -> None:
    for code, installed in some(registry.rules.items()):
        if installed.owner.distribution == "picheck":
            path = PLUGINS / f"{installed.rule.check.__module__.replace('.', '/')}.py"
            kinds = [kind for kind, _ in find_inert(path)]
            assert ("schema" in kinds) == bool(installed.rule.terms), code
            assert "annotation" in kinds, code


@pytest.mark.parametrize(
    ("change", "fate"),
    [
        ({}, "unseen"),
        ({"message": "otherwise"}, "wording"),
        ({"actual": 1}, "wording"),
        ({"outcome": "indeterminate"}, "unpinned"),
        ({"consequence": "advice"}, "unpinned"),
        ({"severity": "note"}, "unpinned"),
        ({"fingerprint": "0"}, "unpinned"),
        ({"missing_evidence": ("cehrt",)}, "unpinned"),
    ],
    ids=str,
)
def test_what_a_result_decides_is_told_from_what_it_shows(
    report: Report, change: dict[str, Any], fate: str
) -> None:
    (result,) = report.results
    changed = msgspec.structs.replace(result, **change)
    other = msgspec.structs.replace(report, results=(changed,))
    assert FATES[compare(observe(report), observe(other))] == fate


def test_mutants_of_a_rule_are_judged_by_its_cases(tmp_path: Path) -> None:
    """In a process of its own, for the judge forks."""
    copytree(PLUGINS / PACK, tmp_path / PACK)
    file = tmp_path / PACK / "rules" / "period" / "period_too_short.py"
    arguments = (str(tmp_path), PACK, str(file), json.dumps([*MUTANTS]))
    command = [sys.executable, "-B", "-c", JUDGE, *arguments]
    folder = Path(mutation_judge.__file__).parent
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (ran.stdout.split(), ran.stderr) == ([*MUTANTS.values()], "")
