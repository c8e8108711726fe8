"""`picheck audit` as it is run at night: cut short, gone on with, without space, without waste."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, cast

import pytest
from generate import corpus

from picheck.cli.audit_options import CommandOptions
from picheck.cli.batch import does_stream
from picheck.cli.destinations import Output
from picheck.cli.output_files import Outlets
from picheck.errors import UsageError
from picheck.plugins.reporter import Reporter
from picheck.reporters.ndjson import NdjsonReporter

AS_OF = "2026-02-01"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("night") / "corpus.ndjson", 200, 0.3)


def written(path: Path, count: int, defects: float) -> Path:
    documents = corpus(count, seed=11, defects=defects)
    path.write_bytes(b"".join(planted.data + b"\n" for planted in documents))
    return path


def picheck(*arguments: object, **options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "picheck", "audit", "--as-of", AS_OF, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, **options)


@pytest.fixture(scope="module")
def whole(file: Path) -> bytes:
    done = picheck(file, "-f", "ndjson")
    assert done.returncode == 1
    return done.stdout


def test_standard_input_is_a_file_like_any_other(file: Path, whole: bytes) -> None:
    done = picheck("-", "-f", "ndjson", "-j", 2, input=file.read_bytes())
    uri = json.dumps(file.as_posix()).encode()
    assert done.stdout == whole.replace(b'"uri":' + uri, b'"uri":"-"')
    assert done.returncode == 1


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.97, 0.9999])
def test_an_output_that_was_cut_is_gone_on_with(
    share: float, file: Path, whole: bytes, tmp_path: Path
) -> None:
    output = tmp_path / "out.ndjson"
    opening = whole.index(b"\n") + 1
    output.write_bytes(whole[: opening + int((len(whole) - opening) * share)])
    done = picheck(file, "-f", f"ndjson={output}", "--resume", "-j", 2)
    assert done.returncode == 1, done.stderr
    assert output.read_bytes() == whole


@pytest.mark.parametrize("share", [0.0, 0.3, 0.97])
def test_what_overrides_held_for_is_known_after_a_cut(
    share: float, file: Path, tmp_path: Path
) -> None:
    config, output = tmp_path / "picheck.toml", tmp_path / "out.ndjson"
    config.write_text(
        f'[[overrides]]\nfiles = ["{file.name}"]\nignore = ["PIC-ERX"]\n'
        '[[overrides]]\nfiles = ["nowhere/*"]\nfail_on = "note"\n'
    )
    whole = picheck(file, "-c", config, "-f", "ndjson").stdout
    assert b"applied to 200 documents" in whole
    assert b"matches no document" in whole
    opening = whole.index(b"\n") + 1
    output.write_bytes(whole[: opening + int((len(whole) - opening) * share)])
    done = picheck(file, "-c", config, "-f", f"ndjson={output}", "--resume", "-j", 2)
    assert done.returncode in {1, 4}, done.stderr
    assert output.read_bytes() == whole


def test_an_output_begun_on_other_terms_is_not_gone_on_with(
    file: Path, whole: bytes, tmp_path: Path
) -> None:
    output = tmp_path / "out.ndjson"
    output.write_bytes(whole[: len(whole) // 2])
    done = picheck(file, "-f", f"ndjson={output}", "--resume", "--fail-on", "note")
    assert done.returncode == 2
    assert b"other terms" in done.stderr
    assert output.read_bytes() == whole[: len(whole) // 2]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_told_of_and_costs_no_other_output(file: Path, tmp_path: Path) -> None:
    done = picheck(file, "-f", "ndjson=/dev/full", "-f", f"csv={tmp_path / 'out.csv'}")
    assert done.returncode == 4
    assert b"/dev/full cannot be written any further: No space left" in done.stderr
    assert (tmp_path / "out.csv").read_bytes() == picheck(file, "-f", "csv").stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_with_no_output_left_the_run_stops(file: Path) -> None:
    done = picheck(file, "-f", "ndjson=/dev/full")
    assert done.returncode == 4
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a signal that Windows does not have")
@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_keeps_what_was_written_and_says_where_it_stopped(jobs: int, tmp_path: Path) -> None:
    file = written(tmp_path / "large.ndjson", 3000, 0.1)
    file.write_bytes(file.read_bytes() * 8)
    output = tmp_path / "out.ndjson"
    command = [sys.executable, "-m", "picheck", "audit", "--as-of", AS_OF, str(file)]
    command += ["-f", f"ndjson={output}", "-j", str(jobs)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as process:
        while not output.exists() or output.stat().st_size < 6_000_000:
            assert process.poll() is None
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"stopped after" in said
    assert b"large.ndjson:" in said
    assert b"--resume" in said
    assert b"Traceback" not in said
    lines = output.read_bytes().splitlines()
    assert json.loads(lines[-1])["type"] in {"document", "result"}


def test_a_format_that_needs_the_whole_run_takes_one_process_only(file: Path) -> None:
    done = picheck(file, "-f", "json", "-j", 2)
    assert done.returncode == 2
    assert b"formats that stream" in done.stderr


class Drawing(NdjsonReporter):
    """A reporter that could stream, were it not for the facts that it draws."""

    wants_facts = True


def test_a_reporter_that_wants_facts_is_given_the_whole_run() -> None:
    plain, drawing = (
        Output(reporter, "nobody", None) for reporter in (NdjsonReporter(), Drawing())
    )
    alone = CommandOptions()
    assert does_stream([plain], alone)
    assert not does_stream([plain, drawing], alone)
    with pytest.raises(UsageError, match="needs the whole run at once"):
        does_stream([drawing], CommandOptions(jobs=2))


def test_parquet_stands_beside_a_format_that_needs_the_whole_run(
    file: Path, tmp_path: Path
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    beside, alone = tmp_path / "beside.parquet", tmp_path / "alone.parquet"
    done = picheck(file, "-f", "json", "-f", f"parquet={beside}")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert picheck(file, "-f", f"parquet={alone}").returncode == 1
    rows = parquet.read_table(beside).to_pylist()
    told = [row["fingerprint"] for row in rows if row["outcome"] not in {None, "indeterminate"}]
    assert told == [result["fingerprint"] for result in report["results"]]
    assert told
    # what needs evidence is told on the document, and has a row of its own in a table
    open_ = [(row["document"], row["code"]) for row in rows if row["outcome"] == "indeterminate"]
    assert open_ == [
        (number, entry["code"])
        for number, document in enumerate(report["documents"])
        for entry in document.get("unverified", ())
    ]
    # a run that streams writes a document again where its entity disagrees with itself
    streamed = parquet.read_table(alone).to_pylist()
    assert {tuple(map(repr, row.items())) for row in rows if row["code"]} <= {
        tuple(map(repr, row.items())) for row in streamed if row["code"]
    }


def test_parquet_beside_another_format_goes_to_a_file_too(file: Path) -> None:
    pytest.importorskip("pyarrow.parquet")
    done = picheck(file, "-f", "json=/dev/null", "-f", "parquet")
    assert done.returncode == 2
    assert b"give -f parquet=PATH" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_parquet_that_cannot_be_written_is_told_of(file: Path) -> None:
    pytest.importorskip("pyarrow.parquet")
    done = picheck(file, "-f", "json", "-f", "parquet=/dev/full")
    assert done.returncode == 2
    assert b"/dev/full cannot be written" in done.stderr
    assert b"Traceback" not in done.stderr


class Full:
    """A file whose last rows find no room."""

    name = "full"

    def sink(self, _: Path) -> Full:
        """Give itself."""
        return self

    def write(self, piece: bytes) -> int:
        """Take a piece."""
        return len(piece)

    def close(self) -> None:
        """Find no room."""
        raise OSError(28, "No space left on device")


def test_a_file_that_cannot_be_ended_is_told_of() -> None:
    outlets = Outlets.of([Output(cast("Reporter", Full()), "nobody", Path("full.table"))])
    with outlets.open(None):
        outlets.each[0].write(b"rows")
    assert outlets.faults == ["full.table cannot be written any further: No space left on device"]


def test_a_progress_bar_goes_to_standard_error(file: Path, whole: bytes) -> None:
    done = picheck(file, "-f", "ndjson", "--progress", "always")
    assert done.stdout == whole
    assert b"not ready" in done.stderr
    assert picheck(file, "-f", "ndjson").stderr == b""


CLEAN_RUN = """
import sys
from picheck.cli.main import main

seen = set()

def watch(frame, event, _):
    if event == "call":
        seen.add(frame.f_globals.get("__name__", "").partition(".")[0])

from picheck.engine.batch.batch import Batch
of = Batch.run

def watched(*arguments):
    sys.setprofile(watch)
    try:
        return of(*arguments)
    finally:
        sys.setprofile(None)

Batch.run = watched
try:
    main(sys.argv[1:])
except SystemExit as stop:
    assert stop.code == 0, stop.code
unwanted = {"jsonschema", "cerberus", "structlog", "rich", "logging", "pluggy"}
print(sorted(unwanted & seen), file=sys.stderr)
print(sorted((unwanted - {"pluggy", "logging"}) & set(sys.modules)), file=sys.stderr)
"""


def test_clean_documents_meet_no_heavy_machinery(tmp_path: Path) -> None:
    file = written(tmp_path / "clean.ndjson", 20, 0.0)
    arguments = ["audit", str(file), "--as-of", AS_OF, "-f", f"ndjson={tmp_path / 'out'}"]
    done = subprocess.run(
        [sys.executable, "-c", CLEAN_RUN, *arguments], capture_output=True, text=True, check=True
    )
    called, imported = done.stderr.splitlines()
    assert (called, imported) == ("[]", "[]")
