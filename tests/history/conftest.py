"""Histories for tests: SQLite everywhere, PostgreSQL where a server is installed."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from history_support import execute_when_up, set_key_file

_BINARIES = "/usr/lib/postgresql"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Yield the URL of a PostgreSQL server without the name of a database.

    PICHECK_TEST_POSTGRESQL names one that runs already, as postgresql+psycopg://HOST/.
    """
    given = os.environ.get("PICHECK_TEST_POSTGRESQL")
    if given:
        yield given
        return
    path = os.pathsep.join([os.environ["PATH"], *map(str, Path(_BINARIES).glob("*/bin"))])
    initdb, server = (shutil.which(name, path=path) for name in ("initdb", "postgres"))
    if initdb is None or server is None:
        pytest.skip("no PostgreSQL server is installed (initdb, postgres)")
    user = "postgres" if os.geteuid() == 0 else None  # a server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="picheck-pg-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        setup = [initdb, "-D", str(data), "-U", "picheck", "-A", "trust", "-N", "-E", "UTF8"]
        subprocess.run(setup, check=True, capture_output=True, user=user)
        process = subprocess.Popen(
            [server, "-D", data, "-k", folder, "-F", "-c", "listen_addresses="],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user,
        )
        try:
            yield f"postgresql+psycopg://picheck@/?host={folder}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Yield the URL of a database that holds nothing yet, of each kind."""
    if request.param == "sqlite":
        yield str(tmp_path / "history.db")
        return
    from sqlalchemy import create_engine, make_url  # noqa: PLC0415 - skipped where there is none

    server = make_url(request.getfixturevalue("postgresql"))
    name = f"history_{secrets.token_hex(6)}"
    engine = create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT")
    execute_when_up(engine, f"CREATE DATABASE {name}")
    set_key_file(monkeypatch, tmp_path / "history.key")
    yield server.set(database=name).render_as_string(hide_password=False)
    execute_when_up(engine, f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()
