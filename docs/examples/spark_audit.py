# ruff: noqa: INP001 - a script, which stands by itself
"""Audit a table of submissions with Spark, where they are.

    spark-submit spark_audit.py submissions.parquet audited.parquet 2026-02-01

The table has two columns: `number` (unique) and `document` (the JSON text of a submission, or of
a case with its evidence). The result has one row a document, one a finding and one a notice.
Needs Spark 4, and picheck on every machine that has an executor.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from picheck.session import InputDocument, AuditOptions, DocumentReport, get_session

TEXTS = ("kind", "subject", "verdict", "code", "outcome", "severity", "pointer", "message")
ROW = "number long, entities array<long>, fingerprint string, " + ", ".join(
    f"{name} string" for name in TEXTS
)
ARROW = pa.schema(
    [("number", pa.int64()), ("entities", pa.list_(pa.int64())), ("fingerprint", pa.string())]
    + [(name, pa.string()) for name in TEXTS]
)
#: From best to worst: what all documents of an entity tell can only make a verdict worse.
VERDICTS = ("ready", "incomplete", "notReady")


def audit(documents: DataFrame, terms: AuditOptions) -> DataFrame:
    """Audit every document alone, then those of each entity with several sets together."""
    alone = documents.mapInArrow(partial(one_by_one, terms), ROW).persist()
    sets = alone.select("number", sql.explode("entities").alias("entity"))
    several = sets.groupBy("entity").count().where("count > 1").select("entity")
    groups = sets.join(several, "entity").distinct().join(documents, "number").groupBy("entity")
    told = alone.unionByName(groups.applyInArrow(partial(together, terms), ROW)).drop("entities")
    worst = sql.array_position(sql.lit(list(VERDICTS)), sql.col("verdict"))
    return told.where("kind <> 'document'").unionByName(
        told.where("kind = 'document'")
        .groupBy("number")
        .agg(sql.max_by(sql.struct(*told.columns), worst).alias("row"))
        .select("row.*")
    )


def one_by_one(terms: AuditOptions, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Audit the documents of a partition; the desk stays open for the next one."""
    desk = get_session(terms)
    for batch in batches:
        yield pa.RecordBatch.from_pylist(
            [row for given in handed(batch) for row in rows(desk.audit(given))], schema=ARROW
        )


def together(terms: AuditOptions, group: pa.Table) -> pa.Table:
    """Audit the documents of one entity together."""
    told = get_session(terms).audit_entity(handed(group))
    return pa.Table.from_pylist([row for each in told for row in rows(each)], schema=ARROW)


def handed(table: pa.RecordBatch | pa.Table) -> Iterator[InputDocument]:
    """Yield the documents of a piece of the table; a missing one is empty, and told of."""
    for row in table.select(["number", "document"]).to_pylist():
        number, text = row["number"], row["document"] or ""
        yield InputDocument(number=number, data=text.encode(), uri=f"submissions/{number}")


def rows(told: DocumentReport) -> Iterator[dict[str, Any]]:
    """Yield the rows of one document."""
    about: dict[str, Any] = {"number": told.number}
    if told.summary is not None:
        about |= {"subject": told.summary.subject, "verdict": told.summary.verdict}
        yield {**about, "kind": "document", "entities": told.entities}
    for result in told.results:
        yield {
            **about,
            "kind": "result",
            "code": result.rule.code,
            "outcome": result.outcome,
            "severity": result.severity,
            "pointer": result.location.pointer,
            "message": result.message,
            "fingerprint": result.fingerprint,
        }
    for notice in told.notices:
        yield {**about, "kind": "notice", "code": notice.kind, "message": notice.message}


if __name__ == "__main__":
    source, target, day = sys.argv[1:]
    spark = SparkSession.builder.appName("picheck").getOrCreate()
    try:
        audited = audit(spark.read.parquet(source), AuditOptions(as_of=date.fromisoformat(day)))
        audited.write.mode("overwrite").parquet(target)
    finally:
        spark.stop()
