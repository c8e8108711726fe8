"""Paths lead to documents with their evidence, and what is left out is counted."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from discovery_support import FORMS, audited, documents, notices
from picheck.intake.discovery import Discovery
from picheck.intake.documents import Unreadable, path_of, uri_of
from picheck.intake.file_names import EvidencePairs, evidence_stem, submission_stem
from picheck.intake.files import reread
from support import COMPLIANT, YEAR

SOUND = COMPLIANT.read_bytes()
EVIDENCE = COMPLIANT.with_suffix(".evidence.json").read_bytes()
LINE = json.dumps(json.loads(SOUND)).encode() + b"\n"


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    """Write a zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def put(folder: Path, **files: bytes) -> Path:
    """Write files; a double underscore in a name stands for a point."""
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


#: How a submission and its evidence may lie, and what is audited then.
LAID: dict[str, Callable[[Path], Path]] = {
    "a file": lambda f: put(f, A__json=SOUND, A__evidence__json=EVIDENCE) / "A.json",
    "a folder": lambda f: put(f, A__json=SOUND, A__evidence__json=EVIDENCE),
    "capital letters": lambda f: put(f, A__JSON=SOUND, A__evidence__json=EVIDENCE),
    "capital evidence": lambda f: put(f, A__json=SOUND, A__EVIDENCE__JSON=EVIDENCE),
    "a capital file": lambda f: put(f, A__JSON=SOUND, A__Evidence__Json=EVIDENCE) / "A.JSON",
    "a pattern": lambda f: put(f, A__json=SOUND, A__evidence__json=EVIDENCE) / "*.json",
    "gzip": lambda f: put(f, A__json__gz=gzip.compress(SOUND), A__evidence__json=EVIDENCE),
    "gzip both": lambda f: put(
        f, A__json__gz=gzip.compress(SOUND), A__evidence__json__gz=gzip.compress(EVIDENCE)
    ),
    "gzip by name": lambda f: (
        put(f, A__json__gz=gzip.compress(SOUND), A__evidence__json=EVIDENCE) / "A.json.gz"
    ),
    "bzip2": lambda f: put(f, A__json__bz2=bz2.compress(SOUND), A__evidence__json=EVIDENCE),
    "xz": lambda f: put(f, A__json__XZ=lzma.compress(SOUND), A__evidence__json=EVIDENCE),
    "zip": lambda f: zipped(
        put(f) / "all.zip", {"in/A.json": SOUND, "in/A.evidence.json": EVIDENCE}
    ),
    "capital zip": lambda f: zipped(
        put(f) / "ALL.ZIP", {"A.JSON": SOUND, "A.Evidence.JSON": EVIDENCE}
    ),
    "a zip in a folder": lambda f: (
        zipped(put(f) / "all.zip", {"A.json": SOUND, "A.evidence.json": EVIDENCE}).parent
    ),
}


@FORMS
@pytest.mark.parametrize("lay", LAID.values(), ids=LAID)
def test_evidence_beside_a_submission_is_used_however_both_lie(
    lay: Callable[[Path], Path], form: str, tmp_path: Path
) -> None:
    run = audited(tmp_path, lay(tmp_path / "in"), form=form)
    (document,) = documents(run)
    assert document["verdict"] == "ready"
    assert not document["outcomes"].get("indeterminate")
    assert run.code == 0
    assert not notices(run)


def test_evidence_beside_zstd_is_used(tmp_path: Path) -> None:
    packed = pytest.importorskip("zstandard").compress(SOUND)
    put(tmp_path, A__json__zst=packed, A__evidence__json=EVIDENCE)
    assert not documents(audited(tmp_path, "A.json.zst"))[0]["outcomes"].get("indeterminate")


@pytest.mark.parametrize("is_zip", [False, True], ids=["folder", "zip"])
def test_evidence_that_is_no_evidence_is_named(tmp_path: Path, *, is_zip: bool) -> None:
    path = put(tmp_path / "in", A__json=SOUND, A__evidence__json=b"{oops")
    name = path / "A.evidence.json"
    if is_zip:
        path = zipped(tmp_path / "a.zip", {"A.json": SOUND, "A.evidence.json": b"{oops"})
        name = Path(f"{path}!A.evidence.json")
    run = audited(tmp_path, path)
    assert run.code == 3
    assert notices(run, "evidenceUnusable")[0].startswith(f"{name.as_posix()}:1:2: not JSON")


def test_damaged_evidence_in_an_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("A.json", SOUND)
        archive.writestr("A.evidence.json", EVIDENCE)
    path.write_bytes(path.read_bytes().replace(EVIDENCE[:20], b"x" * 20))
    run = audited(tmp_path, path)
    assert run.code == 3
    assert "a.zip!A.evidence.json: cannot be unpacked: Bad CRC" in notices(run)[0]


def test_a_pipe_in_place_of_evidence_does_not_block(tmp_path: Path) -> None:
    put(tmp_path, A__json=SOUND)
    os.mkfifo(tmp_path / "A.evidence.json")
    run = audited(tmp_path, "A.json")
    assert run.code == 3
    assert "A.evidence.json: cannot be read: it is no regular file" in notices(run)[0]


@FORMS
def test_suffixes_are_known_in_any_case(form: str, tmp_path: Path) -> None:
    put(
        tmp_path,
        a__JSON=SOUND,
        b__JSONL=LINE,
        c__Ndjson=LINE,
        d__json__BZ2=bz2.compress(SOUND),
        e__NDJSON__GZ=gzip.compress(LINE),
        f__jsonl__xz=lzma.compress(LINE),
    )
    run = audited(tmp_path, tmp_path, form=form)
    assert len(documents(run)) == 6
    assert not notices(run)


@FORMS
def test_what_a_folder_leaves_out_is_counted_by_reason(form: str, tmp_path: Path) -> None:
    folder = put(
        tmp_path / "in",
        a__json=SOUND,
        README__txt=b"hello",
        notes__md=b"",
        b__csv=b"",
        c__log=b"",
        orphan__evidence__json=EVIDENCE,
    )
    run = audited(tmp_path, folder, form=form)
    assert len(documents(run)) == 1
    at = folder.as_posix()
    names = f"{at}/README.txt, {at}/b.csv, {at}/c.log, ..."
    assert notices(run, "inputsLeftOut") == [
        f"left out: 4 files are not named like submissions ({names})",
        f"left out: 1 evidence file has no submission beside it ({at}/orphan.evidence.json)",
    ]
    assert run.code == audited(tmp_path, folder / "a.json").code
    assert documents(run)[0]["verdict"] == "ready"


@FORMS
def test_what_may_hold_submissions_and_is_not_read_makes_a_run_incomplete(
    form: str, tmp_path: Path
) -> None:
    folder = put(tmp_path / "in", a__json=SOUND, b__tar__gz=b"", c__7z=b"")
    zipped(folder / "d.zip", {"d.json": SOUND, "e.zip": b"PK", "f.json.gz": b"", "x.txt": b""})
    os.mkfifo(folder / "g.json")
    os.mkfifo(folder / "g.txt")
    run = audited(tmp_path, folder, form=form)
    assert len(documents(run)) == 2
    assert run.code == 3
    assert [line.partition(" (")[0] for line in notices(run, "inputsLeftOut")] == [
        "left out: 2 files are not named like submissions",
        "left out: 3 archives were not opened: unpack them, or give them by themselves as zips",
        "left out: 1 compressed file inside an archive was not unpacked",
        "left out: 1 pipe, socket or device with a submission's name was not opened",
    ]


@FORMS
def test_links_to_folders_are_followed_once(form: str, tmp_path: Path) -> None:
    folder, other = put(tmp_path / "in", a__json=SOUND), put(tmp_path / "other", b__json=SOUND)
    (folder / "link").symlink_to(other)
    (folder / "once more").symlink_to(other)
    (other / "circle").symlink_to(folder)
    run = audited(tmp_path, folder, form=form)
    assert [Path(d["uri"]).name for d in documents(run)] == ["a.json", "b.json"]
    (line,) = notices(run)
    said = "left out: 2 inputs were given more than once and read once"
    assert line == f"{said} ({folder.as_posix()}/link/circle, {folder.as_posix()}/once more)"


@FORMS
def test_a_folder_that_cannot_be_opened_is_an_unreadable_input(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = put(tmp_path / "in", a__json=SOUND)
    closed = put(folder / "closed", b__json=SOUND)
    scandir = os.scandir

    def refuse(path: Any = ".") -> Any:
        if not isinstance(path, int) and Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    for path in (folder, folder / "**" / "*.json", folder / "*" / "*.json"):
        run = audited(tmp_path, path, form=form)
        assert run.code == 3
        said = f"{closed.as_posix()}: cannot be read: Permission denied"
        assert notices(run, "unreadable") == [said], path


@FORMS
def test_a_pattern_reads_no_evidence_and_no_report(form: str, tmp_path: Path) -> None:
    put(tmp_path, a__json=SOUND, a__evidence__json=EVIDENCE, b__evidence__json=EVIDENCE)
    for name in ("json", "ndjson"):
        audited(tmp_path, "a.json", form=f"{name}=report.{name}")
    for paths in (["*.json", "*.ndjson"], ["."]):
        run = audited(tmp_path, *paths, form=form)
        expected = ["left out: 1 evidence file has no", "left out: 2 files are reports of picheck"]
        assert [d["uri"] for d in documents(run)] == ["a.json"]
        found = notices(run, "inputsLeftOut")
        assert [line.startswith(said) for line, said in zip(found, expected, strict=True)]
        assert run.code == (5 if "*.ndjson" in paths else 0)


@pytest.mark.parametrize("name", ["report.json", "report.ndjson"])
@FORMS
def test_a_report_given_by_name_is_said_to_be_one(name: str, form: str, tmp_path: Path) -> None:
    put(tmp_path, a__json=SOUND)
    audited(tmp_path, "a.json", form=f"{name.partition('.')[2]}={name}")
    run = audited(tmp_path, name, form=form)
    assert run.code == 3
    said = f"{name}: is a report that picheck wrote, not a submission"
    assert notices(run, "unreadable") == [said]
    assert not documents(run)


def test_a_report_in_a_compressed_file_or_an_archive_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, a__json=SOUND)
    folder = put(tmp_path / "in", a__json=SOUND)
    for name in ("json", "ndjson"):
        audited(tmp_path, "a.json", form=f"{name}=report.{name}")
        data = (tmp_path / f"report.{name}").read_bytes()
        (folder / f"report.{name}.gz").write_bytes(gzip.compress(data))
        zipped(folder / f"{name}.zip", {f"report.{name}": data, "b.json": SOUND})
    run = audited(tmp_path, folder)
    assert len(documents(run)) == 3
    assert notices(run)[0].startswith("left out: 4 files are reports of picheck itself")


def test_a_submission_that_says_it_is_a_report_is_audited(tmp_path: Path) -> None:
    value = json.loads(SOUND)
    claim = {"schemaVersion": "2.0", "tool": {"name": "picheck"}, "padding": "x" * 5000}
    put(tmp_path, a__json=json.dumps(claim | value).encode())
    (document,) = documents(audited(tmp_path, tmp_path))
    assert document["performanceYear"] == YEAR


def test_evidence_given_by_name_is_read_beside_its_submission(tmp_path: Path) -> None:
    put(tmp_path, a__json=SOUND, a__evidence__json=EVIDENCE)
    run = audited(tmp_path, "a.evidence.json", "a.json")  # as a shell expands *.json
    assert (run.code, len(documents(run)), notices(run)) == (0, 1, [])
    run = audited(tmp_path, "a.evidence.json")
    assert run.code == 3
    assert notices(run, "unreadable") == [
        "a.evidence.json: is an evidence file; give the submission that it belongs to"
    ]


@FORMS
def test_a_file_that_several_paths_lead_to_is_audited_once(form: str, tmp_path: Path) -> None:
    put(tmp_path, a__json=SOUND, b__txt=SOUND)
    (tmp_path / "link.json").symlink_to("a.json")
    (tmp_path / "text.json").symlink_to("b.txt")
    run = audited(tmp_path, "a.json", "./a.json", tmp_path / "a.json", "link.json", form=form)
    assert len(documents(run)) == 1
    assert notices(run)[0].startswith("left out: 3 inputs were given more than once")
    for paths in ([".", "a.json", "*.json"], ["a.json", "."], ["*.json", ".", "."]):
        run = audited(tmp_path, *paths, form=form)
        assert len(documents(run)) == 2, paths  # what text.json leads to has no name of its own
        assert run.code == 0


def test_a_folder_of_nothing_but_duplicates_is_not_empty(tmp_path: Path) -> None:
    put(tmp_path / "in", a__json=SOUND)
    run = audited(tmp_path, "in", "in", "in/*.json")
    assert (run.code, len(documents(run))) == (0, 1)
    assert notices(run)[0].startswith("left out: 2 inputs were given more than once")


def test_an_archive_without_submissions_is_said(tmp_path: Path) -> None:
    folder = put(tmp_path / "in", a__json=SOUND)
    zipped(folder / "empty.zip", {"README.txt": b""})
    run = audited(tmp_path, folder / "empty.zip")
    assert run.code == 5
    assert notices(run, "nothingChecked")[0].endswith("empty.zip: holds no file of submissions")
    run = audited(tmp_path, folder)
    assert run.code == 0
    assert any("1 archive holds no submission" in line for line in notices(run))


@pytest.mark.parametrize("path", ["", "\0", "a\0*.json", "a.json/b", "x" * 300 + "*"])
@FORMS
def test_a_path_that_is_none_is_said(path: str, form: str, tmp_path: Path) -> None:
    put(tmp_path, a__json=SOUND)
    run = audited(tmp_path, path, "a.json", form=form)
    assert run.code == 3
    assert len(documents(run)) == 1
    assert len(notices(run, "unreadable")) == 1


@FORMS
def test_prior_submissions_are_found_in_the_same_way(form: str, tmp_path: Path) -> None:
    before = json.loads(SOUND) | {"performanceYear": YEAR - 1}
    folder = put(
        tmp_path / "before",
        A__JSON=json.dumps(before).encode(),
        README__txt=b"",
        b__7z=b"",
        A__evidence__json=EVIDENCE,
    )
    put(tmp_path, a__json=SOUND, a__evidence__json=EVIDENCE)
    run = audited(tmp_path, "a.json", form=form, options=("--prior", folder))
    assert [line.partition(" (")[0] for line in notices(run, "inputsLeftOut")] == [
        "--prior left out: 1 file is not named like a submission",
        "--prior left out: 1 archive was not opened: unpack it, or give it by itself as a zip",
    ]
    assert not notices(run, "priorUnusable")
    assert run.code == 3


NAMES = ["a\udcff.json", "a\nb.json", "a\x1b[2J.json", "a\u202eb.json", "a\\x1b.json"]


@FORMS
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_that_is_no_text_is_printed_and_ends_no_run(
    name: str, form: str, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    try:
        (folder / name).write_bytes(SOUND.replace(b'"numerator": 450', b'"numerator": 440'))
    except OSError:
        pytest.skip("this file system takes no such name")
    (folder / name.replace(".json", ".evidence.json")).write_bytes(EVIDENCE)
    (folder / "z.json").write_bytes(SOUND)  # of the same entity: both are read again
    (folder / f"{name}l").write_bytes(LINE + b"{oops\n")
    zipped(folder / "z.zip", {name.encode("utf-8", "replace").decode(): b"{"})
    for paths in ([folder], [folder / "*"], [folder / "nothing" / name]):
        run = audited(tmp_path, *paths, form=form)
        uris = {document["uri"] for document in documents(run)}
        assert len(uris) == (0 if "nothing" in str(paths[0]) else 3)
        assert all(text.isprintable() for text in (*uris, *notices(run)))
        assert run.code in {1, 3, 5}
    (folder / f"{name}l").unlink()
    assert audited(tmp_path, folder, form=form, options=("-j", "2")[: 2 * (form == "ndjson")])


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_the_printed_name_leads_back_to_the_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    try:
        path.write_bytes(b"{}")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert uri_of(path).isprintable()
    assert path_of(uri_of(path)) == path


def test_a_document_that_changed_is_not_read_again(tmp_path: Path) -> None:
    import hashlib  # noqa: PLC0415

    from picheck.errors import InputError  # noqa: PLC0415

    digest = hashlib.sha256(SOUND).hexdigest()
    put(tmp_path, a__json=SOUND)
    archive = zipped(tmp_path / "b!.zip", {"in/a!b.json": SOUND})
    for uri in (str(tmp_path / "a.json"), f"{archive}!in/a!b.json"):
        assert reread(uri, digest).data == SOUND
        with pytest.raises(InputError, match="was changed while it was audited"):
            reread(uri, "0" * 64)
        with pytest.raises(InputError, match="cannot be read again"):
            reread(f"{uri}.gone", digest)


def test_names_say_what_a_file_is() -> None:
    stems = {"A.json": "A", "A.JSON.GZ": "A", "A.ndjson": None, "A.evidence.json": None, "A": None}
    assert {name: submission_stem(name) for name in stems} == stems
    stems = {"A.evidence.json": "A", "a.b.EVIDENCE.json.xz": "a.b", "A.json": None}
    assert {name: evidence_stem(name) for name in stems} == stems


def test_the_exact_spelling_of_evidence_is_preferred_and_the_other_is_an_orphan() -> None:
    pairs = EvidencePairs(["A.EVIDENCE.JSON", "A.evidence.json", "A.json", "B.evidence.json"])
    assert pairs.evidence_of("A.json") == "A.evidence.json"
    assert pairs.evidence_of("a.json") is None
    assert pairs.is_orphan("A.EVIDENCE.JSON")
    assert pairs.is_orphan("B.evidence.json")
    assert not pairs.is_orphan("A.evidence.json")


def test_a_folder_is_as_deep_as_paths_can_be(tmp_path: Path) -> None:
    levels = [os.open(tmp_path, os.O_RDONLY)]
    try:
        for _ in range(900):
            os.mkdir("d", dir_fd=levels[-1])
            levels.append(os.open("d", os.O_RDONLY, dir_fd=levels[-1]))
        limit = sys.getrecursionlimit()
        try:
            sys.setrecursionlimit(500)
            (found,) = Discovery([str(tmp_path)])
        finally:
            sys.setrecursionlimit(limit)
        assert isinstance(found, Unreadable)
    finally:
        for level, inner in zip(levels[-2::-1], levels[:0:-1], strict=True):
            os.close(inner)
            os.rmdir("d", dir_fd=level)
        os.close(levels[0])
