"""Every output gives the same number of open questions."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from command_line import run_here
from support import AS_OF, COMPLIANT

Document = dict[str, Any]


def one_set(document: Document) -> None:
    """Leave the document as it is."""


def two_sets(document: Document) -> None:
    document["measurementSets"] *= 2


def two_kinds_of_sets(document: Document) -> None:
    other = copy.deepcopy(document["measurementSets"][0])
    del other["measurements"][0]
    document["measurementSets"].append(other)


def with_findings(document: Document) -> None:
    document["measurementSets"][0]["cehrtId"] = "XXX"
    del document["measurementSets"][0]["measurements"][0]


SHAPES: Final = (one_set, two_sets, two_kinds_of_sets, with_findings)
OPTIONS: Final = {
    "plain": (),
    "all results": ("--all-results",),
    "gate": ("--fail-on", "indeterminate"),
    "notes": ("--fail-on", "note"),
    "some rules": ("--select", "PIC-ATT,PIC-CEH"),
}
#: What is known: nothing, a part, or a file that is refused.
EVIDENCE: Final = (None, {"cehrt": {"certifiedOn": "2024-10-15"}}, {"cehrt": {"oops": 1}})


def numbers(folder: Path, *options: str) -> dict[str, int]:
    """Return the number of open questions by the place where it is given."""
    formats = (f"text={folder}/t", f"html={folder}/h", f"json={folder}/j", f"markdown={folder}/m")
    given = [part for name in formats for part in ("-f", name)]
    words = ("--as-of", AS_OF, "--isolated", *given, *options)
    run = run_here("audit", "a.json", *words, cwd=folder)
    assert run.code in {0, 1, 3, 4}, run.err
    text, page, markdown = ((folder / name).read_text() for name in ("t", "h", "m"))
    report = json.loads((folder / "j").read_text())
    head, _, _ = text.partition("\n\n")
    (document,) = report["documents"]
    (summary,) = re.findall(r"(\d+) open questions?, \d+ do not apply", " ".join(text.split()))
    (chip,) = re.findall(r"<b>(\d+)</b> open question", page)
    (row,) = re.findall(r"(\d+) open questions?, \d+ do not apply", markdown)
    heading = re.findall(r"^(\d+) open questions?; \d+ facts?", text, re.MULTILINE)
    section = re.findall(r'Needs evidence <span class="number">(\d+)', page)
    return {
        "sentence": sum(map(int, re.findall(r"(\d+)\s+open\s+question", head))),
        "heading": int(heading[0]) if heading else -1,
        "summary": int(summary),
        "chip": int(chip),
        "section": int(section[0]) if section else 0,
        "markdown": int(row),
        "counted": document["outcomes"].get("indeterminate", 0),
        "run": report["summary"]["outcomes"]["indeterminate"],
        "listed": len(document.get("unverified", ())),
    }


#: Each shape, each set of options and each state of the evidence, beside a hard one of the others.
TRIED: Final = (
    *((None, shape, "plain") for shape in SHAPES),
    *((None, two_kinds_of_sets, name) for name in OPTIONS if name != "plain"),
    *((evidence, two_kinds_of_sets, "all results") for evidence in EVIDENCE if evidence),
)


@pytest.mark.parametrize(("evidence", "shape", "options"), TRIED)
def test_the_number_of_open_questions_is_one(
    evidence: Document | None,
    shape: Callable[[Document], None],
    options: str,
    tmp_path: Path,
) -> None:
    document = json.loads(COMPLIANT.read_bytes())
    shape(document)
    (tmp_path / "a.json").write_text(json.dumps(document))
    if evidence is not None:
        (tmp_path / "a.evidence.json").write_text(json.dumps(evidence))
    found = numbers(tmp_path, *OPTIONS[options])
    if found["heading"] == -1:  # nothing is asked for where the evidence was refused
        del found["heading"]
    assert len(set(found.values())) == 1, found
    assert max(found.values()) > 1


def test_facts_are_counted_apart_from_questions(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(COMPLIANT.read_bytes())
    run = run_here("audit", "a.json", "--as-of", AS_OF, "--isolated", cwd=tmp_path)
    (facts,) = re.findall(
        r"^\d+ open questions; (\d+) facts would answer them$", run.out, re.MULTILINE
    )
    assert int(facts) == run.out.count("\n  - ")
