"""Entities with sets of several programs: a batch says of them what an audit says, once."""

from __future__ import annotations

import copy
import io
import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from acceptance_support import waivers
from batch_support import HERE, TWO, Lines, Quiet
from packs.activities import activities
from picheck.cli.options import load_inventory
from picheck.engine.audit import audit
from picheck.engine.batch.batch import Batch
from picheck.engine.batch.chunk_queue import Executors
from picheck.engine.batch.worker import WorkerConfig
from picheck.engine.options import AuditOptions
from picheck.intake.chunks import ChunkReader
from picheck.model.report import Report
from picheck.testing.examples import compliant_parts

TERMS = AuditOptions(as_of=date(2026, 2, 1))
OPEN_PLUGINS = partial(load_inventory, ("packs.ia",))


def document(sets: str, tin: str = "123456789") -> Any:
    """Write a submission with a set for each letter: `p` and `P` of pi, `a` and `A` of ia.

    A large letter stands for one that does not go with the others.
    """
    submission = compliant_parts(2025)[0] | {"taxpayerIdentificationNumber": tin}
    ours, theirs = submission["measurementSets"][0], activities(2025)[0]["measurementSets"][0]
    submission["measurementSets"] = [
        copy.deepcopy(ours if letter in "pP" else theirs) for letter in sets
    ]
    for letter, record in zip(sets, submission["measurementSets"], strict=True):
        if letter == "P":
            record["performanceEnd"] = "2025-11-30"
        elif letter == "A":
            record["measurements"].pop()
    return submission


def streamed(path: Path, executors: Executors, terms: AuditOptions) -> tuple[Lines, Report]:
    """Audit a file in chunks of a document or two; return the lines and the sum."""
    config = WorkerConfig(open_plugins=OPEN_PLUGINS, options=terms, reporters=("ndjson",))
    sink = io.BytesIO()
    with ChunkReader([str(path)], 6_000) as chunks:
        report = Batch(config, executors, [sink], Quiet()).run(chunks)
    return [json.loads(line) for line in sink.getvalue().splitlines()], report


def of_kind(lines: Lines, kind: str) -> Iterator[dict[str, Any]]:
    return ({**line, "type": None} for line in lines if line["type"] == kind)


def counted(values: Any) -> Counter[str]:
    return Counter(json.dumps({**value, "type": None}, sort_keys=True) for value in values)


def assert_alike(path: Path, executors: Executors = HERE, terms: AuditOptions = TERMS) -> Report:
    """Hold a batch to what an audit of the same documents says; return that."""
    lines, summed = streamed(path, executors, terms)
    report = audit([str(path)], terms, OPEN_PLUGINS()[1])
    assert counted(of_kind(lines, "result")) == counted(map(msgspec.to_builtins, report.results))
    last = {line["document"]: line for line in of_kind(lines, "document")}
    plain = [msgspec.to_builtins(one) for one in report.documents]
    assert counted(last.values()) == counted(one | {"document": i} for i, one in enumerate(plain))
    assert summed.summary == report.summary
    assert summed.run.rulebooks == report.run.rulebooks
    told = [notice for notice in report.run.notices if notice.document is None]
    assert [notice for notice in summed.run.notices if notice.document is None] == told
    assert Counter((n["document"], n["message"]) for n in of_kind(lines, "notice")) == Counter(
        (n.document, n.message) for n in report.run.notices if n.document is not None
    )
    return report


def put(path: Path, *documents: Any) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in documents))
    return path


@pytest.mark.parametrize(
    "sets",
    [
        ("p", "PPa", "A"),  # both programs meet in the second document, neither begins there
        ("p", "Pa", "PA"),  # the second and the third are in both groups
        ("pPaA",),
        ("a", "pA", "P"),
        ("pa", "p", "aP"),
    ],
    ids="/".join,
)
def test_sets_of_two_programs_are_looked_at_once(sets: tuple[str, ...], tmp_path: Path) -> None:
    report = assert_alike(put(tmp_path / "both.ndjson", *map(document, sets)))
    assert {r.code for r in report.results if r.outcome == "fail"} >= {"PIC-PER-04"}


@pytest.mark.parametrize("seed", range(6))
def test_whoever_sends_what(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    documents = [
        document(
            "".join(chance.choices("pPaA", k=chance.randint(1, 3))),
            chance.choice(["123456789", "987654321", "111116789"]),
        )
        for _ in range(12)
    ]
    assert_alike(put(tmp_path / "many.ndjson", *documents), TWO if seed == 0 else HERE)


def test_what_cannot_be_waived_across_documents_is_said(tmp_path: Path) -> None:
    path = put(tmp_path / "refused.ndjson", document("a"), document("A"))
    waivers(tmp_path, 'code = "TIA-ACT-03"\nsubject = "tin *****6789"')
    terms = msgspec.structs.replace(TERMS, waivers=tmp_path / "waivers.toml")
    report = assert_alike(path, terms=terms)
    assert [notice.kind for notice in report.run.notices] == ["waiverRefused"]
