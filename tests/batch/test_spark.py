"""The recipe for Spark says of every document what `picheck audit` says of it."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from generate import corpus

from batch_support import streamed, verdicts, written
from support import ROOT, some

pa = pytest.importorskip("pyarrow", reason="needs picheck[parquet]")
parquet = pytest.importorskip("pyarrow.parquet", reason="needs picheck[parquet]")

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="needs pyspark"),
    pytest.mark.skipif(
        shutil.which("java") is None and "JAVA_HOME" not in os.environ, reason="needs Java"
    ),
]

RECIPE: Final = ROOT / "docs" / "examples" / "spark_audit.py"
AS_OF: Final = "2026-02-01"
#: Two threads of one machine that nobody else can reach.
LOCAL: Final = (
    "--master local[2]"
    " --conf spark.driver.bindAddress=127.0.0.1 --conf spark.driver.host=127.0.0.1"
    " --conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=2"
    " --conf spark.sql.files.maxPartitionBytes=131072"
    " pyspark-shell"
)

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write documents, some of them at odds with another one, and a line that is no JSON."""
    path = tmp_path_factory.mktemp("lake") / "corpus.ndjson"
    planted = list(corpus(200, seed=7, defects=0.6))
    assert any(one.is_entity for one in planted)
    with written(planted, path).open("ab") as more:
        more.write(b"{no JSON\n")
    return path


@pytest.fixture(scope="module")
def rows(file: Path) -> Rows:
    """Run the recipe on the same documents, as a user would."""
    lines = file.read_text().splitlines()
    source, target = file.with_name("submissions.parquet"), file.with_name("audited.parquet")
    table = pa.table({"number": range(len(lines)), "document": lines})
    parquet.write_table(table, source, row_group_size=50)
    done = subprocess.run(
        [sys.executable, str(RECIPE), str(source), str(target), AS_OF],
        env={
            **os.environ,
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_SUBMIT_ARGS": LOCAL,
            "SPARK_LOCAL_IP": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: Rows = parquet.read_table(target).to_pylist()
    return told


def test_one_row_a_document_with_the_verdict_of_an_audit(rows: Rows, file: Path) -> None:
    documents = [row for row in rows if row["kind"] == "document"]
    lines, _ = streamed([file])
    assert len(documents) == 200
    assert {row["number"]: row["verdict"] for row in documents} == verdicts(lines)


def test_one_row_a_finding_the_same_as_those_of_an_audit(rows: Rows, file: Path) -> None:
    lines, _ = streamed([file])
    found = Counter(
        (row["number"], row["code"], row["outcome"], row["pointer"], row["fingerprint"])
        for row in rows
        if row["kind"] == "result"
    )
    wanted = Counter(
        (
            line["document"],
            line["code"],
            line["outcome"],
            line["location"]["pointer"],
            line["fingerprint"],
        )
        for line in lines
        if line["type"] == "result"
    )
    assert found == wanted


def test_rules_across_the_documents_of_an_entity_are_among_them(rows: Rows) -> None:
    planted = list(corpus(200, seed=7, defects=0.6))
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(row["number"], set()).add(row["code"])
    at_odds = [number for number, one in enumerate(planted) if one.is_entity]
    assert at_odds
    for number in some(at_odds):
        assert set(planted[number].expected) <= found[number]


def test_a_document_that_cannot_be_read_is_told_of(rows: Rows) -> None:
    told = [row for row in rows if row["number"] == 200]
    assert [(row["kind"], row["code"]) for row in told] == [("notice", "unreadable")]
    assert "submissions/200" in told[0]["message"]
    assert "not JSON" in told[0]["message"]


def test_what_nobody_else_may_read_stays_in_the_run(rows: Rows, file: Path) -> None:
    written = json.dumps(rows)
    first = json.loads(file.read_bytes().splitlines()[0])
    tin = first.get("submission", first)["taxpayerIdentificationNumber"]
    assert tin not in written
    assert "entities" not in rows[0]
