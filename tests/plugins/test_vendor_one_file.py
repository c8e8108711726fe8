"""A plugin that is one file: no package, no entry point, no hooks."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

import pytest

from command_line import Run, run_apart, run_here
from picheck.testing import compliant_parts, load_cases, verify_plugin
from picheck.testing.assertions import describe_difference
from picheck.testing.harness import stock
from support import AS_OF, COMPLIANT, ROOT, YEAR

MINE: Final = f'''"""Our own rules."""

from picheck.api import CheckResults, Clause, CountsByMeasure, fail, rule

CLAUSES = [
    {{
        "code": "OUR-QLT-01",
        "program": "pi",
        "years": [{YEAR}],
        "consequence": "auditRisk",
        "sources": [{{"title": "our own experience", "standing": "unverified"}}],
        "terms": {{"measure": "PI_PEA_1", "least": 100_000}},
    }},
]


@rule("OUR-QLT-01", "too-few-patients", terms={{"measure": {{}}, "least": {{"min": 1}}}})
def too_few_patients(counts: CountsByMeasure, clause: Clause) -> CheckResults:
    """There are too few patients.

    What it checks: The denominator of one measure.

    Why it matters: A site was forgotten.

    How to fix: Add up all sites.
    """
    pair = counts.pair(clause["measure"])
    if pair is None or pair[1] >= clause["least"]:
        return None
    return fail(f"/measurements/{{clause['measure']}}", "{{actual}} patients", actual=pair[1])
'''
FILE: Final = "./my_rules.py"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my_rules.py").write_text(MINE)
    (tmp_path / "a.json").write_bytes(COMPLIANT.read_bytes())
    return tmp_path


def audit(folder: Path, *arguments: str, named: str = FILE, **environment: str) -> Run:
    options = ("--as-of", AS_OF, "--isolated", "-f", "json", "-p", named, *arguments)
    return run_here("audit", "a.json", *options, cwd=folder, stdin=b"", **environment)


def codes(run: Run) -> list[str]:
    return [result["code"] for result in run.report["results"]]


@pytest.mark.parametrize("named", [FILE, "my_rules.py", "{folder}/my_rules.py"])
def test_its_rules_run(folder: Path, named: str) -> None:
    run = audit(folder, named=named.format(folder=folder))
    assert run.code == 0, run.err
    assert codes(run) == ["OUR-QLT-01"]


def test_it_is_named_with_its_path_and_its_digest(folder: Path) -> None:
    digest = hashlib.sha256((folder / "my_rules.py").read_bytes()).hexdigest()
    (use,) = (u for u in audit(folder).report["run"]["plugins"] if u["name"] == "my-rules")
    assert (use["distribution"], use["version"]) == ("my_rules.py", f"sha256:{digest}")
    listed = run_here("plugins", "list", "-p", FILE, "--format", "json", cwd=folder)
    (row,) = (row for row in json.loads(listed.out) if row["name"] == "my-rules")
    assert (row["distribution"], row["version"]) == ("my_rules.py", f"sha256:{digest}")
    assert row["clauses"] == [f"OUR-QLT-01 in pi {YEAR}"]


def test_a_lock_holds_it_to_its_digest(folder: Path) -> None:
    assert run_here("plugins", "lock", "-p", FILE, cwd=folder).code == 0
    assert audit(folder, "--locked").code == 0
    (folder / "my_rules.py").write_text(f"{MINE}\n# changed\n")
    run = audit(folder, "--locked")
    assert run.code == 2
    assert "my_rules.py is another file than was locked" in run.err


def test_settings_name_it_from_where_they_lie(folder: Path) -> None:
    (folder / "picheck.toml").write_text(f'plugin = ["{FILE}"]\n')
    below = folder / "below"
    below.mkdir()
    options = ("--as-of", AS_OF, "-f", "json")
    run = run_here("audit", "../a.json", *options, cwd=below)
    assert codes(run) == ["OUR-QLT-01"], run.err


def test_workers_load_it_too(folder: Path) -> None:
    line = json.dumps(json.loads(COMPLIANT.read_bytes()))
    (folder / "a.ndjson").write_text(f"{line}\n" * 6)
    options = ("--as-of", AS_OF, "--isolated", "-p", FILE, "--select", "OUR-QLT-01")
    written = folder / "out.ndjson"
    run = run_apart("audit", "a.ndjson", *options, "-f", f"ndjson={written}", "-j", "2", cwd=folder)
    assert not run.err
    found = [json.loads(text) for text in written.read_text().splitlines()]
    assert [r["document"] for r in found if r["type"] == "result"] == list(range(6))


def test_the_file_of_the_page_runs(folder: Path) -> None:
    page = (ROOT / "docs" / "plugins" / "one-file.md").read_text("utf-8")
    text = page.partition("```python\n")[2].partition("```")[0]
    (folder / "my_rules.py").write_text(text.replace("2025, 2026", str(YEAR)))
    assert codes(audit(folder)) == ["OUR-QLT-01"]


def test_its_cases_can_be_run(folder: Path) -> None:
    case = {"name": "too few", "years": [YEAR], "expect": [{"rule": "OUR-QLT-01"}]}
    (folder / "OUR-QLT-01.json").write_text(json.dumps({"rule": "OUR-QLT-01", "cases": [case]}))
    (found,) = load_cases(folder / "OUR-QLT-01.json")
    plugins = [str(folder / "my_rules.py")]
    assert describe_difference(found, compliant_parts, stock(plugins)) is None
    (folder / "my_rules.py").write_text(MINE.replace("100_000", "1"))
    told = describe_difference(found, compliant_parts, stock(plugins))
    assert told is not None
    assert "missing       OUR-QLT-01 fail" in told


def test_it_is_verified_with_the_cases_beside_it(folder: Path) -> None:
    numbers = {"numerator": 100_000, "denominator": 200_000}
    evidence = {"clinicians": None, "ehrReport": {"PI_PEA_1": numbers}}
    many = {"change": {"answers": {"PI_PEA_1": numbers}}, "evidence": evidence}
    cases = [
        {"name": "too few", "years": [YEAR], "expect": [{"rule": "OUR-QLT-01"}]},
        {"name": "enough", "years": [YEAR], "expect": [], **many},
    ]
    (folder / "cases").mkdir()
    (folder / "cases" / "OTHERS-01.json").write_text("of another plugin")
    file = folder / "cases" / "OUR-QLT-01.json"
    file.write_text(json.dumps({"rule": "OUR-QLT-01", "cases": cases}))
    path = str(folder / "my_rules.py")
    checks = {each.name: each for each in verify_plugin(
        "my-rules", examples=1, plugins=[path]).checks}  # fmt: skip
    assert checks["says its version"].passed
    held = checks["examples behave as declared"]
    assert (held.passed, held.detail) == (True, "2 runs of the cases in cases beside my_rules.py")
    file.write_text(json.dumps({"rule": "OUR-QLT-01", "cases": cases[1:]}))
    held = verify_plugin("my-rules", examples=1, plugins=[path]).checks[3]
    assert held.faults == ("OUR-QLT-01 has no case that it finds fault with",)


def test_it_leaves_nothing_beside_itself(folder: Path) -> None:
    before = sorted(folder.iterdir())
    audit(folder)
    assert sorted(folder.iterdir()) == before


def test_rules_that_it_imports_stay_their_owners(folder: Path) -> None:
    theirs = "from picheck_pi.rules.period.period_too_short import period_too_short\n"
    (folder / "my_rules.py").write_text(MINE + theirs)
    assert codes(audit(folder)) == ["OUR-QLT-01"]


def test_it_may_write_hooks_of_its_own(folder: Path) -> None:
    reporter = """
from picheck.api import hookimpl

class Tally:
    name = "tally"
    description = "how many results"
    def render(self, report, style):
        return f"{len(report.results)} results\\n"

@hookimpl
def picheck_register_reporters():
    return (Tally(),)
"""
    (folder / "my_rules.py").write_text(MINE + reporter)
    options = ("--as-of", AS_OF, "--isolated", "-p", FILE, "-f", "tally")
    assert run_here("audit", "a.json", *options, cwd=folder).out == "1 results\n"


def test_one_hook_alone_will_do(folder: Path) -> None:
    hook = """
from picheck.api import hookimpl

@hookimpl
def picheck_audit_finished(report):
    print("the verdict is", report.summary.verdict)
    raise ValueError("tin 123456789")
"""
    (folder / "my_rules.py").write_text(hook)
    run = audit(folder)
    assert (run.code, "the verdict is ready\n" in run.err) == (0, True)
    assert "picheck_audit_finished failed: ValueError: tin *****6789" in run.err
    assert "ValueError: tin 123456789" in audit(folder, "--reveal").err


#: What is wrong with a file, its text, and what is told of it.
BROKEN: dict[str, tuple[str, str]] = {
    "is no Python": ("def (:", "SyntaxError: invalid syntax (my_rules.py, line 1)"),
    "breaks": (f"{MINE}\nx = nothing\n", "line 32: NameError: name 'nothing' is not defined"),
    "leaves": ("import sys\nsys.exit(0)", "line 2: SystemExit"),
    "holds no rule": ("CLAUSES = []\n", "my_rules.py holds no rule; make one with @rule"),
    "holds a rule without a clause": (
        MINE.replace("CLAUSES = [", "OTHERS = ["),
        "my_rules.py: OUR-QLT-01 has no clause, so it never runs; add it to CLAUSES",
    ),
    "misspells a code": (
        MINE.replace('"code": "OUR-QLT-01"', '"code": "OUR-QTL-01"'),
        "CLAUSES names OUR-QTL-01, which is no rule here; did you mean OUR-QLT-01?",
    ),
    "misspells a key of a clause": (
        MINE.replace('"consequence"', '"consequense"'),
        "my_rules.py: CLAUSES: clauses.0.consequense is not known; did you mean 'consequence'?",
    ),
    "has one table for a list": (
        MINE.replace("CLAUSES = [", "CLAUSES = dict(a=1)\nOTHERS = ["),
        "my_rules.py: CLAUSES is dict, expected a list of tables",
    ),
    "takes picheck's prefix": (
        MINE.replace("OUR-", "PIC-"),
        "claims PIC-QLT-01; the prefix PIC belongs to picheck",
    ),
    "lacks a term": (MINE.replace('"least": 100_000', ""), "lacks the term least"),
    "asks for another interface": (f"picheck_api = '9'\n{MINE}", "asks for picheck_api '9'"),
}


@pytest.mark.parametrize(("text", "told"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_used_is_named_and_costs_no_other_rule(
    folder: Path, text: str, told: str
) -> None:
    (folder / "my_rules.py").write_text(text)
    run = audit(folder)
    assert run.code == 4, run.err
    assert "plugin my-rules (my_rules.py) did not load: " in run.told
    assert told in run.told


def test_a_file_that_is_not_there_is_refused(folder: Path) -> None:
    run = audit(folder, named="./yours.py")
    assert run.code == 2
    assert "the plugin yours.py does not exist" in run.err


def test_two_files_of_one_name_are_refused(folder: Path) -> None:
    (folder / "other").mkdir()
    (folder / "other" / "my_rules.py").write_text(MINE)
    run = audit(folder, "-p", "other/my_rules.py")
    assert run.code == 2
    assert "plugin name my-rules is claimed by my_rules.py and other/my_rules.py" in run.err


def test_an_allow_list_holds_for_it_too(folder: Path) -> None:
    run = audit(folder, PICHECK_PLUGINS="pi-measures")
    (use,) = (u for u in run.report["run"]["plugins"] if u["name"] == "my-rules")
    assert use["status"] == "blocked"
