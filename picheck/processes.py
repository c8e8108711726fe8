"""Processes that end with the one that began them."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_INTERVAL: Final = 0.5


def end_with_parent(parent: int) -> None:
    """End this process when its parent ends, however that happens.

    `parent` is the number of the process that began it. Linux does this by itself; elsewhere, and
    where a server of `multiprocessing` is between the two, a thread looks after the parent.
    """
    if sys.platform != "linux" or os.getppid() != parent:
        watch_parent(parent)
        return
    import ctypes  # noqa: PLC0415 - only a process with a parent of ours needs it

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before this was set
        os._exit(1)


def watch_parent(parent: int) -> None:
    """Look after the parent process in a thread, and end this process when it is gone."""

    def wait() -> None:
        from multiprocessing import parent_process  # noqa: PLC0415 - only this thread needs it

        known = parent_process()
        if known is not None and known.pid == parent:
            known.join()
        else:
            while os.getppid() == parent:
                time.sleep(_INTERVAL)
        os._exit(1)

    threading.Thread(target=wait, name="end-with-parent", daemon=True).start()
