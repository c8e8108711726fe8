"""Tiny distributions, laid out as an installer would, and picheck run beside them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import textwrap
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from picheck.cli.main import main
from support import AS_OF, COMPLIANT, YEAR

#: A sound vendor module; the tests put one fault into it by replacing a line.
VENDOR = textwrap.dedent(
    f'''
    from picheck.api import AddedClause, Citation, Clause, fail, hookimpl, rule

    TERMS = {{}}

    @rule("ACME-TST-01", "acme-probe", terms=TERMS)
    def acme_probe(measurement_set, clause, rulebook):
        """A probe of the tests.

        What it checks: nothing.

        Why it matters: it does not.

        How to fix: not at all.
        """
        return None  # ANSWER

    def clause(code, year={YEAR}, **terms):
        source = Citation(key="invented", title="an invented source", standing="official")
        return AddedClause("pi", year, Clause(code=code, consequence="auditRisk",
            citations=(source,), terms=terms, variants={{}}))

    @hookimpl
    def picheck_register_rules():
        return (acme_probe,)  # RULES

    @hookimpl
    def picheck_register_clauses():
        return (clause("ACME-TST-01"),)  # CLAUSES
    '''
)
SIGNATURE, ANSWER, RULES, CLAUSES = (
    "(measurement_set, clause, rulebook)",
    "return None  # ANSWER",
    "return (acme_probe,)  # RULES",
    'return (clause("ACME-TST-01"),)  # CLAUSES',
)


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


def install(folder: Path, distribution: str, plugins: dict[str, str], version: str = "1.0") -> None:
    """Put a distribution into a folder: `plugins` maps plugin names to the source of a module."""
    lines = ["[picheck]"]
    for name, source in plugins.items():
        module = f"{distribution}_{name}".replace("-", "_")
        (folder / f"{module}.py").write_text(source, encoding="utf-8")
        lines.append(f"{name} = {module}")
    info = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def picheck(*arguments: str | Path, cwd: Path, stdin: bytes = b"", **environment: str) -> Run:
    """Run picheck in a process of its own, with what was installed into `cwd`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PICHECK_")}
    done = subprocess.run(
        [sys.executable, "-m", "picheck", *map(str, arguments)],
        check=False,
        capture_output=True,
        cwd=cwd,
        input=stdin,
        env={**kept, "PYTHONPATH": str(cwd), "PYTHONUTF8": "1", "NO_COLOR": "1", **environment},
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return _run(done.returncode, done.stdout.decode(), done.stderr.decode())


def picheck_here(*arguments: str | Path, cwd: Path, stdin: bytes = b"", **environment: str) -> Run:
    """Do the same in this process, which takes a tenth of the time."""
    written, err = io.BytesIO(), io.StringIO()
    out = io.TextIOWrapper(written, encoding="utf-8", write_through=True)
    changed = {k: None for k in os.environ if k.startswith("PICHECK_")} | environment
    with pytest.MonkeyPatch.context() as patch, chdir(cwd):
        for name, value in changed.items():
            patch.delenv(name) if value is None else patch.setenv(name, value)
        patch.syspath_prepend(str(cwd))
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        before = set(sys.modules)
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
            main([*map(str, arguments)])
        for name in set(sys.modules) - before:
            if getattr(sys.modules[name], "__file__", None) and _lies_in(cwd, name):
                del sys.modules[name]
    assert isinstance(left.value.code, int)
    return _run(left.value.code, written.getvalue().decode(), err.getvalue())


def audit(cwd: Path, *arguments: str | Path, **environment: str) -> Run:
    """Audit the compliant submission of a year beside what was installed, told as JSON."""
    options = ("--as-of", AS_OF, "--isolated", "-f", "json", *arguments)
    return picheck_here("audit", COMPLIANT, *options, cwd=cwd, stdin=b"", **environment)


def audit_beside(folder: Path, source: str, *arguments: str) -> Run:
    """Install one module as the plugin `acme` of the distribution `acme-tools`, and audit."""
    install(folder, "acme-tools", {"acme": source})
    return audit(folder, *arguments)


def _lies_in(folder: Path, module: str) -> bool:
    return Path(str(sys.modules[module].__file__)).is_relative_to(folder)


def _run(code: int, out: str, err: str) -> Run:
    is_lines = out.startswith('{"type":')
    return Run(code, out, err, json.loads(out) if out.startswith("{") and not is_lines else None)
