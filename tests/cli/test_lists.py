"""What the listing commands print: of rules, years, measures, plugins and schemas."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from command_line import Run
from picheck.engine.audit import audit
from picheck.engine.framework_rules import FRAMEWORK_RULES, FrameworkRule
from picheck.engine.options import AuditOptions
from picheck.model.skeleton import evidence_skeleton
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.diff_reasons import explain_between
from picheck.schemas import NAMES, explain, load_schema
from picheck.testing.cases import load_cases
from picheck.testing.rule_examples import showcase
from support import FIXTURES, ROOT, YEARS, perhaps, some, years_asked_for

PREVIEW = 2027
BOOKS = (*YEARS, PREVIEW)


Picheck = Callable[..., Run]


def listed(picheck: Picheck, *arguments: object) -> Any:
    said = picheck(*arguments, "--format", "json")
    assert said.code == 0, said.err
    return json.loads(said.out)


# Rules


def test_every_rule_is_listed_with_its_years(picheck: Picheck, registry: PluginRegistry) -> None:
    rows = {row["code"]: row for row in listed(picheck, "rules", "list")}
    assert rows.keys() >= registry.rules.keys()
    assert rows["PIC-PER-03"]["years"] == list(BOOKS)
    assert rows["PIC-CEH-07"]["years"] == [2021, 2022, 2023]
    text = picheck("rules", "list").out
    assert "PIC-CEH-07  edition-not-accepted" in text
    assert "2021-2023" in text


@pytest.mark.parametrize("year", years_asked_for())
def test_the_rules_of_a_year_are_those_with_a_clause(
    picheck: Picheck, registry: PluginRegistry, year: int
) -> None:
    rows = listed(picheck, "rules", "list", "--year", year)
    clauses = registry.rulebooks.rulebook("pi", year).clauses
    assert {row["code"]: row["clauses"][0]["consequence"] for row in rows} == {
        code: clause.consequence for code, clause in clauses.items()
    }


def test_rules_are_chosen_by_prefix_and_slug(picheck: Picheck) -> None:
    rows = listed(picheck, "rules", "list", "--select", "PIC-ERX,period-too-short")
    assert [row["code"] for row in rows] == [
        "PIC-ERX-01",
        "PIC-ERX-02",
        "PIC-ERX-03",
        "PIC-ERX-04",
        "PIC-PER-03",
    ]


def test_a_rule_is_shown_with_its_numbers_side_by_side(picheck: Picheck) -> None:
    text = picheck("rules", "show", "period-too-short").out
    for heading in ("What it checks", "Why it matters", "How to fix", "An example that fails"):
        assert heading in text
    numbers = next(line for line in text.splitlines() if "minimum_days" in line)
    assert numbers.split()[1:] == ["90", "90", "90", "180", "180", "180", "180"]
    assert "2027*" in text
    assert "(official)" in text


def test_a_rule_is_shown_in_one_year(picheck: Picheck) -> None:
    text = picheck("rules", "show", "PIC-PER-03", "--year", 2023).out
    assert "minimum_days = 90" in text
    assert "180" not in text.partition("An example")[0]
    [year] = listed(picheck, "rules", "show", "PIC-PER-03", "-y", 2023)["years"]
    assert year["terms"] == {"minimum_days": 90}
    assert {source["standing"] for source in year["sources"]} == {"official", "secondary"}


def test_variants_and_notes_are_shown(picheck: Picheck) -> None:
    text = picheck("rules", "show", "PIC-HST-01", "--year", 2025).out
    assert "variant suppressed" in text
    assert "variant bonus" in text
    assert "pointsLost (points lost)" in text


@pytest.mark.parametrize("code", sorted(file.stem for file in (FIXTURES / "cases").glob("*.json")))
def test_each_rule_has_a_failing_and_a_passing_example_that_the_tests_run(
    code: str, registry: PluginRegistry
) -> None:
    years = [y for y in BOOKS if code in registry.rulebooks.rulebook("pi", y).clauses]
    shown = showcase(code, years)
    assert shown.failing is not None
    assert shown.passing is not None
    assert any(finding["rule"] == code for finding in shown.failing.findings)
    assert shown.failing.departure, "a compliant submission is no failing example"
    assert not shown.passing.findings
    run = {(case.entry.name, case.year) for case in load_cases(FIXTURES / "cases" / f"{code}.json")}
    assert {(e.name, e.year) for e in (shown.failing, shown.passing)} <= run


def test_a_year_without_a_clause_names_the_years_that_have_one(picheck: Picheck) -> None:
    said = picheck("rules", "show", "PIC-CEH-07", "--year", 2025)
    assert said.code == 2
    assert said.err == "picheck: PIC-CEH-07 has no clause in pi 2025; it runs in 2021-2023\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("rules", "show", "PIC-PER-3"), "did you mean PIC-PER-03?"),
        (("rules", "show", "period-to-short"), "did you mean period-too-short?"),
        (("rules", "show", "zzz"), "see picheck rules list"),
        (("rules", "show", "PIC-PER-03", "--year", "1999"), "no rulebook for pi 1999; installed:"),
        (("rules", "list", "--select", "PIC-PRE"), "did you mean PIC-PER?"),
        (("rules", "list", "--program", "pii"), "did you mean pi?"),
        (("rules", "diff", "2024", "2030"), "no rulebook for pi 2030"),
        (("rules", "coverage", "--year", "2030"), "no rulebook for pi 2030"),
        (("years", "show", "2030"), "no rulebook for pi 2030"),
        (("measures", "list", "-y", "2025", "--category", "exclusions"), "did you mean exclusion?"),
        (
            ("measures", "list", "-y", "2025", "--objective", "e-prescribin"),
            "electronicPrescribing",
        ),
        (("measures", "list", "-y", "2025", "--objective", "zzz"), "known: protectPatient"),
        (("schema", "evidence", "--output", "x.json"), "--output goes with --skeleton"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(
    picheck: Picheck, arguments: tuple[str, ...], told: str
) -> None:
    said = picheck(*arguments)
    assert said.code == 2
    assert told in said.err
    assert not said.out


@pytest.mark.parametrize("own", FRAMEWORK_RULES.values(), ids=lambda own: own.record.code)
def test_a_finding_of_the_framework_is_explained_too(picheck: Picheck, own: FrameworkRule) -> None:
    code, slug = own.record.code, own.record.slug
    text = picheck("rules", "show", code).out
    assert text.startswith(f"{code}  {slug}\n")
    assert "How to fix" in text
    assert listed(picheck, "rules", "show", slug)["code"] == code


# Differences between years


def test_adjacent_years_differ_in_what_they_declare(picheck: Picheck) -> None:
    changes = listed(picheck, "rules", "diff", 2023, 2024)["changes"]
    by_path = {change["path"]: change for change in changes}
    period = by_path["clauses.PIC-PER-03.terms.minimum_days"]
    assert (period["kind"], period["old"], period["new"]) == ("changed", 90, 180)
    [why] = period["reasons"]
    assert why["year"] == 2024
    assert "90 to 180" in why["reason"]
    assert why["sources"][0]["standing"] in {"official", "secondary"}
    assert all(change["reasons"] for change in some(changes))


@pytest.mark.parametrize("first", BOOKS)
@pytest.mark.parametrize("second", BOOKS)
def test_between_any_two_years_each_difference_has_a_reason(
    registry: PluginRegistry, first: int, second: int
) -> None:
    found = explain_between(registry.rulebooks, "pi", first, second)
    own = [one for one in found if not one.difference.path.startswith("clauses.ACME")]
    assert bool(own) == (first != second)
    for one in perhaps(own):
        assert one.reasons, one.difference.path
        assert all(min(first, second) < why.year <= max(first, second) for why in one.reasons)


def test_years_far_apart_tell_since_when(picheck: Picheck) -> None:
    text = picheck("rules", "diff", 2022, 2026).out
    assert "minimum_days 90 -> 180" in text
    assert "since 2024: The shortest period grows from 90 to 180" in text
    backwards = picheck("rules", "diff", 2026, 2022).out
    assert "minimum_days 180 -> 90" in backwards


def test_a_preview_says_so_in_a_difference(picheck: Picheck) -> None:
    assert "2027 is a preview:" in picheck("rules", "diff", 2026, PREVIEW).out


def test_a_year_does_not_differ_from_itself(picheck: Picheck) -> None:
    assert picheck("rules", "diff", 2025, 2025).out == "pi 2025 -> 2025: nothing\n"


# Coverage


@pytest.mark.parametrize("year", years_asked_for())
def test_each_demand_is_checked_or_says_why_not(picheck: Picheck, year: int) -> None:
    demands = listed(picheck, "rules", "coverage", "--year", year)
    assert {demand["kind"] for demand in demands} == {"zero", "refusal", "reweighting"}
    for demand in some(demands):
        assert demand["checkedBy"] == demand["rules"]
        assert demand["checkedBy"] or demand["note"], demand["id"]


def test_what_nothing_checks_is_said_plainly(picheck: Picheck) -> None:
    text = picheck("rules", "coverage", "--year", 2025).out
    assert "60 demands, 48 checked, 12 not checked by anything (zero-05," in text
    assert "NOTHING CHECKS IT" in text


def test_a_blocked_rule_checks_nothing(picheck: Picheck) -> None:
    said = picheck("rules", "coverage", "--year", 2025, "-p", "no:pi-cehrt")
    assert "PIC-CEH-01: not installed" in said.out
    row = next(
        row
        for row in listed(picheck, "rules", "list", "--year", 2025, "-p", "no:pi-cehrt")
        if row["code"] == "PIC-CEH-01"
    )
    assert row["slug"] is None


# The page of rules and years


def test_the_committed_matrix_is_what_the_rules_say(picheck: Picheck) -> None:
    page = (ROOT / "docs" / "reference" / "rules.md").read_text("utf-8")
    assert picheck("rules", "matrix", "--select", "PIC").out == page, (
        "docs/reference/rules.md is stale;"
        " run: picheck rules matrix --select PIC > docs/reference/rules.md"
    )


def test_each_row_of_the_matrix_leads_to_its_section(registry: PluginRegistry) -> None:
    page = (ROOT / "docs" / "reference" / "rules.md").read_text("utf-8")
    for code, found in some(registry.rules.items()):
        if code.startswith("PIC-"):
            assert f"[{code}](#{code.lower()}-{found.rule.slug})" in page
            assert f"\n### {code} {found.rule.slug}\n" in page


# Years and measures


def test_every_year_is_listed_with_status_and_digest(
    picheck: Picheck, registry: PluginRegistry
) -> None:
    rows = [row for row in listed(picheck, "years", "list") if row["program"] == "pi"]
    assert [row["year"] for row in rows] == list(BOOKS)
    assert [row["status"] for row in rows] == ["final"] * len(YEARS) + ["proposed"]
    for row in some(rows):
        assert row["sha256"] == registry.rulebooks.rulebook("pi", row["year"]).sha256
        assert row["owner"]["plugin"] == f"pi-{row['year']}"
        assert row["owner"]["distribution"] == "picheck"


def test_a_year_tells_its_numbers_and_what_changes(picheck: Picheck) -> None:
    year = listed(picheck, "years", "show", 2026)
    numbers = {(n["rule"], n["term"]): n["value"] for n in year["numbers"]}
    assert numbers["PIC-PER-03", "minimum_days"] == 180
    assert numbers["PIC-PER-06", "closes"] == "2027-03-31"
    assert year["measures"]["total"] == 39
    assert year["since"] == 2025
    assert "clauses.PIC-ATT-03" in {change["path"] for change in year["changes"]}
    text = picheck("years", "show", 2026).out
    assert "What changes for you, from 2025:" in text
    assert "PIC-ATT-03 risk-analysis-incomplete: added" in text


def test_the_first_year_has_none_before_it(picheck: Picheck) -> None:
    assert "no year before it" in picheck("years", "show", 2021).out


def test_a_preview_is_said_to_be_one(picheck: Picheck) -> None:
    text = picheck("years", "show", PREVIEW).out
    assert "proposed; a preview, never ready" in text
    assert "notice" in text


@pytest.mark.parametrize("year", years_asked_for())
def test_the_measures_of_a_year_are_its_table(
    picheck: Picheck, registry: PluginRegistry, year: int
) -> None:
    measures = registry.rulebooks.rulebook("pi", year).measures
    rows = listed(picheck, "measures", "list", "--year", year)
    assert [row["id"] for row in rows] == list(measures)
    text = picheck("measures", "list", "--year", year).out
    for measure in some(measures.values()):
        assert f"{measure.id}  " in text


def test_measures_are_filtered_by_objective_and_category(picheck: Picheck) -> None:
    asked = ("measures", "list", "-y", 2025, "--category", "exclusion")
    rows = listed(picheck, *asked, "--objective", "e-prescribing")
    assert [row["id"] for row in rows] == ["PI_LVPP_1", "PI_EP_2_EX_1", "PI_EP_2_EX_2"]
    assert rows[0]["criterion"].startswith("fewer than 100")
    assert rows == listed(picheck, *asked, "--objective", "electronicPrescribing")


# Plugins


def test_each_plugin_tells_what_it_brings(picheck: Picheck) -> None:
    rows = {row["name"]: row for row in listed(picheck, "plugins", "list")}
    assert rows["pi-period"]["hooks"] == ["picheck_register_rules"]
    assert "PIC-PER-03" in rows["pi-period"]["rules"]
    assert rows["pi-2025"]["rulebooks"] == ["pi 2025"]
    assert {"json", "text"} <= set(rows["reporters"]["reporters"])
    assert rows["pi-2025"]["distribution"] == "picheck"
    assert rows["pi-2025"]["version"]


def test_a_blocked_plugin_is_listed_with_the_reason(picheck: Picheck) -> None:
    said = picheck("plugins", "list", "-p", "no:pi-erx")
    assert said.code == 0
    assert "pi-erx  blocked  picheck" in said.out
    assert "blocked with -p no:pi-erx" in said.out
    assert "PIC-ERX-01" not in said.out


def test_a_plugin_that_does_not_load_shows_in_list_and_exit_code(
    picheck: Picheck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_for_lists.py").write_text("raise RuntimeError('no licence file')\n")
    monkeypatch.syspath_prepend(tmp_path)
    said = picheck("plugins", "list", "-p", "broken_for_lists")
    assert said.code == 4
    assert "broken_for_lists  failed" in said.out
    assert "no licence file" in said.out
    assert "did not load" in said.err
    assert picheck("rules", "list", "-p", "broken_for_lists").code == 4


# Schemas, skeletons, completion


def test_every_published_schema_can_be_printed() -> None:
    published = {path.name for path in files("picheck_schemas").iterdir()}
    names = {name for name in published if name.endswith(".schema.json")}
    assert {f"{name}.schema.json" for name in NAMES} == names


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_printed_as_it_is_published(picheck: Picheck, name: str) -> None:
    said = picheck("schema", name)
    assert said.code == 0
    assert json.loads(said.out) == load_schema(name)


@pytest.fixture
def submission(tmp_path: Path) -> Path:
    """Copy a compliant submission, one registry of which is at pre-production."""
    path = tmp_path / "acme.json"
    text = (FIXTURES / "compliant" / "2025.json").read_text("utf-8")
    path.write_text(text.replace("PI_PHCDRR_1_PROD", "PI_PHCDRR_1_PRE"), "utf-8")
    return path


def test_a_skeleton_names_each_fact_that_would_settle_something(
    picheck: Picheck, submission: Path
) -> None:
    said = picheck("schema", "evidence", "--skeleton", submission)
    assert said.code == 0
    assert json.loads(said.out) == {
        "attestations": {"saferAssessmentOn": None, "securityRiskAnalysisOn": None},
        "cehrt": {"certifiedOn": None, "functionalityInPlaceOn": None},
        "documents": None,
        "ehrReport": {"PI_EP_1": None, "PI_PEA_1": None},
        "engagementHistory": {"2024": None},
    }
    assert "cehrt.certifiedOn: The day on which the technology was certified" in said.err
    assert '{"numerator": 1, "denominator": 1}' in said.err


def test_an_unfilled_skeleton_settles_nothing(
    picheck: Picheck, submission: Path, registry: PluginRegistry
) -> None:
    terms = AuditOptions(as_of=date(2026, 2, 1))
    before = audit([str(submission)], terms, registry)
    output = submission.with_name("acme.evidence.json")
    said = picheck("schema", "evidence", "--skeleton", submission, "--output", output)
    assert (said.code, said.out) == (0, "")
    assert not explain("evidence", json.loads(output.read_bytes()))
    after = audit([str(submission)], terms, registry)
    assert after.summary.verdict == before.summary.verdict == "ready"
    assert not after.run.notices
    outcomes = [
        {(r.code, r.outcome) for r in report.results if r.outcome != "pass"}
        for report in (before, after)
    ]
    assert outcomes[0] == outcomes[1]


def test_a_filled_file_is_never_overwritten(picheck: Picheck, submission: Path) -> None:
    output = submission.with_name("acme.evidence.json")
    output.write_text("{}")
    said = picheck("schema", "evidence", "--skeleton", submission, "--output", output)
    assert said.code == 2
    assert "exists already" in said.err
    assert output.read_text() == "{}"


def test_a_skeleton_needs_a_year_with_a_rulebook(picheck: Picheck, submission: Path) -> None:
    text = submission.read_text("utf-8")
    submission.write_text(text.replace('"performanceYear": 2025', '"performanceYear": 1999'))
    said = picheck("schema", "evidence", "--skeleton", submission)
    assert said.code == 5
    assert "no rulebook for pi 1999" in said.err
    assert not said.out


def test_a_skeleton_of_something_else_is_refused(picheck: Picheck, tmp_path: Path) -> None:
    said = picheck("schema", "evidence", "--skeleton", tmp_path / "none.json")
    assert said.code == 3
    assert "none.json: does not exist" in said.err
    path = tmp_path / "broken.json"
    path.write_text("{")
    assert picheck("schema", "evidence", "--skeleton", path).code == 3
    lines = tmp_path / "two.ndjson"
    lines.write_text("{}\n{}\n")
    said = picheck("schema", "evidence", "--skeleton", lines)
    assert said.code == 2
    assert "holds 2 documents; a skeleton is for one" in said.err


def test_a_skeleton_prefers_facts_to_the_part_they_lie_in() -> None:
    assert evidence_skeleton(["ehrReport.A", "ehrReport", "documents.keptUntil"]) == {
        "documents": None,
        "ehrReport": {"A": None},
    }


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_names_the_program(picheck: Picheck, shell: str) -> None:
    said = picheck("completion", shell)
    assert said.code == 0
    assert "_PICHECK_COMPLETE" in said.out


_AS_INSTALLED = "import sys; sys.argv[0] = 'picheck'; from picheck.cli.main import main; main()"


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes_a_subcommand() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _AS_INSTALLED],
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": ":".join(filter(None, sys.path)),
            "_PICHECK_COMPLETE": "bash_complete",
            "COMP_WORDS": "picheck rules sh",
            "COMP_CWORD": "2",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "plain,show\n"
