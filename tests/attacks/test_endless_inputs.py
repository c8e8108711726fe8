"""What never ends is not read to its end, and a pipe that no program feeds is named."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest

from command_line import Run, run_here
from hostile import no_longer_than
from picheck import file_access
from picheck.file_access import open_to_write, read_file
from picheck.intake import documents
from picheck.intake.documents import RawDocument, Unreadable, read_lines
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
