"""How fast a history is written and read: audits with and without one, and a chain of records.

python benchmarks/history.py [--documents 20000] [--records 1000000] [--url URL]

Documents are those of the independent corpus. The chain is filled with records whose bodies are
those of real audits, each of another entity. `--url` names a new history on a server; without it,
SQLite files in a folder of their own.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from corpus import documents

from picheck.history.chain import Entry, append, create, decode_body
from picheck.history.database import Database
from picheck.history.queries import list_records
from picheck.history.tables import RECORD
from picheck.history.verify import verify

_AT_ONCE: Final = 1000


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--url")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="picheck-bench-") as name:
        folder = Path(name)
        url = given.url or str(folder / "history.db")
        create(url).close()
        corpus = folder / "documents.ndjson"
        corpus.write_bytes(b"".join(line + b"\n" for line, _ in documents(given.documents)))
        plain = _audit(corpus, folder)
        first = _audit(corpus, folder, "--history", url)
        again = _audit(corpus, folder, "--history", url)
        _say("audited, no history", plain, given.documents)
        _say("audited, all recorded", first, given.documents)
        _say("audited, none changed", again, given.documents)
        _fill(Database(url), given.records)


def _audit(corpus: Path, folder: Path, *options: str) -> float:
    command = [sys.executable, "-m", "picheck", "audit", str(corpus), "--isolated", "--as-of",
               "2026-02-01", "-f", f"ndjson={folder / 'out.ndjson'}", *options]  # fmt: skip
    begin = time.perf_counter()
    done = subprocess.run(command, check=False, stderr=subprocess.PIPE)
    if done.returncode not in {0, 1, 4}:  # 4: one of the years is a preview
        raise SystemExit(done.stderr.decode())
    return time.perf_counter() - begin


def _say(what: str, seconds: float, number: int) -> None:
    print(f"{what:24} {seconds:8.2f} s {seconds / number * 1e6:8.1f} us each")


def _fill(database: Database, number: int) -> None:
    """Add records until there are so many, then verify them and look entities up."""
    from sqlalchemy import select

    with database.open_to_read() as connection:
        rows = list(connection.execute(select(RECORD).where(RECORD.c.kind == "audit").limit(500)))
    bodies = [decode_body(row.body) for row in rows]
    begin, added = time.perf_counter(), 0
    missing = number - database.state().records
    for entries in _entries(bodies, missing):
        with database.open_to_write() as connection:
            append(connection, entries, "a benchmark")
        added += len(entries)
    if added:
        _say("records added", time.perf_counter() - begin, added)
    begin = time.perf_counter()
    found = verify(database)
    if found.fault is not None:
        raise SystemExit(f"broken: {found.fault}")
    _say("records verified", time.perf_counter() - begin, found.records)
    times = []
    for place in range(0, missing, max(1, missing // 50)):
        begin = time.perf_counter()
        with database.open_to_read() as connection:
            list_records(connection, entity=f"{place:064x}")
        times.append(time.perf_counter() - begin)
    if times:
        print(f"{'list of one entity':24} {statistics.median(times) * 1e3:8.2f} ms"
              f" (slowest {max(times) * 1e3:.2f} ms)")  # fmt: skip


def _entries(bodies: list[dict[str, object]], number: int) -> Iterator[list[Entry]]:
    for start in range(0, number, _AT_ONCE):
        yield [
            Entry("audit", f"{place:064x}", "pi", 2025, bodies[place % len(bodies)])
            for place in range(start, min(start + _AT_ONCE, number))
        ]


if __name__ == "__main__":
    main()
