"""What a practice sends at several levels is looked at together, in every way of auditing."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from batch_support import HERE, TWO, streamed
from picheck.engine.audit import audit, audit_inputs
from picheck.engine.options import AuditOptions
from picheck.intake.documents import RawDocument
from picheck.model.report import Report
from picheck.plugins.registry import PluginRegistry
from picheck.session import AuditSession, InputDocument
from support import COMPLIANT, YEAR, some

TERMS = AuditOptions(as_of=date(YEAR + 1, 2, 1))
SPLIT = "PIC-CNF-02"


def document(without: str, **keys: Any) -> dict[str, Any]:
    """Return a compliant submission without an answer, with other keys of its own."""
    submission: dict[str, Any] = json.loads(COMPLIANT.read_bytes())
    record = submission["measurementSets"][0]
    record["measurements"] = [m for m in record["measurements"] if m["measureId"] != without]
    return {**submission, **keys}


def individual(number: int, without: str = "PI_HIE_5", **keys: Any) -> dict[str, Any]:
    return document(
        without, entityType="individual", nationalProviderIdentifier=f"20000000{number:02}", **keys
    )


GROUP = document("PI_PEA_1")
OTHER_TIN = {"taxpayerIdentificationNumber": "987654321"}  # invented


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write two practices of two levels, in turns, and one of a single level."""
    documents = [
        GROUP,
        document("PI_PEA_1", **OTHER_TIN),
        *(individual(number) for number in (10, 28, 36)),
        individual(44, **OTHER_TIN),
        individual(51, taxpayerIdentificationNumber="555555555"),
        individual(69, taxpayerIdentificationNumber="555555555", without="PI_PEA_1"),
        copy.deepcopy(GROUP) | {"performanceYear": YEAR - 1},
    ]
    path = tmp_path / "practices.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in documents))
    return path


def split(report: Report) -> dict[int, list[int | None]]:
    """Return the documents of the findings, each with the documents that they point to."""
    return {
        result.document: [place.document for place in result.related_locations]
        for result in report.results
        if result.code == SPLIT
    }


def test_each_document_of_a_practice_of_two_levels_is_told_of_the_other(
    file: Path, registry: PluginRegistry
) -> None:
    report = audit([str(file)], TERMS, registry)
    assert split(report) == {0: [2], 1: [5], 2: [0], 3: [0], 4: [0], 5: [1]}
    assert not any("987654321" in result.message for result in some(report.results))
    assert report.documents[2].outcomes["fail"] == sum(r.document == 2 for r in report.results)


def test_the_order_of_the_documents_changes_no_fingerprint(
    file: Path, registry: PluginRegistry
) -> None:
    before = audit([str(file)], TERMS, registry)
    file.write_text("".join(reversed(file.read_text().splitlines(keepends=True))))
    after = audit([str(file)], TERMS, registry)
    assert sorted(r.fingerprint for r in before.results) == sorted(
        r.fingerprint for r in after.results
    )


@pytest.mark.parametrize("executors", [HERE, TWO], ids=["here", "two processes"])
def test_a_batch_says_what_an_audit_says(
    file: Path, executors: Any, registry: PluginRegistry
) -> None:
    lines, summed = streamed([file], executors, TERMS, size=3_000)
    report = audit([str(file)], TERMS, registry)
    results = [{k: v for k, v in x.items() if k != "type"} for x in lines if x["type"] == "result"]
    assert sorted(map(json.dumps, results)) == sorted(
        json.dumps(msgspec.to_builtins(result)) for result in report.results
    )
    assert summed.summary == report.summary


def test_a_session_knows_which_documents_belong_together(
    file: Path, registry: PluginRegistry
) -> None:
    session = AuditSession(TERMS)
    documents = [
        InputDocument(number=number, data=line, uri=f"{file}:{number}")
        for number, line in enumerate(file.read_bytes().splitlines())
    ]
    groups: dict[int, list[InputDocument]] = {}
    for each in documents:
        for digest in session.audit(each).entities:
            groups.setdefault(digest, []).append(each)
    assert sorted([d.number for d in group] for group in groups.values()) == [
        [0, 2, 3, 4],
        [1, 5],
        [6, 7],
        [8],
    ]
    told = {
        report.number: [result.message for result in report.results if result.code == SPLIT]
        for group in groups.values()
        for report in session.audit_entity(group)
    }
    wanted = audit([str(file)], TERMS, registry)
    assert told == {
        number: [r.message for r in wanted.results if r.code == SPLIT and r.document == number]
        for number in split(wanted)
    }


@pytest.mark.parametrize(("tin", "ending"), [("123456789", "to"), (None, "with it")])  # invented
def test_a_subgroup_is_reminded_that_without_its_tin_nothing_is_compared(
    tin: str | None, ending: str, registry: PluginRegistry
) -> None:
    submission = document("", entityType="subgroup", entityId="SG-INVENTED")
    submission["taxpayerIdentificationNumber"] = tin
    submission["measurementSets"][0]["programName"] = "G0053"
    if tin is None:
        del submission["taxpayerIdentificationNumber"]
    data = json.dumps(submission).encode()
    report = audit_inputs([RawDocument(uri="a.json", data=data)], TERMS, registry)
    (reminder,) = [result.message for result in report.results if result.code == "PIC-IDN-06"]
    assert reminder.startswith("the numbers of a subgroup must be those of the whole group")
    assert reminder.endswith(ending)
    assert ("gives no TIN" in reminder) is (tin is None)
