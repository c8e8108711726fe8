"""Threads that audit: a job that never ends, or whose request is gone, costs no other."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from picheck.engine.runner import RuleRunner
from picheck.engine.watchdog import CallClock, RuleTimeout, ThreadWatchdog
from picheck.service.pool import AuditPool
from picheck.service.problems import Problem


@pytest.fixture
def pool() -> Iterator[AuditPool]:
    made = AuditPool(2, rule_timeout=0)
    yield made
    made.close()


def test_a_job_returns_or_raises_where_it_was_asked_for(pool: AuditPool) -> None:
    def fail() -> None:
        raise ValueError("no")

    assert asyncio.run(pool.run(lambda: 6 * 7)) == 42
    with pytest.raises(ValueError, match="no"):
        asyncio.run(pool.run(fail))


@pytest.mark.parametrize(
    ("raised", "code"),
    [(SystemExit(3), "pluginBroken"), (KeyboardInterrupt(), "pluginBroken"),
     (RuleTimeout("did not return"), "tooSlow")],
)  # fmt: skip
def test_no_job_ends_the_service(pool: AuditPool, raised: BaseException, code: str) -> None:
    def end() -> None:
        raise raised

    with pytest.raises(Problem) as refused:
        asyncio.run(pool.run(end))
    assert refused.value.record.code == code
    assert asyncio.run(pool.run(lambda: "goes on")) == "goes on"


def test_a_stuck_job_keeps_its_own_thread_alone(pool: AuditPool) -> None:
    stuck = threading.Event()

    async def use() -> list[int]:
        held = asyncio.create_task(pool.run(stuck.wait))
        done = [await pool.run(lambda number=number: number) for number in range(5)]  # type: ignore[misc]
        stuck.set()
        assert await held
        return done

    assert asyncio.run(use()) == list(range(5))


def test_a_job_whose_request_is_gone_is_not_begun(pool: AuditPool) -> None:
    begun, go_on = list[int](), threading.Event()

    async def use() -> None:
        held = [asyncio.create_task(pool.run(go_on.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        waiting = asyncio.create_task(pool.run(lambda: begun.append(1)))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(*held)
        await pool.run(lambda: None)

    asyncio.run(use())
    assert begun == []


def test_a_closed_pool_begins_again(pool: AuditPool) -> None:
    assert asyncio.run(pool.run(threading.get_ident)) != threading.get_ident()
    pool.close()
    pool.close()
    assert asyncio.run(pool.run(lambda: "again")) == "again"


def test_threads_end_with_the_pool() -> None:
    pool = AuditPool(1, rule_timeout=1)
    thread = asyncio.run(pool.run(threading.current_thread))
    pool.close()
    thread.join(60)
    assert not thread.is_alive()


# The watchdog: the code that calls rules is what it looks for


def call_rule(rule: object) -> object:
    """Run a function as the runner calls a rule, by the same code."""
    planned = type("Planned", (), {"call": rule, "needs": (), "is_reported": True, "code": "X"})
    outcomes = RuleRunner()._call((planned,), None, frozenset())  # type: ignore[arg-type]
    return outcomes.findings[0].result.outcome if outcomes.findings else None


def test_a_call_that_takes_too_long_is_left() -> None:
    watchdog = ThreadWatchdog(0.2)

    def hang(_: object) -> None:
        while True:
            time.sleep(0.001)

    with watchdog.watch():
        assert call_rule(hang) == "error"
    watchdog.close()


def test_only_one_and_the_same_call_is_counted() -> None:
    clock = CallClock(1000)
    first, second = sys._getframe(), sys._getframe(1)
    for call in (first, second, None) * 3:
        assert not clock.is_late(call)
        assert (clock._call, clock._ticks) == (call, 0)
    assert not clock.is_late(second)
    assert not clock.is_late(second)
    assert (clock._call, clock._ticks) == (second, 1)


def test_nothing_is_watched_where_any_time_is_allowed() -> None:
    before = threading.active_count()
    with ThreadWatchdog(0).watch():
        assert threading.active_count() == before
