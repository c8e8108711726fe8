"""`picheck serve` as a process: it begins, answers, drains and ends."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

import httpx
import pytest
from packaging.requirements import Requirement

from command_line import run_apart
from distributions import VENDOR, install
from long_runs import TERMS
from service_support import EXAMPLE, TIN, Served, serving
from support import AS_OF, COMPLIANT, YEAR

DOCUMENT: Final = EXAMPLE.read_bytes()
DATED: Final = ("--as-of", AS_OF)
#: Picheck alone brings these; the extra may bring five more.
_MOST: Final = 5


def post(
    served: Served, document: bytes, query: str = "", headers: dict[str, str] | None = None
) -> httpx.Response:
    return httpx.post(f"{served.address}api/v1/audits{query}", content=document, headers=headers)


def test_a_document_is_audited_as_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "clinic.json").write_bytes(DOCUMENT)
    expected = run_apart("audit", "clinic.json", "-f", "json", *TERMS, cwd=tmp_path)
    with serving(tmp_path, *DATED, "-v") as served:
        assert served.address.startswith("http://127.0.0.1:")
        answer = post(served, DOCUMENT, "?name=clinic.json")
        assert answer.text == expected.out
        assert "server" not in answer.headers
        code, said = served.stop()
    assert code == 0
    assert "/api/v1/audits" in said
    assert TIN not in said
    assert "clinic" not in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clinic.json"]


def test_settings_hold_as_on_the_command_line(tmp_path: Path) -> None:
    settings = tmp_path / "picheck.toml"
    settings.write_text('ignore = ["PIC-ERX-01"]\nprior = ["earlier"]\n')
    with serving(tmp_path, *DATED, "-c", str(settings)) as served:
        report = post(served, DOCUMENT).json()
    assert "prior in the settings is left out" in served.before
    assert report["run"]["options"]["ignore"] == ["PIC-ERX-01"]
    assert "PIC-ERX-01" not in {result["code"] for result in report["results"]}
    assert [use["role"] for use in report["run"]["inputs"]] == ["settings"]


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_what_is_in_work_is_finished_when_it_is_asked_to_stop(
    tmp_path: Path, asked: signal.Signals
) -> None:
    if signal.getsignal(asked) is signal.SIG_IGN:
        pytest.skip("the signal is ignored here, as under nohup, and so by every child")
    with serving(tmp_path, *DATED) as served:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
        connection.putrequest("POST", "/api/v1/audits")
        connection.putheader("Content-Length", str(len(DOCUMENT)))
        connection.endheaders()
        connection.send(DOCUMENT[:100])
        until(lambda: is_healthy(served))
        served.process.send_signal(asked)
        until(lambda: not listens(served.port))
        assert served.process.poll() is None
        connection.send(DOCUMENT[100:])
        answer = connection.getresponse()
        assert answer.status == 200
        assert json.loads(answer.read())["summary"]["verdict"] == "notReady"
        connection.close()
        assert served.wait() == (0, "")


def is_healthy(served: Served) -> bool:
    try:
        return httpx.get(f"{served.address}healthz").status_code == 200
    except httpx.HTTPError:  # it is being begun again
        return False


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that comes, however slow the machine is."""
    for _ in range(2000):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come")


def test_keys_let_in_over_http(tmp_path: Path) -> None:
    key = "a made-up key of the tests"
    (tmp_path / "keys.toml").write_text(f'portal = "{hashlib.sha256(key.encode()).hexdigest()}"\n')
    with serving(tmp_path, *DATED, "--api-keys", "keys.toml") as served:
        assert post(served, DOCUMENT).status_code == 401
        given = {"authorization": f"Bearer {key}"}
        assert post(served, DOCUMENT, headers=given).status_code == 200
        other = {**given, "host": "evil.example"}
        assert post(served, DOCUMENT, headers=other).status_code == 400
        assert key not in served.stop()[1]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--host", "0.0.0.0"), "can be reached by others"),  # noqa: S104 - it is refused
        (("--behind-proxy", "10.0.0.0/8"), "belong together"),
        (("--api-keys", "missing.toml"), "missing.toml: cannot be read"),
        (("--select", "PIC-PER-99"), "no rule is called"),
        (("--locked",), "does not exist"),
    ],
)
def test_a_service_that_cannot_be_as_asked_is_not_begun(
    tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    run = run_apart("serve", "--isolated", *arguments, cwd=tmp_path)
    assert run.code == 2
    assert why in run.err


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = run_apart("serve", "--isolated", "--port", str(port), cwd=tmp_path)
    assert run.code == 2
    assert f"port {port} of 127.0.0.1 cannot be opened" in run.err


def vendor(answer: str) -> str:
    return VENDOR.replace("return None  # ANSWER", answer)


def test_a_rule_that_does_not_return_is_broken_off(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": vendor("while True: pass")})
    with serving(tmp_path, *DATED, "--rule-timeout", "0.5") as served:
        report = post(served, COMPLIANT.read_bytes()).json()
    (broken,) = (result for result in report["results"] if result["outcome"] == "error")
    assert "did not return within 0.5 s" in broken["message"]
    assert report["summary"]["exit"]["code"] == 4


def test_a_rule_that_ends_the_process_costs_that_rule_alone(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": vendor("import os; os._exit(7)")})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving(tmp_path, *DATED, "--port", str(port)) as served:
        with pytest.raises(httpx.HTTPError):
            post(served, COMPLIANT.read_bytes())
        until(lambda: is_healthy(served))
        report = post(served, COMPLIANT.read_bytes()).json()
        code, said = served.stop()
    assert code == 0
    assert "ACME-TST-01 of acme (acme-tools) ended the process" in said
    (broken,) = (result for result in report["results"] if result["outcome"] == "error")
    assert "it ended the process: exit status 7" in broken["message"]


def test_no_other_command_imports_the_service(tmp_path: Path) -> None:
    (tmp_path / "clinic.json").write_bytes(COMPLIANT.read_bytes())
    program = (
        "import atexit, sys\n"
        "names = ('starlette', 'uvicorn', 'anyio', 'h11', 'asyncio', 'picheck.service')\n"
        "loaded = lambda: [name for name in names if name in sys.modules]\n"
        "atexit.register(lambda: print(*loaded(), file=sys.stderr))\n"
        "from picheck.cli.main import main\n"
        "main(sys.argv[1:])\n"
    )
    for arguments in (("--help",), ("audit", "clinic.json", "--isolated"), ("serve", "--help")):
        command = [sys.executable, "-c", program, *arguments]
        done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path, text=True)
        imported = set(done.stderr.split())
        assert imported <= ({"picheck.service"} if "serve" in arguments else set()), arguments


def test_the_extra_brings_at_most_five_packages() -> None:
    assert len(required("picheck", "serve") - required("picheck")) <= _MOST


def required(name: str, extra: str = "") -> set[str]:
    """Return the distributions that one needs, with those that they need."""
    found: set[str] = set()
    open_ones = [(name, extra)]
    while open_ones:
        current, extras = open_ones.pop()
        try:
            requires = distribution(current).requires or []
        except PackageNotFoundError:
            continue  # for another system or version of Python
        for text in requires:
            each = Requirement(text)
            plain = re.sub(r"[-_.]+", "-", each.name).lower()
            is_needed = each.marker is None or each.marker.evaluate({"extra": extras})
            if is_needed and plain not in found:
                found.add(plain)
                open_ones.append((plain, next(iter(each.extras), "")))
    return found


def test_the_year_of_the_fixtures_is_served(tmp_path: Path) -> None:
    with serving(tmp_path, *DATED) as served:
        years = httpx.get(f"{served.address}api/v1/years").json()
    assert YEAR in {row["year"] for row in years}
