"""The official sample files of CMS, where they are at hand."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from picheck.errors import InputError
from picheck.model.conversion import spot_of
from qrda_second_reader import document_of
from qrda_support import read
from support import or_skip, perhaps

FOLDER = os.environ.get("PICHECK_QRDA_SAMPLES")
FILES = sorted(Path(FOLDER).glob("*.xml.gz")) if FOLDER else []

CASES = or_skip(FILES, "PICHECK_QRDA_SAMPLES names no folder of official samples (*.xml.gz)")


def expected() -> dict[str, str]:
    """Return what the index of the folder says of each file."""
    rows = (line.strip().strip("|").split("|") for line in index().splitlines())
    return {row[0].strip(): row[3].strip() for row in rows if len(row) == 4}


def index() -> str:
    return (Path(FOLDER or ".") / "INDEX.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.name)
def test_a_sample_is_read_as_the_index_says(file: Path) -> None:
    name = file.name.removesuffix(".gz")
    wanted = expected()[name]
    try:
        made = read(gzip.decompress(file.read_bytes()), name)
        document = json.loads(made.document)
    except (InputError, json.JSONDecodeError):
        assert wanted.startswith("refused")
        return
    sets = document["measurementSets"]
    # the index has the year of the section, the document the one of the first period
    starts = {record.get("performanceStart", "")[:4] or None for record in sets} or {None}
    counts = [(record.get("programName"), len(record["measurements"])) for record in sets]
    assert f"{starts.pop()} {document.get('entityType')} {counts}" == wanted


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.name)
def test_a_sample_becomes_what_a_second_reader_reads(file: Path) -> None:
    data = gzip.decompress(file.read_bytes())
    if expected()[file.name.removesuffix(".gz")].startswith("refused"):
        pytest.skip("no QRDA III file")
    made = json.loads(read(data, file.name.removesuffix(".gz")).document)
    assert made == document_of(data)


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.name)
def test_the_narrative_of_a_sample_shows_what_is_read(file: Path) -> None:
    """The published samples show every count and answer to people, as the entries have them."""
    data = gzip.decompress(file.read_bytes())
    if expected()[file.name.removesuffix(".gz")].startswith("refused"):
        pytest.skip("no QRDA III file")
    made = read(data, file.name.removesuffix(".gz"))
    facts = made.source.facts.get("narrative", ())
    assert [each for each in perhaps(facts) if each["shown"] != each["read"]] == []
    if b"Measure Identifier" not in data or b"PI_" not in data:
        return
    sets = json.loads(made.document)["measurementSets"]
    values = [each["value"] for record in sets for each in record["measurements"]]
    assert len(facts) == sum(2 if isinstance(value, dict) else 1 for value in values)


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.name)
def test_every_value_of_a_sample_has_its_place(file: Path) -> None:
    data = gzip.decompress(file.read_bytes())
    try:
        made = read(data, file.name.removesuffix(".gz"))
    except InputError:
        return
    lines = data.decode().replace("\r\n", "\n").split("\n")
    for pointer, spot in perhaps((made.places or {}).items()):
        assert spot.line is not None
        assert spot.column is not None
        assert lines[spot.line - 1][spot.column - 1] == "<", pointer
        name = spot.path.partition("/@")[0].rpartition("/")[2].partition("[")[0]
        assert data[spot.offset :].startswith(f"<{name}".encode()), pointer
    for number, record in perhaps(
        enumerate(json.loads(made.document)["measurementSets"] if made.places else [])
    ):
        for at, _ in enumerate(record["measurements"]):
            assert spot_of(f"/measurementSets/{number}/measurements/{at}/value", made.places or {})
