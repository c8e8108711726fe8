"""The command line for tests: in this process, or in one of its own.

`run_here` is ten times as fast. `run_apart` is for what needs a process: a signal, an exit, another
hash seed, the real streams.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from picheck.cli.main import main


class Run(NamedTuple):
    """What a run of picheck left behind; `report` is None where it wrote none."""

    code: int
    out: str
    err: str
    report: Any

    @property
    def told(self) -> str:
        """Everything that was said about plugins, in the report and on standard error."""
        if self.report is None:
            return self.err
        notices = [notice["message"] for notice in self.report["run"]["notices"]]
        broken = [r["message"] for r in self.report["results"] if r["outcome"] == "error"]
        return "\n".join((self.err, *notices, *broken))


def run_here(
    *arguments: object, cwd: Path | None = None, stdin: bytes = b"", **environment: str
) -> Run:
    """Run picheck in this process and in a folder; plugins that lie in it are found.

    No variable of the environment that begins with PICHECK_ is kept, but for those given.
    """
    written, err = io.BytesIO(), io.StringIO()
    out = io.TextIOWrapper(written, encoding="utf-8", write_through=True)
    folder = cwd or Path.cwd()
    with pytest.MonkeyPatch.context() as patch, chdir(folder):
        set_environment(patch, environment)
        patch.syspath_prepend(str(folder))
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        before = set(sys.modules)
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
            main([*map(str, arguments)])
        if cwd is not None:
            forget_modules(set(sys.modules) - before, cwd)
    assert isinstance(left.value.code, int)
    return read_run(left.value.code, written.getvalue().decode(), err.getvalue())


def run_apart(
    *arguments: object,
    cwd: Path | None = None,
    stdin: bytes = b"",
    site: Path | None = None,
    **more: str,
) -> Run:
    """Run picheck in a process of its own, with what was installed into `site`, or into `cwd`."""
    done = subprocess.run(
        [sys.executable, "-m", "picheck", *map(str, arguments)],
        check=False,
        capture_output=True,
        cwd=cwd,
        input=stdin,
        env=environment(site or cwd, **more),
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return read_run(done.returncode, done.stdout.decode(), done.stderr.decode())


def run_with_two_hash_seeds(*arguments: object, cwd: Path) -> tuple[Run, Run]:
    """Run a command in two processes that order sets of texts differently."""
    first, second = (run_apart(*arguments, cwd=cwd, PYTHONHASHSEED=seed) for seed in "12")
    return first, second


def environment(folder: Path | None, **more: str) -> dict[str, str]:
    """Return the environment of a process that finds what was installed into a folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PICHECK_")}
    path = "" if folder is None else str(folder)
    return {**kept, "PYTHONPATH": path, "PYTHONUTF8": "1", "NO_COLOR": "1", **more}


def set_environment(patch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    """Set variables, and remove those of picheck that are not among them."""
    for name in [name for name in os.environ if name.startswith("PICHECK_")]:
        patch.delenv(name)
    for name, value in variables.items():
        patch.setenv(name, value)


def forget_modules(names: set[str], folder: Path) -> None:
    """Forget modules that were imported from a folder: another test has others of that name."""
    for name in names:
        file = getattr(sys.modules[name], "__file__", None)
        if file and Path(file).is_relative_to(folder):
            del sys.modules[name]


def read_run(code: int, out: str, err: str) -> Run:
    """Return a run, with its report where the output is one JSON value and not lines of them."""
    try:
        report = None if out.startswith('{"type":') else json.loads(out)
    except ValueError:
        report = None
    return Run(code, out, err, report)
