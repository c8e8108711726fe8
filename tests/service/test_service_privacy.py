"""Nothing that is sent is written, sent on or logged, and no name leads to a file."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, Final

import httpx
import pytest
from starlette.applications import Starlette

from picheck.logging import get_logger
from picheck.plugins.registry import PluginRegistry
from picheck.service.documents import clean_name
from picheck.service.workbench import Workbench
from qrda_support import written
from service_support import EXAMPLE, TIN, ask, audit, make_app
from support import COMPLIANT, YEAR, perhaps, some

DOCUMENT: Final = EXAMPLE.read_bytes()
NAME: Final = "a-made-up-clinic.json"
CASE: Final = b'{"submission": %s, "evidence": %s, "prior": [%s]}' % (
    COMPLIANT.read_bytes(),
    COMPLIANT.with_suffix(".evidence.json").read_bytes(),
    json.dumps({**json.loads(COMPLIANT.read_bytes()), "performanceYear": YEAR - 1}).encode(),
)
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_CHANGES: Final = (
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"),
    *("shutil.", "tempfile.", "sqlite3.connect", "subprocess.Popen", "os.exec", "os.fork"),
    *("os.posix_spawn", "os.system", "urllib.", "smtplib.", "ftplib.", "http.client."),
    *("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethost"),
)


class _Events:
    """What the interpreter's audit hook sees while it is switched on; a hook cannot be removed."""

    seen: list[tuple[str, str]] | None = None


def _see(event: str, arguments: tuple[Any, ...]) -> None:
    if _Events.seen is None:
        return
    if event == "open":
        path, mode, flags = arguments
        writes = flags & _WRITES if isinstance(flags, int) else 0
        is_write = bool(writes) or (isinstance(mode, str) and any(c in mode for c in "wax+"))
        _Events.seen.append(("write" if is_write else "read", str(path)))
    elif event.startswith(_CHANGES):
        _Events.seen.append((event, str(arguments)[:100]))


sys.addaudithook(_see)


@contextmanager
def watching() -> Iterator[list[tuple[str, str]]]:
    seen = _Events.seen = []
    try:
        yield seen
    finally:
        _Events.seen = None


def ask_pages(app: Starlette) -> list[httpx.Response]:
    """Use every page once."""
    qrda = written(YEAR).encode()
    chosen = ("../" + NAME, DOCUMENT), ("a-made-up-file.xml", qrda)
    beside = [("prior", (NAME, DOCUMENT)), ("file", ("a-made-up-file.evidence.json", b"{}"))]
    files: Any = [*(("file", each) for each in chosen), *beside, ("which", (None, b"1"))]
    paths = ("audit", "files", "score", "save/evidence", "save/document", "save/json")
    return [
        *(ask(app, "POST", f"/{path}", files=files) for path in paths),
        *(ask(app, "GET", path) for path in ("/", "/rules/2025", "/rules/2025?q=period")),
    ]


def ask_everything(app: Starlette) -> list[httpx.Response]:
    """Use every page, and every part of the API once, with documents of every kind."""
    qrda = written(YEAR).encode()
    formats = ("json", "html", "text", "sarif", "csv")
    return [
        *(audit(app, DOCUMENT, f"?name={NAME}&format={form}") for form in formats),
        audit(app, CASE, f"?name={NAME}"),
        audit(app, qrda, "?name=a-made-up-clinic.xml"),
        ask(app, "POST", f"/api/v1/scores?name={NAME}&whatIf=true", content=CASE),
        ask(app, "POST", "/api/v1/conversions?places=true", content=qrda),
        audit(app, b"{broken", f"?name={NAME}"),
        *(ask(app, "GET", f"/api/v1/{path}") for path in ("rules", "rules/PIC-CEH-03", "years")),
        *(ask(app, "GET", path) for path in ("/openapi.json", "/healthz", "/static/none")),
        *ask_pages(app),
    ]


@pytest.fixture(scope="module")
def app(registry: PluginRegistry) -> Starlette:
    app = make_app(registry)
    ask_everything(app)  # what is imported late is imported now
    return app


def test_nothing_is_written_and_nothing_leaves_the_machine(app: Starlette) -> None:
    with watching() as seen:
        answers = ask_everything(app)
    assert [answer.status_code for answer in answers].count(200) == len(answers) - 2
    assert [event for event in some(seen) if event[0] != "read"] == []


def test_the_watcher_sees_what_it_has_to(tmp_path: Any) -> None:
    with watching() as seen:
        (tmp_path / "file").write_bytes(b"")
        (tmp_path / "file").read_bytes()
        (tmp_path / "file").unlink()
    assert [event for event, _ in seen] == ["write", "read", "os.remove"]


@pytest.mark.parametrize(
    "name",
    [
        "../../../../etc/passwd",
        "/etc/passwd",
        "..\\..\\etc\\passwd",
        "%2Fetc%2Fpasswd",
        "file:///etc/passwd",
        "/proc/self/environ",
        "~/.ssh/id_rsa",
        "archive.zip!../../etc/passwd",
        "a\x00b.json",
        "-",
        "..",
        "a" * 200,
    ],
)
def test_no_name_leads_to_a_file(app: Starlette, name: str) -> None:
    sent = {"params": {"name": name}, "content": DOCUMENT}
    with watching() as seen:
        answers = [
            ask(app, "POST", f"/api/v1/{path}", **sent)
            for path in ("audits", "scores", "conversions")
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    uri = answers[0].json()["documents"][0]["uri"]
    assert not {"/", "\0"} & set(uri)
    opened = [path for event, path in seen if event in {"read", "write"}]
    assert not [
        path for path in perhaps(opened) if "passwd" in path or "environ" in path or "ssh" in path
    ]


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("clinic.json", "clinic.json"),
        ("C:\\Users\\me\\clinic.json", "clinic.json"),
        ("folder/clinic.json", "clinic.json"),
        ("folder/", "-"),
        ("..", "-"),
        ("", "-"),
        ("a\nb\x1b.json", "a\\nb\\x1b.json"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_name_is_its_last_part_and_printable(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


def test_no_document_name_or_identifier_is_logged(registry: PluginRegistry) -> None:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        app = make_app(registry, log=get_logger(verbosity=2, form="json"))
        ask_everything(app)
        ask(app, "GET", f"/{TIN}/{NAME}")
        ask(app, "GET", f"/api/v1/rules/{TIN}")
    assert out.getvalue() == ""
    lines = [json.loads(line) for line in err.getvalue().splitlines()]
    assert {line["route"] for line in lines} >= {"/api/v1/audits", "/api/v1/rules/{code}", None}
    for hidden in (TIN, TIN[-4:], NAME, "PI_PPHI_1", "passwd"):
        assert hidden not in err.getvalue()


def test_an_error_that_was_not_foreseen_says_nothing_of_the_document(
    registry: PluginRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(self: Workbench, document: bytes, name: str, **_: Any) -> None:
        raise KeyError(document.decode(), name, self)

    monkeypatch.setattr(Workbench, "audit", break_off)
    err = io.StringIO()
    with redirect_stderr(err):
        answer = audit(make_app(registry), DOCUMENT, f"?name={NAME}")
    assert (answer.status_code, answer.json()["code"]) == (500, "unforeseen")
    for said in (answer.text, err.getvalue()):
        assert TIN not in said
        assert NAME not in said
        assert "measurementSets" not in said
    assert "KeyError" in err.getvalue()
    assert "test_service_privacy.py:" in err.getvalue()


def test_nothing_is_kept_of_a_document(app: Starlette) -> None:
    first = audit(app, DOCUMENT, f"?name={NAME}").content
    other = audit(app, COMPLIANT.read_bytes(), "?name=other.json").content
    assert audit(app, DOCUMENT, f"?name={NAME}").content == first
    assert audit(app, COMPLIANT.read_bytes(), "?name=other.json").content == other
    assert NAME.encode() not in other
