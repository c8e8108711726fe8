"""A plugin that breaks a promise gets no certificate, and the promise is named."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from picheck.api import Answers, SetContext
from picheck.errors import UsageError
from picheck.testing import Check, verify_plugin
from vendoring import vendor

COUNTER = itertools.count()


def broken_promises(module: ModuleType) -> dict[str, Check]:
    certificate = verify_plugin("bad_vendor", examples=8, plugins=[module])
    assert not certificate.passed, "a plugin without cases has promised nothing"
    return {check.name: check for check in certificate.checks if not check.passed}


def says_nothing(ctx: SetContext) -> Answers:  # noqa: ARG001
    return None


def counts_calls(ctx: SetContext) -> Answers:
    return ctx.fail("/cehrtId", "call {n}", n=next(COUNTER))


def minds_the_order(ctx: SetContext) -> Answers:
    first = next(iter(ctx.set.answers), "nothing")
    return ctx.fail("", "the first is {first}", first=first)


def changes_the_evidence(ctx: SetContext) -> Answers:
    (ctx.evidence.ehr_report or {}).clear()
    return None


def changes_the_clause(ctx: SetContext) -> Answers:
    ctx.clause.terms["seen"] = True  # type: ignore[index]
    return None


def opens_a_file(ctx: SetContext) -> Answers:  # noqa: ARG001
    with open(os.devnull, encoding="utf-8"):  # noqa: PTH123
        return None


def opens_a_socket(ctx: SetContext) -> Answers:  # noqa: ARG001
    socket.socket().close()
    return None


def starts_a_process(ctx: SetContext) -> Answers:  # noqa: ARG001
    subprocess.run([sys.executable, "-c", ""], check=False)
    return None


def breaks(ctx: SetContext) -> Answers:
    assert ctx.set.answers["PI_PEA_1"]
    return None


def returns_rubbish(ctx: SetContext) -> Any:  # noqa: ARG001
    return 7


def writes_the_tin(ctx: SetContext) -> Answers:
    return ctx.fail("", "TIN {tin}", tin=ctx.submission.taxpayer_identification_number)


def takes_long(ctx: SetContext) -> Answers:  # noqa: ARG001
    sum(range(200_000))
    return None


@pytest.mark.parametrize(
    ("check", "promise", "told"),
    [
        (counts_calls, "deterministic", "BAD-TRY-01"),
        (minds_the_order, "order does not matter", "BAD-TRY-01"),
        (changes_the_evidence, "does not mutate", "BAD-TRY-01 changed"),
        (changes_the_clause, "never raises", "item assignment"),
        (opens_a_file, "opens nothing", "BAD-TRY-01 caused open"),
        (opens_a_socket, "opens nothing", "BAD-TRY-01 caused socket"),
        (starts_a_process, "opens nothing", "BAD-TRY-01 caused subprocess.Popen"),
        (breaks, "never raises", "KeyError"),
        (returns_rubbish, "never raises", "returned int"),
        (writes_the_tin, "tells no identifier", "9 digits"),
        (takes_long, "costs little", "BAD-TRY-01 takes"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_promise_is_named(check: Callable[..., Answers], promise: str, told: str) -> None:
    found = broken_promises(vendor(check))
    assert promise in found
    assert any(told in fault for fault in found[promise].faults)


def test_a_sound_rule_lacks_only_its_examples() -> None:
    found = broken_promises(vendor(says_nothing))
    assert set(found) == {"examples behave as declared"}


def test_a_broken_promise_comes_with_a_document() -> None:
    witness = broken_promises(vendor(breaks))["never raises"].witness
    assert witness is not None
    assert "measurementSets" in witness


def test_a_plugin_that_says_no_version_is_told_so() -> None:
    module = vendor(says_nothing)
    del module.picheck_api
    assert "says its version" in broken_promises(module)


def test_a_rule_without_a_clause_is_told_so() -> None:
    module = vendor(says_nothing)
    del module.picheck_register_clauses
    assert "never runs" in broken_promises(module)["clauses cited and fitting"].faults[0]


def test_a_plugin_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="no plugin is called 'nobody'"):
        verify_plugin("nobody")


def test_a_plugin_without_rules_has_nothing_to_verify() -> None:
    with pytest.raises(UsageError, match="brings no rules"):
        verify_plugin("reporters")
