"""Folders for temporary files that are removed by the next run where their own was killed."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

_PREFIX: Final = "picheck-"
_SUFFIX: Final = ".history"
_LOCK: Final = "in-use"


class LockedFolder:
    """A folder that belongs to this process and those it starts, until all of them have ended.

    Only its owner may read it. Making one removes those of runs that were killed. Raises OSError
    where it cannot be made.
    """

    def __init__(self) -> None:
        _remove_abandoned(Path(tempfile.gettempdir()))
        self._owner = os.getpid()
        while not self._is_made():
            pass  # another run took it for an abandoned one before it was locked

    def _is_made(self) -> bool:
        """Make a folder and lock it; return whether it is there and ours."""
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, suffix=_SUFFIX))
        self._lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        if _try_lock(self._lock) and (self.path / _LOCK).exists():
            return True
        os.close(self._lock)
        return False

    def remove(self) -> None:
        """Remove the folder, if this is the process that made it."""
        if os.getpid() != self._owner:
            return
        with suppress(OSError):
            os.close(self._lock)
        shutil.rmtree(self.path, ignore_errors=True)


def _remove_abandoned(parent: Path) -> None:
    """Remove the folders whose processes have all ended."""
    for folder in parent.glob(f"{_PREFIX}*{_SUFFIX}"):
        # another user's, one that was removed meanwhile, or one that is not locked yet
        with suppress(OSError):
            lock = os.open(folder / _LOCK, os.O_RDWR)
            try:
                if _try_lock(lock):
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


def _try_lock(descriptor: int) -> bool:
    """Lock an open file for as long as any process has it open; return whether it was free."""
    try:
        import fcntl  # noqa: PLC0415 - where there is none, files in use cannot be removed anyway
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
