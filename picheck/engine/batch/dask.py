"""Chunks on a Dask cluster."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, wait
from contextlib import suppress
from functools import partial
from typing import Any, Final, TypeVar, cast

from picheck.engine.batch.chunk_queue import Executors
from picheck.engine.batch.local import Say
from picheck.errors import UsageError

T = TypeVar("T")
DASK: Final = "dask://"
_GONE: Final = "the cluster is gone"
#: How many seconds a run waits for a worker where there is none, before it goes on at home.
WORKER_TIMEOUT: Final = 60.0
#: How often, in seconds, a run that waits for a result looks whether the cluster still works.
POLL_INTERVAL: Final = 1.0


class DaskCluster:
    """Hands chunks to a Dask cluster, and to the local executors where it takes none.

    That is where the scheduler is gone, and where it has had no worker for too long.
    """

    def __init__(self, client: Any, place: str, home: Executors, say: Say) -> None:
        hands: dict[str, int] = client.nthreads()
        self.workers = sum(hands.values()) or 1
        self._workers = set(hands)
        self._client = client
        self._place = place
        self._home = home
        self._say = say
        self._alone_since = time.monotonic()
        self._is_given_up = False
        client.subscribe_topic("all", self._on_worker_event)
        if not self._workers:
            say(f"{place} has no worker yet; the run waits {WORKER_TIMEOUT:.0f} s for one")

    def __call__(self) -> Executor:
        """Go on at home where the cluster takes no more chunks: slower, and nothing is lost."""
        if not self.is_down:
            return _ClusterExecutor(self._client, self)
        self._give_up(f"the dask scheduler at {self._place} is gone")
        return self._home.create()

    @property
    def is_down(self) -> bool:
        """Whether the cluster will take no chunks any more."""
        return self._is_given_up or self._client.status != "running"

    def check_workers(self) -> None:
        """Give the cluster up where it has been without any worker for too long."""
        if self._workers or time.monotonic() - self._alone_since < WORKER_TIMEOUT:
            return
        with suppress(OSError):  # the scheduler went this very moment, which is seen next time
            self._workers.update(self._client.nthreads())  # whose coming nobody may have heard
            if not self._workers:
                self._give_up(f"{self._place} had no worker for {WORKER_TIMEOUT:.0f} s")

    def _give_up(self, why: str) -> None:
        if not self._is_given_up:
            self._say(f"{why}; this machine goes on alone")
        self._is_given_up = True

    def _on_worker_event(self, event: tuple[float, Any]) -> None:
        """Say which worker left without a word; the scheduler itself gives its tasks to others."""
        match event:
            case _, {"action": "add-worker", "worker": worker}:
                self._workers.add(worker)
            case _, {"action": "remove-worker", "worker": worker, **details}:
                self._workers.discard(worker)
                self._alone_since = time.monotonic()
                waits = f"the run waits {WORKER_TIMEOUT:.0f} s for another to do"
                others = "others do" if self._workers else waits
                if not details.get("expected"):
                    self._say(f"the dask worker {worker} died; {others} what it was given")


class _DaskFuture(Future[T]):
    """A future that is not waited for where no worker is left to fulfil it."""

    def __init__(self, cluster: DaskCluster) -> None:
        super().__init__()
        self._cluster = cluster

    def result(self, timeout: float | None = None) -> T:
        """Return the result. Raises BrokenExecutor where the cluster was given up meanwhile."""
        while timeout is None and not wait([self], POLL_INTERVAL).done:
            self._cluster.check_workers()
            if self._cluster.is_down:
                raise BrokenExecutor(_GONE)
        return super().result(timeout)


class _ClusterExecutor(Executor):
    """A Dask client as an executor that breaks, as others do, where its cluster is lost.

    The client's own executor leaves a future open for ever where the scheduler dies while it
    fetches the result, or where no worker is left to have one.
    """

    def __init__(self, client: Any, cluster: DaskCluster) -> None:
        self._client = client
        self._cluster = cluster
        self._under_way: set[Any] = set()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Hand the work to the cluster. Raises BrokenExecutor where no worker takes it."""
        if self._cluster.is_down:
            raise BrokenExecutor(_GONE)
        try:
            # impure: Dask gives equal calls one result, and a chunk that is handed out again must
            # be audited again
            theirs = self._client.submit(fn, *args, pure=False, **kwargs)
        except Exception as error:
            if not self._cluster.is_down:
                raise
            raise BrokenExecutor(_GONE) from error
        ours: Future[T] = _DaskFuture(self._cluster)
        # kept here, for Dask calls off the work of a future that nothing refers to
        self._under_way.add(theirs)
        theirs.add_done_callback(partial(self._fetch, ours))
        return ours

    def _fetch(self, ours: Future[T], theirs: Any) -> None:
        """Hand a result on, or why there is none; Dask does this in a thread of its own."""
        self._under_way.discard(theirs)
        if not ours.set_running_or_notify_cancel():
            return
        try:
            ours.set_result(theirs.result())
        except Exception as error:  # noqa: BLE001 - a future keeps what was raised
            ours.set_exception(BrokenExecutor(_GONE) if self._cluster.is_down else error)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        """Forget what is under way, unless it was lost with the scheduler."""
        del wait, cancel_futures  # nobody waits for what nobody wants
        with suppress(Exception):  # there may be nobody left to be asked to forget
            self._client.cancel(list(self._under_way))


def dask_executors(address: str, home: Executors, say: Say) -> Executors:
    """Return the executors of a Dask cluster. Raises UsageError where it cannot be reached."""
    if not address.startswith(DASK):
        raise UsageError(f"executor {address!r} is not known; give {DASK}HOST:PORT")
    try:
        import distributed  # noqa: PLC0415 - an extra
        from distributed.comm.core import CommClosedError  # noqa: PLC0415
    except ImportError as error:
        raise UsageError("a dask executor needs an extra: pip install 'picheck[dask]'") from error
    place = address.removeprefix(DASK)
    # what it tells of a lost connection, tracebacks and all, picheck says in a line
    logging.getLogger("distributed").setLevel(logging.ERROR)
    try:
        client = cast("Any", distributed).Client(
            f"tcp://{place}", timeout="10s", set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise UsageError(f"no dask scheduler answers at {place}: {error}") from error
    deaths = (
        *home.worker_errors,
        distributed.CancelledError,
        distributed.KilledWorker,
        CommClosedError,
    )
    cluster = DaskCluster(client, place, home, say)
    return Executors(cluster, cluster.workers, deaths)
