"""What a score costs beside an audit, document by document.

    python benchmarks/score.py --count 20000

The promise: a million scores cost no more than half a million audits, that is, one score at most
half of one audit. Both are measured over the same documents in the same process, and best-of-N
is reported in processor time, so that other work on the machine counts as little as it can.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from generate import corpus

from picheck.api import SetView
from picheck.engine.document import DocumentAuditor
from picheck.engine.options import AuditOptions
from picheck.intake.decoder import decode_document
from picheck.intake.documents import RawDocument
from picheck.plugins.registry import PluginRegistry
from picheck.testing.harness import stock
from picheck_pi.scoring.arithmetic import scorer_of


def main() -> None:
    """Measure and print both, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--defects", type=float, default=0.1)
    parser.add_argument("--year", type=int, default=2025)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    planted = corpus(given.count, seed=1, defects=given.defects, form="case", year=given.year)
    documents = [
        RawDocument(uri="corpus", data=each.data, line=line)
        for line, each in enumerate(planted, start=1)
    ]
    registry = stock()
    views = _views(documents, registry, given.year)
    score = _best(
        given.rounds, lambda: sum(scorer_of(view.rulebook).score(view).points for view in views)
    ) / len(views)
    read = _best(given.rounds, lambda: _views(documents, registry, given.year)) / len(documents)
    audit = _best(given.rounds, lambda: _audit(documents, registry, given.year)) / len(documents)
    print(f"documents       {len(documents):>10,}   defects {given.defects:.0%}")
    print(f"one score       {score * 1e6:>10.1f} µs   arithmetic on an audited set")
    print(f"read and score  {(read + score) * 1e6:>10.1f} µs   from the bytes on, without an audit")
    print(f"one audit       {audit * 1e6:>10.1f} µs   bytes to results")
    print(f"1,000,000 scores / 500,000 audits = {score * 2 / audit:.2f}   (promised: at most 1)")


def _views(documents: Sequence[RawDocument], registry: PluginRegistry, year: int) -> list[SetView]:
    book = registry.rulebooks.rulebook("pi", year)
    views: list[SetView] = []
    for raw in documents:
        submission = decode_document(raw.data, raw.uri).submission
        views += [
            SetView(record, "/measurementSets/0", book)
            for record in (submission.measurement_sets if submission else ())
        ]
    return views


def _audit(documents: Sequence[RawDocument], registry: PluginRegistry, year: int) -> int:
    auditor = DocumentAuditor(registry, AuditOptions(as_of=date(year + 1, 2, 1)))
    return sum(len(auditor.audit(raw, i).results) for i, raw in enumerate(documents))


def _best(rounds: int, work: Callable[[], Any]) -> float:
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


if __name__ == "__main__":
    main()
