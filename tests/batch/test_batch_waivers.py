"""A run that is gone on with says of its waivers what an uncut one says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from acceptance_support import AS_OF, SUBJECT, TIN, TWIN, run, submission, waivers

OTHER = "987654321"


def line(folder: Path, tin: str = TIN, *, short: bool = True, **set_keys: Any) -> bytes:
    path = submission(folder / "one" / "one.json", short=short, tin=tin, **set_keys)
    return json.dumps(json.loads(path.read_bytes())).encode() + b"\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [
        line(tmp_path),
        line(tmp_path, OTHER, short=False),
        line(tmp_path, TWIN),
        b"no JSON\n",
        line(tmp_path, "222222222", short=False),
        # the second set of the second practice differs from its first
        line(tmp_path, OTHER, short=False, performanceEnd="2025-11-30"),
        line(tmp_path, "333333333", short=False),
    ]
    (tmp_path / "night.ndjson").write_bytes(b"".join(lines))
    return tmp_path


def audited(folder: Path, *words: str) -> int:
    """Audit the night's file, one document a chunk; return the exit code."""
    command = ("audit", "--as-of", AS_OF, "--waivers", "waivers.toml", "night.ndjson")
    return run(folder, *command, "-f", "ndjson=out.ndjson", *words).code


def notices(output: bytes) -> list[str]:
    return [notice["kind"] for notice in json.loads(output.splitlines()[-1])["notices"]]


WAIVERS = {
    "by subject, and two print alike": (
        [f'code = "PIC-PER-03"\nsubject = "{SUBJECT}"'],
        ["waiverAmbiguous"],
    ),
    "by the subject in full": ([f'code = "PIC-PER-03"\nsubject = "TIN  {TIN}"'], []),
    "by file": (['code = "PIC-PER-03"\nfile = "*.ndjson"'], []),
    "of nobody": (
        [
            'code = "PIC-PER-03"\nsubject = "tin *****0000"',
            f'code = "PIC-PER-03"\nsubject = "{SUBJECT}"\nyear = 2024',
            'code = "PIC-PER-03"\nfile = "elsewhere/*"',
            f'fingerprint = "{"0a" * 32}"',
            'code = "PIC-PER-04"\nsubject = "tin *****4321"',
        ],
        ["waiverUnused"] * 4,
    ),
    "expired": ([f'code = "PIC-PER-03"\nsubject = "tin {TIN}"\nexpires = 2026-01-31'], []),
}


@pytest.mark.parametrize("reveals", [(), ("--reveal",)], ids=["masked", "revealed"])
@pytest.mark.parametrize(("tables", "told"), WAIVERS.values(), ids=WAIVERS)
def test_wherever_it_was_cut(
    tables: list[str], told: list[str], reveals: tuple[str, ...], folder: Path
) -> None:
    waivers(folder, *tables)
    output = folder / "out.ndjson"
    code = audited(folder, *reveals)
    whole = output.read_bytes()
    assert notices(whole) == told
    ends = [place + 1 for place, byte in enumerate(whole) if byte == ord("\n")]
    for end in [ends[2], ends[len(ends) // 2], ends[-4], ends[-2]]:
        output.write_bytes(whole[:end])
        assert audited(folder, *reveals, "--resume") == code
        assert output.read_bytes() == whole


def test_a_waiver_by_fingerprint_is_known_after_a_cut(folder: Path) -> None:
    waivers(folder)
    audited(folder)
    output = folder / "out.ndjson"
    results = [
        line
        for line in map(json.loads, output.read_bytes().splitlines())
        if line["type"] == "result" and line["code"] == "PIC-PER-03"
    ]
    waivers(folder, *(f'fingerprint = "{result["fingerprint"]}"' for result in results))
    audited(folder)
    whole = output.read_bytes()
    assert len(results) == 2
    assert notices(whole) == []
    output.write_bytes(whole[: whole.index(b'"document":5')])
    audited(folder, "--resume", "-j", "2")
    assert output.read_bytes() == whole
