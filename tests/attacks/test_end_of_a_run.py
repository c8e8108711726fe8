"""What a plugin learns at the end of a run is what its page says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import run_apart
from distributions import VENDOR, install
from long_runs import TERMS, write_lines
from picheck.plugins import hookspecs
from support import ROOT

ARCHIVE = f"""{VENDOR}
@hookimpl
def picheck_audit_finished(report):
    import json, pathlib
    pathlib.Path("learned").write_text(json.dumps([
        sum(report.summary.documents.values()), report.summary.exit.code,
        len(report.documents), len(report.run.plugins) > 0,
    ]))
"""


@pytest.mark.parametrize(
    ("options", "held"),
    [
        (("-f", "json"), 3),
        (("-f", "text"), 3),
        (("-f", "json=a", "-f", "ndjson=b"), 3),
        (("-f", "ndjson"), 0),
        (("-f", "csv=out", "-j", "2"), 0),
    ],
)
def test_the_end_brings_the_summary_and_the_documents_of_a_run_that_is_held(
    options: tuple[str, ...], held: int, tmp_path: Path
) -> None:
    install(tmp_path, "acme-tools", {"acme": ARCHIVE})
    run = run_apart("audit", write_lines(tmp_path, 3), *TERMS, *options, cwd=tmp_path)
    assert json.loads((tmp_path / "learned").read_text()) == [3, run.code, held, True]


def test_the_page_says_so() -> None:
    page = (ROOT / "docs" / "plugins" / "hooks.md").read_text()
    text = " ".join((hookspecs.picheck_audit_finished.__doc__ or "").split())
    assert "its whole report" not in page + text
    assert "piece by piece" in page
    assert "piece by piece" in text
