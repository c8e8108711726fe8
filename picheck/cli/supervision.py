"""A process that waits for the one that does the work, where plugins of others take part.

Their code may end its process in a way that no program can catch. The waiting process notices
that, knows from shared memory whose code ran, and starts the work again without it. Where output
has gone to standard output by then, it says what happened and ends with exit code 4.
"""

from __future__ import annotations

import io
import os
import signal
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from types import FrameType
from typing import Any, Final

from picheck.cli.stdout import say_fault
from picheck.plugins import deaths
from picheck.processes import end_with_parent

_INCOMPLETE: Final = 4
#: A call that no timer in its own process breaks off is given this many seconds more.
_GRACE: Final = 3
#: So many times the work is begun again.
_MOST: Final = 20
_STANDARD_INPUT: Final = frozenset({"-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"})
_FORWARDED: Final = ("SIGINT", "SIGTERM", "SIGHUP")


class _Process:
    """Whether this process is picheck's own, started by a command, and not supervised yet."""

    is_own = False


def allow_supervision() -> None:
    """Say that the process is picheck's own: it may fork, and exchange standard output."""
    _Process.is_own = True


def supervise(plugins: Iterable[str], *, autoload: bool) -> None:
    """Go on in a child process where plugins of others will be loaded; return in it alone.

    `plugins` are those named by the user. Does nothing where this process is not picheck's own,
    or the system cannot fork.
    """
    if not _Process.is_own or not hasattr(os, "fork") or not _brings_others(plugins, autoload):
        return
    # the child must not begin a child of its own
    _Process.is_own = False
    deaths.prepare()
    _keep_standard_input()
    parent, code = os.getpid(), _Supervisor().run()
    if code is not None:
        sys.exit(code)
    end_with_parent(parent)
    _keep_standard_output()


def _brings_others(plugins: Iterable[str], autoload: bool) -> bool:
    """Whether plugins that are not picheck's own may be loaded."""
    from picheck.plugins.entry_points import list_entry_points  # noqa: PLC0415 - help needs none
    from picheck.plugins.host import OWN_DISTRIBUTION  # noqa: PLC0415

    entries = list_entry_points()
    own = {entry.name for entry in entries if entry.distribution == OWN_DISTRIBUTION}
    named = {name for name in plugins if not name.startswith("no:")}
    met = {entry.name for entry in entries} if autoload else set[str]()
    return bool((named | met) - own)


def _keep_standard_input() -> None:
    """Put what a pipe delivers into a file without a name: the work may have to begin again."""
    if _STANDARD_INPUT.isdisjoint(sys.argv) or sys.stdin is None:
        return
    import shutil  # noqa: PLC0415 - few runs need it, and it brings every compression along
    import tempfile  # noqa: PLC0415

    with suppress(OSError, ValueError):
        if sys.stdin.seekable():
            return
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
            copy.flush()
            copy.seek(0)
            os.dup2(copy.fileno(), sys.stdin.fileno())


def _keep_standard_output() -> None:
    """Keep standard output for the report: what plugins write to it goes to standard error."""
    with suppress(OSError, ValueError, AttributeError):
        kept, shown = os.dup(sys.stdout.fileno()), sys.stdout
        os.dup2(sys.stderr.fileno(), shown.fileno())
        sys.stdout = io.TextIOWrapper(
            os.fdopen(kept, "wb"),
            encoding=shown.encoding,
            errors=shown.errors,
            line_buffering=getattr(shown, "line_buffering", False),
        )


def _reads_a_pipe() -> bool:
    """Whether an input can be read only once, so that the work cannot begin again."""
    for argument in set(sys.argv[1:]) - _STANDARD_INPUT:
        with suppress(OSError, ValueError):
            if stat.S_ISFIFO(os.stat(argument).st_mode):  # noqa: PTH116 - may be no path at all
                return True
    return False


class _Supervisor:
    """Waits for the child, and starts it again."""

    def __init__(self) -> None:
        self._child = 0
        self._ticks: dict[deaths.Call, int] = {}
        self._is_interrupted = False
        self._hung: dict[int, str] = {}

    def run(self) -> int | None:
        """Return the exit code; None in the child."""
        for _ in range(_MOST):
            deaths.forget()
            # or parent and child would both write what is still held back
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            with suppress(OSError, ValueError):
                # the child before this one has read standard input, which is a file by now
                os.lseek(0, 0, os.SEEK_SET)
            self._child = os.fork()
            if not self._child:
                return None
            status = self._wait()
            noted = deaths.run()
            if noted.has_ended:
                return noted.code
            how, call = self._describe(status), deaths.find_call(self._child)
            who = f"{call.name} ended the process" if call else "the process ended"
            if call is None or noted.has_begun_output or _reads_a_pipe():
                say_fault(f"{who} before the audit was done: {how}")
                return _INCOMPLETE
            say_fault(f"{who}, so the audit is begun again without that: {how}")
            deaths.note_end(call, f"it ended the process: {how}")
        say_fault(f"the process ended {_MOST} times; the audit is incomplete")
        return _INCOMPLETE

    def _wait(self) -> int:
        """Wait for the child; return its status."""
        before: dict[int, Any] = {}
        for name in _FORWARDED:
            number = getattr(signal, name)
            if signal.getsignal(number) != signal.SIG_IGN:
                before[number] = signal.signal(number, self._forward)
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._tick)
        signal.setitimer(signal.ITIMER_REAL, 1, 1)
        try:
            return os.waitpid(self._child, 0)[1]
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _forward(self, number: int, _frame: FrameType | None) -> None:
        """Hand a signal on; a terminal sends SIGINT to the child by itself, so that one waits."""
        if number == signal.SIGINT:
            self._is_interrupted = True
        else:
            self._send(self._child, number)

    def _tick(self, _number: int, _frame: FrameType | None) -> None:
        """Once a second: end each process in which one call takes too long."""
        if self._is_interrupted:
            self._is_interrupted = False
            self._send(self._child, signal.SIGINT)
        limit = deaths.run().timeout
        calls = deaths.list_calls() if limit else ()
        self._ticks = {call: self._ticks.get(call, -1) + 1 for call in calls}
        for call, ticks in self._ticks.items():
            if limit + _GRACE <= ticks < limit + _GRACE + 1:  # once: its note stays for a while
                self._hung[call.pid] = f"did not return within {limit:g} s"
                self._send(call.pid, signal.SIGKILL)

    @staticmethod
    def _send(pid: int, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)

    def _describe(self, status: int) -> str:
        if self._child in self._hung:
            return self._hung[self._child]
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            with suppress(ValueError):
                return f"killed by {signal.Signals(number).name}"
            return f"killed by signal {number}"
        return f"exit status {os.WEXITSTATUS(status)}"
