"""A run that goes on with other options is refused, or writes what a whole run with them writes."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import pytest

from acceptance_support import AS_OF, submission
from command_line import Run, run_here
from distributions import VENDOR, install
from picheck.engine.options import AuditOptions

OUTPUT: Final = "out.ndjson"
#: So many documents are in the output when it is cut, if there are as many.
KEPT: Final = 3

Words = tuple[str, ...]


class Change(NamedTuple):
    """Words of the run that was cut, and of the one that goes on; whether that is refused."""

    before: Words
    after: Words
    is_refused: bool = True
    paths: Words = ("lake",)


def _settings(text: str, other: str) -> Change:
    return Change(("--config", text), ("--config", other))


#: For each field of the options, what changes it. Files are made by `folder`.
CHANGES: Final[dict[str, tuple[Change, ...]]] = {
    "as_of": (Change((), ("--as-of", "2026-03-01")),),
    "year": (Change((), ("--year", "2024")), Change(("--year", "2024"), ("--year", "2023"))),
    "gate": (Change((), ("--fail-on", "note")),),
    "evidence": (
        Change((), ("--evidence", "facts.json"), paths=("lake/1.json",)),
        Change(("--evidence", "facts.json"), (), paths=("lake/1.json",)),
        Change(
            ("--evidence", "facts.json"),
            ("--evidence", "others.json"),
            paths=("lake/1.json",),
            is_refused=False,  # it is of one document, which the cut output does not hold
        ),
    ),
    "prior": (
        Change((), ("--prior", "before")),
        Change(("--prior", "before"), ()),
        Change(("--prior", "before"), ("--prior", "earlier")),
    ),
    "select": (Change((), ("--select", "PIC-PER")),),
    "ignore": (Change((), ("--ignore", "PIC-PER-03")), Change(("--ignore", "PIC-PER-03"), ())),
    "trust_unverified": (Change((), ("--trust", "unverified")),),
    "reveal": (Change((), ("--reveal",)), Change(("--reveal",), ())),
    "all_results": (Change((), ("--all-results",)),),
    "plugin_options": (_settings("none.toml", "plugins.toml"),),
    "waivers": (
        Change((), ("--waivers", "waivers.toml")),
        Change(("--waivers", "waivers.toml"), ("--waivers", "others.toml")),
    ),
    "baseline": (
        Change((), ("--baseline", "baseline.json")),
        Change(("--baseline", "baseline.json"), ()),
    ),
    "overrides": (_settings("none.toml", "overrides.toml"),),
    "entity_key": (
        Change((), ("--entity-key", "one.key")),
        Change(("--entity-key", "one.key"), ("--entity-key", "two.key")),
    ),
    "help_base": (Change((), ("--docs-url", "https://docs.example/")),),
    "files": (_settings("none.toml", "comment.toml"),),
    "rule_timeout": (Change((), ("--rule-timeout", "60"), is_refused=False),),
    "stopwatch": (Change((), ("--durations", "3"), is_refused=False),),
    "input_format": (Change((), ("--input-format", "json")),),
}
#: Fields that reporters decide, and only others than the one whose output can be gone on with.
OF_REPORTERS: Final = {"with_unverified", "with_chart_data"}
#: A run that is recorded cannot be gone on with; the tests of the history try that.
OF_THE_HISTORY: Final = {"history"}
#: What a plugin writes on standard error, and how many processes work, changes no output.
BESIDES: Final[dict[str, Change]] = {
    "jobs": Change((), ("-j", "2"), is_refused=False),
    "progress": Change((), ("--progress", "always"), is_refused=False),
    "sources": Change((), ("--sources",), is_refused=False),
    "another input": Change((), (), paths=("lake", "more")),
    "plugins": Change((), ("-p", "no:pi-erx")),
}


def test_every_field_of_the_options_is_tried() -> None:
    fields = {field.name for field in msgspec.structs.fields(AuditOptions)}
    assert fields == CHANGES.keys() | OF_REPORTERS | OF_THE_HISTORY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with submissions and every file that an option may name."""
    for number in range(6):
        submission(tmp_path / "lake" / f"{number}.json", tin=f"{number + 1:04}00000")
    submission(tmp_path / "more" / "9.json", tin="999900000")
    for name, short in (("before", False), ("earlier", True)):
        early = submission(tmp_path / name / "0.json", tin="000100000", short=short)
        early.write_text(early.read_text().replace("2025", "2024"))
    waiver = 'code = "PIC-PER-03"\nfile = "{}"\nreason = "a"\nowner = "C"\nexpires = 2026-12-31\n'
    texts = {
        "facts.json": '{"cehrt": {"certifiedOn": "2024-10-15"}}',
        "others.json": '{"cehrt": {"certifiedOn": "2025-12-15"}}',
        "none.toml": "",
        "comment.toml": "# nothing\n",
        "overrides.toml": '[[overrides]]\nfiles = ["0.json"]\nignore = ["PIC-PER-03"]\n',
        "plugins.toml": "[plugins.acme]\nlimit = 1\n",
        "waivers.toml": f"[[waivers]]\n{waiver.format('0.json')}",
        "others.toml": f"[[waivers]]\n{waiver.format('5.json')}",
        "baseline.json": f'{{"asOf": "{AS_OF}", "findings": [], "baselineVersion": "1.0"}}',
        "one.key": "0123456789abcdef",
        "two.key": "fedcba9876543210",
    }
    options = 'picheck_options = {"limit": {"type": "integer", "meta": {"help": "a limit"}}}'
    install(tmp_path, "acme-tools", {"acme": f"{VENDOR}\n{options}\n"})
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def audit(folder: Path, paths: Words, words: Words, output: str, *resume: str) -> Run:
    own = ("--as-of", AS_OF) if "--as-of" not in words else ()
    isolated = () if "--config" in words else ("--isolated",)
    options = (*own, *isolated, *words, "-f", f"ndjson={output}", *resume)
    return run_here("audit", *paths, *options, cwd=folder)


def cut(data: bytes) -> bytes:
    """Return the beginning of an output: some of its documents, or what comes before the first."""
    documents = data.count(b'{"type":"document"')
    mark = b'{"type":"document","document":%d,' % min(KEPT, documents - 1)
    return data[: data.index(mark) + 20]


def cases() -> Sequence[object]:
    named = [(name, change) for name, changes in CHANGES.items() for change in changes]
    return [pytest.param(change, id=name) for name, change in (*named, *BESIDES.items())]


@pytest.mark.parametrize("change", cases())
def test_another_option_is_refused_or_makes_no_difference(change: Change, folder: Path) -> None:
    before = change.paths if change.paths != ("lake", "more") else ("lake",)
    first = audit(folder, before, change.before, OUTPUT)
    assert (folder / OUTPUT).exists(), first.err
    kept = cut((folder / OUTPUT).read_bytes())
    (folder / OUTPUT).write_bytes(kept)
    run = audit(folder, change.paths, change.after, OUTPUT, "--resume")
    assert "Traceback" not in run.err
    if change.is_refused and change.paths != ("lake", "more"):
        assert run.code == 2, run.err
        assert kept == (folder / OUTPUT).read_bytes()
        assert "was begun with other terms" in run.err
        return
    whole = audit(folder, change.paths, change.after, "whole.ndjson")
    assert run.code == whole.code, run.err
    assert (folder / OUTPUT).read_bytes() == (folder / "whole.ndjson").read_bytes()


def test_earlier_submissions_of_a_pattern_are_compared(folder: Path) -> None:
    words = ("--prior", "bef*/*.json")
    audit(folder, ("lake",), words, OUTPUT)
    (folder / OUTPUT).write_bytes(cut((folder / OUTPUT).read_bytes()))
    early = folder / "before" / "0.json"
    early.write_text(early.read_text() + "\n")
    run = audit(folder, ("lake",), words, OUTPUT, "--resume")
    assert run.code == 2
    assert "was prior before/0.json" in run.err


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
@pytest.mark.parametrize("option", ["--waivers", "--prior"])
def test_what_can_be_read_only_once_cannot_be_compared(option: str, folder: Path) -> None:
    name = {"--waivers": "waivers.toml", "--prior": "before/0.json"}[option]
    data = (folder / name).read_bytes()
    audit(folder, ("lake",), (option, name), OUTPUT)
    kept = cut((folder / OUTPUT).read_bytes())
    (folder / OUTPUT).write_bytes(kept)
    pipe = folder / "pipe.json"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(data,))
    writer.start()
    run = audit(folder, ("lake",), (option, "pipe.json"), OUTPUT, "--resume")
    writer.join()
    assert run.code == 2
    assert "pipe.json is no file" in run.err
    assert (folder / OUTPUT).read_bytes() == kept


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
@pytest.mark.parametrize("command", ["audit", "score"])
@pytest.mark.parametrize("option", ["--evidence", "--prior"])
def test_a_pipe_is_read_once_and_as_good_as_a_file(command: str, option: str, folder: Path) -> None:
    name = {"--evidence": "others.json", "--prior": "before/0.json"}[option]
    words = ("lake/1.json", "--as-of", AS_OF, "--isolated", "-f", "json")
    (folder / "lake" / "1.evidence.json").unlink()
    plain = run_here(command, *words, option, name, cwd=folder)
    pipe = folder / "pipe.json"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=((folder / name).read_bytes(),))
    writer.start()
    piped = run_here(command, *words, option, "pipe.json", cwd=folder)
    writer.join()
    assert piped.code == plain.code, piped.err
    shown = "results" if command == "audit" else "score"
    assert piped.report[shown] == plain.report[shown]
    assert '"role": "prior"' not in piped.out  # which would have the digest of nothing
