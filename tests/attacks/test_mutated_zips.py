"""However a zip archive is damaged: the run ends, and what cannot be read is said."""

from __future__ import annotations

import io
import json
import os
import random
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from hostile import no_longer_than
from picheck.engine.audit import audit
from picheck.engine.options import AuditOptions
from picheck.plugins.registry import PluginRegistry
from support import AS_OF, COMPLIANT

MANY: Final = int(os.environ.get("PICHECK_MUTATED_ZIPS", "150"))
SEED: Final = int(os.environ.get("PICHECK_MUTATED_ZIPS_SEED", "12"))
#: A run that takes so many seconds for one archive hangs.
HANGS: Final = 120
TERMS: Final = AuditOptions(as_of=date.fromisoformat(AS_OF), rule_timeout=0)
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
#: So many documents are in each archive before it is damaged.
WHOLE: Final = 5

SOUND: Final = COMPLIANT.read_bytes()
LINE: Final = json.dumps(json.loads(SOUND)).encode() + b"\n"
EVIDENCE: Final = COMPLIANT.with_suffix(".evidence.json").read_bytes()
MEMBERS: Final = {
    "a.json": SOUND,
    "a.evidence.json": EVIDENCE,
    "deep/er/b.JSON": SOUND,
    "lines.ndjson": LINE + b"\n" + LINE,
    "J\u00f6rg \u20ac.json": SOUND,
    "letter.pdf": b"%PDF-1.7",
    "inner.zip": b"PK\x03\x04",
}
#: Evidence is counted only where its submission is gone.
MEMBERS_COUNTED: Final = len(MEMBERS) - 1


def archive(method: int) -> bytes:
    """Return a zip archive."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", method) as file:
        for name, data in MEMBERS.items():
            file.writestr(name, data)
    return kept.getvalue()


def records(data: bytes) -> list[int]:
    """Return where the heads of members and the entries of the directory begin."""
    marks = (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06")
    return [at for at in range(len(data)) if data[at : at + 4] in marks]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return an archive with a few changes, most of them in its own records."""
    changed, places = bytearray(data), records(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(12):
            case 0:
                del changed[at:]
            case 1:
                del changed[at : at + chance.randint(1, 80)]
            case 2:
                changed[at:at] = changed[at : at + chance.randint(1, 80)]
            case 3:
                changed[at:at] = chance.randbytes(chance.randint(1, 8))
            case 4:
                changed += chance.randbytes(chance.randint(1, 200))
            case 5:
                changed[:0] = chance.randbytes(chance.randint(1, 200))
            case _:
                at = chance.choice(places) + chance.randrange(4, 60)
                if at < len(changed):
                    changed[at] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])
    return bytes(changed)


def check(path: Path, registry: PluginRegistry) -> int:
    """Audit an archive, hold the report to being honest, and return the number of documents."""
    with no_longer_than(HANGS):
        report = audit([str(path)], TERMS, registry)
    notices = [notice.message for notice in report.run.notices]
    assert all(message.isprintable() for message in notices)
    assert all(document.uri.isprintable() for document in report.documents)
    left_out = sum(int(count) for count in re.findall(r"left out: (\d+) ", "\n".join(notices)))
    if not any(notice.kind == "unreadable" for notice in report.run.notices):
        read = len({document.uri for document in report.documents})
        assert read + left_out >= MEMBERS_COUNTED, "something is lost in silence"
    if not report.documents:
        assert report.summary.exit.code in {3, 5}
    return len(report.documents)


@pytest.mark.parametrize("part", range(10))
def test_no_damaged_archive_ends_a_run_or_is_passed_over(
    part: int, tmp_path: Path, registry: PluginRegistry
) -> None:
    chance = random.Random(f"{SEED} {part}")  # noqa: S311 - the same archives in every run
    sources = [archive(method) for method in METHODS]
    path = tmp_path / "mutated.zip"
    found = []
    for number in range(MANY // 10):
        path.write_bytes(mutated(chance.choice(sources), chance))
        try:
            found.append(check(path, registry))
        except Exception as error:
            error.add_note(f"PICHECK_MUTATED_ZIPS_SEED={SEED}, part {part}, archive {number}")
            raise
    assert any(found)  # damage is not so heavy that nothing is read


def test_an_archive_that_is_whole_gives_all(tmp_path: Path, registry: PluginRegistry) -> None:
    for method in METHODS:
        (tmp_path / "whole.zip").write_bytes(archive(method))
        assert check(tmp_path / "whole.zip", registry) == WHOLE
