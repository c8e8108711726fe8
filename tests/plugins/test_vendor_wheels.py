"""The recipe for a matrix before picheck is on an index."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT

PAGE = ROOT / "docs" / "plugins" / "matrix.md"


def recipe() -> list[str]:
    """Return the lines of the page's recipe."""
    found = re.search(r"```sh\n(pip wheel .*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1].splitlines()


def pip(folder: Path, *words: str, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pip", *words],
        cwd=folder,
        env={**os.environ, "PIP_CONFIG_FILE": os.devnull, **variables},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_pip_finds_the_wheel_that_the_page_builds(tmp_path: Path) -> None:
    """The build uses what is installed here, so that the test needs no index."""
    pytest.importorskip("hatchling")
    build, export, *_ = recipe()
    _, *words = build.replace("./picheck", str(ROOT)).split()
    pip(tmp_path, *words, "--no-build-isolation", "--quiet")
    name, value = export.removeprefix("export ").replace("$PWD", str(tmp_path)).split("=")
    asked = ("install", "--dry-run", "--ignore-installed", "--no-deps", "--no-index", "picheck")
    said = pip(tmp_path, *asked, **{name: value.strip('"')})
    assert "Would install picheck-" in said
    assert str(tmp_path / "wheels") in said
