"""Who audits the packets of a batch: this process, several, or those of a cluster."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, wait
from contextlib import suppress
from functools import partial
from typing import Any, Final, TypeVar, cast

from picheck.engine.batch import Crew
from picheck.errors import UsageError

T = TypeVar("T")
#: Takes one line about somebody who died; nothing is lost by it, so it is no part of a report.
Say = Callable[[str], object]
_DASK: Final = "dask://"
_GONE: Final = "the cluster is gone"
#: How many seconds a run waits for a worker where there is none, before it goes on at home.
PATIENCE: Final = 60.0
#: How often, in seconds, somebody who waits for a result looks whether anybody is still at it.
_GLANCE: Final = 1.0


class HereExecutor(Executor):
    """Does the work at once, in this process."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Call the function and return its result as a future that is done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - a future keeps what was raised
            future.set_exception(error)
        return future


class Pools:
    """Opens a pool of processes, and another where one of them died."""

    def __init__(self, jobs: int, say: Say) -> None:
        self._jobs = jobs
        self._say = say
        self._is_first = True

    def __call__(self) -> Executor:
        """Open a pool; from the second on, say why there is another."""
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - a cold start pays

        if not self._is_first:
            self._say("a process died; what it was given is audited again")
        self._is_first = False
        return ProcessPoolExecutor(self._jobs, initializer=_ignore_interrupts)


class Cluster:
    """Hands packets to a Dask cluster, and to the crew at home where nobody takes them.

    That is where the scheduler is gone, and where it has had no worker for too long.
    """

    def __init__(self, client: Any, place: str, home: Crew, say: Say) -> None:
        hands: dict[str, int] = client.nthreads()
        self.size = sum(hands.values()) or 1
        self._workers = set(hands)
        self._client = client
        self._place = place
        self._home = home
        self._say = say
        self._alone_since = time.monotonic()
        self._is_given_up = False
        client.subscribe_topic("all", self._hear)
        if not self._workers:
            say(f"{place} has no worker yet; the run waits {PATIENCE:.0f} s for one")

    def __call__(self) -> Executor:
        """Go on at home where nobody takes packets any more: slower, and nothing is lost."""
        if not self.is_lost:
            return _ClusterExecutor(self._client, self)
        self._give_up(f"the dask scheduler at {self._place} is gone")
        return self._home.hire()

    @property
    def is_lost(self) -> bool:
        """Whether the cluster will take no packets any more."""
        return self._is_given_up or self._client.status != "running"

    def look(self) -> None:
        """Give the cluster up where it has been without any worker for too long."""
        if self._workers or time.monotonic() - self._alone_since < PATIENCE:
            return
        with suppress(OSError):  # the scheduler went this very moment, which is seen next time
            self._workers.update(self._client.nthreads())  # whose coming nobody may have heard
            if not self._workers:
                self._give_up(f"{self._place} had no worker for {PATIENCE:.0f} s")

    def _give_up(self, why: str) -> None:
        if not self._is_given_up:
            self._say(f"{why}; this machine goes on alone")
        self._is_given_up = True

    def _hear(self, event: tuple[float, Any]) -> None:
        """Say which worker left without a word; the scheduler itself gives its tasks to others."""
        match event:
            case _, {"action": "add-worker", "worker": worker}:
                self._workers.add(worker)
            case _, {"action": "remove-worker", "worker": worker, **told}:
                self._workers.discard(worker)
                self._alone_since = time.monotonic()
                waits = f"the run waits {PATIENCE:.0f} s for another to do"
                others = "others do" if self._workers else waits
                if not told.get("expected"):
                    self._say(f"the dask worker {worker} died; {others} what it was given")


class _Awaited(Future[T]):
    """A future that is not waited for where nobody is left to fulfil it."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        self._cluster = cluster

    def result(self, timeout: float | None = None) -> T:
        """Return the result. Raises BrokenExecutor where the cluster was given up meanwhile."""
        while timeout is None and not wait([self], _GLANCE).done:
            self._cluster.look()
            if self._cluster.is_lost:
                raise BrokenExecutor(_GONE)
        return super().result(timeout)


class _ClusterExecutor(Executor):
    """A Dask client as an executor that breaks, as others do, where its cluster is lost.

    The client's own executor leaves a future open for ever where the scheduler dies while it
    fetches the result, or where no worker is left to have one.
    """

    def __init__(self, client: Any, cluster: Cluster) -> None:
        self._client = client
        self._cluster = cluster
        self._under_way: set[Any] = set()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Hand the work to the cluster. Raises BrokenExecutor where nobody takes it."""
        if self._cluster.is_lost:
            raise BrokenExecutor(_GONE)
        try:
            theirs = self._client.submit(fn, *args, pure=False, **kwargs)
        except Exception as error:
            if not self._cluster.is_lost:
                raise
            raise BrokenExecutor(_GONE) from error
        ours: Future[T] = _Awaited(self._cluster)
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
            ours.set_exception(BrokenExecutor(_GONE) if self._cluster.is_lost else error)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        """Forget what is under way, unless it was lost with the scheduler."""
        del wait, cancel_futures  # nobody waits for what nobody wants
        with suppress(Exception):  # there may be nobody left to be asked to forget
            self._client.cancel(list(self._under_way))


def crew_of(jobs: int, address: str | None, say: Say) -> Crew:
    """Return the crew that the user asked for.

    `address` is `dask://HOST:PORT`; `jobs` processes go on where its scheduler dies. `say` is
    told of every death. Raises UsageError for another kind of address, or where what it needs is
    not installed.
    """
    home = Crew(HereExecutor, 0) if jobs == 1 else Crew(Pools(jobs, say), jobs)
    return home if address is None else _dask(address, home, say)


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the parent: it keeps what was written and says where it stopped."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _dask(address: str, home: Crew, say: Say) -> Crew:
    if not address.startswith(_DASK):
        raise UsageError(f"executor {address!r} is not known; give {_DASK}HOST:PORT")
    try:
        import distributed  # noqa: PLC0415 - an extra
        from distributed.comm.core import CommClosedError  # noqa: PLC0415
    except ImportError as error:
        raise UsageError("a dask executor needs an extra: pip install 'picheck[dask]'") from error
    place = address.removeprefix(_DASK)
    # what it tells of a lost connection, tracebacks and all, picheck says in a line
    logging.getLogger("distributed").setLevel(logging.ERROR)
    try:
        client = cast("Any", distributed).Client(
            f"tcp://{place}", timeout="10s", set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise UsageError(f"no dask scheduler answers at {place}: {error}") from error
    deaths = (*home.deaths, distributed.CancelledError, distributed.KilledWorker, CommClosedError)
    cluster = Cluster(client, place, home, say)
    return Crew(cluster, cluster.size, deaths)
