"""The connection to a history: SQLite by default, PostgreSQL for many writers."""

from __future__ import annotations

import os
import secrets
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from picheck.errors import HistoryError, UsageError
from picheck.history.keys import make_key
from picheck.intake.documents import uri_of
from picheck.model.report import HistoryUse

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

#: The newest step of the migrations.
REVISION: Final = "1"
#: How long a writer waits for another one, in seconds.
_PATIENCE: Final = 60
_SQLITE: Final = "sqlite:///"


class ChainState(NamedTuple):
    """The length of the chain, the hash of its last record, and its origin."""

    records: int
    head: str
    origin: str

    def __str__(self) -> str:
        """Return the state as reports print it."""
        return str(HistoryUse(records=self.records, head=self.head))


def address_of(url: str) -> str:
    """Return the URL of a database; what is no URL is the path of an SQLite file."""
    if "://" in url:
        return url
    return f"{_SQLITE}{Path(url).absolute()}"


def file_of(url: str) -> Path | None:
    """Return the file of an SQLite history; None for a server."""
    address = address_of(url)
    return Path(address.removeprefix(_SQLITE)) if address.startswith(_SQLITE) else None


def _exists(file: Path) -> bool:
    """Whether a file is there. Raises UsageError where that cannot be said."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise UsageError(f"the history {file} cannot be reached: {error.strerror}") from error
    return True


class Database:
    """One history. Raises UsageError where there is none, or where it has to be upgraded."""

    def __init__(self, url: str) -> None:
        self.url = url
        file = file_of(url)
        if file is not None and not _exists(file):
            raise UsageError(
                f"there is no history at {file}; make one with {_command('init', url)}"
            )
        self.engine = _engine(url)
        self._finalizer = weakref.finalize(self, _close, self.engine, os.getpid())
        with database_errors(url):
            found = _revision(self.engine)
        if found is None:
            raise UsageError(
                f"{_public(url)} holds no history; make one with {_command('init', url)}"
            )
        if found != REVISION:
            raise _other_version(url, found)

    @contextmanager
    def open_to_read(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the history."""
        with database_errors(self.url), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def open_to_write(self) -> Iterator[Connection]:
        """Yield a connection in a transaction of the only writer; all is kept, or nothing."""
        with database_errors(self.url), self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                # locked before the head is read: a writer that waited later would add to an old one
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            # also at Ctrl-C: a chunk is recorded as a whole or not at all
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def state(self) -> ChainState:
        """Return the length and head of the chain."""
        with self.open_to_read() as connection:
            return read_state(connection)

    def reclaim(self) -> None:
        """Leave nothing of removed bytes in the files of the database."""
        # the write-ahead log holds the old pages until it is emptied
        command = "PRAGMA wal_checkpoint(TRUNCATE)"
        if self.engine.dialect.name != "sqlite":
            command = "VACUUM blob"
        with database_errors(self.url), self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql(command)

    def close(self) -> None:
        """Close all connections."""
        self._finalizer()


def read_state(connection: Connection, *, locked: bool = False) -> ChainState:
    """Return the length and head of the chain; `locked` keeps other writers out until the end."""
    from sqlalchemy import select  # noqa: PLC0415 - only runs with a history pay for it

    from picheck.history.tables import CHAIN  # noqa: PLC0415

    # SQLite has no FOR UPDATE: there `open_to_write` has locked the whole file
    query = select(CHAIN.c.size, CHAIN.c.head, CHAIN.c.origin)
    row = connection.execute(query.with_for_update() if locked else query).one()
    return ChainState(row.size, row.head, row.origin)


def make_tables(url: str) -> None:
    """Make the file of a history, its key and its tables, without any record.

    Raises UsageError where there is a history already.
    """
    file = file_of(url)
    if file is not None and _exists(file):
        raise UsageError(f"{file} is there already; give the history another name")
    make_key(url)
    if file is not None:
        try:
            # made here, for SQLite would make it readable by others
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise UsageError(f"{file} cannot be written: {error.strerror}") from error
    with _tables_of(url) as (engine, found):
        if found is not None:
            raise UsageError(f"{_public(url)} holds a history already")
        _migrate(engine)


def upgrade(url: str) -> None:
    """Bring the tables of a history to the newest version; records are never touched.

    Raises UsageError where there is no history, or one that a newer picheck wrote.
    """
    with _tables_of(url) as (engine, found):
        if found is None:
            raise _no_history(url)
        if not _is_older(found):
            raise _other_version(url, found)
        _migrate(engine)


@contextmanager
def _tables_of(url: str) -> Iterator[tuple[Engine, str | None]]:
    """Yield an engine that changes tables, and the version of those that are there, if any."""
    engine = _engine(url)
    try:
        with database_errors(url):
            yield engine, _revision(engine)
    finally:
        engine.dispose()


def new_origin() -> str:
    """Return 128 random bits that tell one history from any other, in hexadecimal."""
    return secrets.token_hex(16)


@contextmanager
def database_errors(url: str) -> Iterator[None]:
    """Turn whatever a database says into a HistoryError without the statement and its values."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError  # noqa: PLC0415 - as above

    try:
        yield
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise HistoryError(f"the history {_public(url)}: {reason}") from error
    except SQLAlchemyError as error:
        raise HistoryError(
            f"the history {_public(url)}: {type(error).__name__}: {error}"
        ) from error


def _close(engine: Engine, owner: int) -> None:
    """Close the connections of an engine; a fork of their process must leave them open."""
    engine.dispose(close=os.getpid() == owner)


def _engine(url: str) -> Engine:
    from sqlalchemy import create_engine, event  # noqa: PLC0415 - as above
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError  # noqa: PLC0415

    try:
        if file_of(url) is None:
            # a stricter level would refuse a writer that waited for another, in place of showing it
            # the new head
            return create_engine(url, isolation_level="READ COMMITTED", pool_pre_ping=True)
        engine = create_engine(address_of(url), connect_args={"timeout": _PATIENCE})
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise UsageError(
            f"{_public(url)} is no address of a history: a path, sqlite:///PATH or"
            f" postgresql+psycopg://HOST/NAME ({error})"
        ) from error
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Leave transactions to us, and let nothing be lost that was committed."""
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        try:
            connection.execute(f"PRAGMA {pragma}")
        except connection.OperationalError:  # a file that can only be read stays as it is
            continue


def _revision(engine: Engine) -> str | None:
    from alembic.migration import MigrationContext  # noqa: PLC0415 - as above

    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _migrate(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415 - as above
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "picheck:history/migrations")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def _is_older(revision: str) -> bool:
    return revision.isdigit() and int(revision) <= int(REVISION)


def _other_version(url: str, found: str) -> UsageError:
    """Say what to do about tables that are not of this version."""
    head = f"the tables of {_public(url)} are of version {found}, this picheck knows {REVISION}"
    if _is_older(found):
        return UsageError(f"{head}; bring them there with {_command('upgrade', url)}")
    return UsageError(f"{head}; install the picheck that wrote them, or a newer one")


def _no_history(url: str) -> UsageError:
    return UsageError(f"{_public(url)} holds no history; make one with {_command('init', url)}")


def _command(name: str, url: str) -> str:
    return f"picheck history {name} --history {_public(url)}"


def _public(url: str) -> str:
    """Return a URL as it may be printed: without a password, and in characters that can be."""
    if "://" not in url:
        return uri_of(url)
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - as above

    try:
        return make_url(url).render_as_string(hide_password=True)
    except Exception:  # noqa: BLE001 - a URL that cannot be read may hold a password anywhere
        return url.partition("://")[0] + "://..."
