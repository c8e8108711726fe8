"""What never ends is not read to its end, and a pipe that no program feeds is named."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from command_line import Run, run_here
from hostile import no_longer_than
from picheck import file_access
from picheck.file_access import open_to_write, read_file
from picheck.intake import chunks as chunks_module
from picheck.intake import documents, spool
from picheck.intake.chunks import ChunkReader
from picheck.intake.documents import Input, RawDocument, Unreadable, read_lines
from support import AS_OF, COMPLIANT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs such devices")

ENDLESS: Final = ["/dev/zero", "/dev/full", "/dev/urandom"]


def audit(folder: Path, *words: str) -> Run:
    (folder / "a.json").write_bytes(COMPLIANT.read_bytes())
    with no_longer_than():
        return run_here("audit", "--as-of", AS_OF, "--isolated", *words, cwd=folder)


@pytest.mark.parametrize("device", ENDLESS)
def test_a_device_is_no_submission(tmp_path: Path, device: str) -> None:
    run = audit(tmp_path, device, "a.json", "-f", "json")
    assert run.code == 3
    assert f"{device}: is a device that has no end" in run.told
    assert run.report["summary"]["documents"] == {"ready": 1}


@pytest.mark.parametrize("device", ENDLESS)
@pytest.mark.parametrize("option", ["--waivers", "--baseline", "--entity-key", "--config"])
def test_an_option_reads_a_file_up_to_a_bound(tmp_path: Path, option: str, device: str) -> None:
    run = audit(tmp_path, "a.json", option, device)
    assert run.code == 2
    assert "it holds more than 67,108,864 bytes" in run.err


def test_a_file_may_be_as_large_as_the_bound_and_no_larger(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_file(path, 5) == b"12345"
    with pytest.raises(OSError, match="it holds more than 4 bytes"):
        read_file(path, 4)


def test_the_line_without_an_end_costs_no_line_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_BYTES", 10)
    monkeypatch.setattr(documents, "MAX_LINE", 1000)
    lines = b'{"a": 1}\n' + b"x" * 50 + b'\n{"b": 2}\n' + b"\0" * 5000 + b'\n{"lost": 3}\n'
    first, long, second, endless, rest = read_lines("-", BytesIO(lines))
    assert isinstance(first, RawDocument)
    assert isinstance(second, RawDocument)
    assert (first.line, second.line) == (1, 3)
    for each in (long, endless):
        assert isinstance(each, Unreadable)
        assert "more than 10 bytes in one document" in str(each.error)
    assert isinstance(rest, Unreadable)
    assert "more than 1,000 bytes in one line: the rest is lost" in str(rest.error)


def test_standard_input_without_an_end_is_left(tmp_path: Path) -> None:
    with Path("/dev/zero").open("rb") as zeros:
        done = subprocess.run(
            [sys.executable, "-m", "picheck", "audit", "-", "--isolated"],
            stdin=zeros,
            capture_output=True,
            check=False,
            cwd=tmp_path,
            timeout=120,
        )
    assert done.returncode == 3
    assert b"the rest is lost" in done.stdout


@pytest.fixture
def pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(file_access, "_PATIENCE", 0.05)
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@contextmanager
def late(path: Path, mode: str, said: threading.Event) -> Iterator[None]:
    """Come to the other end of a pipe when it was said that it is waited for."""

    def come() -> None:
        said.wait(20)
        with path.open(mode) as file:
            if mode == "wb":
                file.write(COMPLIANT.read_bytes())
            else:
                file.read()

    end = threading.Thread(target=come, daemon=True)
    end.start()
    yield
    end.join(20)
    assert not end.is_alive()


class Heard:
    """Standard error that says when something was written to it."""

    def __init__(self) -> None:
        self.text = ""
        self.said = threading.Event()

    def write(self, text: str) -> int:
        """Keep what is written."""
        self.text += text
        self.said.set()
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""


def test_who_waits_for_a_pipe_says_so_and_goes_on(
    pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard()
    monkeypatch.setattr(sys, "stderr", heard)
    with late(pipe, "wb", heard.said), no_longer_than():
        assert read_file(pipe) == COMPLIANT.read_bytes()
    assert f"{pipe} is a pipe, and nothing was written to it yet; waiting" in heard.text

    heard = Heard()
    monkeypatch.setattr(sys, "stderr", heard)
    with late(pipe, "rb", heard.said), no_longer_than(), open_to_write(pipe) as file:
        file.write(b"{}")
    assert "is a pipe, and no program reads it yet; waiting" in heard.text


def test_a_pipe_that_is_fed_at_once_is_read_without_a_word(
    pipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = threading.Event()
    now.set()
    with late(pipe, "wb", now), no_longer_than():
        assert read_file(pipe)
    assert capsys.readouterr().err == ""


def feed(path: Path, line: bytes) -> threading.Thread:
    """Write the same line to a pipe until its reader leaves; return the thread that does so."""

    def write() -> None:
        with suppress(BrokenPipeError), path.open("wb") as file:
            while True:
                file.write(line)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    return thread


def places_and_faults(chunks: ChunkReader) -> list[tuple[int, int | None, str]]:
    """Return the number, line and fault of every input, which are the same a second time."""
    first, second = (
        [place_and_fault(*one) for chunk in chunks for one in chunk.inputs()] for _ in range(2)
    )
    assert first == second
    return first


def place_and_fault(number: int, given: Input) -> tuple[int, int | None, str]:
    """Return the number and line of an input, and why it could not be read."""
    if isinstance(given, RawDocument):
        return number, given.line, ""
    return number, given.error.line, str(given.error)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_stream_without_an_end_is_copied_up_to_a_bound(
    tmp_path: Path, pipe: Path, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    monkeypatch.setattr(spool, "MAX_STREAM", 10_000)
    writer = feed(pipe, b'{"a": 1}\n')
    run = audit(tmp_path, str(pipe), "a.json", "-f", "ndjson", "-j", jobs)
    writer.join(20)
    assert not writer.is_alive()
    assert run.code == 3
    lines = [json.loads(line) for line in run.out.splitlines()]
    assert sum(line["type"] == "document" for line in lines) == 10_000 // 9 + 1
    (notice,) = [line for line in lines if line.get("kind") == "unreadable"]
    assert notice["message"] == (
        f"{pipe}:1112: more than 10,000 bytes came through it; the rest is not audited:"
        " give it as files"
    )


def test_half_of_the_free_space_is_left_by_a_copy(
    pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=20))
    writer = feed(pipe, b"{}\n")
    with ChunkReader([str(pipe)]) as chunks:
        *documents, last = places_and_faults(chunks)
    writer.join(20)
    assert [(number, line) for number, line, _ in documents] == [(0, 1), (1, 2), (2, 3)]
    assert last[:2] == (3, 4)
    assert last[2].startswith("its copy takes 10 bytes, half of what is free in ")


def test_a_document_is_not_judged_by_the_half_that_was_copied(
    pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MAX_STREAM", 100)
    writer = feed(pipe, b'{"a": [')
    with ChunkReader([str(pipe)]) as chunks:
        (only,) = places_and_faults(chunks)
    writer.join(20)
    assert only[:2] == (0, None)
    assert "more than 100 bytes came through it" in only[2]


def test_the_line_without_an_end_costs_no_line_before_it_in_a_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (documents, chunks_module, spool):
        monkeypatch.setattr(module, "MAX_BYTES", 10)
    for module in (documents, spool):
        monkeypatch.setattr(module, "MAX_LINE", 1000)
    monkeypatch.setattr(spool, "_STEP", 100)
    lines = b'{"a": 1}\n' + b"x" * 50 + b'\n{"b": 2}\n' + b"\0" * 5000 + b'\n{"lost": 3}\n'
    path = tmp_path / "pipe.ndjson"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(lines,), daemon=True)
    writer.start()
    with ChunkReader([str(path)], 20) as chunks:
        inputs = places_and_faults(chunks)
    writer.join(20)
    alone = enumerate(read_lines("-", BytesIO(lines)))
    assert inputs == [place_and_fault(number, given) for number, given in alone if given]


def test_what_came_through_a_stream_is_audited_before_it_ends(
    pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks_module, "MAX_BYTES", 5)
    released = threading.Event()

    def write() -> None:
        with pipe.open("wb") as file:
            file.write(b"{}\n" * 3 + b"{")
            file.flush()
            released.wait(20)
            file.write(b"}\n")

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    with no_longer_than(), ChunkReader([str(pipe)], 3) as chunks:
        cut = iter(chunks)
        assert next(cut).count == 1
        released.set()
        assert sum(chunk.count for chunk in cut) == 3
    writer.join(20)
