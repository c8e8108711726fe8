"""A batch says of every document what an audit of it alone says, in every mode."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import signal
import zipfile
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from defects import DEFECTS
from generate import Planted, corpus

from batch_support import (
    HERE,
    TERMS,
    THREAD,
    TWO,
    InTheMiddle,
    Quiet,
    findings,
    streamed,
    verdicts,
    written,
    written_of,
)
from picheck.cli.options import load_inventory
from picheck.engine.audit import audit
from picheck.engine.batch.batch import Batch
from picheck.engine.batch.chunk_queue import Executors
from picheck.engine.batch.executors import make_executors
from picheck.engine.batch.worker import WorkerConfig
from picheck.intake import chunks as chunks_module
from picheck.intake.chunks import ChunkReader
from picheck.plugins.registry import PluginRegistry
from picheck.reporters.parquet import ParquetReporter
from support import some


@pytest.fixture(scope="module")
def documents() -> list[Planted]:
    return list(corpus(260, seed=7, defects=0.5))


@pytest.fixture(scope="module")
def file(documents: list[Planted], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(documents, tmp_path_factory.mktemp("corpus") / "corpus.ndjson")


def test_a_batch_says_what_an_audit_says(file: Path, registry: PluginRegistry) -> None:
    lines, summed = streamed([file])
    report = audit([str(file)], TERMS, registry)
    results = [json.dumps(line, sort_keys=True) for line in lines if line["type"] == "result"]
    wanted = [
        json.dumps({"type": "result", **msgspec.to_builtins(result)}, sort_keys=True)
        for result in report.results
    ]
    assert sorted(results) == sorted(wanted)
    assert verdicts(lines) == {i: d.verdict for i, d in enumerate(report.documents)}
    assert summed.summary == report.summary
    assert summed.run.rulebooks == report.run.rulebooks


@pytest.mark.parametrize("executors", [TWO, THREAD], ids=["two processes", "a thread"])
def test_every_executor_gives_the_same_bytes(file: Path, executors: Executors) -> None:
    assert streamed([file], executors) == streamed([file])


def test_every_planted_defect_is_found_and_no_clean_document_is_flagged(
    file: Path, documents: list[Planted]
) -> None:
    lines, _ = streamed([file], TWO)
    found = findings(lines)
    assert {planted.defect for planted in documents} >= {"", "two certified ids"}
    for number, planted in some(enumerate(documents)):
        if planted.expected:
            assert set(planted.expected) <= found[number], planted.defect
        else:
            assert number not in found


@pytest.mark.parametrize("form", ["bare", "case", "echo"])
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_found_in_every_form(defect: str, form: str, tmp_path: Path) -> None:
    for seed in range(400):
        planted = next(corpus(1, seed=seed, defects=1, form=form))
        if planted.defect == defect:
            lines, _ = streamed([written([planted], tmp_path / "one.ndjson")])
            assert set(planted.expected) <= findings(lines)[0]
            return
    pytest.fail("the generator never plants it")


@pytest.mark.parametrize("kind", ["gz", "zst", "zip", "folder", "glob", "two"])
def test_wherever_the_documents_lie(
    kind: str, file: Path, documents: list[Planted], tmp_path: Path
) -> None:
    expected, summed = streamed([file])
    lines, other = streamed(LAID[kind](file, documents, tmp_path))
    assert list(verdicts(lines).values()) == list(verdicts(expected).values())
    assert findings(lines) == findings(expected)
    assert other.summary == summed.summary


def _gz(file: Path, _: list[Planted], folder: Path) -> list[Path]:
    path = folder / "corpus.ndjson.gz"
    path.write_bytes(gzip.compress(file.read_bytes()))
    return [path]


def _zst(file: Path, _: list[Planted], folder: Path) -> list[Path]:
    zstandard = pytest.importorskip("zstandard")
    path = folder / "corpus.ndjson.zst"
    path.write_bytes(zstandard.compress(file.read_bytes()))
    return [path]


def _zip(file: Path, _: list[Planted], folder: Path) -> list[Path]:
    path = folder / "corpus.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(file, "inner/corpus.ndjson")
    return [path]


def _folder(_: Path, documents: list[Planted], folder: Path) -> list[Path]:
    for number, planted in enumerate(documents):
        (folder / f"{number:05}.json").write_bytes(planted.data)
    return [folder]


def _glob(file: Path, documents: list[Planted], folder: Path) -> list[Path]:
    return [_folder(file, documents, folder)[0] / "*.json"]


def _two(_: Path, documents: list[Planted], folder: Path) -> list[Path]:
    return [
        written(documents[:100], folder / "a.ndjson"),
        written(documents[100:], folder / "b.ndjson"),
    ]


LAID: dict[str, Callable[[Path, list[Planted], Path], list[Path]]] = {
    "gz": _gz,
    "zst": _zst,
    "zip": _zip,
    "folder": _folder,
    "glob": _glob,
    "two": _two,
}


def test_lines_are_numbered_as_in_the_file(tmp_path: Path, documents: list[Planted]) -> None:
    clean = [p.data for p in documents if not p.defect][:6]
    path = tmp_path / "gaps.ndjson"
    path.write_bytes(b"\n\n".join(clean))
    lines, _ = streamed([path], TWO, size=1)
    numbers = [line["line"] for line in lines if line["type"] == "document"]
    assert numbers == [1, 3, 5, 7, 9, 11]


@pytest.mark.parametrize(
    ("fault", "said"),
    [(b'{"entityType": "gro', "not JSON"), (b"hello", "not JSON"), (b"\xff\xfe{}", "not UTF-8")],
)
def test_a_line_that_is_no_json_costs_no_other_line(
    fault: bytes, said: str, documents: list[Planted], tmp_path: Path
) -> None:
    clean = [planted.data for planted in documents if not planted.defect][:5]
    path = tmp_path / "broken.ndjson"
    path.write_bytes(b"\n".join([*clean[:3], fault, *clean[3:]]) + b"\n" + fault)
    lines, summed = streamed([path], TWO, size=1000)
    notices = [line for line in lines if line["type"] == "notice"]
    assert [line["document"] for line in notices] == [3, 6]
    assert said in notices[0]["message"]
    assert f"{path}:4" in notices[0]["message"].replace("\\", "/")
    assert set(verdicts(lines)) == {0, 1, 2, 4, 5}
    assert summed.summary.exit.code == 3


def test_a_line_of_twenty_mebibytes_costs_no_other_line(
    documents: list[Planted], tmp_path: Path
) -> None:
    clean = [planted.data for planted in documents if not planted.defect][:4]
    path = tmp_path / "large.ndjson"
    path.write_bytes(b"\n".join([*clean[:2], b"[" + b" " * (20 << 20) + b"]", *clean[2:]]))
    lines, summed = streamed([path], size=4000)
    assert [n["message"] for n in lines if n["type"] == "notice"] == [
        f"{path.as_posix()}:3: more than 16,777,216 bytes in one document"
    ]
    assert set(verdicts(lines)) == {0, 1, 3, 4}
    assert summed.summary.exit.code == 3


def test_a_file_that_grows_is_audited_as_it_was(
    documents: list[Planted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = [planted for planted in documents if not planted.defect][:6]
    path = written(clean, tmp_path / "growing.ndjson")
    measure = chunks_module._measure

    def grow(file: Any, size: int) -> tuple[int, int]:
        with path.open("ab") as more:
            more.write(clean[0].data + b"\n")
        return measure(file, size)

    monkeypatch.setattr(chunks_module, "_measure", grow)
    lines, summed = streamed([path], size=1500)
    assert len(verdicts(lines)) == 6
    assert any("grew while it was read" in line.get("message", "") for line in lines)
    assert summed.summary.exit.code == 3


def test_a_file_that_shrinks_is_told_of(documents: list[Planted], tmp_path: Path) -> None:
    path = written(documents[:9], tmp_path / "shrinking.ndjson")
    with ChunkReader([str(path)]) as chunks:
        (chunk,) = chunks
        path.write_bytes(documents[0].data + b"\n")
        given = list(chunk.inputs())
    assert "8 lines are gone" in str(given[-1][1])


class Mortal(Executor):
    """A pool whose processes die whenever they are told to."""

    def __init__(self, dies: Callable[[int], bool], deaths: list[int]) -> None:
        self._pool = ProcessPoolExecutor(2)
        self._dies = dies
        self._deaths = deaths

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Hand out the work, or death."""
        chunk = args[1]
        if self._dies(chunk.first) and len(self._deaths) < 20:
            self._deaths.append(chunk.first)
            return self._pool.submit(_die)
        return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        """End the pool."""
        self._pool.shutdown(wait, cancel_futures=cancel_futures)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_process_loses_nothing(file: Path) -> None:
    deaths: list[int] = []
    executors = Executors(lambda: Mortal(lambda first: first > 100 and len(deaths) < 1, deaths), 2)
    assert streamed([file], executors) == streamed([file])
    assert len(deaths) == 1


def test_a_file_that_changes_before_it_is_read_again_is_told_of(tmp_path: Path) -> None:
    """Documents of one entity with several sets are read a second time, at the end of the run."""
    same = next(corpus(1, defects=0)).data + b"\n"
    path = tmp_path / "changing.ndjson"
    path.write_bytes(same * 4)
    size = len(same) * 2
    broken = same.replace(b"{", b"[", 1) + same * 3

    class Changing(InTheMiddle):
        def on_chunk(self, chunk: object, part: object) -> None:
            del chunk, part
            self._do()

    output, summed = written_of(
        [path], size=size, watcher=Changing(lambda: path.write_bytes(broken))
    )
    lines = [json.loads(line) for line in output.splitlines()]
    assert len(verdicts(lines)) == 4
    notices = [line for line in lines if line["type"] == "notice"]
    assert {notice["kind"] for notice in notices} == {"changedWhileRead"}
    assert all(str(path) in notice["message"] for notice in some(notices))
    assert summed.summary.verdict == "incomplete"
    assert summed.summary.exit.code == 3


def test_a_killed_process_is_told_of(file: Path) -> None:
    said: list[str] = []
    executors = make_executors(2, None, said.append)
    killing = InTheMiddle(_kill_a_child)
    assert written_of([file], executors, size=2_000, watcher=killing) == written_of(
        [file], size=2_000
    )
    assert said == ["a process died; what it was given is audited again"]


def _kill_a_child() -> None:
    multiprocessing.active_children()[0].kill()


def test_a_document_that_kills_every_process_is_told_of_and_lost_alone(file: Path) -> None:
    deaths: list[int] = []
    with ChunkReader([str(file)], 20_000) as chunks:
        doomed = [chunk.first for chunk in chunks][2]
    executors = Executors(lambda: Mortal(lambda first: first == doomed, deaths), 2)
    lines, summed = streamed([file], executors)
    whole, _ = streamed([file])
    lost = set(verdicts(whole)) - set(verdicts(lines))
    assert lost == {doomed}
    notices = [line for line in lines if line["type"] == "notice"]
    (notice,) = [line for line in notices if line["kind"] != "shapeRefused"]
    assert "was not audited: the process died" in notice["message"]
    assert summed.summary.verdict == "notReady"
    assert "unreadable" in summed.summary.exit.reasons


@pytest.mark.parametrize("name", ["damaged.ndjson.gz", "damaged.ndjson.zst"])
def test_a_damaged_archive_gives_what_it_can_and_is_told_of(
    name: str, file: Path, tmp_path: Path
) -> None:
    if name.endswith("zst"):
        packed = pytest.importorskip("zstandard").compress(file.read_bytes())
    else:
        packed = gzip.compress(file.read_bytes())
    path = tmp_path / name
    path.write_bytes(packed[: len(packed) // 2])
    lines, summed = streamed([path])
    assert any("cannot be unpacked" in line.get("message", "") for line in lines)
    assert summed.summary.exit.code == 3


def test_a_row_for_each_result_in_parquet(file: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")

    config = WorkerConfig(
        open_plugins=partial(load_inventory, ()), options=TERMS, reporters=("parquet",)
    )
    sink = ParquetReporter().sink(tmp_path / "out.parquet")
    with ChunkReader([str(file)]) as chunks:
        Batch(config, HERE, [sink], Quiet()).run(chunks)
    sink.close()
    rows = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    lines, _ = streamed([file])
    results = [line for line in lines if line["type"] == "result"]
    rows_of_results = [row for row in rows if row["code"] and row["outcome"] != "indeterminate"]
    told = [(row["document"], row["code"], row["fingerprint"]) for row in rows_of_results]
    assert told == [(r["document"], r["code"], r["fingerprint"]) for r in results]
    assert {row["document"] for row in rows} == set(verdicts(lines))
