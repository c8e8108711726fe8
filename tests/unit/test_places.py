"""Every finding of a file audit has its place, also what is found across files."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from batch_support import streamed
from picheck.engine.audit import audit, audit_inputs
from picheck.engine.options import AuditOptions
from picheck.intake import files
from picheck.intake.documents import RawDocument
from picheck.model.result import Result
from picheck.plugins.registry import PluginRegistry
from support import AS_OF, COMPLIANT


@pytest.fixture
def rivals(tmp_path: Path) -> list[str]:
    """Return two files of one entity that answer PI_EP_1 differently."""
    text = COMPLIANT.read_text("utf-8")
    (tmp_path / "a.json").write_text(text, "utf-8")
    (tmp_path / "b.json").write_text("\n\n" + text.replace('"numerator": 450', '"numerator": 440'))
    return [str(tmp_path / name) for name in ("a.json", "b.json")]


def conflict(paths: list[str], registry: PluginRegistry) -> Result:
    """Return the one conflict that an audit of the files finds."""
    report = audit(paths, AuditOptions(as_of=date.fromisoformat(AS_OF)), registry)
    (found,) = [result for result in report.results if result.code == "PIC-CNF-01"]
    return found


def test_a_finding_across_files_has_line_and_column_in_both(
    rivals: list[str], registry: PluginRegistry
) -> None:
    found = conflict(rivals, registry)
    (related,) = found.related_locations
    assert found.location.line is not None
    assert related.line is not None
    assert (found.document, related.document) == (1, 0)
    assert found.location.line == related.line + 2
    assert found.location.column == related.column


def test_a_file_that_changed_meanwhile_gives_no_place(
    rivals: list[str], registry: PluginRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_bytes_of", lambda _: b"{}")
    found = conflict(rivals, registry)
    assert (found.location.line, found.location.pointer) == (
        None,
        f"/measurementSets/0/measurements/{found.location.pointer.rpartition('/')[2]}",
    )


def test_a_finding_across_members_of_an_archive_has_its_place(
    rivals: list[str], registry: PluginRegistry, tmp_path: Path
) -> None:
    plain = conflict(rivals, registry)
    archive = tmp_path / "both.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        for path in rivals:
            members.write(path, Path(path).name)
    found = conflict([str(archive)], registry)
    assert found.location == plain.location
    assert found.related_locations == plain.related_locations


def test_a_finding_in_a_compressed_file_has_its_place(
    rivals: list[str], registry: PluginRegistry
) -> None:
    plain = conflict(rivals, registry)
    packed = Path(f"{rivals[1]}.gz")
    packed.write_bytes(gzip.compress(Path(rivals[1]).read_bytes()))
    assert conflict([rivals[0], str(packed)], registry).location == plain.location


def test_a_finding_in_standard_input_has_its_place(
    rivals: list[str], registry: PluginRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = conflict(rivals, registry)
    stream = io.TextIOWrapper(io.BytesIO(Path(rivals[1]).read_bytes()))
    monkeypatch.setattr("sys.stdin", stream)
    found = conflict([rivals[0], "-"], registry)
    assert found.location == plain.location
    assert found.related_locations == plain.related_locations


def test_a_batch_places_what_it_finds_across_documents(
    rivals: list[str], registry: PluginRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = conflict(rivals, registry)
    archive = tmp_path / "one.zip"
    with zipfile.ZipFile(archive, "w") as members:
        members.write(rivals[0], "a.json")
    stream = io.TextIOWrapper(io.BytesIO(Path(rivals[1]).read_bytes()))
    monkeypatch.setattr("sys.stdin", stream)
    lines, _ = streamed([archive, Path("-")], terms=AuditOptions(as_of=date.fromisoformat(AS_OF)))
    (found,) = [line for line in lines if line["type"] == "result" and line["code"] == "PIC-CNF-01"]
    assert found["location"]["line"] == plain.location.line
    assert found["relatedLocations"][0]["line"] == plain.related_locations[0].line


def test_a_document_a_line_gives_its_line(rivals: list[str], registry: PluginRegistry) -> None:
    lines = [
        RawDocument(uri="x.ndjson", data=Path(path).read_bytes().strip(), line=number)
        for number, path in enumerate(rivals, start=1)
    ]
    report = audit_inputs(lines, AuditOptions(as_of=date.fromisoformat(AS_OF)), registry)
    (found,) = [result for result in report.results if result.code == "PIC-CNF-01"]
    assert (found.location.line, found.related_locations[0].line) == (2, 1)
