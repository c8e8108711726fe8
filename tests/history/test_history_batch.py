"""Many documents, many writers, and writers that are killed: the chain stays one, and whole."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from history_support import KEY_VARIABLE, audit, engine_of, make, records, verify
from prior_support import NOW, put, submission

#: How often a writer is killed; a longer run is asked for by hand.
KILLS = int(os.environ.get("PICHECK_HISTORY_KILLS", "1"))


def test_the_chain_is_the_same_whatever_audits(tmp_path: Path) -> None:
    lines = [submission(NOW, number % 40, is_early=number % 3 == 0) for number in range(60)]
    put(tmp_path / "many.ndjson", *lines)
    make(tmp_path, str(tmp_path / "empty.db"))
    heads = {}
    for name, options in {
        "streamed": ("-f", "ndjson=1.ndjson"),
        "processes": ("-f", "ndjson=2.ndjson", "-j", "2"),
        "whole": ("-f", "json=3.json"),
    }.items():
        url = str(tmp_path / f"{name}.db")
        shutil.copy(tmp_path / "empty.db", url)
        shutil.copy(tmp_path / "empty.db.key", f"{url}.key")
        audit(tmp_path, url, "many.ndjson", *options)
        listed = records(tmp_path, url)
        assert listed[-1]["recorded"] > len(lines)  # some speak of several documents together
        heads[name] = listed[-1]["hash"]
        assert verify(tmp_path, url)["code"] == 0
    assert len(set(heads.values())) == 1, heads


def test_eight_writers_keep_one_chain(tmp_path: Path, url: str) -> None:
    make(tmp_path, url)
    for number in range(8):
        put(tmp_path / f"{number}.ndjson", *[submission(NOW, number * 10 + n) for n in range(4)])
    writers = [_audit(tmp_path, url, f"{number}.ndjson") for number in range(8)]
    assert [writer.wait(120) for writer in writers] == [0] * 8
    kinds = [each["kind"] for each in records(tmp_path, url)]
    assert (kinds.count("audit"), kinds.count("run")) == (32, 8)
    assert verify(tmp_path, url)["code"] == 0


def test_a_writer_that_is_killed_leaves_nothing_half(tmp_path: Path, url: str) -> None:
    make(tmp_path, url)
    dice = random.Random(7)  # noqa: S311 - no secret
    engine = engine_of(url)
    size = 1
    for kill in range(KILLS):
        put(tmp_path / "many.ndjson", *[submission(NOW, kill * 900 + n) for n in range(150)])
        started = time.monotonic()
        writer = _audit(tmp_path, url, "many.ndjson")
        while count_records(engine) == size and writer.poll() is None:
            time.sleep(0.01)  # until the first record of this run is there
        time.sleep(dice.random() * (time.monotonic() - started) / 4)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        found = verify(tmp_path, url)
        assert found["code"] == 0
        assert found["records"] >= size
        size = found["records"]
    again = audit(tmp_path, url, "many.ndjson", "-f", "ndjson=again.ndjson")
    assert again.code in {0, 1}
    assert verify(tmp_path, url)["code"] == 0
    engine.dispose()


def count_records(engine: Engine) -> int:
    """Return how many records there are, which is known sooner than the records themselves."""
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM record")).scalar_one())


def _audit(folder: Path, url: str, path: str) -> subprocess.Popen[bytes]:
    """Start an audit with a history in a process of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PICHECK_")}
    if KEY_VARIABLE in os.environ:
        kept[KEY_VARIABLE] = os.environ[KEY_VARIABLE]
    command = [sys.executable, "-m", "picheck", "audit", path, "--history", url, "--isolated",
               "--as-of", "2026-02-01", "-f", f"ndjson={path}.out"]  # fmt: skip
    return subprocess.Popen(command, cwd=folder, env=kept, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("form", ["ndjson=out.ndjson", "json=out.json"])
def test_a_disk_that_is_full_costs_no_report(tmp_path: Path, form: str) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    put(tmp_path / "many.ndjson", *[submission(NOW, number) for number in range(200)])
    full = Path(url).stat().st_size + 4096
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED.format(full=full), "audit", "many.ndjson", "--history",
         url, "--isolated", "--as-of", "2026-02-01", "-f", form.partition("=")[0]],
        cwd=tmp_path, check=False, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    assert b"Traceback" not in done.stderr
    assert b"what follows was not recorded" in done.stderr
    lines = done.stdout.splitlines()
    last = json.loads(lines[-1] if form.startswith("ndjson") else done.stdout)
    documents = last["documents"] if form.startswith("ndjson") else last["summary"]["documents"]
    assert sum(documents.values()) == 200
    assert verify(tmp_path, url)["code"] == 0


#: picheck where no file may grow beyond a size.
_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({full}, {full}))
from picheck.cli.main import main
main()
"""
