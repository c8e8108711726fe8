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
from picheck.engine.audit import Audit
from picheck.engine.terms import Terms
from picheck.hooks.host import Host
from picheck.hooks.inventory import Inventory, take_inventory
from picheck.intake.decoder import read_structure
from picheck.intake.documents import RawDocument
from picheck_pi.scoring.arithmetic import score_set


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
    host = Host()
    host.discover()
    inventory = take_inventory(host)
    views = _views(documents, inventory, given.year)
    score = _best(given.rounds, lambda: sum(score_set(view).points for view in views)) / len(views)
    read = _best(given.rounds, lambda: _views(documents, inventory, given.year)) / len(documents)
    audit = _best(given.rounds, lambda: _audit(documents, inventory, given.year)) / len(documents)
    print(f"documents       {len(documents):>10,}   defects {given.defects:.0%}")
    print(f"one score       {score * 1e6:>10.1f} µs   arithmetic on an audited set")
    print(f"read and score  {(read + score) * 1e6:>10.1f} µs   from the bytes on, without an audit")
    print(f"one audit       {audit * 1e6:>10.1f} µs   bytes to results")
    print(f"1,000,000 scores / 500,000 audits = {score * 2 / audit:.2f}   (promised: at most 1)")


def _views(documents: Sequence[RawDocument], inventory: Inventory, year: int) -> list[SetView]:
    book = inventory.shelf.rulebook("pi", year)
    views: list[SetView] = []
    for raw in documents:
        submission = read_structure(raw.data, raw.uri).submission
        views += [
            SetView(record, "/measurementSets/0", book)
            for record in (submission.measurement_sets if submission else ())
        ]
    return views


def _audit(documents: Sequence[RawDocument], inventory: Inventory, year: int) -> int:
    audit = Audit(Terms(as_of=date(year + 1, 2, 1)), inventory)
    return sum(len(audited.results) for audited in audit.documents(documents))


def _best(rounds: int, work: Callable[[], Any]) -> float:
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


if __name__ == "__main__":
    main()
