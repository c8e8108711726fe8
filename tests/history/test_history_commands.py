"""The commands of a history: addresses, privacy, pages, and what is refused."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import DBAPIError

from command_line import run_apart
from history_support import (
    ask,
    audit,
    engine_of,
    execute_when_up,
    make,
    records,
    set_key_file,
)
from picheck.history.database import address_of
from picheck.history.tables import BLOB, METADATA
from prior_support import NOW, put, submission
from support import ROOT

TIN, NPI = "987654321", "1999999992"  # invented
HOSTILE = '<script>alert("1")</script>\x1b[31m\u202e'


def test_an_audit_that_keeps_digests_writes_no_identifier_down(tmp_path: Path, url: str) -> None:
    make(tmp_path, url)
    value = submission(NOW, is_early=True, taxpayerIdentificationNumber=TIN)
    value["measurementSets"][0]["cehrtId"] = TIN
    before = submission(NOW - 1, is_early=True, taxpayerIdentificationNumber=TIN)
    now = put(tmp_path / "now.json", value)
    put(tmp_path / "now.evidence.json", {"clinicians": [{"npi": NPI}]})
    prior = put(tmp_path / "before.json", before)
    terms = ("--prior", prior, "--keep", "digests")
    assert audit(tmp_path, url, now, *terms).code == 1
    ask(tmp_path, url, "history", "record", now, "--as", "submitted", "--on", "2026-03-01",
        "--keep", "digests")  # fmt: skip
    engine = engine_of(url)
    with engine.connect() as connection:
        held = "".join(
            str(row)
            for table in METADATA.sorted_tables
            for row in connection.execute(select(table))
        )
        blobs = connection.execute(select(BLOB.c.data).where(BLOB.c.data.is_not(None)))
        held += "".join(zlib.decompress(data).decode() for (data,) in blobs)
    engine.dispose()
    for spelling in (TIN, f"{TIN[:2]}-{TIN[2:]}", NPI):
        assert spelling not in held


def test_the_files_of_a_history_are_its_owners_alone(tmp_path: Path) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    audit(tmp_path, url, put(tmp_path / "now.json", submission(NOW)))
    for name in ("history.db", "history.db.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_another_key_finds_no_entity(tmp_path: Path) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    now = put(tmp_path / "now.json", submission(NOW))
    audit(tmp_path, url, now)
    found = ask(tmp_path, url, "history", "list", "--entity-of", now, "-f", "json")
    assert len(json.loads(found.out)["records"]) == 1
    (tmp_path / "history.db.key").write_text("0" * 64)
    found = ask(tmp_path, url, "history", "list", "--entity-of", now, "-f", "json")
    assert json.loads(found.out)["records"] == []
    (tmp_path / "history.db.key").unlink()
    lost = audit(tmp_path, url, now)
    assert (lost.code, "keep a copy of it" in lost.err) == (2, True)


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ("absent.db", 2, "make one with picheck history init --history absent.db"),
        (".", 4, "unable to open database file"),
        ("mysql://host/name", 2, "is no address of a history"),
        ("sqlite:///absent.db", 2, "there is no history at"),
        ("postgresql+psycopg://user:secret@127.0.0.1:1/none", 2, "needs a key"),
        ("empty.db", 2, "holds no history"),
        ("://", 2, "is no address of a history"),
    ],
)
def test_an_address_without_a_history_is_refused(
    tmp_path: Path, address: str, code: int, said: str
) -> None:
    (tmp_path / "empty.db").touch()
    (tmp_path / "empty.db.key").write_text("0" * 64)
    (tmp_path / "absent.db.key").write_text("0" * 64)
    for command in (("history", "list"), ("history", "verify"), ("history", "show", "1")):
        done = ask(tmp_path, address, *command)
        assert done.code in {code, 4} if "postgresql" in address else done.code == code
        assert "secret" not in done.err
        if "postgresql" not in address:
            assert said in done.err


def test_a_server_that_is_down_costs_no_report_and_prints_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "k").write_text("0" * 64)
    monkeypatch.setenv("PICHECK_HISTORY_KEY_FILE", str(tmp_path / "k"))
    now = put(tmp_path / "now.json", submission(NOW))
    done = audit(tmp_path, "postgresql+psycopg://user:secret@127.0.0.1:1/none", now)
    assert (done.code, done.report["summary"]["verdict"]) == (4, "ready")
    assert "nothing was recorded" in done.err
    assert "secret" not in done.err


def test_what_cannot_be_recorded_is_refused_before_anything_is_audited(tmp_path: Path) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    now = put(tmp_path / "now.json", submission(NOW))
    for options in (("--reveal",), ("-f", "ndjson=out.ndjson", "--resume")):
        assert audit(tmp_path, url, now, *options).code == 2
    again = ask(tmp_path, url, "history", "init")
    assert (again.code, "is there already" in again.err) == (2, True)
    nobody = submission(NOW)
    del nobody["taxpayerIdentificationNumber"]
    path = put(tmp_path / "nobody.json", nobody)
    sent = ask(tmp_path, url, "history", "record", path, "--as", "submitted", "--on", "2026-03-01")
    assert (sent.code, "does not say in full whom it speaks for" in sent.err) == (3, True)
    when = ask(tmp_path, url, "history", "record", now, "--as", "submitted", "--on", "1 March")
    assert (when.code, "is not a date" in when.err) == (2, True)
    assert len(records(tmp_path, url)) == 1


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("0", "picheck history upgrade --history"),
        ("2", "install the picheck that wrote them"),
        ("abc", "install the picheck that wrote them"),
    ],
)
def test_a_history_of_another_version_is_refused_with_what_helps(
    tmp_path: Path, url: str, version: str, said: str
) -> None:
    make(tmp_path, url)
    assert ask(tmp_path, url, "history", "upgrade").code == 0  # nothing to do
    engine = engine_of(url)
    with engine.begin() as connection:
        statement = text("UPDATE alembic_version SET version_num = :version")
        connection.execute(statement, {"version": version})
    engine.dispose()
    done = ask(tmp_path, url, "history", "list")
    assert (done.code, said in done.err) == (2, True)
    if version != "0":
        assert ask(tmp_path, url, "history", "upgrade").code == 2


def test_a_role_that_can_only_add_audits_and_can_change_nothing(
    tmp_path: Path, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = make_url(postgresql).set(database="postgres")
    engine = create_engine(owner, isolation_level="AUTOCOMMIT")
    execute_when_up(engine, "CREATE DATABASE roles")
    set_key_file(monkeypatch, tmp_path / "history.key")
    owned = owner.set(database="roles").render_as_string(hide_password=False)
    make(tmp_path, owned)
    page = (ROOT / "docs" / "history.md").read_text("utf-8")
    grants = page.partition("```sql\n")[2].partition("```")[0]
    own = create_engine(owned)
    with own.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE auditor LOGIN; {grants}")
    url = make_url(owned).set(username="auditor").render_as_string(hide_password=False)
    now = put(tmp_path / "now.json", submission(NOW))
    assert audit(tmp_path, url, now).code == 0
    assert len(records(tmp_path, url)) == 3
    added = create_engine(url)
    for statement in ("UPDATE record SET kind = 'x'", "DELETE FROM record", "DROP TABLE record",
                      "ALTER TABLE record DISABLE TRIGGER ALL", "DELETE FROM finding"):  # fmt: skip
        with (
            pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
            added.begin() as c,
        ):
            c.exec_driver_sql(statement)
    added.dispose()
    with own.begin() as connection:
        connection.exec_driver_sql("DROP OWNED BY auditor; DROP ROLE auditor")
    own.dispose()
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE roles WITH (FORCE)")
    engine.dispose()


def test_the_settings_and_the_environment_name_the_history(tmp_path: Path) -> None:
    make(tmp_path, str(tmp_path / "history.db"))
    (tmp_path / "picheck.toml").write_text('history = "history.db"\n')
    put(tmp_path / "now.json", submission(NOW))
    assert run_apart("audit", "now.json", "--as-of", "2026-02-01", cwd=tmp_path).code == 0
    listed = run_apart("history", "list", cwd=tmp_path)
    assert (listed.code, "now.json" in listed.out) == (0, True)
    (tmp_path / "picheck.toml").unlink()
    listed = run_apart("history", "list", cwd=tmp_path, PICHECK_HISTORY="history.db")
    assert (listed.code, "now.json" in listed.out) == (0, True)
    nowhere = run_apart("history", "list", cwd=tmp_path)
    assert (nowhere.code, "name the history" in nowhere.err) == (2, True)


def test_a_history_that_is_not_there_is_named_with_what_makes_it(tmp_path: Path) -> None:
    put(tmp_path / "now.json", submission(NOW))
    for command in ("audit", "score"):
        run = run_apart(command, "now.json", "--history", "none.db", cwd=tmp_path)
        assert run.code == 2
        assert "make one with picheck history init --history none.db" in run.err


def test_the_variable_of_the_history_counts_for_audits_too(tmp_path: Path) -> None:
    make(tmp_path, str(tmp_path / "history.db"))
    put(tmp_path / "now.json", submission(NOW))
    words = ("audit", "now.json", "--as-of", "2026-02-01")
    audited = run_apart(*words, cwd=tmp_path, PICHECK_HISTORY="history.db")
    assert (audited.code, "1 recorded" in audited.err) == (0, True)
    both = run_apart(
        *words, cwd=tmp_path, PICHECK_HISTORY="elsewhere.db", PICHECK_AUDIT_HISTORY="history.db"
    )
    assert "1 unchanged" in both.err
    shown = run_apart("config", "show", cwd=tmp_path, PICHECK_HISTORY="history.db")
    [row] = [line.split() for line in shown.out.splitlines() if line.startswith("history ")]
    assert row == ["history", "PICHECK_HISTORY", "history.db"]
    assert "1 unchanged" not in run_apart(*words, cwd=tmp_path).err


def test_pages_and_lists_escape_what_came_from_outside(tmp_path: Path) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    path = put(tmp_path / f"{HOSTILE.replace('/', '|')}.json", submission(NOW, is_early=True))
    put(tmp_path / "sent.json", submission(NOW - 1, is_early=True))
    ask(tmp_path, url, "history", "record", "sent.json", "--as", "submitted", "--on", "2025-03-01",
        "--by", HOSTILE, "--confirmation", HOSTILE, "--channel", HOSTILE)  # fmt: skip
    audit(tmp_path, url, path, "--by", HOSTILE)
    for command in (("list",), ("show", "2"), ("show", "3"), ("trend",)):
        told = ask(tmp_path, url, "history", *command)
        assert told.code == 0, told.err
        assert "\x1b" not in told.out
        assert "\u202e" not in told.out
        if command != ("list",):
            page = ask(tmp_path, url, "history", *command, "-f", "html")
            assert page.code == 0, page.err
            assert "<script" not in page.out
            assert "\x1b" not in page.out


def test_a_history_costs_nothing_where_none_is_used() -> None:
    names = "picheck.cli.main, picheck.cli.audit, picheck.cli.history"
    code = f"import sys, {names}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert not {"sqlalchemy", "alembic", "psycopg"} & set(done.stdout.split())


def test_a_path_is_an_address_of_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert address_of("a b.db") == f"sqlite:///{tmp_path}/a b.db"


def test_records_are_listed_by_date(tmp_path: Path) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    path = put(tmp_path / "a.json", submission(NOW))
    for number, day in enumerate(("2026-02-28T23:59:59Z", "2026-03-01T00:00:00Z")):
        put(path, submission(NOW, number))
        audit(tmp_path, url, path, now=day)

    def days(*options: str) -> set[str]:
        done = ask(tmp_path, url, "history", "list", "-f", "json", "--kind", "audit", *options)
        return {each["at"][:10] for each in json.loads(done.out)["records"]}

    assert days() == {"2026-02-28", "2026-03-01"}
    assert days("--until", "2026-02-28") == {"2026-02-28"}
    assert days("--since", "2026-03-01") == {"2026-03-01"}
    assert days("--since", "2026-02-28", "--until", "2026-03-01") == days()


@pytest.mark.parametrize(
    ("option", "value"),
    [("--since", "yesterday"), ("--until", "2026-2-1"), ("--since", ""), ("--kind", "autid")],
)
def test_what_is_no_date_or_kind_is_refused_by_name(
    tmp_path: Path, option: str, value: str
) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    done = ask(tmp_path, url, "history", "list", option, value)
    assert done.code == 2
    assert f"{option}" in done.err
    assert f"'{value}'" in done.err


@pytest.mark.parametrize(
    ("view", "form", "said"),
    [
        ("list", "html=a.html", "there is no format 'html' here; choose text or json"),
        ("trend", "csv", "there is no format 'csv' here; choose text or json or html"),
        ("list", "text=a", "text goes to standard output; write json=PATH"),
        ("trend", "text=a", "text goes to standard output; write json=PATH or html=PATH"),
    ],
)
def test_a_view_names_the_formats_that_it_has(
    tmp_path: Path, view: str, form: str, said: str
) -> None:
    url = make(tmp_path, str(tmp_path / "history.db"))
    done = ask(tmp_path, url, "history", view, "-f", form)
    assert (done.code, done.err) == (2, f"picheck: {said}\n")
