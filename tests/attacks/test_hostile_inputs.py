"""Input is hostile until read: one clear line each, the right code, the others audited."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from command_line import Run, run_apart, run_here
from support import AS_OF, COMPLIANT, YEAR, some

SOUND = COMPLIANT.read_bytes()
SIDE_FILE = COMPLIANT.with_suffix(".evidence.json").read_bytes()


def audited(folder: Path, *paths: str | Path, stdin: bytes = b"") -> Run:
    """Audit paths and return the report."""
    options = ("--as-of", AS_OF, "--isolated", "-f", "json")
    return run_here("audit", *options, *paths, cwd=folder, stdin=stdin)


def notices(run: Run, kind: str = "unreadable") -> list[str]:
    """Return what was said of inputs that gave no document."""
    return [n["message"] for n in run.report["run"]["notices"] if n["kind"] == kind]


def beside_a_sound_one(folder: Path, name: str, data: bytes) -> str:
    """Audit a bad file beside a sound one; return the one line that is said of the bad one."""
    (folder / "a.json").write_bytes(SOUND)
    (folder / "a.evidence.json").write_bytes(SIDE_FILE)
    (folder / name).write_bytes(data)
    run = audited(folder, folder)
    (line,) = notices(run)
    assert run.code == 3
    assert [d["verdict"] for d in run.report["documents"]] == ["ready"]
    assert run.report["summary"]["verdict"] == "incomplete"
    assert "\n" not in line
    assert (folder / name).as_posix() in line
    return line


#: Bytes that are no JSON document, and what is said of them.
NO_JSON: dict[str, tuple[bytes, str]] = {
    "nothing at all": (b"", ": holds nothing; export it again"),
    "only space": (b"  \n ", ": holds nothing; export it again"),
    "prose": (b"Dear CMS", ":1:1: not JSON: found 'Dear CMS' where a value is expected"),
    "cut short": (SOUND[:-9], ": not JSON: the text ends where"),
    "a comma too many": (b'{"a": 1,\n }', ":2:2: not JSON: found '}' where a key in double"),
    "two documents": (b"{} {}", ":1:4: not JSON: found '{}' after the end of the document"),
    "single quotes": (b"{'a': 1}", ":1:2: not JSON: "),
    "a byte order mark": (b"\xef\xbb\xbf" + SOUND, "starts with a byte order mark; save it as"),
    "another encoding": (
        '{"a": "\u00e9"}'.encode("latin-1"),
        "not UTF-8: byte 0xe9 at offset 7; save it as UTF-8",
    ),
    "UTF-16": (
        SOUND.decode().encode("utf-16"),
        "not UTF-8: byte 0xff at offset 0; save it as UTF-8",
    ),
    "half of a surrogate pair": (b'{"a": "\\ud800"}', ":1:7: not JSON: a text holds half of"),
    "100,000 brackets": (b"[" * 100_000, "nested deeper than 64 levels"),
    "100,000 braces": (b'{"a":' * 100_000, "nested deeper than 64 levels"),
    "100,000 closed brackets": (b"[" * 100_000 + b"]" * 100_000, "nested deeper than 64 levels"),
    "a number of 100,000 digits": (b'{"a": ' + b"9" * 100_000 + b"}", "a number of 100,000 digits"),
    "17 MiB": (b'{"a": "' + b"x" * (17 << 20) + b'"}', "more than 16,777,216 bytes in one"),
    "control characters": (b'{"a": "\x1b[2J"}', ":1:7: not JSON: "),
}


@pytest.mark.parametrize(("data", "told"), NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_json_is_said_in_one_line_with_its_place(
    data: bytes, told: str, tmp_path: Path
) -> None:
    assert told in beside_a_sound_one(tmp_path, "bad.json", data)


#: Texts in a compliant document, what replaces them, and the codes that come of it.
TWISTED: dict[str, tuple[bytes, bytes, set[str]]] = {
    "a repeated key": (b'"category": "pi"', b'"category": "pi", "category": "pi"', {"PIC-STR-11"}),
    "NaN": (b'"numerator": 450', b'"numerator": NaN', {"PIC-STR-11"}),
    "a number beyond all": (b'"numerator": 450', b'"numerator": 1e999', {"PIC-STR-11"}),
    "a giant whole number": (b'"numerator": 450', b'"numerator": 1' + b"0" * 300, {"PIC-MEA-03"}),
    "a text for a list": (b'"measurementSets": [', b'"measurementSets": "", "": [', {"PIC-STR-01"}),
    "a list for a text": (b'"entityType": "group"', b'"entityType": [[]]', {"PIC-STR-01"}),
    "a text for a year": (f": {YEAR},".encode(), f': "{YEAR}",'.encode(), {"PIC-STR-01"}),
    "a giant year": (f": {YEAR},".encode(), b": 1" + b"0" * 40 + b",", {"PIC-RUN-03"}),
    "an object for an id": (b'"PI_PPHI_1"', b'{"PI_PPHI_1": 1}', {"PIC-STR-01"}),
    "null for a value": (b'"value": true', b'"value": null', {"PIC-STR-05"}),
    "a list for a value": (b'"value": true', b'"value": [true, {}]', {"PIC-STR-05"}),
}


@pytest.mark.parametrize(("old", "new", "codes"), TWISTED.values(), ids=TWISTED)
def test_wrong_types_and_numbers_are_findings_with_a_place(
    old: bytes, new: bytes, codes: set[str], tmp_path: Path
) -> None:
    assert old in SOUND
    (tmp_path / "a.json").write_bytes(SOUND.replace(old, new, 1))
    run = audited(tmp_path, "a.json")
    found = {r["code"]: r["location"] for r in run.report["results"]}
    assert codes <= found.keys()
    assert all(found[code]["line"] >= 1 and found[code]["column"] >= 1 for code in some(codes))
    assert run.code == (5 if codes == {"PIC-RUN-03"} else 1)


@pytest.mark.parametrize("value", ["null", "true", "7", '"text"', "[]", "{}", '{"submission": 1}'])
def test_json_that_is_no_submission_is_refused_by_the_schema(value: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(value)
    run = audited(tmp_path, "a.json")
    assert run.code == 1
    assert {r["code"] for r in run.report["results"]} <= {"PIC-STR-01", "PIC-STR-02"}
    assert run.report["documents"][0]["verdict"] == "notReady"


def test_a_folder_with_the_name_of_a_file_is_a_folder_and_a_broken_link_is_said(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.json").write_bytes(SOUND)
    (tmp_path / "b.json").mkdir()
    (tmp_path / "b.json" / "inside.json").write_bytes(SOUND)
    (tmp_path / "c.json").symlink_to(tmp_path / "gone")
    run = audited(tmp_path, tmp_path)
    assert run.code == 3
    assert len(run.report["documents"]) == 2
    assert [line.partition(": ")[2] for line in notices(run)] == [
        "cannot be read: No such file or directory",
    ]


@pytest.mark.parametrize(
    ("path", "code", "told"),
    [
        ("gone.json", 3, "does not exist; give a file, a directory, a pattern or -"),
        ("x" * 5000, 3, "cannot be read: File name too long"),
        ("gone/*.json", 5, "leads to no file of submissions"),
        ("empty", 5, "leads to no file of submissions"),
    ],
)
def test_a_path_that_leads_nowhere_is_said(path: str, code: int, told: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.json").write_bytes(SOUND)
    run = audited(tmp_path, path, "a.json")
    assert run.code == code
    assert len(run.report["documents"]) == 1
    assert run.report["summary"]["verdict"] == "incomplete"
    assert any(f"{path}: {told}" in notice["message"] for notice in run.report["run"]["notices"])


def test_a_file_name_that_is_no_text_can_be_reported(tmp_path: Path) -> None:
    try:
        (tmp_path / "a\udcff.json").write_bytes(SOUND)
    except OSError:
        pytest.skip("this file system takes no such name")
    run = audited(tmp_path, tmp_path)
    assert run.report["documents"][0]["uri"].endswith("a\\udcff.json")


def archive(path: Path, members: dict[str, bytes]) -> Path:
    """Write a zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def test_members_of_an_archive_are_read_where_they_are_whatever_they_are_called(
    tmp_path: Path,
) -> None:
    names = ["../../evil.json", "/etc/evil.json", "deep/er/a.json", "C:\\evil.json", "note.txt"]
    path = archive(tmp_path / "all.zip", dict.fromkeys(names, SOUND))
    run = audited(tmp_path, path)
    assert len(run.report["documents"]) == 4
    assert all(d["uri"].startswith(f"{path.as_posix()}!") for d in some(run.report["documents"]))
    assert list(tmp_path.iterdir()) == [path]


def test_a_zip_bomb_is_not_unpacked_and_its_neighbours_are_audited(tmp_path: Path) -> None:
    bomb = b" " * (15 << 20)
    run = audited(tmp_path, archive(tmp_path / "b.zip", {"a.json": SOUND, "bomb.json": bomb}))
    assert run.code == 3
    assert len(run.report["documents"]) == 1
    (line,) = notices(run)
    assert "b.zip!bomb.json: " in line


@pytest.mark.parametrize("cut", [slice(0, -30), slice(40, None)], ids=["end", "start"])
def test_a_damaged_archive_is_said(cut: slice, tmp_path: Path) -> None:
    path = archive(tmp_path / "b.zip", {"a.json": SOUND})
    path.write_bytes(path.read_bytes()[cut])
    assert audited(tmp_path, path).code == 3


def test_a_damaged_member_of_an_archive_is_said(tmp_path: Path) -> None:
    path = archive(tmp_path / "b.zip", {"a.json": SOUND, "b.json": SOUND})
    data = bytearray(path.read_bytes())
    data[60:90] = b"\xff" * 30  # inside the first member
    path.write_bytes(data)
    run = audited(tmp_path, path)
    assert run.code == 3
    assert "a.json: cannot be unpacked: " in notices(run)[0]
    assert len(run.report["documents"]) == 1


def test_lines_of_a_stream_are_judged_one_by_one(tmp_path: Path) -> None:
    line = json.dumps(json.loads(SOUND)).encode()
    (tmp_path / "all.ndjson").write_bytes(b"\n".join((line, b"{oops", b"", line)))
    run = audited(tmp_path, "all.ndjson")
    assert run.code == 3
    assert [d["line"] for d in run.report["documents"]] == [1, 4]
    assert notices(run)[0].startswith("all.ndjson:2:2: not JSON: ")


def test_what_a_document_says_cannot_steer_a_terminal(tmp_path: Path) -> None:
    document: dict[str, Any] = json.loads(SOUND)
    evil = "\x1b]0;owned\x07\x1b[2J\r\u202e\x9b31m\u2028::error::"
    document |= {"entityType": evil, evil: 1, "entityId": evil}
    document["measurementSets"][0] |= {"cehrtId": evil, "performanceStart": evil}
    document["measurementSets"][0]["measurements"] += [{"measureId": evil, "value": evil}]
    (tmp_path / "a.json").write_text(json.dumps(document))
    (tmp_path / "b\x1b[2J.json").write_text("{")
    run = run_apart("audit", ".", "--as-of", AS_OF, "--all-results", "--isolated", cwd=tmp_path)
    assert run.code == 3
    assert "owned" in run.out
    steering = {c for c in run.out + run.err if not c.isprintable() and c != "\n"}
    assert not steering
