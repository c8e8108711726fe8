"""Standard input, pipes and process substitution: opened once, and nothing is left behind."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from discovery_support import FORMS, audited, documents, notices
from picheck.engine.batch.reread import pick_documents
from picheck.intake import chunks as chunks_module
from picheck.intake import spool as spool_module
from picheck.intake.chunk import FileRange
from picheck.intake.chunks import ChunkReader
from picheck.intake.documents import RawDocument, Unreadable, is_many_lines
from picheck.intake.limits import MAX_BYTES
from picheck.intake.spool import Spool
from support import AS_OF, COMPLIANT

SOUND = COMPLIANT.read_bytes()
LINE = json.dumps(json.loads(SOUND)).encode()


@contextmanager
def pipe(path: Path, data: bytes) -> Iterator[Path]:
    """Make a named pipe that gives its data once."""
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(data,), daemon=True)
    writer.start()
    yield path
    writer.join(10)
    assert not writer.is_alive()


@FORMS
@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (SOUND, [None]),
        (LINE + b"\n" + LINE, [1, 2]),
        (b"\n\n" + LINE + b"\n" + LINE, [3, 4]),
        (b"{oops\n" + LINE + b"\n" + LINE, [2, 3]),
    ],
)
def test_a_pipe_is_opened_once(
    data: bytes, lines: list[int | None], form: str, tmp_path: Path
) -> None:
    with pipe(tmp_path / "pipe", data) as path:
        run = audited(tmp_path, path, form=form)
    assert list(dict.fromkeys(d.get("line") for d in documents(run))) == lines
    assert run.code == (3 if b"oops" in data else documents_code(run.code))


def documents_code(code: int) -> int:
    """Return a code that is no fault of reading."""
    assert code in {0, 1}
    return code


@FORMS
def test_process_substitution_is_read_like_standard_input(form: str, tmp_path: Path) -> None:
    out, inner = os.pipe()
    os.write(inner, LINE)
    os.close(inner)
    try:
        run = audited(tmp_path, f"/dev/fd/{out}", form=form)
    finally:
        os.close(out)
    assert len(documents(run)) == 1
    assert not notices(run, "unreadable")


@pytest.mark.parametrize("form", ["json", "ndjson"])
@pytest.mark.parametrize("path", ["-", "/dev/stdin"])
def test_standard_input_is_the_same_under_both_names(path: str, form: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "picheck", "audit", path, "--as-of", AS_OF, "-f", form]
    data = b"\n" + b"hello\n" + LINE + b"\n" + LINE + b"\n"
    done = subprocess.run(command, input=data, capture_output=True, check=False, cwd=tmp_path)
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
    assert done.stdout.count(b'"sha256"') >= 2
    assert f"{path}:2:1: not JSON".encode() in done.stdout


#: Texts of a stream without a name, and whether they hold one document a line.
TEXTS: dict[str, tuple[bytes, bool]] = {
    "nothing": (b"", False),
    "one line": (LINE, False),
    "one line and blank ones": (b"\n \n" + LINE + b"\n\n", False),
    "a document on many lines": (SOUND, False),
    "two lines": (LINE + b"\n" + LINE, True),
    "a blank line first": (b"\n\n" + LINE + b"\n" + LINE, True),
    "a bad line first": (b"hello\n" + LINE, True),
    "half a line first": (LINE[:-9] + b"\n" + LINE, True),
    "a bad line last": (LINE + b"\nhello", True),
    "small objects": (b"{}\n{}", True),
    "a case": (b'oops\n{"submission": {}}', True),
    "a broken document on many lines": (SOUND.replace(b'"pi"', b"pi", 1), False),
    "one with whole objects on lines": (b'{"a": [\n{"measureId": "x"}\n{"value": 1}\n]}', False),
    "prose": (b"Dear CMS\nplease", False),
    "a line that is too long": (b"x" * (MAX_BYTES + 1), True),
    "too large on many lines": ((b'{"a": 1,\n' * (MAX_BYTES // 9 + 1))[: MAX_BYTES + 1], False),
}


@pytest.mark.parametrize(("data", "is_many"), TEXTS.values(), ids=TEXTS)
def test_one_good_line_makes_a_stream_one_of_lines(data: bytes, *, is_many: bool) -> None:
    assert is_many_lines(data) is is_many


def test_a_stream_can_be_gone_through_twice(tmp_path: Path) -> None:
    with pipe(tmp_path / "pipe", LINE + b"\n" + LINE) as path, ChunkReader([str(path)]) as chunks:
        for _ in range(2):
            (chunk,) = chunks
            assert isinstance(chunk, FileRange)
            given = [given for _, given in chunk.inputs()]
            assert [(raw.uri, raw.line) for raw in given if isinstance(raw, RawDocument)] == [
                (path.as_posix(), 1),
                (path.as_posix(), 2),
            ]


def test_lines_keep_their_numbers_when_a_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"{}\n{}\n" * 2)
    with ChunkReader([str(path)], 4) as chunks:
        assert [chunk.count for chunk in chunks] == [2, 2]
        path.write_bytes(b"{   }\n{}\n{}\n")
        found = [(number, given) for chunk in chunks for number, given in chunk.inputs()]
        assert [number for number, _ in found] == [0, 1, 2, 3]
        path.write_bytes(b"{}\n")
        *_, (number, given) = (numbered for chunk in chunks for numbered in chunk.inputs())
    assert number == 2
    assert isinstance(given, Unreadable)
    assert "2 lines are gone" in str(given.error)


def test_a_document_that_is_gone_is_said_and_the_others_are_read_again(tmp_path: Path) -> None:
    for name in "abcd":
        (tmp_path / f"{name}.json").write_bytes(b"{}" if name < "d" else b"\xff")
    (tmp_path / "e.ndjson").write_bytes(b"{}\n{}\n")
    with ChunkReader([str(tmp_path)]) as chunks:
        assert [chunk.count for chunk in chunks] == [4, 2]
        (tmp_path / "b.json").unlink()
        (tmp_path / "e.ndjson").write_bytes(b"{}\n")
        found = list(pick_documents(chunks, iter([(0, 0), (2, 0), (3, 0), (4, 0), (5, 0)])))
    assert [number for number, *_ in found] == [0, 2, 3, 4, 5]
    assert all(isinstance(found[at][2], Unreadable) for at in (3, 4))


def test_blank_lines_have_numbers_in_packed_files_as_in_plain_ones(tmp_path: Path) -> None:
    data = b"{}\n\n{}\n\n\n{}\n"
    plain, packed = tmp_path / "a.ndjson", tmp_path / "b.ndjson.gz"
    plain.write_bytes(data)
    packed.write_bytes(gzip.compress(data))
    numbers = []
    for path in (plain, packed):
        with ChunkReader([str(path), str(plain)], 4) as chunks:
            numbers.append([number for chunk in chunks for number, _ in chunk.inputs()][:3])
    assert numbers == [[0, 2, 5], [0, 2, 5]]


def test_the_copy_of_a_stream_is_private_and_gone_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    spool = Spool(io.BytesIO(b"hello"), 5)
    assert Path(spool.path).read_bytes() == b"hello"
    if spool.path.startswith("/proc/"):
        assert not list(tmp_path.iterdir())
    spool.close()
    assert not list(tmp_path.iterdir())
    assert not Path(spool.path).exists()


def test_without_proc_the_copy_is_private_and_removed_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(spool_module, "_is_same", lambda *_: False)
    previous = signal.getsignal(signal.SIGTERM)
    try:
        spool = Spool(io.BytesIO(b"hello"), 5)
        path = Path(spool.path)
        assert path.read_bytes() == b"hello"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        spool.close()
    finally:
        signal.signal(signal.SIGTERM, previous)
    assert not list(tmp_path.iterdir())


KILLED = """
import sys, tempfile, time
from picheck.intake import spool
tempfile.tempdir = sys.argv[1]
if sys.argv[2] == "without":
    spool._is_same = lambda *_: False
kept = spool.Spool(open("/dev/null", "rb"))
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("way", "number"),
    [("with", signal.SIGTERM), ("with", signal.SIGKILL), ("without", signal.SIGTERM)],
)
def test_a_killed_process_leaves_no_copy_behind(
    way: str, number: signal.Signals, tmp_path: Path
) -> None:
    if way == "with" and not Path("/proc/self/fd").exists():
        pytest.skip("this system does not show the open files of a process")
    command = [sys.executable, "-c", KILLED, str(tmp_path), way]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        assert process.wait(10) == -number
    assert not list(tmp_path.iterdir())


def test_workers_read_the_copy_of_a_stream(tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    options = ["--as-of", AS_OF, "-j", "2", "-f", f"ndjson={out}"]
    command = [sys.executable, "-m", "picheck", "audit", "-", *options]
    began = time.monotonic()
    done = subprocess.run(
        command, input=(LINE + b"\n") * 9, capture_output=True, check=False, cwd=tmp_path
    )
    assert time.monotonic() - began < 60
    assert not done.stderr
    assert out.read_bytes().count(b'"type":"document"') >= 9


@pytest.mark.parametrize("name", ["a.ndjson", "a.ndjson.gz"])
def test_a_chunk_of_tiny_documents_is_no_larger_than_one_of_others(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks_module, "MANY_INPUTS", 3)
    data = b"{}\n\n" * 5 + b"{}"
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    with ChunkReader([str(path)]) as chunks:
        assert [chunk.count for chunk in chunks] == [3, 3, 3, 2]
        numbers = [number for chunk in chunks for number, _ in chunk.inputs()]
    assert numbers == [0, 2, 4, 6, 8, 10]


@FORMS
@pytest.mark.parametrize("damage", [b"\x1f\x8b\x08", gzip.compress(LINE * 9)[:200], b"{}"])
def test_a_compressed_pipe_that_is_damaged_is_said(
    damage: bytes, form: str, tmp_path: Path
) -> None:
    with pipe(tmp_path / "a.ndjson.gz", damage) as path:
        run = audited(tmp_path, path, COMPLIANT, form=form)
    assert run.code == 3
    assert len(documents(run)) == 1
    (message,) = notices(run, "unreadable")
    assert re.match(
        r".*/a\.ndjson\.gz: (cannot be unpacked: |cannot be read: Not a gzipped)", message
    )
