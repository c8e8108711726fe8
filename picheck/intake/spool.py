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
from typing import BinaryIO


class Spool:
    """The copy of a stream, which other processes of this user can open by `path`.

    A stream may hold Social Security numbers, so nothing of it may be left behind. The file can
    be read by its owner alone and has a directory of its own. Where `/proc` shows the open files
    of a process, as on Linux, the file is removed from its directory before the first byte is
    written: it is gone with this process, however that ends, and `path` leads to it through
    `/proc`. Elsewhere it is removed by `close`, at the end of the process, and on SIGTERM.
    """

    def __init__(self, stream: BinaryIO, limit: int | None = None) -> None:
        """Copy the stream to its end, or its first `limit` bytes.

        Raises OSError where it cannot be read or kept.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="picheck-"))
        file = self._folder / "stream"
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self.path = f"/proc/{os.getpid()}/fd/{self._descriptor}"
        if _is_same(self.path, self._descriptor):
            self._remove()
        else:
            self.path = str(file)
            self._remove_at_exit()
        try:
            with open(self._descriptor, "wb", closefd=False) as target:
                if limit is None:
                    shutil.copyfileobj(stream, target, 1 << 20)
                else:
                    target.write(stream.read(limit))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Remove the copy."""
        with suppress(OSError):
            os.close(self._descriptor)
        self._descriptor = -1
        self._remove()
        atexit.unregister(self._remove)

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
            if os.getpid() == owner:
                self._remove()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        signal.signal(signal.SIGTERM, remove)


def _is_same(path: str, descriptor: int) -> bool:
    """Whether a path leads to an open file."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))  # noqa: PTH116
    except OSError:
        return False
