"""A run goes on with an output only where nothing has changed that it was begun with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from acceptance_support import AS_OF, TIN, submission
from command_line import Run, run_here
from distributions import CLAUSES, VENDOR, install
from picheck.plugins.lockfile import LOCK_FILE
from support import ROOT, YEAR

#: So many of the documents are in the output that was cut; the last of them is audited again.
KEPT: Final = 4
OUTPUT: Final = "out.ndjson"


def tin(number: int) -> str:
    return f"{number + 1:04}00000"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with submissions, and all that an audit of them may be given."""
    for number in range(8):
        submission(tmp_path / "lake" / f"{number}.json", tin=tin(number), short=number % 2 == 0)
    (tmp_path / "lake" / "2.json").write_text('{"entityType": "gro')  # cannot be read
    early = submission(tmp_path / "before" / "0.json", tin=tin(0))
    early.write_text(early.read_text().replace("2025", "2024"))
    early.with_suffix(".evidence.json").unlink()
    (tmp_path / "waivers.toml").write_text(
        '[[waivers]]\ncode = "PIC-PER-03"\nfile = "lake/0.json"\nreason = "letter 12"\n'
        'owner = "Compliance"\nexpires = 2026-12-31\n'
    )
    (tmp_path / "baseline.json").write_text(
        json.dumps({"asOf": AS_OF, "findings": [], "baselineVersion": "1.0"})
    )
    (tmp_path / "picheck.toml").write_text('prior = "before"\n')
    return tmp_path


def audit(folder: Path, *words: str, options: tuple[str, ...] = ()) -> Run:
    given = ("--waivers", "waivers.toml", "--baseline", "baseline.json")
    command = ("audit", "lake", "--as-of", AS_OF, *given, *words)
    return run_here(*command, "-f", f"ndjson={OUTPUT}", *options, cwd=folder)


def cut(folder: Path, *words: str) -> bytes:
    """Audit, cut the output in the middle of its documents, and return the whole of it."""
    run = audit(folder, *words)
    assert run.code in {1, 3, 4}, run.err
    whole = (folder / OUTPUT).read_bytes()
    (folder / OUTPUT).write_bytes(whole[: whole.index(b'"document":%d,' % KEPT) - 20])
    return whole


def resumed(folder: Path, *words: str) -> Run:
    return audit(folder, *words, options=("--resume",))


def assert_refused(folder: Path, run: Run, whole: bytes, *told: str) -> None:
    """Hold a run to having said what differs, and the output to be the beginning it was."""
    assert run.code == 2, run.err
    assert "Traceback" not in run.err
    for words in told:
        assert words in run.err
    assert whole.startswith((folder / OUTPUT).read_bytes())


def test_where_nothing_changed_the_run_goes_on(folder: Path) -> None:
    whole = cut(folder)
    kept = (folder / OUTPUT).read_bytes()
    assert kept.count(b'{"type":"document"') == KEPT - 1  # one of them cannot be read
    assert b'{"type":"notice"' in kept
    assert resumed(folder).code == 3
    assert (folder / OUTPUT).read_bytes() == whole


# Options


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--year", "2024"), "options.year was None, is 2024"),
        (("--as-of", "2026-03-01"), f"asOf was {AS_OF}, is 2026-03-01"),
        (("--select", "PIC-PER"), "options.select was None, is ['PIC-PER']"),
        (("--ignore", "PIC-PER-03"), "options.ignore was None, is ['PIC-PER-03']"),
        (("--trust", "unverified"), "options.trustUnverified was None, is True"),
        (("--fail-on", "note"), "gate was error, is note"),
        (("--reveal",), "options.reveal was None, is True"),
        (("--all-results",), "options.allResults was None, is True"),
        (("--entity-key", "waivers.toml"), "options.entityKey was None, is"),
        (("--prior", "lake/1.json"), "is prior lake/1.json"),
        (("-p", "no:pi-erx"), "plugins: was pi-erx"),
        (("--isolated",), "was settings picheck.toml"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_another_option_is_named(words: tuple[str, ...], told: str, folder: Path) -> None:
    whole = cut(folder)
    before = (folder / OUTPUT).read_bytes()
    assert_refused(folder, resumed(folder, *words), whole, "was begun with other terms", told)
    assert (folder / OUTPUT).read_bytes() == before
    assert resumed(folder).code == 3
    assert (folder / OUTPUT).read_bytes() == whole


def test_an_option_that_is_gone_is_named(folder: Path) -> None:
    whole = cut(folder, "--ignore", "PIC-EVD")
    told = "options.ignore was ['PIC-EVD'], is None"
    assert_refused(folder, resumed(folder), whole, told)


# Files


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("waivers.toml", "waivers"),
        ("baseline.json", "baseline"),
        ("picheck.toml", "settings"),
        ("before/0.json", "prior"),
    ],
)
def test_another_file_is_named_by_its_role(name: str, role: str, folder: Path) -> None:
    whole = cut(folder)
    path = folder / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert_refused(folder, resumed(folder), whole, f"was {role} {name}", f"is {role} {name}")


def test_files_of_other_names_are_named(folder: Path) -> None:
    whole = cut(folder)
    (folder / "before" / "0.json").rename(folder / "before" / "1.json")
    run = resumed(folder)
    assert_refused(folder, run, whole, "was prior before/0.json", "is prior before/1.json")


def test_another_lock_is_named(folder: Path) -> None:
    assert run_here("plugins", "lock", cwd=folder).code == 0
    whole = cut(folder, "--locked")
    lock = folder / LOCK_FILE
    lock.write_text(lock.read_text() + "\n")
    assert_refused(folder, resumed(folder, "--locked"), whole, f"was lock {LOCK_FILE}")


# Plugins and rulebooks


def test_another_version_of_a_plugin_is_named(folder: Path) -> None:
    install(folder, "acme-tools", {"acme": VENDOR}, version="1.0")
    whole = cut(folder)
    shutil.rmtree(folder / "acme_tools-1.0.dist-info")
    install(folder, "acme-tools", {"acme": VENDOR}, version="1.1")
    assert_refused(folder, resumed(folder), whole, "was acme 1.0, is acme 1.1")


def test_another_clause_of_a_plugin_is_named_with_the_rulebook_that_it_changes(
    folder: Path,
) -> None:
    install(folder, "acme-tools", {"acme": VENDOR})
    whole = cut(folder)
    changed = VENDOR.replace(CLAUSES, CLAUSES.replace('-01")', '-01", days=3)'))
    (folder / "acme_tools_acme.py").write_text(changed)
    assert_refused(
        folder, resumed(folder), whole, f"was rulebook pi {YEAR}", f"is rulebook pi {YEAR}"
    )


LAW: Final = """
from picheck.api import hookimpl, rulebook_in

@hookimpl
def picheck_register_rulebooks():
    return (rulebook_in("acme_law", program="ia", year=2025),)
"""


def test_another_rulebook_is_named(folder: Path) -> None:
    shutil.copytree(ROOT / "tests" / "packs" / "ia" / "y2025", folder / "acme_law")
    install(folder, "acme-law-tools", {"law": LAW})
    whole = cut(folder)
    clauses = folder / "acme_law" / "clauses.toml"
    clauses.write_text(clauses.read_text() + "\n# decided anew\n")
    assert_refused(folder, resumed(folder), whole, "was rulebook ia 2025", "is rulebook ia 2025")


# Documents


def change(folder: Path) -> None:
    submission(folder / "lake" / "1.json", tin=tin(1), short=True)


def change_evidence(folder: Path) -> None:
    (folder / "lake" / "1.evidence.json").write_text("{}")


def remove_evidence(folder: Path) -> None:
    (folder / "lake" / "1.evidence.json").unlink()


def remove(folder: Path) -> None:
    (folder / "lake" / "1.json").unlink()
    remove_evidence(folder)


def break_off(folder: Path) -> None:
    (folder / "lake" / "1.json").write_text("{")


def mend(folder: Path) -> None:
    submission(folder / "lake" / "2.json", tin=tin(2))


def add(folder: Path) -> None:
    submission(folder / "lake" / "00.json", tin=tin(20))


@pytest.mark.parametrize(
    ("do", "told"),
    [
        (change, "lake/1.json"),
        (change_evidence, "lake/1.json"),
        (remove_evidence, "lake/1.json"),
        (remove, "lake/2.json"),
        (break_off, "lake/1.json"),
        (mend, "lake/2.json"),
        (add, "lake/00.json"),
    ],
)
def test_a_kept_document_that_changed_is_named(
    do: Callable[[Path], None], told: str, folder: Path
) -> None:
    whole = cut(folder)
    do(folder)
    run = resumed(folder)
    assert_refused(folder, run, whole, f"{told} has changed since the output was begun")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_line_that_changed_is_named(jobs: str, folder: Path) -> None:
    lines = write_lines(folder)
    whole = cut_lines(folder)
    lines[1] = lines[1].replace(tin(1), tin(9))
    (folder / "lines.ndjson").write_text("\n".join(lines))
    told = "lines.ndjson:2 has changed since the output was begun"
    assert_refused(folder, audit_lines(folder, "--resume", "-j", jobs), whole, told)


def test_a_line_that_is_blank_now_is_named(folder: Path) -> None:
    lines = write_lines(folder)
    whole = cut_lines(folder)
    lines[1] = ""
    (folder / "lines.ndjson").write_text("\n".join(lines))
    told = "the input with number 1 has changed since the output was begun"
    assert_refused(folder, audit_lines(folder, "--resume"), whole, told)


def test_fewer_inputs_than_were_written_are_told(folder: Path) -> None:
    lines = write_lines(folder)
    whole = cut_lines(folder)
    (folder / "lines.ndjson").write_text("\n".join(lines[:2]) + "\n")
    told = "the output tells of 3 inputs, and now there are 2"
    assert_refused(folder, audit_lines(folder, "--resume"), whole, told)


def write_lines(folder: Path) -> list[str]:
    lines = [
        json.dumps(json.loads(submission(folder / "one.json", tin=tin(number)).read_text()))
        for number in range(6)
    ]
    (folder / "lines.ndjson").write_text("\n".join(lines))
    return lines


def audit_lines(folder: Path, *words: str) -> Run:
    command = ("audit", "lines.ndjson", "--as-of", AS_OF, "--isolated")
    return run_here(*command, "-f", f"ndjson={OUTPUT}", *words, cwd=folder)


def cut_lines(folder: Path) -> bytes:
    assert audit_lines(folder).code == 1
    whole = (folder / OUTPUT).read_bytes()
    (folder / OUTPUT).write_bytes(whole[: whole.index(b'"document":%d,' % KEPT) - 20])
    return whole


# Outputs that are damaged


def spoilt(value: Any, **members: Any) -> bytes:
    return json.dumps({**value, **members}).encode()


DAMAGES: Final[dict[str, Callable[[Any], bytes]]] = {
    "cut in two": lambda value: json.dumps(value).encode()[:30],
    "no object": lambda _: b"[1, 2]",
    "nothing": lambda _: b"null",
    "a number": lambda _: b"7",
    "an empty object": lambda _: b"{}",
    "no text": lambda _: b"\xff\xfe\x00",
    "deep": lambda _: b"[" * 100_000,
    "of no kind": lambda value: spoilt(value, type="wonder"),
    "of a kind that is no word": lambda value: spoilt(value, type=["document"]),
    "another run": lambda value: spoilt(value, type="run"),
    "of no input": lambda value: spoilt({k: v for k, v in value.items() if k != "document"}),
    "of an input that is a word": lambda value: spoilt(value, document="1"),
    "of an input that is a fraction": lambda value: spoilt(value, document=1.5),
    "of an input below none": lambda value: spoilt(value, document=-1),
    "of an input far away": lambda value: spoilt(value, document=10**13),
    "of an input further away": lambda value: spoilt(value, document=10**30),
    "without a name": lambda value: spoilt({"type": value["type"], "document": 1}),
    "with a digest that is none": lambda value: spoilt(value, sha256="nobody's"),
    "with a digest that is a number": lambda value: spoilt(value, sha256=5),
    "with an odd verdict": lambda value: spoilt(value, verdict="perhaps"),
    "with odd counts": lambda value: spoilt(value, outcomes={"fail": "two"}),
    "with odd inputs": lambda value: spoilt(value, inputs=[{"role": "evidence"}]),
    "with a key of its own": lambda value: spoilt(value, sha256=None),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_document_line_is_told_with_its_number(
    damage: Callable[[Any], bytes], folder: Path
) -> None:
    cut(folder)
    lines = (folder / OUTPUT).read_bytes().splitlines()
    (place,) = [
        n for n, line in enumerate(lines) if line.startswith(b'{"type":"document","document":1,')
    ]
    lines[place] = damage(json.loads(lines[place]))
    damaged = b"\n".join(lines) + b"\n"
    (folder / OUTPUT).write_bytes(damaged)
    run = resumed(folder)
    assert run.code == 2
    assert f"picheck: {OUTPUT}:" in run.err
    assert "is damaged; audit again without --resume" in run.err
    assert "Traceback" not in run.err
    assert (folder / OUTPUT).read_bytes() == damaged


@pytest.mark.parametrize("kind", ["rule", "result", "notice"])
@pytest.mark.parametrize("member", ["code", "document", "outcome", "location", "kind", "message"])
def test_a_line_of_any_kind_that_lacks_something_is_told(
    kind: str, member: str, folder: Path
) -> None:
    cut(folder)
    lines = (folder / OUTPUT).read_bytes().splitlines()
    place = next(
        n for n, line in enumerate(lines) if line.startswith(b'{"type":"%b"' % kind.encode())
    )
    value = json.loads(lines[place])
    is_needed = value.pop(member, None) is not None and (kind, member) != ("rule", "message")
    lines[place] = json.dumps(value).encode()
    (folder / OUTPUT).write_bytes(b"\n".join(lines) + b"\n")
    run = resumed(folder)
    assert "Traceback" not in run.err
    if is_needed:
        assert run.code == 2
        assert "is damaged" in run.err
    else:
        assert run.code == 3


@pytest.mark.parametrize(
    "text", [b"", b"\n", b"{}\n", b"[]\n", b"nothing\n", b'{"type":"run"}', b"\x00\xff\n", b"5\n"]
)
def test_what_is_no_output_is_not_gone_on_with(text: bytes, folder: Path) -> None:
    (folder / OUTPUT).write_bytes(text)
    run = resumed(folder)
    assert run.code == 2
    assert OUTPUT in run.err
    assert "Traceback" not in run.err
    assert (folder / OUTPUT).read_bytes() == text


def test_an_output_that_is_complete_needs_nothing(folder: Path) -> None:
    audit(folder)
    before = (folder / OUTPUT).read_bytes()
    run = resumed(folder)
    assert run.code == 2
    assert f"{OUTPUT} is complete; there is nothing to go on with" in run.err
    assert (folder / OUTPUT).read_bytes() == before


def test_an_output_that_is_not_there_is_told(folder: Path) -> None:
    run = resumed(folder)
    assert run.code == 2
    assert f"{OUTPUT} cannot be gone on with: No such file" in run.err


def test_no_difference_tells_an_identifier(folder: Path) -> None:
    waivers = folder / "waivers.toml"
    waivers.write_text(waivers.read_text().replace("letter 12", f"letter to {TIN}"))
    whole = cut(folder, "--ignore", "PIC-EVD")
    waivers.write_text(waivers.read_text().replace("letter", "word"))
    run = resumed(folder, "--select", "PIC-PER")
    assert_refused(folder, run, whole, "options.select", "options.ignore", "was waivers")
    assert TIN not in run.err
