"""Signals at any time: what was written is kept, nothing lives on, nothing is left behind."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from command_line import environment
from distributions import ANSWER, VENDOR, install
from long_runs import TERMS, write_lines
from picheck.engine.prior.folder import LockedFolder
from support import COMPLIANT, perhaps

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

SLOW = VENDOR.replace(ANSWER, "import time; time.sleep(0.02)")


def start(
    *arguments: str | Path, folder: Path, stdin: int | None = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """Start picheck with a folder of its own for temporary files."""
    (folder / "tmp").mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "picheck", *map(str, arguments)],
        cwd=folder,
        env=environment(folder, TMPDIR=str(folder / "tmp")),
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def processes(folder: Path) -> list[int]:
    """Return the processes whose working directory is a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if (entry / "cwd").readlink() == folder:
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def wait_for(path: Path, size: int = 1) -> None:
    """Wait until a file holds something."""
    for _ in range(600):
        if path.exists() and path.stat().st_size >= size:
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} stays empty")


def wait_until_gone(folder: Path) -> None:
    """Wait until no process works in a folder any more."""
    for _ in range(100):
        if not processes(folder):
            return
        time.sleep(0.05)
    raise AssertionError(f"{processes(folder)} live on")


def slow_run(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start an audit that takes long, and wait until it has written something."""
    install(folder, "acme-tools", {"acme": SLOW})
    for number in range(200):  # a packet holds 64 files
        (folder / f"{number:03}.json").write_bytes(COMPLIANT.read_bytes())
    process = start("audit", "*.json", *TERMS, "-f", "ndjson=out", *options, folder=folder)
    wait_for(folder / "out", 5000)
    return process


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
)
def test_a_run_that_is_asked_to_stop_keeps_what_it_wrote(
    number: signal.Signals, code: int, jobs: str, tmp_path: Path
) -> None:
    process = slow_run(tmp_path, "-j", jobs)
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == code, err
    assert not out
    told = err.decode()
    said = re.search(r"stopped after (\d+) documents; the last one written is (\d+).json", told)
    assert said is not None
    number_written = int(said[1])
    assert int(said[2]) == number_written - 1
    assert "go on with --resume" in told
    assert "Traceback" not in told
    written = (tmp_path / "out").read_bytes()
    assert written.endswith(b"\n")
    kinds = [json.loads(line)["type"] for line in written.splitlines()]
    assert kinds.count("document") == number_written
    wait_until_gone(tmp_path)


@pytest.mark.parametrize("jobs", ["1", "3"])
@pytest.mark.parametrize("with_plugin", [False, True])
def test_no_process_outlives_a_killed_run(jobs: str, with_plugin: bool, tmp_path: Path) -> None:  # noqa: FBT001
    if with_plugin:
        process = slow_run(tmp_path, "-j", jobs)
    else:
        path = write_lines(tmp_path, 30_000)
        process = start("audit", path, *TERMS, "-f", "ndjson=out", "-j", jobs, folder=tmp_path)
        wait_for(tmp_path / "out", 5000)
    if with_plugin or jobs == "3":
        assert len(processes(tmp_path)) > 1
    process.kill()
    process.communicate(timeout=20)  # ends only when all let go of standard output
    wait_until_gone(tmp_path)
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("jobs", ["1", "3"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_copy_of_standard_input_or_of_earlier_submissions_is_left(
    number: signal.Signals, jobs: str, tmp_path: Path
) -> None:
    path = write_lines(tmp_path, 30_000)
    with path.open("rb") as file:
        process = subprocess.Popen(["/bin/cat"], stdin=file, stdout=subprocess.PIPE)
        assert process.stdout is not None
        options = ("-f", "ndjson=out", "-j", jobs, "--prior", str(path))
        audit = start(
            "audit", "-", *TERMS, *options, folder=tmp_path, stdin=process.stdout.fileno()
        )
        process.stdout.close()
    wait_for(tmp_path / "out", 5000)
    audit.send_signal(number)
    audit.communicate(timeout=20)
    process.wait(timeout=20)
    wait_until_gone(tmp_path)
    left = [file for file in (tmp_path / "tmp").rglob("*") if file.is_file()]
    if number == signal.SIGTERM:
        assert left == []
    for kept in perhaps(left):  # the history, which holds no identifiers
        assert kept.parent.suffix == ".history"
        assert not re.search(rb"0000[0-9]{5}", kept.read_bytes())
    (tmp_path / "one.json").write_bytes(COMPLIANT.read_bytes())
    words = ("audit", "one.json", *TERMS, "--prior", "one.json", "-f", "ndjson=again")
    start(*words, folder=tmp_path).communicate(timeout=20)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_history_of_a_run_that_goes_on_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    first, second = LockedFolder(), LockedFolder()
    assert sorted(tmp_path.iterdir()) == sorted([first.path, second.path])
    abandoned = tmp_path / "picheck-gone.history"
    abandoned.mkdir()
    (abandoned / "in-use").touch()
    foreign = tmp_path / "picheck-foreign.history"
    foreign.mkdir()
    third = LockedFolder()
    assert sorted(tmp_path.iterdir()) == sorted([first.path, second.path, third.path, foreign])
    for folder in (first, second, third):
        folder.remove()
    assert list(tmp_path.iterdir()) == [foreign]


SEEDS = range(int(os.environ.get("PICHECK_SIGNAL_SEEDS", "4")))
#: What a seed draws from; the last one leaves a process no time to say anything.
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL)
LINES = 20_000


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return what a run that no one stops writes."""
    folder = tmp_path_factory.mktemp("whole")
    path = write_lines(folder, LINES)
    start("audit", path.name, *TERMS, "-f", "ndjson=out", folder=folder).communicate()
    return (folder / "out").read_bytes()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_signal_at_any_time_leaves_nothing_behind_and_the_run_can_go_on(
    seed: int, whole: bytes, tmp_path: Path
) -> None:
    chance = random.Random(seed)  # noqa: S311
    path = write_lines(tmp_path, LINES)
    options = ("-f", "ndjson=out")
    number = SIGNALS[seed % len(SIGNALS)]
    jobs = chance.choice(["1", "2", "2"])
    process = start("audit", path.name, *TERMS, *options, "-j", jobs, folder=tmp_path)
    time.sleep(chance.uniform(0.05, 2.0))
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode in {0, 128 + number, -number}, err
    if process.returncode > 0:
        assert b"picheck: stopped" in err
    assert b"Traceback" not in err
    wait_until_gone(tmp_path)
    assert list((tmp_path / "tmp").iterdir()) == []
    written = (tmp_path / "out").read_bytes() if (tmp_path / "out").exists() else b""
    assert whole.startswith(written)
    if number != signal.SIGKILL:
        assert not written or written.endswith(b"\n")
    if b"\n" in written and written != whole:
        again = start("audit", path.name, *TERMS, *options, "--resume", folder=tmp_path)
        _, err = again.communicate(timeout=60)
        assert again.returncode == 0, err
        assert (tmp_path / "out").read_bytes() == whole


def test_a_killed_worker_costs_no_document(tmp_path: Path) -> None:
    process = slow_run(tmp_path, "-j", "2")
    workers = [pid for pid in processes(tmp_path) if pid != process.pid]
    os.kill(max(workers), signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert b"a process died; what it was given is audited again" in err
    kinds = [json.loads(line)["type"] for line in (tmp_path / "out").read_bytes().splitlines()]
    assert kinds.count("document") == 200


#: Ways to begin a worker; the last two are those of other systems and of later Pythons.
METHODS = ("fork", "forkserver", "spawn")
WORKERS = """
import multiprocessing, os, sys, time
from concurrent.futures import ProcessPoolExecutor
from picheck.engine.batch.local import _begin_worker

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    pool = ProcessPoolExecutor(2, initializer=_begin_worker, initargs=(os.getpid(),))
    pids = {pool.submit(os.getpid).result() for _ in range(4)}
    [pool.submit(time.sleep, 1000) for _ in range(2)]
    print(*pids, flush=True)
    time.sleep(1000)
"""


@pytest.mark.parametrize("method", METHODS)
def test_workers_end_with_their_parent_however_they_were_begun(method: str, tmp_path: Path) -> None:
    (tmp_path / "begin.py").write_text(WORKERS)
    process = subprocess.Popen(
        [sys.executable, "begin.py", method],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        env=environment(tmp_path),
    )
    assert process.stdout is not None
    assert process.stdout.readline().split()
    process.kill()
    process.communicate(timeout=20)
    wait_until_gone(tmp_path)


def test_a_process_looks_after_its_parent_where_the_system_does_not(tmp_path: Path) -> None:
    script = (
        "import os, time; from picheck.processes import watch_parent\n"
        "parent = os.getpid()\n"
        "if os.fork() == 0:\n    watch_parent(parent); time.sleep(1000)\n"
        "time.sleep(0.2); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path)
    wait_until_gone(tmp_path)
