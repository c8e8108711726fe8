"""The recipes of docs/serve.md for a container and for a proxy that knows the users."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from picheck.cli.serve import command as serve
from service_support import Served, serving
from support import ROOT

#: Where the proxy of the tests sends its requests from; everyone else sends from 127.0.0.1.
PROXY = "127.0.0.2"
NAME = "picheck.example.org"
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")


@contextmanager
def reverse_proxy(port: int, user: str) -> Iterator[int]:
    """Run a proxy that has asked for a password; it passes on Host, and names the user itself."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            upstream = http.client.HTTPConnection("127.0.0.1", port, source_address=(PROXY, 0))
            own = {"X-Forwarded-User": user} if user else {}
            upstream.request("GET", self.path, headers={"Host": self.headers["Host"], **own})
            answer = upstream.getresponse()
            body = answer.read()
            upstream.close()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def get(port: int, source: str = "127.0.0.1", **headers: str) -> tuple[int, str]:
    """Ask for the years; returns the status and the code of a problem, if there is one."""
    connection = http.client.HTTPConnection("127.0.0.1", port, source_address=(source, 0))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", "/api/v1/years", headers={"Host": NAME, **named})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body.get("code", "") if isinstance(body, dict) else ""


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("behind")
    options = ("--behind-proxy", f"{PROXY}/32", "--user-header", "X-Forwarded-User")
    with serving(folder, *options, "--allowed-host", NAME, "-v") as served:
        yield served


def test_what_comes_through_the_proxy_is_answered(behind: Served) -> None:
    with reverse_proxy(behind.port, "nurse@example.org") as port:
        assert get(port) == (200, "")
        assert get(port, X_Forwarded_User="someone-else") == (200, "")


def test_a_proxy_that_names_no_user_is_refused(behind: Served) -> None:
    with reverse_proxy(behind.port, "") as port:
        assert get(port, X_Forwarded_User="forged") == (401, "userUnknown")


def test_a_user_that_is_named_past_the_proxy_is_refused(behind: Served) -> None:
    assert get(behind.port, X_Forwarded_User="forged") == (403, "notTheProxy")
    forged = {"X_Forwarded_For": PROXY, "X_Real_IP": PROXY, "Forwarded": f"for={PROXY}"}
    assert get(behind.port, X_Forwarded_User="forged", **forged) == (403, "notTheProxy")


def test_a_proxy_that_adds_to_a_forged_header_is_refused(behind: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", behind.port, source_address=(PROXY, 0))
    connection.putrequest("GET", "/api/v1/years", skip_host=True)
    for name, value in (("Host", NAME), ("X-Forwarded-User", "forged"),
                        ("X-Forwarded-User", "nurse@example.org")):  # fmt: skip
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 401
    connection.close()


def words(instruction: str) -> list[str]:
    """Return the words of an instruction of the Containerfile that is written as JSON."""
    found = re.search(rf"^{instruction}\b[^\[\n]*(\[.*\])$", CONTAINERFILE, re.MULTILINE)
    assert found is not None, instruction
    listed: list[str] = json.loads(found[1])
    return listed


def test_the_container_begins_a_command_that_is_there() -> None:
    program, name, *options = words("ENTRYPOINT")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert program in project["scripts"]
    assert name == serve.name
    known = {option for parameter in serve.params for option in parameter.opts}
    given = {option for option in options if option.startswith("--")}
    assert given == {"--host", "--isolated"} & known
    (extra,) = re.findall(r"pip install .*'\.\[(\w+)\]'", CONTAINERFILE)
    assert extra in project["optional-dependencies"]
    user = re.search(r"^USER (\d+):(\d+)$", CONTAINERFILE, re.MULTILINE)
    assert user is not None
    assert "0" not in user.groups()


def test_the_health_check_of_the_container_says_whether_it_runs(tmp_path: Path) -> None:
    program, *options = words(r"HEALTHCHECK")
    assert program == "python"
    with serving(tmp_path) as served:
        command = [sys.executable, *(each.replace("8765", str(served.port)) for each in options)]
        assert str(served.port) in command[-1]
        assert subprocess.run(command, check=False, timeout=60).returncode == 0
    gone = subprocess.run(command, check=False, timeout=60, stderr=subprocess.DEVNULL)
    assert gone.returncode == 1
