"""A batch on a cluster: a real scheduler and two workers on loopback."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from picheck.engine.crews import crew_of
from picheck.errors import UsageError
from test_batch import streamed, written

distributed = pytest.importorskip("distributed")
from generate import corpus  # noqa: E402 - only where there is a cluster to try

pytestmark = pytest.mark.filterwarnings("ignore")  # whatever a cluster says as it starts and ends


@pytest.fixture
def cluster() -> Iterator[object]:
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=50,
    ) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(
        list(corpus(300, seed=5, defects=0.4)), tmp_path_factory.mktemp("cluster") / "c.ndjson"
    )


def address_of(cluster: object) -> str:
    return str(cluster.scheduler_address).replace("tcp://", "dask://")  # type: ignore[attr-defined]


def test_a_cluster_gives_the_same_bytes(cluster: object, file: Path) -> None:
    assert streamed([file], crew_of(1, address_of(cluster))) == streamed([file])


def test_a_killed_worker_loses_nothing(cluster: object, file: Path) -> None:
    pids = [worker.process.pid for worker in cluster.workers.values()]  # type: ignore[attr-defined]
    killer = threading.Timer(1.0, os.kill, (pids[0], signal.SIGKILL))
    killer.start()
    started = time.monotonic()
    assert streamed([file], crew_of(1, address_of(cluster)), size=2_000) == streamed([file])
    killer.join()
    assert time.monotonic() - started > 0


def test_an_executor_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="give dask://"):
        crew_of(1, "slurm://somewhere")


def test_a_scheduler_that_does_not_answer_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "Client", _unanswered)
    with pytest.raises(UsageError, match=r"no dask scheduler answers at 127\.0\.0\.1:9"):
        crew_of(1, "dask://127.0.0.1:9")


def _unanswered(*_: object, **__: object) -> None:
    raise OSError("timed out")
