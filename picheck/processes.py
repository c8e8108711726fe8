"""Processes that end with the one that began them."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def end_with_parent(parent: int) -> None:
    """End this process when its parent ends, however that happens.

    `parent` is the number of the parent as it was when this process began. Linux does it by
    itself; elsewhere a thread waits for the end of a parent that `multiprocessing` knows.
    """
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - only a process with a parent of ours needs it

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before this was set
            os._exit(1)
    else:
        watch_parent()


def watch_parent() -> None:
    """Wait in a thread for the end of the parent process that `multiprocessing` knows."""
    from multiprocessing import parent_process  # noqa: PLC0415

    parent = parent_process()
    if parent is not None:

        def wait() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=wait, name="end-with-parent", daemon=True).start()
