"""The tutorial, command by command, in an empty folder and an environment of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from support import ROOT, some

TUTORIAL: Final = ROOT / "docs" / "plugins" / "tutorial.md"
_BLOCK: Final = re.compile(
    r"^```(\w+)(?: (file|append)=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
_OFFLINE: Final = "--no-build-isolation --no-deps --no-index -q --disable-pip-version-check"


class Block(NamedTuple):
    """A fenced block: run, written to a file, or appended to one."""

    language: str
    kind: str
    path: str
    text: str


def blocks() -> Iterator[Block]:
    return (Block(*found) for found in _BLOCK.findall(TUTORIAL.read_text("utf-8")))


def environment(folder: Path) -> dict[str, str]:
    """Make an empty environment that sees ours, and where pip needs no network."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    ours = sysconfig.get_paths()["purelib"]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = folder / "lib" / version / "site-packages"
    (site / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    for name, words in {
        "pip": f'-m pip "$1" {_OFFLINE} "${{@:2}}"',
        "pytest": '-m pytest -p no:cacheprovider "$@"',
        "picheck": '-m picheck "$@"',
    }.items():
        script = folder / "bin" / name
        script.write_text(f'#!/bin/bash\nexec "{python}" {words}\n')
        script.chmod(0o755)
    kept = {key: os.environ[key] for key in ("HOME", "LANG") if key in os.environ}
    return {**kept, "PATH": f"{folder / 'bin'}:/usr/bin:/bin", "COLUMNS": "100"}


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Split a console block into commands and what they print."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def fits(expected: str, printed: str) -> bool:
    """Whether output is as expected; `...` stands for anything, blanks for any width."""
    pattern = re.escape(_narrowed(expected)).replace(r"\.\.\.", ".*")
    return re.fullmatch(pattern, _narrowed(printed), re.DOTALL) is not None


def _narrowed(text: str) -> str:
    lines = (re.sub(r" +", " ", line.rstrip()) for line in text.splitlines())
    return "\n".join(lines).strip()


@pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a POSIX shell")
def test_the_tutorial_works_as_it_is_written(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    pytest.importorskip("editables")
    pytest.importorskip("pip")
    variables = environment(tmp_path / "venv")
    work = tmp_path / "work"
    work.mkdir()
    for block in some(blocks()):
        if block.kind:
            with (work / block.path).open("a" if block.kind == "append" else "x") as file:
                file.write(block.text)
            continue
        for command, expected in steps(block.text):
            done = subprocess.run(
                ["/bin/bash", "-c", command],
                cwd=work,
                env=variables,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            printed = "\n".join(line.rstrip() for line in done.stdout.splitlines())
            told = f"$ {command}\n{done.stdout}\n--- expected\n{expected}"
            assert done.returncode == 0, told
            assert fits(expected, printed), told


def test_the_tutorial_keeps_its_promise_of_brevity() -> None:
    """Five commands to a verified plugin, twenty-five lines of Python for a rule of one's own."""
    text = TUTORIAL.read_text("utf-8")
    five = text[text.index("## Five commands") : text.index("## A rule of your own")]
    assert sum(line.startswith("$ ") for line in five.splitlines()) == 5
    [own] = [b for b in blocks() if b.path.endswith("acme_site_missing.py")]
    assert sum(bool(line.strip()) for line in own.text.splitlines()) <= 25
