"""A file that changes while it is audited is said to have changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from acceptance_support import AS_OF, contradiction
from picheck.engine.audit import audit, audit_inputs
from picheck.engine.locations import SourceLocator
from picheck.engine.options import AuditOptions
from picheck.intake.documents import RawDocument
from picheck.model.report import Report
from picheck.plugins.registry import PluginRegistry
from support import perhaps, some

TERMS: Final = AuditOptions(as_of=date.fromisoformat(AS_OF))


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES: Final[dict[str, Callable[[Path], Any]]] = {
    "other bytes": lambda path: path.write_text("\n" + path.read_text()),
    "nothing": lambda path: path.write_text(""),
    "gone": Path.unlink,
    "a folder": replace_by_folder,
}


def across(report: Report) -> list[Any]:
    """Return what was found across documents."""
    return [r for r in report.results if r.code.startswith("PIC-CNF") and r.outcome == "fail"]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_file_that_changed_before_its_places_were_looked_up_is_named(
    change: Callable[[Path], Any],
    tmp_path: Path,
    registry: PluginRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contradiction(tmp_path)
    paths = [str(tmp_path / "a.json"), str(tmp_path / "b.json")]
    before = audit(paths, TERMS, registry)
    assert all(result.location.line for result in some(across(before)))
    assert before.summary.exit.code in {0, 1}

    def late(*given: Any) -> SourceLocator:
        change(tmp_path / "b.json")
        return SourceLocator(*given)

    monkeypatch.setattr("picheck.engine.entity_rules.SourceLocator", late)
    report = audit(paths, TERMS, registry)
    assert [r.fingerprint for r in across(report)] == [r.fingerprint for r in across(before)]
    (notice,) = (n for n in report.run.notices if n.kind == "changedWhileRead")
    assert notice.document == 1
    assert notice.is_incomplete
    assert "no line and column" in notice.message
    assert report.summary.exit.code == 3
    assert report.summary.verdict != "ready"


def test_documents_that_are_handed_in_keep_their_places(
    tmp_path: Path, registry: PluginRegistry
) -> None:
    contradiction(tmp_path)
    given = [
        RawDocument(uri=name, data=(tmp_path / name).read_bytes()) for name in ("a.json", "b.json")
    ]
    report = audit_inputs(given, TERMS, registry)
    assert across(report)
    assert all(result.location.line for result in some(across(report)))
    assert not [n for n in perhaps(report.run.notices) if n.kind == "changedWhileRead"]
