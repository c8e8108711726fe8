"""Nothing in a history can be changed without `verify` naming it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from history_support import ask, audit, drop_triggers, engine_of, make, verify
from picheck.history.canonical import canonical
from picheck.history.tables import BLOB, CHAIN, ENGAGEMENT, FINDING, METADATA, RECORD, VERDICT
from prior_support import BEFORE, NOW, put, submission

SEED = 20260201


@pytest.fixture
def filled(tmp_path: Path, url: str) -> str:
    """Return a history with records of every kind, and with findings."""
    make(tmp_path, url)
    before = put(tmp_path / "before.json", submission(BEFORE, is_early=True))
    now = put(tmp_path / "now.json", submission(NOW, is_early=True))
    ask(tmp_path, url, "history", "record", before, "--as", "submitted", "--on", "2025-03-01")
    assert audit(tmp_path, url, now).code == 1
    old = put(tmp_path / "old.json", submission(2021))
    audit(tmp_path, url, old, now="2022-02-01T09:00:00Z")
    reason = ("--before", "2022", "--reason", "retention")
    assert ask(tmp_path, url, "history", "expunge", *reason, now="2030-01-01T09:00:00Z").code == 0
    assert verify(tmp_path, url)["code"] == 0
    return url


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET by = 'another' WHERE seq = 2",
        "DELETE FROM record WHERE seq = 2",
        "DELETE FROM blob",
        "UPDATE blob SET size = size + 1",
        "UPDATE blob SET data = sha256",
    ],
)
def test_the_database_refuses_to_change_records(filled: str, statement: str) -> None:
    engine = engine_of(filled)
    if engine.dialect.name == "postgresql":
        statement = statement.replace("= sha256", "= '\\x00'").replace("SET by", 'SET "by"')
    with pytest.raises(DBAPIError, match="never"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_server_refuses_to_empty_the_table(filled: str) -> None:
    engine = engine_of(filled)
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DBAPIError, match="never"), engine.begin() as connection:
        connection.execute(text("TRUNCATE record CASCADE"))
    engine.dispose()


def test_a_changed_value_of_any_column_of_any_row_is_named(tmp_path: Path, filled: str) -> None:
    engine, dice = engine_of(filled), random.Random(SEED)  # noqa: S311 - no secret
    drop_triggers(engine)
    tried = 0
    for table in (RECORD, CHAIN, BLOB, VERDICT, FINDING, ENGAGEMENT):
        keys = [column.name for column in table.primary_key]
        with engine.connect() as connection:
            rows = [dict(row) for row in connection.execute(select(table)).mappings()]
        assert rows
        for row in rows if table is not BLOB else dice.sample(rows, 3):
            for column in table.columns:
                changed = _spoil(
                    row[column.name], dice, is_bytes=isinstance(column.type, LargeBinary)
                )
                where = [table.c[name] == row[name] for name in keys]
                with engine.begin() as connection:
                    try:
                        connection.execute(
                            table.update().where(*where).values({column.name: changed})
                        )
                    except DBAPIError:  # the tables themselves refuse it: a number twice
                        continue
                found = verify(tmp_path, filled)
                tried += 1
                assert found["code"] == 1, (table.name, column.name, row)
                seq = changed if (table, column.name) == (RECORD, "seq") else row.get("seq")
                if table is RECORD:
                    assert found["fault"]["seq"] in {seq, row["seq"], row["seq"] + 1}
                elif seq is not None and column.name != "seq":
                    assert found["fault"]["seq"] == seq
                with engine.begin() as connection:
                    _restore(connection, table, row, column.name, changed)
    assert tried > 100
    assert verify(tmp_path, filled)["code"] == 0
    engine.dispose()


def _spoil(value: Any, dice: random.Random, *, is_bytes: bool) -> Any:
    """Return a value of the same kind with one place changed."""
    if value is None:
        return b"x" if is_bytes else 7
    if isinstance(value, bytes):
        place = dice.randrange(len(value))
        return value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
    if isinstance(value, str):
        place = dice.randrange(len(value)) if value else 0
        return (
            value[:place] + ("a" if value[place : place + 1] != "a" else "b") + value[place + 1 :]
        )
    return value + 1000


def _restore(connection: Connection, table: Any, row: dict[str, Any], name: str, now: Any) -> None:
    keys = [column.name for column in table.primary_key]
    where = [table.c[key] == (now if key == name else row[key]) for key in keys]
    connection.execute(table.update().where(*where).values(row))


def test_a_record_that_is_missing_is_named(tmp_path: Path, filled: str) -> None:
    engine = engine_of(filled)
    drop_triggers(engine)
    with engine.begin() as connection:
        connection.execute(RECORD.delete().where(RECORD.c.seq == 3))
    assert verify(tmp_path, filled)["fault"] == {"seq": 3, "reason": "is missing"}
    with engine.begin() as connection:
        connection.execute(RECORD.delete().where(RECORD.c.seq > 2))
    assert verify(tmp_path, filled)["fault"]["seq"] == 3
    engine.dispose()


def test_a_head_of_another_time_is_found_or_missed(tmp_path: Path, filled: str) -> None:
    head = verify(tmp_path, filled)["head"]
    ask(tmp_path, filled, "history", "record", tmp_path / "now.json", "--as", "submitted",
        "--on", "2026-03-01")  # fmt: skip
    assert verify(tmp_path, filled, "--head", head)["code"] == 0
    missed = verify(tmp_path, filled, "--head", "0" * 63 + "1")
    assert (missed["code"], "was never a record" in missed["fault"]["reason"]) == (1, True)


def test_a_clock_that_goes_back_leaves_the_order_of_the_records(tmp_path: Path, url: str) -> None:
    make(tmp_path, url)
    first = put(tmp_path / "1.json", submission(NOW, 1))
    second = put(tmp_path / "2.json", submission(NOW, 2))
    audit(tmp_path, url, first, now="2026-02-02T09:00:00Z")
    audit(tmp_path, url, second, now="2026-02-01T09:00:00Z")
    assert verify(tmp_path, url)["code"] == 0


def test_the_migrations_make_the_tables_that_queries_use(tmp_path: Path, url: str) -> None:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    make(tmp_path, url)
    engine = engine_of(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (
            {"b": 1, "a": [True, None, "é\u2028\x01\n"]},
            '{"a":[true,null,"é\u2028\\u0001\\n"],"b":1}',
        ),
        ({"": '\\"/\x7f'}, '{"":"\\\\\\"/\x7f"}'),
    ],
)
def test_values_have_the_one_text_of_rfc_8785(value: Any, written: str) -> None:
    assert canonical(value) == written


@pytest.mark.parametrize("value", [1.5, 2**53, {"é": 1}, {1: 2}, b"x", {"a": {1.0}}])
def test_what_other_readers_might_write_otherwise_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="cannot be in a record"):
        canonical(value)
