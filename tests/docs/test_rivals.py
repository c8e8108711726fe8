"""The engines that picheck is compared with find what it finds; nothing here is timed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from generate import Planted

pytest.importorskip("orjson", reason="the yardstick of benchmarks/, of the extra bench")

import compare
from rivals import npm_package, sixteen
from rivals.field import FIELD, NpmRival, Rival


@pytest.fixture(scope="module")
def proof() -> list[Planted]:
    return compare.documents_of_each_defect()


def test_the_proof_has_each_of_the_sixteen_rules_fail_somewhere(proof: list[Planted]) -> None:
    assert {code for planted in proof for code in planted.expected} == set(sixteen.CODES)
    assert any(not planted.expected for planted in proof)


@pytest.mark.parametrize("rival", FIELD, ids=lambda rival: rival.name)
def test_a_rival_says_exactly_what_was_planted_and_is_timed(rival: Rival | NpmRival) -> None:
    """In a process of its own, for some engines start threads that a test that forks must not."""
    command = [compare.__file__, "--count", "20", "--rounds", "1", "--only", rival.name]
    ran = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    if "absent" in ran.stdout:
        pytest.skip(ran.stdout.splitlines()[0])
    title, _, ours, *theirs = ran.stdout.splitlines()
    assert title.startswith("20 documents")
    assert ours.startswith("picheck ")
    assert ours.split()[-2:] == ["1.00", "0"]  # times picheck, and what it says otherwise
    assert [line.startswith(rival.name) for line in theirs] == [True] * (rival is not FIELD[0])


def test_a_rival_that_misses_a_defect_is_not_timed(proof: list[Planted]) -> None:
    found = [set(planted.expected) for planted in proof]
    place = next(i for i, planted in enumerate(proof) if planted.defect == "no such day")
    found[place] = set()
    with pytest.raises(SystemExit, match=r"Blind: .*no such day.*PIC-PER-01.*found \[\]"):
        compare.check("Blind", found, proof)


def test_a_rival_that_flags_a_clean_document_is_not_timed(proof: list[Planted]) -> None:
    found = [set(planted.expected) or {"PIC-STR-03"} for planted in proof]
    with pytest.raises(SystemExit, match=r"Keen: .*clean.*found \['PIC-STR-03'\]"):
        compare.check("Keen", found, proof)


def test_an_absent_rival_is_named_with_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    absent = (
        Rival("Nobody", "nobody-wrote-this", "models"),
        Rival("Half there", "picheck", "no_such_module", install="pip install the-rest"),
        NpmRival("ajv", "ajv", "ajv.mjs"),
    )
    monkeypatch.setattr(compare, "FIELD", (*FIELD[:1], *absent))
    monkeypatch.setattr(npm_package, "_HERE", tmp_path)
    versions, laps = compare.enter(["picheck", *(rival.name for rival in absent)])
    assert list(versions) == list(laps) == ["picheck"]
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in said[:2]] == ["nobody-wrote-this", "the-rest"]
    assert npm_package.INSTALL in said[2]
