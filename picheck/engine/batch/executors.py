"""The executors that a user asked for."""

from __future__ import annotations

from picheck.engine.batch.chunk_queue import Executors
from picheck.engine.batch.local import InlineExecutor, ProcessPools, Say


def make_executors(jobs: int, address: str | None, say: Say, *, apart: bool = False) -> Executors:
    """Return the executors that the user asked for.

    `address` is `dask://HOST:PORT`; `jobs` processes go on where its scheduler dies. `say` is
    given a line for every process that dies. With `apart` one job is a process of its own too,
    which can be replaced where a rule ends it. Raises UsageError for another kind of address, or
    where what it needs is not installed.
    """
    if jobs == 1 and not apart:
        home = Executors(InlineExecutor, 0)
    else:
        home = Executors(ProcessPools(jobs, say), jobs)
    if address is None:
        return home
    from picheck.engine.batch.dask import dask_executors  # noqa: PLC0415 - an extra

    return dask_executors(address, home, say)
