"""A plugin that breaks a promise gets no certificate, and the promise is named."""

from __future__ import annotations

import inspect
import itertools
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from picheck.api import (
    CheckResults,
    Clause,
    CountsByMeasure,
    Entity,
    Evidence,
    Period,
    Rulebook,
    SetView,
    Submission,
    fail,
)
from picheck.errors import UsageError
from picheck.testing import Check, verify_plugin
from vendor_support import vendor

COUNTER = itertools.count()
LAST: list[Period] = []


def broken_promises(module: ModuleType) -> dict[str, Check]:
    certificate = verify_plugin("bad_vendor", examples=8, plugins=[module])
    assert not certificate.passed, "a plugin without cases has promised nothing"
    return {check.name: check for check in certificate.checks if not check.passed}


def plugin_of(check: Callable[..., CheckResults]) -> ModuleType:
    """Make a plugin of a rule that declares one key where it reads evidence."""
    reads = inspect.signature(check).parameters
    if "evidence" in reads:
        return vendor(check, scope="set", evidence="cehrt.edition")
    return vendor(check, scope="document" if "submission" in reads else "set")


def says_nothing(measurement_set: SetView) -> CheckResults:  # noqa: ARG001
    return None


def counts_calls(counts: CountsByMeasure) -> CheckResults:  # noqa: ARG001
    return fail("/cehrtId", "call {n}", n=next(COUNTER))


def remembers_the_last_one(period: Period) -> CheckResults:
    """Return what was asked before: a result that is kept would be somebody else's."""
    before, LAST[:] = LAST[:], [period]
    return fail("", "before it came {before}", before=before)


def minds_the_order(measurement_set: SetView) -> CheckResults:
    first = next(iter(measurement_set.values), "nothing")
    return fail("", "the first is {first}", first=first)


def changes_the_evidence(evidence: Evidence) -> CheckResults:
    if evidence.ehr_report:
        evidence.ehr_report.clear()  # type: ignore[attr-defined]
    return None


def changes_the_clause(clause: Clause, period: Period) -> CheckResults:  # noqa: ARG001
    clause.terms["seen"] = True  # type: ignore[index]
    return None


def forces_the_period(period: Period) -> CheckResults:
    msgspec.structs.force_setattr(period, "performance_start", "2025-01-01")
    return None


def forces_the_rulebook(rulebook: Rulebook, period: Period) -> CheckResults:  # noqa: ARG001
    msgspec.structs.force_setattr(rulebook, "title", "my own")
    return None


def opens_a_file(period: Period) -> CheckResults:  # noqa: ARG001
    with open(os.devnull, encoding="utf-8"):  # noqa: PTH123
        return None


def opens_a_socket(period: Period) -> CheckResults:  # noqa: ARG001
    socket.socket().close()
    return None


def starts_a_process(period: Period) -> CheckResults:  # noqa: ARG001
    subprocess.run([sys.executable, "-c", ""], check=False)
    return None


def breaks(measurement_set: SetView) -> CheckResults:
    assert measurement_set.values["PI_PEA_1"]
    return None


def returns_rubbish(counts: CountsByMeasure) -> Any:  # noqa: ARG001
    return 7


def writes_the_tin(entity: Entity) -> CheckResults:
    return fail("", "TIN {tin}", tin=entity.tin)


def tells_whom_to_ask(submission: Submission | None) -> CheckResults:
    tin = submission.taxpayer_identification_number if submission else None
    return fail("", "no", remediation="ask {tin}", tin=tin)


def looks_at_other_evidence(evidence: Evidence) -> CheckResults:
    return fail("", "{actual}", actual=evidence.counts.transitions_sent)


def counts_on_other_evidence(evidence: Evidence) -> CheckResults:
    if evidence.cehrt.edition is None:
        return None
    return None if evidence.counts.transitions_sent > 1 else fail("", "few")  # type: ignore[operator]


def takes_long(measurement_set: SetView) -> CheckResults:  # noqa: ARG001
    sum(range(200_000))
    return None


def takes_long_now_and_then(measurement_set: SetView) -> CheckResults:  # noqa: ARG001
    if next(COUNTER) % 5 < 3:
        sum(range(200_000))
    return None


def test_a_call_that_had_to_wait_is_not_what_a_rule_costs() -> None:
    assert "costs little" not in broken_promises(plugin_of(takes_long_now_and_then))


ORDER_OF_A_SET = """
from picheck.api import fail, rule

CLAUSES = [{"code": "OUR-SET-01", "program": "pi", "years": [2025], "consequence": "advice",
            "sources": [{"title": "an invented source", "standing": "secondary"}]}]


@rule("OUR-SET-01", "set-order")
def set_order(answers):
    \"\"\"Say which answer comes first.

    What it checks: nothing.

    Why it matters: it does not.

    How to fix: not at all.
    \"\"\"
    print("a plugin may print")
    return fail("", "first {first}", first=FIRST)
"""


@pytest.mark.parametrize(
    ("first", "is_steady"),
    [("next(iter(set(answers)), None)", False), ("min(answers, default=None)", True)],
)
def test_the_order_of_a_set_is_found_whatever_the_hash_seed_is(
    tmp_path: Path, first: str, *, is_steady: bool
) -> None:
    (tmp_path / "our_rules.py").write_text(ORDER_OF_A_SET.replace("FIRST", first))
    path = str(tmp_path / "our_rules.py")
    certificate = verify_plugin("our-rules", examples=4, plugins=[path])
    checks = {check.name: check for check in certificate.checks}
    said = ("OUR-SET-01 depends on the order of a set, which differs between processes",)
    assert checks["deterministic"].faults == (() if is_steady else said)
    # whether a set has another order after a shuffle is chance, so that is not asked
    assert checks["order does not matter"].passed


def test_a_plugin_that_cannot_be_asked_elsewhere_is_refused(tmp_path: Path) -> None:
    ends = "import os\nif os.environ.get('PYTHONHASHSEED') == '3': os._exit(5)\n"
    rules = ORDER_OF_A_SET.replace("FIRST", "'none'")
    (tmp_path / "our_rules.py").write_text(ends + rules)
    with pytest.raises(UsageError, match=r"PYTHONHASHSEED=3 that calls the rules ended with 5"):
        verify_plugin("our-rules", examples=1, plugins=[str(tmp_path / "our_rules.py")])


@pytest.mark.parametrize(
    ("check", "promise", "told"),
    [
        (counts_calls, "deterministic", "BAD-TRY-01"),
        (remembers_the_last_one, "deterministic", "BAD-TRY-01"),
        (minds_the_order, "order does not matter", "BAD-TRY-01"),
        (changes_the_evidence, "never raises", "no attribute 'clear'"),
        (changes_the_clause, "never raises", "item assignment"),
        (forces_the_period, "does not mutate", "BAD-TRY-01 changed what it was given"),
        (forces_the_rulebook, "does not mutate", "BAD-TRY-01 changed what it was given"),
        (opens_a_file, "opens nothing", "BAD-TRY-01 caused open"),
        (opens_a_socket, "opens nothing", "BAD-TRY-01 caused socket"),
        (starts_a_process, "opens nothing", "BAD-TRY-01 caused subprocess.Popen"),
        (breaks, "never raises", "KeyError"),
        (returns_rubbish, "never raises", "returned int"),
        (writes_the_tin, "writes no identifier", "9 digits"),
        (tells_whom_to_ask, "writes no identifier", "9 digits"),
        (looks_at_other_evidence, "declares its evidence", "BAD-TRY-01 looks at evidence"),
        (counts_on_other_evidence, "declares its evidence", "BAD-TRY-01 looks at evidence"),
        (takes_long, "costs little", "BAD-TRY-01 takes"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_promise_is_named(
    check: Callable[..., CheckResults], promise: str, told: str
) -> None:
    found = broken_promises(plugin_of(check))
    assert promise in found
    assert any(told in fault for fault in found[promise].faults)


def test_a_sound_rule_lacks_only_its_examples() -> None:
    found = broken_promises(plugin_of(says_nothing))
    assert set(found) == {"examples behave as declared"}


def test_terms_that_fit_what_the_rule_asks_for_break_no_promise() -> None:
    schema = {"days": {"type": "list"}, "table": {"type": "dict"}}
    terms = {"days": [1], "table": {"least": {"a": [1]}}}
    found = broken_promises(vendor(says_nothing, terms_schema=schema, terms=terms))
    assert set(found) == {"examples behave as declared"}


def test_a_term_that_does_not_fit_is_told() -> None:
    schema = {"days": {"type": "integer"}}
    found = broken_promises(vendor(says_nothing, terms_schema=schema, terms={"days": [1]}))
    [fault] = found["clauses cited and fitting"].faults
    assert fault == "BAD-TRY-01 in pi 2025: days is [1], expected integer"


def test_a_broken_promise_comes_with_a_document() -> None:
    witness = broken_promises(plugin_of(breaks))["never raises"].witness
    assert witness is not None
    assert "measurementSets" in witness


def test_a_plugin_that_says_no_version_is_told_so() -> None:
    module = plugin_of(says_nothing)
    del module.picheck_api
    assert "says its version" in broken_promises(module)


def test_a_rule_without_a_clause_is_told_so() -> None:
    module = plugin_of(says_nothing)
    del module.picheck_register_clauses
    assert "never runs" in broken_promises(module)["clauses cited and fitting"].faults[0]


def test_a_plugin_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="no plugin is called 'nobody'"):
        verify_plugin("nobody")


def test_a_plugin_without_rules_has_nothing_to_verify() -> None:
    with pytest.raises(UsageError, match="brings no rules"):
        verify_plugin("reporters")
