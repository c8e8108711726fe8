"""A batch on a cluster: a real scheduler and two workers on loopback, each a process to kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from batch_support import InTheMiddle, written, written_of
from picheck.engine.batch import dask
from picheck.engine.batch.chunk_queue import Executors
from picheck.engine.batch.executors import make_executors
from picheck.engine.batch.local import InlineExecutor
from picheck.engine.options import AuditOptions
from picheck.errors import UsageError
from prior_support import BEFORE, NOW, put, repeated, submission

distributed = pytest.importorskip("distributed", reason="needs picheck[dask]")
from distributed.comm.core import CommClosedError  # noqa: E402 - where there is Dask
from generate import corpus  # noqa: E402 - only where there is a cluster to try

pytestmark = pytest.mark.filterwarnings("ignore")  # whatever a cluster says as it starts and ends

AS_OF = "2026-02-01"
#: About one document a chunk: whoever dies leaves many behind.
SMALL = 2_000


class Cluster:
    """A scheduler and two workers, without anybody to start another where one dies."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._stack = stack
        meeting = folder / "scheduler.json"
        self.scheduler = self._start(
            "dask_scheduler",
            *("--host", "127.0.0.1", "--port", "0", "--no-dashboard"),
            *("--scheduler-file", str(meeting)),
        )
        self.workers = [
            self._start(
                "dask_worker",
                *("--scheduler-file", str(meeting), "--host", "127.0.0.1", "--no-dashboard"),
                *("--no-nanny", "--nthreads", "1", "--local-directory", str(folder)),
            )
            for _ in range(2)
        ]
        with distributed.Client(scheduler_file=str(meeting), set_as_default=False) as client:
            client.wait_for_workers(2, timeout=300)
        place = json.loads(meeting.read_text())["address"]
        self.address = str(place).replace("tcp://", "dask://")

    def _start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process

    def kill_workers(self) -> None:
        """Leave the scheduler without anybody."""
        for worker in self.workers:
            worker.kill()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with ExitStack() as stack:
        yield Cluster(tmp_path, stack)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(
        list(corpus(300, seed=5, defects=0.4)), tmp_path_factory.mktemp("cluster") / "c.ndjson"
    )


def test_a_cluster_gives_the_same_bytes(cluster: Cluster, file: Path) -> None:
    said: list[str] = []
    assert written_of([file], make_executors(1, cluster.address, said.append)) == written_of([file])
    assert said == []


def test_a_killed_worker_loses_nothing_and_is_told_of(cluster: Cluster, file: Path) -> None:
    said: list[str] = []
    executors = make_executors(1, cluster.address, said.append)
    killing = InTheMiddle(cluster.workers[0].kill)
    assert written_of([file], executors, size=SMALL, watcher=killing) == written_of([file])
    assert len(said) == 1
    assert "the dask worker tcp://127.0.0.1:" in said[0]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_scheduler_loses_nothing_and_is_told_of(
    jobs: int, cluster: Cluster, file: Path
) -> None:
    said: list[str] = []
    executors = make_executors(jobs, cluster.address, said.append)
    killing = InTheMiddle(cluster.scheduler.kill)
    assert written_of([file], executors, size=SMALL, watcher=killing) == written_of([file])
    place = cluster.address.removeprefix("dask://")
    assert said == [f"the dask scheduler at {place} is gone; this machine goes on alone"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_without_any_worker_this_machine_goes_on(
    jobs: int, cluster: Cluster, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask, "WORKER_TIMEOUT", 2.0)
    said: list[str] = []
    executors = make_executors(jobs, cluster.address, said.append)
    killing = InTheMiddle(cluster.kill_workers)
    assert written_of([file], executors, size=SMALL, watcher=killing) == written_of([file])
    assert sum("died" in line for line in said) == 2
    place = cluster.address.removeprefix("dask://")
    assert said[-1] == f"{place} had no worker for 2 s; this machine goes on alone"


def test_a_scheduler_that_no_worker_joins_is_not_waited_for(
    cluster: Cluster, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask, "WORKER_TIMEOUT", 1.0)
    said: list[str] = []
    cluster.kill_workers()
    place = cluster.address.removeprefix("dask://")
    with distributed.Client(f"tcp://{place}", set_as_default=False) as client:
        while client.nthreads():
            time.sleep(0.05)
    executors = make_executors(1, cluster.address, said.append)
    assert written_of([file], executors) == written_of([file])
    assert said == [
        f"{place} has no worker yet; the run waits 1 s for one",
        f"{place} had no worker for 1 s; this machine goes on alone",
    ]


def test_a_worker_that_came_unheard_is_found(cluster: Cluster) -> None:
    said: list[str] = []
    place = cluster.address.removeprefix("dask://")
    with distributed.Client(f"tcp://{place}", set_as_default=False) as client:
        dask_cluster = dask.DaskCluster(client, place, Executors(InlineExecutor, 0), said.append)
        dask_cluster._workers.clear()
        dask_cluster._alone_since -= dask.WORKER_TIMEOUT
        dask_cluster.check_workers()
        assert dask_cluster().submit(int, "7").result() == 7
    assert said == []


def test_earlier_submissions_are_known_on_a_cluster(cluster: Cluster, tmp_path: Path) -> None:
    now = put(tmp_path / "now.ndjson", *(submission(NOW, n, is_early=True) for n in range(30)))
    before = [submission(BEFORE, n, is_early=n % 3 == 0) for n in range(40)]
    terms = AuditOptions(
        as_of=date(2026, 2, 1), prior=(str(put(tmp_path / "before.ndjson", *before)),)
    )
    executors = make_executors(1, cluster.address, print)
    output, summed = written_of([now], executors, terms, size=9_000)
    assert (output, summed) == written_of([now], terms=terms)
    lines = [json.loads(line) for line in output.splitlines()]
    assert repeated(lines) == set(range(0, 30, 3))
    assert "10 of 40 entities" in output.splitlines()[-1].decode()


def test_a_client_that_gave_up_breaks_as_a_pool_does(cluster: Cluster, file: Path) -> None:
    place = cluster.address.removeprefix("dask://")
    said: list[str] = []
    client = distributed.Client(f"tcp://{place}", timeout="1s", set_as_default=False)
    dask_cluster = dask.DaskCluster(client, place, Executors(InlineExecutor, 0), said.append)
    deaths = (BrokenExecutor, distributed.CancelledError, CommClosedError)
    executors = Executors(dask_cluster, dask_cluster.workers, deaths)
    executor = dask_cluster()

    def give_up() -> None:
        cluster.scheduler.kill()
        while client.status != "closed":
            time.sleep(0.05)

    closing = InTheMiddle(give_up)
    assert written_of([file], executors, size=SMALL, watcher=closing) == written_of([file])
    with pytest.raises(BrokenExecutor):
        executor.submit(int)
    executor.shutdown()
    assert len(said) == 1


KILLING = """
import os, sys
from picheck.cli.main import main
from picheck.cli.progress import Progress
from picheck.intake import chunks

begin = chunks.ChunkReader.__init__
begin.__defaults__ = (2_000, *begin.__defaults__[1:])
on_chunk = Progress.on_chunk

def kill(self, chunk, result):
    on_chunk(self, chunk, result)
    if chunk.first > 20 and (pid := os.environ.pop("SCHEDULER", None)):
        os.kill(int(pid), 9)

Progress.on_chunk = kill
main(sys.argv[1:])
"""


def test_a_command_that_loses_its_scheduler_ends_as_if_it_had_none(
    cluster: Cluster, file: Path
) -> None:
    audit = ["audit", str(file), "--as-of", AS_OF, "-f", "ndjson"]
    alone = _run("-m", "picheck", *audit)
    done = _run(
        *("-c", KILLING, *audit, "--executor", cluster.address),
        SCHEDULER=str(cluster.scheduler.pid),
    )
    assert done.stdout == alone.stdout
    assert done.returncode == alone.returncode == 1
    assert b"picheck: the dask scheduler at 127.0.0.1:" in done.stderr
    assert b"Traceback" not in done.stderr


def _run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, **variables},
    )


def test_an_executor_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="give dask://"):
        make_executors(1, "slurm://somewhere", print)


def test_a_scheduler_that_does_not_answer_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "Client", _unanswered)
    with pytest.raises(UsageError, match=r"no dask scheduler answers at 127\.0\.0\.1:9"):
        make_executors(1, "dask://127.0.0.1:9", print)


def _unanswered(*_: Any, **__: Any) -> None:
    raise OSError("timed out")
