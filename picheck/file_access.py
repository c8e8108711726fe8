"""Files that an option names, opened so that neither their size nor a wait goes unsaid."""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final, cast

from picheck.masking import mask_digits

#: The most that is read of settings, waivers, a baseline, a key or a plugin's file.
MAX_FILE_BYTES: Final = 64 * 1024 * 1024
#: After how many seconds it is said that a pipe is waited for.
_PATIENCE: Final = 2.0


def read_file(path: Path, limit: int = MAX_FILE_BYTES) -> bytes:
    """Return the bytes of a file, or of a pipe; `limit` is the most that there may be.

    Raises OSError where it cannot be read, and where it holds more: a device never ends.
    """
    with open_to_read(path) as file:
        return read_up_to(file, path, limit)


def read_text(path: Path) -> str:
    """Return the text of a file. Raises OSError as `read_file` does, and UnicodeDecodeError."""
    return read_file(path).decode("utf-8").replace("\r\n", "\n")


def read_up_to(file: BinaryIO, path: Path, limit: int) -> bytes:
    """Return what is left of an open file. Raises OSError where that is more than `limit`."""
    data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"it holds more than {limit:,} bytes", os.fspath(path))
    return data


def open_to_read(path: Path) -> BufferedReader:
    """Open a file. Where it is a pipe, say on standard error that nothing comes, and go on waiting.

    Raises OSError where it cannot be opened.
    """
    with _say_wait(path, "nothing was written to it yet"):
        file = path.open("rb")
        if is_pipe(path):
            # a pipe is waited for twice: until a program opens it, and until it writes
            file.peek(1)
    return file


def open_to_write(path: Path) -> BinaryIO:
    """Open a file, emptied, without a buffer; say where a pipe is waited for, as `open_to_read`.

    Raises OSError where it cannot be opened.
    """
    with _say_wait(path, "no program reads it yet"):
        return cast("BinaryIO", path.open("wb", buffering=0))


def write_text(path: Path, text: str, *, errors: str = "strict") -> None:
    """Write a text in UTF-8; say where a pipe is waited for. Raises OSError."""
    with open_to_write(path) as file:
        rest = memoryview(text.encode("utf-8", errors))
        while rest:
            rest = rest[file.write(rest) :]


def is_pipe(path: Path) -> bool:
    """Whether a path leads to a pipe."""
    try:
        return stat.S_ISFIFO(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def is_endless(path: Path) -> bool:
    """Whether a path leads to a device that is neither a terminal nor always empty."""
    status = path.stat()
    if stat.S_ISBLK(status.st_mode):
        return True
    if not stat.S_ISCHR(status.st_mode) or status.st_rdev == Path(os.devnull).stat().st_rdev:
        return False
    return not _is_terminal(path)


def _is_terminal(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_NOCTTY", 0))
    except OSError:  # whoever reads it says so
        return True
    try:
        return os.isatty(handle)
    finally:
        os.close(handle)


@contextmanager
def _say_wait(path: Path, why: str) -> Iterator[None]:
    if not is_pipe(path):
        yield
        return
    timer = threading.Timer(_PATIENCE, _say, (path, why))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _say(path: Path, why: str) -> None:
    name = mask_digits(path.as_posix())
    shown = name if name.isprintable() else ascii(name)
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"picheck: {shown} is a pipe, and {why}; waiting, Ctrl-C stops\n")
        sys.stderr.flush()
