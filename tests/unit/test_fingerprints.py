"""Fingerprints never change: not with order, not with wording, not with file names."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from picheck.api import CheckResults, Rule
from picheck.model.report import Report
from picheck.plugins.registry import InstalledRule, PluginRegistry
from report_support import compliant, departing, document, incomplete_evidence, report_on

GOLDEN: Final[dict[str, str]] = json.loads(
    (Path(__file__).parent.parent / "data" / "fingerprints.json").read_bytes()
)


def fingerprints(report: Report) -> dict[str, str]:
    return {
        f"{r.code} {r.location.named or r.location.pointer}": r.fingerprint
        for r in report.results
        if r.outcome in {"fail", "indeterminate"}
    }


def of(
    registry: PluginRegistry, submission: dict[str, Any], uri: str = "acme.json"
) -> dict[str, str]:
    return fingerprints(report_on(registry, document(submission, uri, incomplete_evidence())))


def test_the_golden_fingerprints_hold(registry: PluginRegistry) -> None:
    assert of(registry, departing()) == GOLDEN


@pytest.mark.parametrize("seed", range(5))
def test_reordering_measurements_keeps_them(registry: PluginRegistry, seed: int) -> None:
    submission = departing()
    random.Random(seed).shuffle(submission["measurementSets"][0]["measurements"])  # noqa: S311
    assert of(registry, submission) == GOLDEN


def test_a_set_before_it_keeps_them(registry: PluginRegistry) -> None:
    submission = departing()
    other = compliant()["measurementSets"][0] | {"category": "ia", "measurements": []}
    submission["measurementSets"].insert(0, other)
    moved = {
        name.replace("/measurementSets/1", "/measurementSets/0"): value
        for name, value in of(registry, submission).items()
    }
    assert moved.items() >= GOLDEN.items()


def test_renaming_and_reformatting_the_file_keeps_them(registry: PluginRegistry) -> None:
    text = json.dumps(departing())
    report = report_on(registry, document(text, "elsewhere/b.json", incomplete_evidence()))
    assert fingerprints(report) == GOLDEN


def test_rewording_every_message_keeps_them(registry: PluginRegistry) -> None:
    reworded = {
        code: InstalledRule(_reworded(installed.rule), installed.owner)
        for code, installed in registry.rules.items()
    }
    reworded_registry = msgspec.structs.replace(registry, rules=reworded)
    report = report_on(reworded_registry, document(departing(), given=incomplete_evidence()))
    assert fingerprints(report) == GOLDEN
    failed = [result for result in report.results if result.outcome == "fail"]
    assert {result.message for result in failed} == {"said otherwise"}


def _reworded(rule: Rule) -> Rule:
    def check(*parts: Any, **law: Any) -> CheckResults:
        results = rule.check(*parts, **law)
        if results is None:
            return None
        several = results if isinstance(results, list | tuple) else (results,)
        return [
            msgspec.structs.replace(each, message="said otherwise", remediation="do")
            for each in several
        ]

    return msgspec.structs.replace(rule, check=check)


def test_another_entity_has_other_fingerprints(registry: PluginRegistry) -> None:
    submission = departing() | {"taxpayerIdentificationNumber": "111223333"}
    assert set(of(registry, submission).values()).isdisjoint(GOLDEN.values())
