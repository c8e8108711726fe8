"""Paths that no command may break down on, and the other ends of pipes."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from support import COMPLIANT

#: After how many seconds a command is taken to hang.
HANGS: Final = 20


class Hangs(BaseException):
    """A command did not come back."""


def nested(depth: int) -> bytes:
    """Return a zip archive in a zip archive, and so on."""
    data = COMPLIANT.read_bytes()
    for level in range(depth):
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w") as archive:
            archive.writestr("a.json" if level == 0 else "inner.zip", data)
        data = kept.getvalue()
    return data


def written(name: str, data: bytes) -> Callable[[Path], str]:
    def write(folder: Path) -> str:
        path = os.fsencode(folder) + b"/" + os.fsencode(name)
        Path(os.fsdecode(path)).write_bytes(data)
        return name

    return write


def closed(folder: Path) -> str:
    """Make a file that no one but an administrator may read."""
    (folder / "closed.json").write_bytes(COMPLIANT.read_bytes())
    (folder / "closed.json").chmod(0)
    return "closed.json"


def folder_of_files(folder: Path) -> str:
    (folder / "in").mkdir()
    (folder / "in" / "a.json").write_bytes(COMPLIANT.read_bytes())
    return "in"


def pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe.json")
    return "pipe.json"


def loop(folder: Path) -> str:
    (folder / "loop").mkdir()
    (folder / "loop" / "again").symlink_to(folder / "loop")
    (folder / "loop.json").symlink_to("loop.json")
    return "loop.json"


HOSTILE: Final[dict[str, Callable[[Path], str]]] = {
    "missing": lambda _: "gone/missing.json",
    "folder": folder_of_files,
    "no permission": closed,
    "pipe": pipe,
    "device": lambda _: "/dev/null",
    "not UTF-8": written("a\udcff.json", COMPLIANT.read_bytes()),
    "newline": written("a\n\x1b[31mb.json", b"{"),
    "empty": written("empty.json", b""),
    "mark": written("mark.json", b"\xef\xbb\xbf" + COMPLIANT.read_bytes()),
    "binary": written("binary.json", bytes(range(256)) * 20),
    "nested": written("nested.zip", nested(10)),
    "loop": loop,
    "too long": lambda _: f"{'x' * 5000}.json",
    "URL": lambda _: "https://example.org/a.json",
    "closed standard input": lambda _: "-",
    "endless": lambda _: "/dev/zero",
    "full": lambda _: "/dev/full",
}


@contextmanager
def other_end(path: Path, *, is_output: bool) -> Iterator[None]:
    """Be at the other end of a pipe, and let go of it afterwards."""
    if not path.is_fifo():
        yield
        return

    def write() -> None:
        with suppress(OSError), path.open("wb") as file:
            file.write(b"{")

    def read() -> None:
        with suppress(OSError), path.open("rb") as file:
            file.read()

    end = threading.Thread(target=read if is_output else write, daemon=True)
    end.start()
    try:
        yield
    finally:  # if it still waits for a command that never opened the pipe
        descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        end.join(0.2)
        os.close(descriptor)
        end.join(HANGS)


@contextmanager
def no_longer_than(seconds: int = HANGS) -> Iterator[None]:
    """Raise where a command hangs, which it would do for ever otherwise."""

    def ring(*_: Any) -> None:
        raise Hangs(f"still at it after {seconds} s")

    if sys.platform == "win32":
        yield
        return
    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
