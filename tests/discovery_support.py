"""What a run read and left out, in two report formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import Run, run_here
from support import AS_OF

FORMS = pytest.mark.parametrize("form", ["json", "ndjson"])


def audited(folder: Path, *paths: str | Path, form: str = "json", options: Any = ()) -> Run:
    """Audit paths, at once (`json`) or as a batch (`ndjson`)."""
    out = folder.parent / f"{folder.name}.out"
    target = f"ndjson={out}" if form == "ndjson" else form
    fixed = ("--as-of", AS_OF, "--isolated", "-f", target, *options)
    run = run_here("audit", *fixed, *paths, cwd=folder)
    return run._replace(out=out.read_text("utf-8")) if form == "ndjson" else run


def documents(run: Run) -> list[dict[str, Any]]:
    """Return the documents of a report of either form."""
    if run.report is not None:
        found: list[dict[str, Any]] = run.report["documents"]
        return found
    return [line for line in _lines(run) if line["type"] == "document"]


def notices(run: Run, kind: str | None = None) -> list[str]:
    """Return the messages of the notices of a kind, or of all."""
    if run.report is not None:
        found = run.report["run"]["notices"]
    else:
        lines = _lines(run)
        found = [line for line in lines if line["type"] == "notice"]
        found += lines[-1].get("notices", lines[-1].get("run", {}).get("notices", []))
    return [notice["message"] for notice in found if kind in {None, notice["kind"]}]


def _lines(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.out.splitlines()]
