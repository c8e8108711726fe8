"""Every command that README and docs show is run, and says what they say it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest
from sybil import Document, Example, Sybil
from sybil.parsers.markdown import CodeBlockParser

from support import ROOT

#: `docs/plugins/tutorial.md` installs what it builds; `test_vendor_tutorial.py` runs it.
#: The exit code of a command that was typed wrong.
USAGE = 2
PAGES = sorted(
    page
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    if "```console" in page.read_text(encoding="utf-8") and page.name != "tutorial.md"
)


def run_block(example: Example) -> None:
    """Run each command of a console block in the repository and compare what it prints."""
    for command, shown in _commands(example.parsed):
        code, found = _run(command)
        assert code != USAGE or "picheck:" in shown, f"$ {command}\n{found}"
        assert "Traceback" not in found, f"$ {command}\n{found}"
        assert _matches(shown, found), f"$ {command}\n--- shown\n{shown}\n--- found\n{found}"


def _commands(block: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown.rstrip("\n")


def _run(command: str) -> tuple[int, str]:
    words = shlex.split(command)
    assert words[0] == "picheck", f"only picheck is run from the pages, not {words[0]}"
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONWARNINGS": "error"}
    environment.pop("PICHECK_RULE_YEAR", None)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "picheck", *words[1:]],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).rstrip("\n")


def _matches(shown: str, found: str) -> bool:
    """Compare line by line; a line of three dots stands for any number of lines."""
    pieces = re.split(r"^\.\.\.$\n?", f"{shown}\n", flags=re.MULTILINE)
    wanted = r"(?:.*\n)*?".join(re.escape(piece) for piece in pieces)
    return re.fullmatch(wanted, f"{found}\n") is not None


SYBIL = Sybil(parsers=[CodeBlockParser("console", run_block)])


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_a_page_shows_what_its_commands_say(page: object) -> None:
    document: Document = SYBIL.parse(page)  # type: ignore[arg-type]
    examples = list(document.examples())
    assert examples
    for example in examples:
        example.evaluate()
