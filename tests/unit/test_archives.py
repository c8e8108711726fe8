"""A damaged archive costs its damaged members and no others, and never ends a run."""

from __future__ import annotations

import os
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from discovery_support import FORMS, audited, documents, notices
from picheck.intake.archives import read_archive
from picheck.intake.documents import RawDocument, Unreadable
from picheck.intake.left_out import LeftOut
from support import COMPLIANT

SOUND = COMPLIANT.read_bytes()
EVIDENCE = COMPLIANT.with_suffix(".evidence.json").read_bytes()
#: How many mutated archives are read.
MANY: Final = int(os.environ.get("PICHECK_MUTATED_ZIPS", "400"))
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def zipped(path: Path, method: int = zipfile.ZIP_STORED) -> Path:
    """Write an archive of three members, of which the second is about to be damaged."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in ("a.json", "b\u00e9.json", "c.json"):
            archive.writestr(name, SOUND)
    return path


def entries(data: bytes) -> list[int]:
    """Return where the entries of an archive's directory begin."""
    found, at = [], data.find(b"PK\x01\x02")
    while at >= 0:
        found.append(at)
        at = data.find(b"PK\x01\x02", at + 4)
    return found


def patched(data: bytearray, offset: int, layout: str, *values: int) -> None:
    struct.pack_into(layout, data, offset, *values)


#: Damage to the second member, by its entry in the directory, and what is said of it; "" where it
#: can be read all the same.
DAMAGE: dict[str, tuple[Callable[[bytearray, int], None], str]] = {
    "a wrong checksum": (lambda d, e: patched(d, e + 16, "<L", 1), "Bad CRC-32"),
    "an encrypted member": (lambda d, e: patched(d, e + 8, "<H", 0x801), "is encrypted"),
    "an unknown method": (lambda d, e: patched(d, e + 10, "<H", 99), "compression"),
    "no such offset": (lambda d, e: patched(d, e + 42, "<L", 1 << 30), "cannot be unpacked"),
    "another's offset": (lambda d, e: patched(d, e + 42, "<L", 0), "differ"),
    "a later version": (lambda d, e: patched(d, e + 6, "<H", 99), ""),
    "a name that is no UTF-8": (lambda d, e: patched(d, e + 47, "<B", 0xFF), "differ"),
    "no magic number": (lambda d, e: patched(d, e, "<L", 0), "directory is damaged in 1 places"),
    "a giant name": (lambda d, e: patched(d, e + 28, "<H", 60000), "directory is damaged in 1"),
}


@FORMS
@pytest.mark.parametrize(("damage", "said"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_member_is_named_and_the_others_are_audited(
    damage: Callable[[bytearray, int], None], said: str, form: str, tmp_path: Path
) -> None:
    path = zipped(tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    damage(data, entries(bytes(data))[1])
    path.write_bytes(data)
    run = audited(tmp_path, path, form=form)
    uris = {Path(document["uri"]).name for document in documents(run)}
    assert {"a.zip!a.json", "a.zip!c.json"} <= uris
    if said:
        (line,) = notices(run, "unreadable")
        assert said in line
        assert line.startswith(f"{path.as_posix()}!b" if "directory" not in said else str(path))
        assert run.code == 3
    else:
        assert not notices(run, "unreadable")
        assert len(uris) == 3


@pytest.mark.parametrize("method", METHODS)
def test_a_member_damaged_inside_is_named_whatever_packed_it(method: int, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", method)
    with zipfile.ZipFile(path) as archive:
        start = archive.infolist()[1].header_offset
    data = bytearray(path.read_bytes())
    data[start + 60 : start + 120] = b"\xff" * 60
    path.write_bytes(data)
    found = list(read_archive(path, LeftOut()))
    assert [type(given) for given in found] == [RawDocument, Unreadable, RawDocument]
    assert "a.zip!b\u00e9.json" in found[1].error.uri  # type: ignore[union-attr]


@pytest.mark.parametrize("cut", [1, 22, 30, 100])
def test_an_archive_that_is_cut_is_said_to_be_one(cut: int, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip")
    path.write_bytes(path.read_bytes()[:-cut])
    run = audited(tmp_path, path)
    assert run.code == 3
    assert "a.zip: cannot be unpacked: " in notices(run)[0]


def test_two_members_of_one_name_are_read_only_if_they_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    members = [("a.json", SOUND), ("b.json", SOUND), ("c.ndjson", b"{}\n")]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
        for name, data in members:
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.writestr(name, data if name == "a.json" else b"{ }\n")
    run = audited(tmp_path, path)
    assert [Path(document["uri"]).name for document in documents(run)] == ["a.zip!a.json"]
    unreadable = [line for line in notices(run, "unreadable") if "2 members have this name" in line]
    assert [line.partition(": ")[0].partition("!")[2] for line in unreadable] == [
        "b.json",
        "c.ndjson",
    ]
    assert "1 input was given more than once" in notices(run, "inputsLeftOut")[0]
    assert run.code == 3


@pytest.mark.parametrize("name", ["bomb.json", "bomb.ndjson"])
def test_a_bomb_is_not_unpacked_whatever_its_name_is(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b" " * (15 << 20))
    (found,) = read_archive(path, LeftOut())
    assert isinstance(found, Unreadable)
    assert "as only bombs do" in str(found.error)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Change a few bytes, mostly of the archive's own records; or cut, or double a part."""
    changed = bytearray(data)
    records = [*entries(data), len(data) - 22, 0]
    for _ in range(rng.randint(1, 4)):
        match rng.randint(0, 9):
            case 0:
                del changed[rng.randrange(len(changed)) :]
            case 1:
                start = rng.randrange(len(changed))
                del changed[start : start + rng.randint(1, 60)]
            case 2:
                start = rng.randrange(len(changed))
                changed[start:start] = changed[start : start + rng.randint(1, 60)]
            case 3 | 4:
                changed[rng.randrange(len(changed))] = rng.randrange(256)
            case _:
                at = rng.choice(records) + rng.randrange(50)
                if at < len(changed):
                    changed[at] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
        if not changed:
            break
    return bytes(changed)


def test_no_mutation_of_an_archive_raises(tmp_path: Path) -> None:
    sources = []
    for number, method in enumerate(METHODS):
        path = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr("a.json", b'{"a": 1}')
            archive.writestr("a.evidence.json", b"{}")
            archive.writestr("in/b\u00e9.ndjson", b"{}\n{}\n")
            archive.writestr("c.zip", b"PK")
        sources.append(path.read_bytes())
    rng = random.Random(12)  # noqa: S311 - the same archives in every run
    path = tmp_path / "mutated.zip"
    for _ in range(MANY):
        path.write_bytes(mutated(rng.choice(sources), rng))
        left_out = LeftOut()
        for given in read_archive(path, left_out):
            if isinstance(given, Unreadable):
                assert str(given.error).isprintable()
                assert given.error.uri.isprintable()
        assert all(notice.message.isprintable() for notice in left_out.notices())
