"""Who audits the packets of a batch: this process, several, or those of a cluster."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, Final, TypeVar, cast

from picheck.engine.batch import Crew
from picheck.errors import UsageError

T = TypeVar("T")
_DASK: Final = "dask://"


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


def crew_of(jobs: int, address: str | None) -> Crew:
    """Return the crew that the user asked for.

    `address` is `dask://HOST:PORT`. Raises UsageError for another kind of address, or where
    what it needs is not installed.
    """
    if address is not None:
        return _dask(address)
    if jobs == 1:
        return Crew(HereExecutor, 0)
    return Crew(lambda: _processes(jobs), jobs)


def _processes(jobs: int) -> Executor:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - a cold start pays

    return ProcessPoolExecutor(jobs, initializer=_ignore_interrupts)


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the parent: it keeps what was written and says where it stopped."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _dask(address: str) -> Crew:
    if not address.startswith(_DASK):
        raise UsageError(f"executor {address!r} is not known; give {_DASK}HOST:PORT")
    try:
        import distributed  # noqa: PLC0415 - an extra
        from distributed.comm.core import CommClosedError  # noqa: PLC0415
    except ImportError as error:
        raise UsageError("a dask executor needs an extra: pip install 'picheck[dask]'") from error
    place = address.removeprefix(_DASK)
    try:
        client = cast("Any", distributed).Client(
            f"tcp://{place}", timeout="10s", set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise UsageError(f"no dask scheduler answers at {place}: {error}") from error

    def hire() -> Executor:
        """Go on in this process where the scheduler is gone: slower, and nothing is lost."""
        if client.status != "running":
            return HereExecutor()
        executor: Executor = client.get_executor(pure=False)
        return executor

    hands = sum(client.nthreads().values()) or 1
    deaths = (distributed.CancelledError, distributed.KilledWorker, CommClosedError)
    return Crew(hire, hands, deaths)
