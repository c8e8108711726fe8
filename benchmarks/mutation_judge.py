"""Judges a mutant: in a fork that imports the mutated plugin, its cases and tests are run."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import pytest

from picheck.model.report import Report
from picheck.plugins.registry import PluginRegistry
from picheck.testing import harness
from picheck.testing.assertions import differences, run_case
from picheck.testing.cases import Case
from picheck.testing.examples import compliant_parts

#: What becomes of a mutant that is run, by the exit code of its fork: a case or a test fails;
#: nothing that was run differs from before; only texts and values that are shown do; an outcome,
#: a place or a consequence does, and no case says what it has to be.
FATES: Final = ("unseen", "wording", "unpinned", "killed")
_UNSEEN, _WORDING, _UNPINNED, _KILLED = range(4)

#: What a result decides; everything else of it is shown to people.
_DECIDES: Final = ("document", "code", "outcome", "location", "severity", "consequence")
_DECIDES_TOO: Final = ("missing_evidence", "fingerprint")

#: The tests are run for one year; the cases are for all years.
_YEAR_OF_TESTS: Final = "2025"

#: A mutant that loops for ever is killed after so many seconds.
_LONGEST: Final = 120


class Seen(NamedTuple):
    """What a report says: what it decides, and all of it."""

    decided: Any
    said: Any


def observe(report: Report) -> Seen:
    """Return what a report says, as plain values."""
    said = [msgspec.to_builtins(result) for result in report.results]
    decided = [
        [msgspec.to_builtins(getattr(result, name)) for name in (*_DECIDES, *_DECIDES_TOO)]
        for result in report.results
    ]
    return Seen(decided, said)


def compare(before: Seen, after: Seen) -> int:
    """Return the fate of a mutant that one case let through, as an index of `FATES`."""
    if before.decided != after.decided:
        return _UNPINNED
    return _UNSEEN if before.said == after.said else _WORDING


def install() -> PluginRegistry:
    """Return what the installed plugins hand over, as they are imported now."""
    return harness.load_plugins()[1]


def warm_up(cases: Sequence[Case], packages: Sequence[str]) -> dict[str, Seen]:
    """Return what each case says without a mutant; the packages are forgotten afterwards.

    What no mutant touches is loaded by it, once and before the forks. Raises SystemExit where a
    case fails.
    """
    tomllib.loads = cache(tomllib.loads)
    registry, seen = install(), {}
    for case in cases:
        report = run_case(case, compliant_parts, registry)
        if differences(case, report, registry):
            raise SystemExit(f"the case {case.id} fails without any mutant")
        seen[case.id] = observe(report)
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        del sys.modules[name]
    gc.freeze()
    return seen


def judge(cases: Sequence[Case], tests: Sequence[str], seen: Mapping[str, Seen]) -> str:
    """Return what becomes of the mutant that is written now; one of `FATES`."""
    child = os.fork()
    if not child:
        signal.alarm(_LONGEST)
        os._exit(_judge(cases, tests, seen))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return FATES[code] if 0 <= code < _KILLED else FATES[_KILLED]


def _judge(cases: Sequence[Case], tests: Sequence[str], seen: Mapping[str, Seen]) -> int:
    """Run the cases, then the tests. Nothing that a mutant raises may get out."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    try:
        fate = _run_cases(cases, seen)
        return _KILLED if fate < _KILLED and tests and _do_fail(tests) else fate
    except BaseException:  # noqa: BLE001 - whatever it is, the mutant is seen
        return _KILLED


def _run_cases(cases: Sequence[Case], seen: Mapping[str, Seen]) -> int:
    registry, fate = install(), _UNSEEN
    for case in cases:
        report = run_case(case, compliant_parts, registry)
        if differences(case, report, registry):
            return _KILLED
        fate = max(fate, compare(seen[case.id], observe(report)))
    return fate


def _do_fail(tests: Sequence[str]) -> bool:
    harness._stock.cache_clear()  # noqa: SLF001 - it holds the plugins as they were
    os.environ["PICHECK_RULE_YEAR"] = _YEAR_OF_TESTS
    options = ("-o", "addopts=--import-mode=importlib", "-x", "-q", "-p", "no:cacheprovider")
    return pytest.main([*options, *tests]) != pytest.ExitCode.OK
