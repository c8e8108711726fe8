# ruff: noqa: INP001 - a script, which belongs to no package
"""Audit a table of submissions with Spark, where they are.

    spark-submit spark_audit.py submissions.parquet audited.parquet 2026-02-01

The table has two columns: `number` (unique) and `document` (the JSON text of a submission, alone
or with its evidence). The result has one row a document, one a finding and one a notice.
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

from picheck.session import AuditOptions, DocumentReport, InputDocument, get_session

TEXTS = (
    *("kind", "subject", "entity", "verdict", "code", "outcome", "severity"),
    *("pointer", "message", "fingerprint"),
)
ROW = "number long, entities array<long>, " + ", ".join(f"{name} string" for name in TEXTS)
ARROW = pa.schema(
    [("number", pa.int64()), ("entities", pa.list_(pa.int64()))]
    + [(name, pa.string()) for name in TEXTS]
)
#: From best to worst: rules across the documents of an entity can only make a verdict worse.
VERDICTS = ("ready", "incomplete", "notReady")


def audit(documents: DataFrame, options: AuditOptions) -> DataFrame:
    """Audit every document alone, then those of each entity with several sets together."""
    alone = documents.mapInArrow(partial(audit_each, options), ROW).persist()
    sets = alone.select("number", sql.explode("entities").alias("set_of"))
    several = sets.groupBy("set_of").count().where("count > 1").select("set_of")
    groups = sets.join(several, "set_of").distinct().join(documents, "number").groupBy("set_of")
    together = groups.applyInArrow(partial(audit_group, options), ROW)
    rows = alone.unionByName(together).drop("entities")
    worst = sql.array_position(sql.lit(list(VERDICTS)), sql.col("verdict"))
    return rows.where("kind <> 'document'").unionByName(
        rows.where("kind = 'document'")
        .groupBy("number")
        .agg(sql.max_by(sql.struct(*rows.columns), worst).alias("row"))
        .select("row.*")
    )


def audit_each(
    options: AuditOptions, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Audit the documents of a partition; the session stays open for the next one."""
    session = get_session(options)
    for batch in batches:
        reports = (session.audit(document) for document in documents_in(batch))
        found = [row for report in reports for row in rows_of(report)]
        yield pa.RecordBatch.from_pylist(found, schema=ARROW)


def audit_group(options: AuditOptions, group: pa.Table) -> pa.Table:
    """Audit the documents of one entity together."""
    reports = get_session(options).audit_entity(documents_in(group))
    return pa.Table.from_pylist([row for each in reports for row in rows_of(each)], schema=ARROW)


def documents_in(table: pa.RecordBatch | pa.Table) -> Iterator[InputDocument]:
    """Yield the documents of a piece of the table; a missing one is empty, and has a notice."""
    for row in table.select(["number", "document"]).to_pylist():
        number, text = row["number"], row["document"] or ""
        yield InputDocument(number=number, data=text.encode(), uri=f"submissions/{number}")


def rows_of(report: DocumentReport) -> Iterator[dict[str, Any]]:
    """Yield the rows of one document."""
    about: dict[str, Any] = {"number": report.number}
    if (summary := report.summary) is not None:
        about |= {"subject": summary.subject, "entity": summary.entity, "verdict": summary.verdict}
        yield {**about, "kind": "document", "entities": report.entities}
    for result in report.results:
        yield {
            **about,
            "kind": "result",
            "code": result.code,
            "outcome": result.outcome,
            "severity": result.severity,
            "pointer": result.location.pointer,
            "message": result.message,
            "fingerprint": result.fingerprint,
        }
    for notice in report.notices:
        yield {**about, "kind": "notice", "code": notice.kind, "message": notice.message}


if __name__ == "__main__":
    source, target, as_of = sys.argv[1:]
    spark = SparkSession.builder.appName("picheck").getOrCreate()
    try:
        audited = audit(spark.read.parquet(source), AuditOptions(as_of=date.fromisoformat(as_of)))
        audited.write.mode("overwrite").parquet(target)
    finally:
        spark.stop()
