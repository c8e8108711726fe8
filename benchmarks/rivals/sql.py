"""DuckDB: the sixteen rules in SQL, over all documents at once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from rivals import sixteen


def engine(known: list[str], exclusions: sixteen.Exclusions) -> Callable[..., list[set[str]]]:
    """Return what applies the rules to all lines, on one thread."""
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    query = Path(__file__).with_name("sixteen.sql").read_text()
    connection.execute("CREATE TABLE known AS SELECT unnest(?) AS id", [known])
    pairs = [
        (measure, other)
        for measure, others in sixteen.required(exclusions).items()
        for other in (None, *others)
    ]
    connection.execute("CREATE TABLE required (measure VARCHAR, other VARCHAR)")
    connection.executemany("INSERT INTO required VALUES (?, ?)", pairs)

    def run(lines: list[bytes]) -> list[set[str]]:
        found: list[set[str]] = [set() for _ in lines]
        with tempfile.NamedTemporaryFile(suffix=".ndjson") as file:
            file.write(b"\n".join(lines) + b"\n")
            file.flush()
            for place, code in connection.execute(query, [file.name]).fetchall():
                found[place].add(code)
        return found

    return run
