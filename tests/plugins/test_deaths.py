"""What is noted of calls of plugins, and which process is ended where one does not return."""

from __future__ import annotations

import mmap
import os
import signal

import pytest

from picheck.cli.supervision import _Supervisor
from picheck.plugins import deaths
from picheck.plugins.deaths import Call, note_calls


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Share memory, as a process does that waits for another."""
    monkeypatch.setattr(deaths._Memory, "shared", mmap.mmap(-1, deaths._SIZE))


@pytest.mark.usefixtures("memory")
def test_a_worker_that_goes_on_leaves_the_note_of_one_that_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hang() -> None:
        monkeypatch.setattr(os, "getpid", lambda: 1002)
        note_calls("quick", lambda: None)()
        (call,) = deaths.list_calls()
        assert (call.pid, call.name) == (1001, "slow")
        assert deaths.find_call(1002) == call  # the only one there is
        monkeypatch.setattr(os, "getpid", lambda: 1001)

    monkeypatch.setattr(os, "getpid", lambda: 1001)
    note_calls("slow", hang)()
    assert deaths.list_calls() == ()


@pytest.mark.usefixtures("memory")
def test_the_call_of_a_process_comes_before_that_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def inner() -> None:
        found = [deaths.find_call(pid) for pid in (1001, 1002)]
        assert [call.name for call in found if call is not None] == ["one", "two"]
        deaths.forget_calls()
        assert deaths.find_call() is None

    def outer() -> None:
        monkeypatch.setattr(os, "getpid", lambda: 1002)
        note_calls("two", inner)()

    monkeypatch.setattr(os, "getpid", lambda: 1001)
    note_calls("one", outer)()


def test_each_process_has_a_time_of_its_own_and_is_ended_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[tuple[int, int]] = []
    slow = Call(1001, 7, "slow")
    going_on = deaths.Run(timeout=2, has_begun_output=False, has_ended=False, code=0)
    supervisor = _Supervisor()
    monkeypatch.setattr(supervisor, "_send", lambda pid, number: ended.append((pid, number)))
    monkeypatch.setattr(deaths, "run", lambda: going_on)
    for second in range(30):
        calls = (slow, Call(1002, second, "quick"))
        monkeypatch.setattr(deaths, "list_calls", lambda calls=calls: calls)
        supervisor._tick(signal.SIGALRM, None)
    assert ended == [(1001, signal.SIGKILL)]
