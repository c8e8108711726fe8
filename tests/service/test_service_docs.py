"""The examples of the page about the service work as they are printed."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from picheck.service.access import read_keys
from picheck.service.config import Limits
from service_support import serving
from support import ROOT

PAGE: Final = (ROOT / "docs" / "serve.md").read_text("utf-8")
SERVICE: Final = ROOT / "picheck" / "service"


_CURL: Final = (shutil.which("curl") or "curl", "--silent")


def arguments(command: str, address: str) -> list[str]:
    """Return the arguments of a curl command of the page, for a service at another address."""
    text = command.replace("\\\n", " ").replace("http://127.0.0.1:8765/", address)
    return shlex.split(text)[1:]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_request_of_the_page_is_answered(tmp_path: Path) -> None:
    requests = [block for block in blocks("sh") if block.startswith("curl")]
    with serving(tmp_path) as served:
        answers = [
            subprocess.run(
                [*_CURL, *arguments(text, served.address)],
                cwd=ROOT,
                capture_output=True,
                check=True,
                text=True,
            ).stdout
            for text in requests
        ]
    report, text, problem = answers
    assert '"verdict": "notReady"' in report
    assert text.startswith("NOT READY  clinic.json")
    assert '"code":"unreadable","line":1,"column":16' in problem


def test_the_file_of_keys_of_the_page_is_one(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(next(block for block in blocks("toml") if block.startswith("portal")))
    assert set(read_keys(file)) == {"portal"}


def test_every_code_of_a_problem_is_on_the_page() -> None:
    table = PAGE.partition("| status | codes |")[2].partition("\n\n")[0]
    listed = set(re.findall(r"`(\w+)`", table))
    assert listed == set(_codes()) - {"refused"}


def _codes() -> list[str]:
    """Return the second argument of every `Problem(status, code, ...)` of the service."""
    found = []
    for file in SERVICE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
                code = node.args[1]
                if isinstance(code, ast.Constant):
                    found.append(code.value)
    return [*map(str, found), "notFound", "methodNotAllowed"]


def test_the_limits_are_those_of_the_page() -> None:
    limits = Limits()
    table = PAGE.partition("## Limits")[2]
    for shown in (
        f"{limits.body_bytes >> 20} MiB",
        f"| {limits.parts} |",
        f"{limits.seconds:g} s",
        f"| {limits.requests} |",
        f"| {limits.threads} |",
    ):
        assert shown in table
