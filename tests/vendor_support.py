"""Vendors for the tests: a pretended installation, and plugins made on the spot."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from command_line import Run, run_apart
from picheck.api import AddedClause, CheckResults, Citation, Clause, Rule, hookimpl, rule
from picheck.rulebook.models import Variant
from support import ROOT

ACME: Final = ROOT / "plugins" / "picheck-acme"
YEAR: Final = 2025
HELP: Final = "Title.\n\nWhat it checks:\na\n\nWhy it matters:\nb\n\nHow to fix:\nc\n"


def pretend_install(site: Path, folder: Path, name: str, package: str, version: str) -> Path:
    """Lay a distribution into a folder as an installer would: package and dist-info."""
    site.mkdir(exist_ok=True)
    (site / package).symlink_to(folder / package)
    info = site / f"{package}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {package.replace('_', '-')}\nVersion: {version}\n"
    )
    (info / "entry_points.txt").write_text(f"[picheck]\n{name} = {package}\n")
    return site


def run(*arguments: str, site: Path | None = None, cwd: Path | None = None) -> Run:
    """Run Python with these arguments, and a site folder before the others."""
    environment = {**os.environ, "PYTHONPATH": str(site or ""), "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=cwd,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr, None)


def picheck(*arguments: str, site: Path | None = None, cwd: Path | None = None) -> Run:
    """Run picheck's command line in a process of its own, on lines of 100."""
    return run_apart(*arguments, site=site, cwd=cwd, COLUMNS="100")


def vendor(
    check: Callable[..., CheckResults],
    *,
    code: str = "BAD-TRY-01",
    terms: Mapping[str, Any] = {},
    terms_schema: Mapping[str, Any] = {},
    **settings: Any,
) -> ModuleType:
    """Make a plugin with one rule of this function, and `settings` for its `@rule`.

    `terms` are what its clause carries, `terms_schema` what the rule asks for.
    """
    return vendor_of([made(check, code, terms=terms_schema, **settings)], terms=terms)


def made(check: Callable[..., CheckResults], code: str = "BAD-TRY-01", **settings: Any) -> Rule:
    """Make a rule of a function; it gets a docstring, and is called as its code is."""
    check.__doc__ = HELP
    check.__name__ = code.lower().replace("-", "_")
    return rule(code, code.lower(), **settings)(check)


def vendor_of(
    rules: Sequence[Rule],
    *,
    terms: Mapping[str, Any] = {},
    variants: Mapping[str, Variant] = {},
    years: Sequence[int] = (YEAR,),
    **attributes: Any,
) -> ModuleType:
    """Make a plugin of rules, with a cited clause for each in every one of the years."""
    module = ModuleType("bad_vendor")
    module.__dict__.update({"picheck_api": "2", **attributes})

    @hookimpl
    def picheck_register_rules() -> Sequence[Rule]:
        return rules

    @hookimpl
    def picheck_register_clauses() -> list[AddedClause]:
        return [
            AddedClause("pi", year, _clause(each.code, terms, variants))
            for each in rules
            for year in years
        ]

    module.__dict__["picheck_register_rules"] = picheck_register_rules
    module.__dict__["picheck_register_clauses"] = picheck_register_clauses
    return module


def _clause(code: str, terms: Mapping[str, Any], variants: Mapping[str, Variant]) -> Clause:
    source = Citation(key="x", title="invented", standing="unverified")
    return Clause(
        code=code, consequence="advice", citations=(source,), terms=terms, variants=variants
    )
