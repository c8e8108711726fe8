"""Tables of a run that memory may not hold: SQLite in a file that nothing outlives."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

#: No journal and no waiting for the disk: what is in the file is of no use after a crash. The
#: cache is 8 MiB whatever the number of documents; sorting goes to disk and not to memory.
_SETTINGS: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -8192;
PRAGMA temp_store = FILE;
"""
#: For SQLite, a temporary file without a name: kept in memory while it is small.
_NAMELESS: Final = ""


def create_table(tables: str, path: str = _NAMELESS) -> sqlite3.Connection:
    """Return a connection to a new file with these tables, SQL statements that create them.

    Without a path the file is gone with the connection. Several threads may use the connection,
    one at a time. Raises `sqlite3.Error` where there is no room.
    """
    table = sqlite3.connect(path, check_same_thread=False)
    try:
        table.executescript(_SETTINGS + tables)
    except BaseException:
        table.close()
        raise
    return table


def open_table(path: str) -> sqlite3.Connection:
    """Return a connection that reads a file which is complete; nothing is locked.

    Raises `sqlite3.Error` where the file is not there.
    """
    uri = f"{Path(path).as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, check_same_thread=False)


def pack(value: object) -> bytes:
    """Return any value as bytes for a column."""
    return pickle.dumps(value)


def unpack(packed: bytes) -> Any:
    """Return a value that `pack` made into bytes, in this run."""
    return pickle.loads(packed)  # noqa: S301 - never anything but our own file


def group_rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows that follow each other with the same first column, as one list each."""
    for _, group in groupby(rows, itemgetter(0)):
        yield list(group)
