"""Plugins are found by their entry points, have one owner for each thing, and can be chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import Run, run_apart, run_with_two_hash_seeds
from distributions import CLAUSES, RULES, VENDOR, audit, audit_beside, install
from support import AS_OF, COMPLIANT, YEAR, is_in_matrix

OTHER = VENDOR.replace("ACME-TST-01", "OTHER-TST-01").replace("acme", "other")
OTHER = OTHER.replace("other-probe", "other-look").replace("other_probe", "other_look")
BOOK = f"""
from picheck.api import RulebookSource, hookimpl
@hookimpl
def picheck_register_rulebooks():
    return (RulebookSource("pi", {YEAR}, "nowhere"),)
"""
REPORTER = """
from picheck.api import hookimpl
class Mine:
    name, description = "json", "A reporter of the tests."
    def render(self, report, style):
        return ""
@hookimpl
def picheck_register_reporters():
    return (Mine(),)
"""


def refused(run: Run) -> str:
    """Return the one line in which nothing was audited for a fault of usage."""
    assert run.code == 2
    assert not run.out
    assert run.err.startswith("picheck: ")
    assert run.err.count("\n") == 1
    return run.err


# In a process of its own, as a person runs it


def test_an_installed_plugin_takes_part(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": VENDOR}, version="3.1")
    run = run_apart("audit", COMPLIANT, "--as-of", AS_OF, "-f", "json", "--isolated", cwd=tmp_path)
    assert run.code == 0
    uses = [use for use in run.report["run"]["plugins"] if use["distribution"] == "acme-tools"]
    assert [(use["name"], use["status"], use["version"]) for use in uses] == [
        ("acme", "loaded", "3.1")
    ]


@pytest.mark.parametrize("source", ["import no_such_module", "raise SystemExit(0)"])
def test_a_plugin_that_cannot_be_imported_is_no_clean_pass(tmp_path: Path, source: str) -> None:
    install(tmp_path, "acme-tools", {"acme": source})
    run = run_apart("audit", COMPLIANT, "--as-of", AS_OF, "-q", "--isolated", cwd=tmp_path)
    assert run.code == 4
    assert "INCOMPLETE" in run.out
    assert run.err.startswith("picheck: plugin acme (acme-tools) did not load: ")


def test_two_distributions_with_one_plugin_name_stop_the_run(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": VENDOR})
    install(tmp_path, "zenith", {"acme": OTHER})
    run = run_apart("audit", COMPLIANT, "--isolated", cwd=tmp_path)
    told = refused(run)
    assert "plugin name acme is claimed by acme-tools and zenith; uninstall one" in told


def test_a_distribution_that_was_left_half_installed_is_no_clean_pass(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": "1 / 0"})
    (tmp_path / "acme_tools-1.0.dist-info" / "METADATA").unlink()
    run = audit(tmp_path)
    assert run.code == 4
    assert "plugin acme (a distribution without a name) did not load: " in run.told


@pytest.mark.parametrize("value", ["", "no module!", "acme_tools_acme:nothing", "os:getcwd:x"])
def test_an_entry_point_that_leads_nowhere_is_no_clean_pass(value: str, tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": VENDOR})
    entries = tmp_path / "acme_tools-1.0.dist-info" / "entry_points.txt"
    entries.write_text(f"[picheck]\nacme = {value}\n", encoding="utf-8")
    run = audit(tmp_path)
    assert run.code == 4
    assert "plugin acme (acme-tools) did not load: " in run.told


# Two owners of one thing


def test_a_plugin_that_takes_the_name_of_ours_does_not_make_ours_vanish(tmp_path: Path) -> None:
    install(tmp_path, "zenith", {"pi-period": VENDOR})
    told = refused(audit(tmp_path))
    assert "plugin name pi-period is claimed by" in told
    assert "picheck" in told
    assert "zenith" in told


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (VENDOR, VENDOR, "rule code ACME-TST-01 is claimed by"),
        (VENDOR, VENDOR.replace("ACME-TST-01", "ZEN-TST-01"), "slug acme-probe is claimed by"),
        (VENDOR, BOOK, f"rulebook pi {YEAR} is claimed by"),
        (VENDOR, REPORTER, "reporter json is claimed by"),
    ],
    ids=["rule code", "slug", "year", "reporter"],
)
def test_two_owners_of_one_thing_are_both_named(
    first: str, second: str, told: str, tmp_path: Path
) -> None:
    install(tmp_path, "acme-tools", {"acme": first})
    install(tmp_path, "zenith", {"zen": second})
    line = refused(audit(tmp_path))
    assert told in line
    assert "zen (zenith)" in line
    assert "; block one with -p no:" in line
    assert audit(tmp_path, "-p", "no:zen").code == 0


def test_one_plugin_with_two_rules_of_one_code_owns_it_twice(tmp_path: Path) -> None:
    run = audit_beside(tmp_path, VENDOR.replace(RULES, "return (acme_probe, acme_probe)"))
    assert "rule code ACME-TST-01 is claimed by acme (acme-tools) and acme" in refused(run)


def test_a_second_clause_from_elsewhere_does_not_replace_the_first(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": VENDOR})
    other = OTHER.replace(CLAUSES.replace("ACME", "OTHER"), 'return (clause("ACME-TST-01"),)')
    install(tmp_path, "zenith", {"zen": other})
    run = audit(tmp_path)
    assert run.code == 4
    fault = "hands over a clause for ACME-TST-01, which belongs to acme-tools"
    assert f"plugin zen (zenith) did not load: {fault}" in run.told


# Choosing


def test_a_blocked_plugin_of_a_vendor_is_in_the_report(tmp_path: Path) -> None:
    run = audit_beside(tmp_path, "1 / 0", "-p", "no:acme")
    assert run.code == 0
    (use,) = (use for use in run.report["run"]["plugins"] if use["name"] == "acme")
    assert (use["status"], use["reason"]) == ("blocked", "blocked with -p no:acme")


def test_a_year_without_the_rules_it_lists_is_incomplete(tmp_path: Path) -> None:
    run = audit(tmp_path, "-p", "no:pi-period")
    assert run.code == 4
    assert run.report["summary"]["verdict"] == "incomplete"
    (broken,) = (r for r in run.report["results"] if r["outcome"] == "error")
    assert broken["code"] == "PIC-RUN-02"
    assert "PIC-PER-01, PIC-PER-02, PIC-PER-03" in broken["message"]


def test_a_blocked_year_was_not_checked(tmp_path: Path) -> None:
    run = audit(tmp_path, "-p", f"no:pi-{YEAR}")
    assert run.code == 5
    assert [result["code"] for result in run.report["results"]] == ["PIC-RUN-03"]
    assert run.report["summary"]["verdict"] == "incomplete"


@pytest.mark.parametrize("option", ["no:pi-perod", "pi-perod", "", "no such plugin"])
def test_a_plugin_name_that_nobody_bears_is_an_error(option: str, tmp_path: Path) -> None:
    assert "no plugin" in refused(audit(tmp_path, "-p", option))


def test_without_autoload_only_named_plugins_are_loaded(tmp_path: Path) -> None:
    run = audit_beside(tmp_path, VENDOR, "--no-plugin-autoload", "-p", f"pi-{YEAR}", "-p", "acme")
    loaded = [use["name"] for use in run.report["run"]["plugins"] if use["status"] == "loaded"]
    assert loaded == ["acme", f"pi-{YEAR}", "reporters"]
    assert run.code == 4  # the year lists rules that nobody brings
    assert run.report["documents"][0]["outcomes"]["pass"] == 1


def test_without_any_rulebook_nothing_is_ready(tmp_path: Path) -> None:
    run = audit(tmp_path, "--no-plugin-autoload")
    assert run.code == 5
    assert run.report["summary"]["verdict"] == "incomplete"
    assert "no loaded plugin brings a rulebook" in run.told


def test_of_two_distributions_with_one_name_neither_is_loaded_by_name(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": VENDOR})
    install(tmp_path, "zenith", {"acme": OTHER})
    run = audit(tmp_path, "--no-plugin-autoload", "-p", "acme")
    assert "plugin name acme is claimed by" in refused(run)


def test_a_plugin_may_be_named_by_its_module(tmp_path: Path) -> None:
    (tmp_path / "loose.py").write_text(VENDOR, encoding="utf-8")
    run = audit(tmp_path, "-p", "loose")
    assert run.code == 0
    (use,) = (use for use in run.report["run"]["plugins"] if use["name"] == "loose")
    assert use["status"] == "loaded"


def test_the_allow_list_keeps_everything_else_out(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": VENDOR})
    install(tmp_path, "zenith", {"zen": "1 / 0"})
    run = audit(tmp_path, PICHECK_PLUGINS="picheck, acme-tools")
    assert run.code == 0
    (use,) = (use for use in run.report["run"]["plugins"] if use["name"] == "zen")
    assert (use["status"], use["reason"]) == ("blocked", "not on the allow-list PICHECK_PLUGINS")
    assert "no plugin is called acme-tool," in refused(
        audit(tmp_path, PICHECK_PLUGINS="picheck,acme-tool")
    )


@pytest.mark.parametrize(
    ("specification", "told"),
    [
        ("acme-tools>=2", "required plugin acme-tools>=2, but acme-tools 1.0 is here"),
        ("zenith", "required plugin zenith is not installed; pip install 'zenith'"),
        (">=1", "'>=1' is no requirement"),
    ],
)
def test_a_required_plugin_that_is_not_there_stops_the_run(
    specification: str, told: str, tmp_path: Path
) -> None:
    run = audit_beside(tmp_path, VENDOR, "--require-plugin", specification)
    assert told in refused(run)


def test_a_required_plugin_that_is_there_is_no_obstacle(tmp_path: Path) -> None:
    assert audit_beside(tmp_path, VENDOR, "--require-plugin", "acme-tools>=1,<2").code == 0


def test_a_required_plugin_that_is_blocked_stops_the_run(tmp_path: Path) -> None:
    run = audit_beside(tmp_path, VENDOR, "--require-plugin", "acme-tools", "-p", "no:acme")
    assert "required plugin acme-tools" in refused(run)


@pytest.mark.skipif(not is_in_matrix(YEAR), reason="another year is asked for")
def test_the_same_plugins_give_the_same_bytes(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": VENDOR})
    options = ("--as-of", AS_OF, "--isolated", "-f", "json", "--all-results")
    first, second = run_with_two_hash_seeds("audit", COMPLIANT, *options, cwd=tmp_path)
    assert first.report["rules"]
    assert first.out == second.out
