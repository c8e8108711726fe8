"""A stream that can be read only once is kept in a temporary file while a run needs it."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from picheck.intake.limits import MAX_BYTES, MAX_LINE, MAX_STREAM

#: The bytes that are copied at once.
_STEP: Final = 1024 * 1024


class Spool:
    """The copy of a stream, which other processes of this user can open by `path`.

    The copy grows as far as it is asked for (`fill`), up to `MAX_STREAM` bytes or half of what is
    free where it is kept, and it ends with a line of more than `MAX_LINE` bytes. `cut` then says
    why the rest is missing.

    A stream may hold Social Security numbers, so nothing of it may be left behind. The file can
    be read by its owner alone and has a directory of its own. Where `/proc` shows the open files
    of a process, as on Linux, the file is removed from its directory before the first byte is
    written: it is gone with this process, however that ends, and `path` leads to it through
    `/proc`. Elsewhere it is removed by `close`, at the end of the process, and on SIGTERM.
    """

    def __init__(self, stream: BinaryIO, size: int = 0) -> None:
        """Copy the first `size` bytes. Raises what `fill` raises."""
        self._stream = stream
        self._folder = Path(tempfile.mkdtemp(prefix="picheck-"))
        file = self._folder / "stream"
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._bound, self._too_much = _find_bound(self._folder)
        self._is_at_end = False
        self.size = 0
        #: The bytes after the last line end.
        self.tail = 0
        self.cut: str | None = None
        self.path = f"/proc/{os.getpid()}/fd/{self._descriptor}"
        if _is_same(self.path, self._descriptor):
            self._remove()
        else:
            self.path = str(file)
            self._remove_at_exit()
        try:
            self.fill(size)
        except BaseException:
            self.close()
            raise

    def fill(self, size: int) -> int:
        """Copy until there are `size` bytes, or all that there are; return how many there are.

        Raises OSError where the stream cannot be read or kept, and what a damaged compressed
        one raises.
        """
        while self.size < size and not self._is_at_end and self.cut is None:
            self._take(self._stream.read(min(_STEP, size - self.size)))
        return self.size

    def fill_lines(self, size: int) -> int:
        """Do as `fill`, and go on to the end of a line."""
        while self.size - self.tail < size and not self._is_at_end and self.cut is None:
            self.fill(self.size + _STEP)
        return self.size

    def close(self) -> None:
        """Remove the copy."""
        with suppress(OSError):
            os.close(self._descriptor)
        self._descriptor = -1
        self._remove()
        atexit.unregister(self._remove)

    def _take(self, data: bytes) -> None:
        """Add what was read to the copy, or find that there is no more, or too much."""
        self._is_at_end = not data
        kept = data[: self._bound - self.size]
        rest = memoryview(kept)
        while rest:
            # the system may take less than it is given
            rest = rest[os.write(self._descriptor, rest) :]
        self.size += len(kept)
        line_end = kept.rfind(b"\n")
        self.tail = self.tail + len(kept) if line_end < 0 else len(kept) - line_end - 1
        if len(kept) < len(data):
            self._cut(self._too_much)
        elif self.tail > MAX_LINE:
            self._cut(f"more than {MAX_LINE:,} bytes in one line: the rest is lost")

    def _cut(self, why: str) -> None:
        """End the copy; half a line is left out, where it is not too long to be read anyway."""
        self.cut = why
        if self.tail <= MAX_BYTES:
            self.size -= self.tail
            self.tail = 0
            os.ftruncate(self._descriptor, self.size)

    def _remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _remove_at_exit(self) -> None:
        """Remove the copy at the end of the process, also where SIGTERM ends it."""
        atexit.register(self._remove)
        if threading.current_thread() is not threading.main_thread():
            return
        previous = signal.getsignal(signal.SIGTERM)
        if previous is not signal.SIG_DFL:
            return  # whoever handles it lets this process end, and `atexit` removes the copy
        owner = os.getpid()

        def remove(number: int, _: object) -> None:
            # workers inherit this handler, and the copy is not theirs
            if os.getpid() == owner:
                self._remove()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        signal.signal(signal.SIGTERM, remove)


def _find_bound(folder: Path) -> tuple[int, str]:
    """Return the most bytes of a copy, and what is said of a stream that has more.

    A disk that a copy has filled fails every other program, too: half of it is left.
    """
    half = shutil.disk_usage(folder).free // 2
    if half < MAX_STREAM:
        found = f"its copy takes {half:,} bytes, half of what is free in {folder.parent}"
    else:
        found = f"more than {MAX_STREAM:,} bytes came through it"
    return min(half, MAX_STREAM), f"{found}; the rest is not audited: give it as files"


def _is_same(path: str, descriptor: int) -> bool:
    """Whether a path leads to an open file."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))  # noqa: PTH116
    except OSError:
        return False
