"""Histories of tests: commands given to them, and their records read without picheck."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from command_line import Run, run_here
from picheck.history.database import address_of

KEY_VARIABLE = "PICHECK_HISTORY_KEY_FILE"
NOW = "2026-02-01T09:00:00Z"


def set_key_file(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Keep the key of a history on a server in a file."""
    monkeypatch.setenv(KEY_VARIABLE, str(path))


def ask(folder: Path, url: str, *arguments: str | Path, now: str = NOW) -> Run:
    """Run a command of the history, or an audit with it; other arguments than paths come last."""
    kept = {KEY_VARIABLE: os.environ[KEY_VARIABLE]} if KEY_VARIABLE in os.environ else {}
    writes = arguments[0] == "audit" or arguments[1] in {"init", "record", "expunge"}
    given = (*arguments, "--history", url, *(("--now", now) if writes else ()))
    return run_here(*given, cwd=folder, stdin=b"", **kept)


def make(folder: Path, url: str) -> str:
    """Make a history; returns its URL."""
    done = ask(folder, url, "history", "init", "--by", "a test")
    assert done.code == 0, done.err
    return url


def audit(folder: Path, url: str, *arguments: str | Path, now: str = NOW) -> Run:
    """Audit with a history, for the day of `now`; the report is JSON unless another is named."""
    form = () if "-f" in arguments else ("-f", "json")
    terms = ("--as-of", now[:10], "--isolated", "--by", "a test", *form)
    return ask(folder, url, "audit", *arguments, *terms, now=now)


def records(folder: Path, url: str) -> list[dict[str, Any]]:
    """Return the records as `history list` gives them."""
    done = ask(folder, url, "history", "list", "-f", "json")
    assert done.code == 0, done.err
    listed: list[dict[str, Any]] = json.loads(done.out)["records"]
    return listed


def verify(folder: Path, url: str, *arguments: str) -> Any:
    """Return what `history verify` says, with its exit code as `code`."""
    done = ask(folder, url, "history", "verify", "--format", "json", *arguments)
    return {**json.loads(done.out), "code": done.code} if done.out else {"code": done.code}


def engine_of(url: str) -> Engine:
    """Return a connection past picheck, as whoever owns the database has it."""
    return create_engine(address_of(url))


def drop_triggers(engine: Engine) -> None:
    """Take the triggers away that refuse changes, as the database's owner can."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            found = connection.execute(text("SELECT name FROM sqlite_master WHERE type='trigger'"))
            for (name,) in list(found):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("record", "blob"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))


def execute_when_up(engine: Engine, statement: str) -> None:
    """Execute a statement; a server that was just started needs a moment for the first one."""
    for _ in range(200):
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(statement)
        except OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the PostgreSQL server did not start")
