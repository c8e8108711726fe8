"""Plugins that end the process they run in.

While code of a plugin runs, its name is in memory that this process shares with the one that
waits for it. Where the process ends in the middle (`os._exit`, a segmentation fault, the system's
memory running out), the other one reads the name, and starts again without that code.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Final, NamedTuple, TypeVar

T = TypeVar("T")

#: Seconds a call may take, whether output was begun, whether the run ended, its exit code.
_RUN: Final = struct.Struct("<d??B")
#: The process, the number of the call, and the length of the name.
_CALL: Final = struct.Struct("<QQH")
_LONGEST: Final = 200
#: Each process notes its call in a slot of its own, as far as numbers of processes allow.
_SLOTS: Final = 64
_SLOT: Final = 256
_CALLS_AT: Final = 16
_SIZE: Final = _CALLS_AT + _SLOTS * _SLOT
#: So many times a rule may end a process before it is not called at all any more.
_PATIENCE: Final = 3


class PluginEnded(Exception):  # noqa: N818 - said of the plugin
    """Code of a plugin is not run, for it ended the process before."""


class Call(NamedTuple):
    """A call of plugin code that is under way: the process it runs in, its number, its name."""

    pid: int
    number: int
    name: str


class Run(NamedTuple):
    """What a process has noted of its run.

    `timeout` are the seconds that a call may take (0: any number); `code` is the exit code of a
    run that came to its end.
    """

    timeout: float
    has_begun_output: bool
    has_ended: bool
    code: int


class _Memory:
    """The shared memory, and what is known of plugins that ended a process before."""

    shared: mmap.mmap | None = None
    numbers: Iterator[int] = count(1)
    ended: Final[dict[str, tuple[str, frozenset[int]]]] = {}


def prepare() -> None:
    """Make the shared memory; processes that are forked off from now on share it."""
    if _Memory.shared is None:
        _Memory.shared = mmap.mmap(-1, _SIZE)


def is_prepared() -> bool:
    """Whether another process can read what runs in this one."""
    return _Memory.shared is not None


def forget() -> None:
    """Clear the shared memory, before another process is begun."""
    if _Memory.shared is not None:
        _Memory.shared[:] = bytes(_SIZE)


def note_run(
    *, timeout: float | None = None, output: bool = False, code: int | None = None
) -> None:
    """Note the time that a call may take, that output was begun, or the exit code at the end."""
    if _Memory.shared is not None:
        known = run()
        _RUN.pack_into(
            _Memory.shared,
            0,
            known.timeout if timeout is None else timeout,
            known.has_begun_output or output,
            known.has_ended or code is not None,
            known.code if code is None else code,
        )


def run() -> Run:
    """Return what was noted of the run."""
    return Run(*_RUN.unpack_from(_Memory.shared or bytes(_RUN.size), 0))


def list_calls() -> tuple[Call, ...]:
    """Return the calls that are under way, or were when their process ended."""
    if _Memory.shared is None:
        return ()
    slots = range(_CALLS_AT, _SIZE, _SLOT)
    return tuple(each for at in slots if (each := _read_call(_Memory.shared, at)) is not None)


def find_call(pid: int | None = None) -> Call | None:
    """Return the call of a process, or else any; None where no code of a plugin runs."""
    calls = list_calls()
    return next((each for each in calls if each.pid == pid), calls[0] if calls else None)


def forget_calls() -> None:
    """Clear the calls of processes that are gone."""
    if _Memory.shared is not None:
        _Memory.shared[_CALLS_AT:] = bytes(_SIZE - _CALLS_AT)


def _read_call(shared: mmap.mmap, at: int) -> Call | None:
    pid, number, length = _CALL.unpack_from(shared, at)
    start = at + _CALL.size
    name = shared[start : start + length].decode("utf-8", "replace")
    return Call(pid, number, name) if name else None


def note_end(known: Call, how: str) -> None:
    """Remember that a call ended its process, so that it is not made again."""
    _, numbers = _Memory.ended.get(known.name, ("", frozenset[int]()))
    more = numbers | {known.number}
    _Memory.ended[known.name] = (how, more if len(more) < _PATIENCE else frozenset())


@contextmanager
def without(name: str, how: str) -> Iterator[None]:
    """Run no code of this name in processes that are begun meanwhile."""
    before = dict(_Memory.ended)
    _Memory.ended[name] = (how, frozenset())
    try:
        yield
    finally:
        _Memory.ended.clear()
        _Memory.ended.update(before)


def note_calls(name: str, function: Callable[..., T]) -> Callable[..., T]:
    """Return a function of a plugin that notes its name while it runs.

    It raises PluginEnded in place of a call that ended the process before.
    """
    encoded = name.encode("utf-8", "replace")[:_LONGEST]

    def run_noted(*arguments: Any) -> T:
        # a process that begins again counts the same calls alike: only the one that ended it is
        # left out
        shared, number = _Memory.shared, next(_Memory.numbers)
        if name in _Memory.ended:
            how, numbers = _Memory.ended[name]
            if not numbers or number in numbers:
                raise PluginEnded(how)
        if shared is None:
            return function(*arguments)
        pid = os.getpid()
        at = _CALLS_AT + pid % _SLOTS * _SLOT
        start = at + _CALL.size
        # the name before its length: whoever reads in between finds no call, not half a name
        shared[start : start + len(encoded)] = encoded
        _CALL.pack_into(shared, at, pid, number, len(encoded))
        try:
            return function(*arguments)
        finally:
            _CALL.pack_into(shared, at, 0, 0, 0)

    return run_noted
