"""However the same submissions lie, the same is found."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import os
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from command_line import Run, run_here
from support import AS_OF, COMPLIANT, YEAR

TERMS: Final = ("--as-of", AS_OF, "--isolated", "-f", "json", "--all-results")
PROOF: Final = b"%PDF-1.7 a made-up letter"
#: What is said of a proof that is not the one whose digest the evidence gives.
CHANGED: Final = "other.pdf is not the file that the evidence lists"
#: Who the files are of; each has faults of its own, two print alike.
NAMES: Final = ("a", "b", "c")


def documents() -> dict[str, dict[str, Any]]:
    """Return three submissions by name: a sound one, and two with findings of several kinds."""
    made = {name: json.loads(COMPLIANT.read_bytes()) for name in NAMES}
    for number, name in enumerate(NAMES):
        made[name]["taxpayerIdentificationNumber"] = f"{number + 1}23456789"[-9:]
    made["b"]["measurementSets"][0]["performanceEnd"] = f"{YEAR}-03-01"
    made["c"]["measurementSets"][0]["measurements"][0]["measureId"] = "PI_NONE_1"
    return made


def evidence() -> dict[str, Any]:
    """Return evidence that names two files as proof, of which one has the digest that is given."""
    made: dict[str, Any] = json.loads(COMPLIANT.with_suffix(".evidence.json").read_bytes())
    made["documents"] = [
        {
            "file": f"proof/{name}.pdf",
            "sha256": hashlib.sha256(PROOF).hexdigest(),
            "supports": ["PI_PPHI_1"],
            "keptUntil": f"{YEAR + 7}-01-31",
        }
        for name in ("letter", "other")
    ]
    return made


def files(suffix: str = ".json") -> dict[str, bytes]:
    """Return the submissions, each with its evidence, and the proof, by name."""
    found = {f"{name}{suffix}": json.dumps(value).encode() for name, value in documents().items()}
    beside = {f"{name}.evidence.json": json.dumps(evidence()).encode() for name in NAMES}
    return {**found, **beside, "proof/letter.pdf": PROOF, "proof/other.pdf": b"another letter"}


def lay(folder: Path, contents: dict[str, bytes]) -> Path:
    """Write files into a folder."""
    for name, data in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def zipped(path: Path, contents: dict[str, bytes]) -> Path:
    """Write files into a zip archive."""
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return path


def packed(contents: dict[str, bytes], suffix: str, pack: Callable[[bytes], bytes]) -> Any:
    """Return files of which the JSON ones are compressed."""
    return {
        f"{name}{suffix}" if name.endswith(".json") else name: pack(data)
        if name.endswith(".json")
        else data
        for name, data in contents.items()
    }


def lines() -> bytes:
    """Return one line a submission, with its evidence; a line cannot have proofs beside it."""
    each = ({"submission": value, "evidence": evidence()} for value in documents().values())
    return "".join(f"{json.dumps(value)}\n" for value in each).encode()


def findings(run: Run) -> list[Any]:
    """Return what was found, without the names of files and the places in them."""
    assert run.report is not None, run.err
    subjects = {index: d["entity"] for index, d in enumerate(run.report["documents"])}
    return sorted(
        (
            subjects[result["document"]],
            result["code"],
            result["outcome"],
            result.get("fingerprint", ""),
            result["message"],
            result["location"].get("pointer", "").removeprefix("/submission"),
        )
        for result in run.report["results"]
    )


def audited(folder: Path, *paths: str | Path, stdin: bytes = b"") -> list[Any]:
    run = run_here("audit", *paths, *TERMS, cwd=folder, stdin=stdin)
    assert [d["uri"] for d in run.report["documents"]], run.err
    assert len(run.report["documents"]) == len(NAMES)
    return findings(run)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Return what is found in three files of one folder that are given by name."""
    folder = lay(tmp_path_factory.mktemp("expected"), files())
    found = audited(folder, "a.json", "b.json", "c.json")
    assert {code for _, code, outcome, *_ in found if outcome == "fail"} >= {"PIC-PER-03"}
    assert ("PIC-EVD-01", "indeterminate") not in {
        (code, outcome) for _, code, outcome, *_ in found
    }
    return found


#: How the files lie in a folder, and the paths that are given.
FORMS: Final[dict[str, Callable[[Path], list[str | Path]]]] = {
    "folder": lambda f: [lay(f / "in", files())],
    "folders": lambda f: [lay(f / "in" / "deep", files()).parent],
    "pattern": lambda f: [lay(f / "in", files()) / "*.json"],
    "deep pattern": lambda f: [lay(f / "in" / "deep", files()).parent / "**" / "?.json"],
    "capitals": lambda f: [lay(f / "in", files(".JSON"))],
    "a linked folder": lambda f: [_linked(f, lay(f / "in", files()))],
    "zip": lambda f: [zipped(f / "in.zip", files())],
    "ZIP": lambda f: [zipped(f / "in.ZIP", files(".JSON"))],
    "a folder of a zip": lambda f: [zipped(f / "in" / "all.zip", files()).parent],
    "zip with folders": lambda f: [
        zipped(f / "i.zip", {f"x/y/{n}": d for n, d in files().items()})
    ],
    "gz": lambda f: [lay(f / "in", packed(files(), ".gz", gzip.compress))],
    "bz2": lambda f: [lay(f / "in", packed(files(), ".BZ2", bz2.compress))],
    "xz": lambda f: [lay(f / "in", packed(files(), ".xz", lzma.compress))],
    "gz by name": lambda f: [
        lay(f / "in", packed(files(), ".gz", gzip.compress)) / f"{name}.json.gz" for name in NAMES
    ],
    "a file and a zip": lambda f: [
        lay(f / "in", {n: d for n, d in files().items() if n[0] in "ap"}),
        zipped(f / "rest.zip", {n: d for n, d in files().items() if n[0] in "bcp"}),
    ],
}


def _linked(folder: Path, target: Path) -> Path:
    (folder / "outer").mkdir()
    (folder / "outer" / "link").symlink_to(target)
    return folder / "outer"


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_same_is_found_however_files_lie(
    form: Callable[[Path], list[str | Path]], expected: list[Any], tmp_path: Path
) -> None:
    assert audited(tmp_path, *form(tmp_path)) == expected


#: How one document a line comes, and the paths that are given.
LINES: Final[dict[str, Callable[[Path], Path]]] = {
    "ndjson": lambda f: lay(f, {"in.ndjson": lines()}) / "in.ndjson",
    "JSONL": lambda f: lay(f, {"in.JSONL": lines()}) / "in.JSONL",
    "in a folder": lambda f: lay(f / "in", {"in.jsonl": lines()}),
    "gz": lambda f: lay(f, {"in.ndjson.gz": gzip.compress(lines())}) / "in.ndjson.gz",
    "zip": lambda f: zipped(f / "in.zip", {"in.ndjson": lines()}),
}


@pytest.fixture(scope="module")
def expected_lines() -> list[Any]:
    """Return what is found in lines on standard input."""
    return audited(Path(), "-", stdin=lines())


@pytest.mark.parametrize("form", LINES.values(), ids=LINES)
def test_the_same_is_found_however_lines_lie(
    form: Callable[[Path], Path], expected_lines: list[Any], tmp_path: Path
) -> None:
    assert audited(tmp_path, form(tmp_path)) == expected_lines


def test_lines_and_files_differ_in_the_proof_alone(
    expected: list[Any], expected_lines: list[Any]
) -> None:
    def others(found: list[Any]) -> list[Any]:
        return [each for each in found if each[1] != "PIC-EVD-01"]

    assert others(expected) == others(expected_lines)


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
def test_a_pipe_is_as_good_as_a_file(expected_lines: list[Any], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(lines(),))
    writer.start()
    assert audited(tmp_path, pipe) == expected_lines
    writer.join()


def test_a_tar_is_said_to_be_left_out_and_never_passed(tmp_path: Path) -> None:
    lay(tmp_path / "in", files())
    lake = tmp_path / "lake"
    lake.mkdir()
    with tarfile.open(lake / "in.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "in", "in")
    for path in (lake, lake / "*", lake / "in.tar.gz"):
        run = run_here("audit", path, *TERMS, cwd=tmp_path)
        assert run.code in {3, 5}
        assert run.report["documents"] == []
        told = " ".join(notice["message"] for notice in run.report["run"]["notices"])
        assert "in.tar.gz" in told
        assert "unpack it" in told


def test_a_proof_outside_of_its_folder_is_not_looked_at_in_an_archive_either(
    tmp_path: Path,
) -> None:
    inner = {f"in/{name}": data for name, data in files().items() if not name.startswith("proof")}
    for name in NAMES:
        made = evidence()
        made["documents"][1]["file"] = "../other.pdf"
        inner[f"in/{name}.evidence.json"] = json.dumps(made).encode()
    contents = {**inner, "other.pdf": b"another letter"}
    found = audited(tmp_path, zipped(tmp_path / "in.zip", contents))
    assert found == audited(tmp_path, lay(tmp_path / "lake", contents))
