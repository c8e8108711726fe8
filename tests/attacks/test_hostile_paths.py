"""Whatever path any command is given: one of picheck's exit codes, one sentence, no traceback."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest

from command_line import Run, run_here
from history_support import audit, make
from hostile import HOSTILE, no_longer_than, other_end
from picheck.cli.main import cli
from picheck.service import server
from support import AS_OF, COMPLIANT, YEAR, some

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs pipes and such names")

#: Exit codes that say something: none of them is given by an error that was not foreseen.
CODES: Final = {0, 2, 3, 4, 5}
#: Of commands whose work is to compare: a difference or an expired waiver is no error.
FINDS: Final = {"audit", "score", "diff", "years drift", "waivers lint"}
#: What a command needs beside the path that is tried.
NEEDED: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("audit", "paths"): ("sound.json",),
    ("score", "paths"): ("sound.json",),
    ("baseline create", "paths"): ("sound.json",),
    ("baseline update", "paths"): ("sound.json",),
    ("diff", "old"): ("report.json",),
    ("diff", "new"): ("report.json",),
    ("convert", "path"): ("sound.json",),
    ("years drift", "path"): ("sound.json",),
    ("history export", "seqs"): ("1",),
    ("history replay", "seqs"): ("2",),
    ("history show", "seq"): ("1",),
    ("history record", "path"): ("sound.json",),
    ("plugins new", "name"): ("acme-rules",),
    ("plugins show", "name"): ("pi-period",),
    ("plugins verify", "name"): ("hostile",),
    ("rules show", "name"): ("PIC-PER-03",),
}
BESIDE: Final[dict[str, dict[str, str]]] = {
    "audit": {"--as-of": AS_OF},
    "score": {"--as-of": AS_OF},
    "baseline create": {"--as-of": AS_OF, "--baseline": "new.json"},
    "baseline update": {"--as-of": AS_OF},
    "years drift": {"--year": str(YEAR)},
    "schema evidence": {"--skeleton": "sound.json"},
    "docs build": {"--select": "PIC-PER-03"},
    "plugins new": {"--prefix": "ACME"},
    "plugins verify": {"--examples": "1"},
    "waivers add": {
        "--code": "PIC-PER-04",
        "--subject": "tin *****6789",
        "--reason": "a test",
        "--owner": "a test",
        "--expires": "2999-12-31",
    },
    "history export": {"--output": "new.zip"},
    "history record": {"--as": "submitted", "--on": "2026-03-01", "--by": "a test"},
    "history expunge": {"--before": "2019", "--reason": "a test", "--by": "a test"},
    "history init": {"--by": "a test"},
}
#: Parameters that take a path though their type does not say so.
PATHS: Final = {
    *("paths", "path", "old", "new", "prior", "formats", "forms", "output", "file"),
    *("url", "history", "heads", "entity_of", "skeleton"),
}
#: Where the file of a plugin is tried: elsewhere, the same function reads it.
WITH_PLUGINS: Final = {"audit", "score", "serve", "plugins show", "plugins verify"}
#: Parameters that are written to.
OUTPUTS: Final = {"formats", "forms", "output"}


def walk(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command of the tree by its name."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for inner in command.list_commands(context):
        found = command.get_command(context, inner)
        assert found is not None
        yield from walk(found, f"{name} {inner}".strip())


def takes_path(name: str, parameter: click.Parameter) -> bool:
    is_plugin = parameter.name == "plugins" and name in WITH_PLUGINS
    return isinstance(parameter.type, click.Path) or parameter.name in PATHS or is_plugin


PLACES: Final = [
    pytest.param(name, parameter, id=f"{name} {parameter.name}")
    for name, command in walk(cli)
    for parameter in command.params
    if takes_path(name, parameter)
]


def test_there_are_fifteen_and_every_group_is_tried() -> None:
    assert len(HOSTILE) >= 15
    groups = {str(place.values[0]).partition(" ")[0] for place in PLACES}
    expected = {"audit", "score", "diff", "convert", "waivers", "baseline", "config", "years"}
    assert groups >= expected | {"serve", "docs", "history", "plugins", "rules", "schema"}


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of what commands need: a submission, a report, a baseline, a history."""
    folder = tmp_path_factory.mktemp("kit")
    (folder / "sound.json").write_bytes(COMPLIANT.read_bytes())
    url = make(folder, "history.db")
    audited = audit(folder, url, "sound.json", "-f", "json=report.json")
    assert audited.code in {0, 1}, audited.err
    done = run_here("baseline", "create", "sound.json", "--as-of", AS_OF, cwd=folder)
    assert done.code == 0, done.err
    return folder


def option_of(parameter: click.Parameter) -> str:
    return max(parameter.opts, key=len)


def value_of(parameter: click.Parameter, path: str, folder: Path) -> str:
    """Return how a path is given to an option."""
    if parameter.name in {"formats", "forms"}:
        return f"json={path}"
    if parameter.name == "plugins" and len(path) < 255 and path != "-":
        (folder / "hostile.py").symlink_to(path)  # a plugin's file has this suffix
        return "./hostile.py"
    return path


def line(name: str, parameter: click.Parameter, path: str, folder: Path) -> list[str]:
    """Return the words of a command that is given a path in one of its places."""
    command = dict(walk(cli))[name]
    beside = dict(BESIDE.get(name, {}))
    if name.startswith("history ") and name != "history init":
        beside["--history"] = "history.db"
    arguments: list[str] = []
    for other in command.params:
        if isinstance(other, click.Argument):
            mine = other.name == parameter.name
            arguments += [path] if mine else NEEDED.get((name, str(other.name)), ())
    if isinstance(parameter, click.Option):
        beside[option_of(parameter)] = value_of(parameter, path, folder)
    words = [*name.split(), *(word for pair in beside.items() for word in pair)]
    return [*words, "--", *arguments] if arguments else words


def run_at(folder: Path, name: str, parameter: click.Parameter, path: str) -> Run:
    pipe = folder / "pipe.json"
    is_output = parameter.name in OUTPUTS or (name, parameter.name) == ("baseline create", "file")
    with other_end(pipe, is_output=is_output), no_longer_than():
        stdin = b"" if path != "-" else COMPLIANT.read_bytes()[:40]
        return run_here(*line(name, parameter, path, folder), cwd=folder, stdin=stdin)


@pytest.mark.parametrize(("name", "parameter"), PLACES)
def test_no_path_brings_a_command_down(
    name: str,
    parameter: click.Parameter,
    kit: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def serve(*_: Any) -> None:
        """Be at the point where a service begins to listen; it would go on until it is stopped."""

    monkeypatch.setattr(server, "serve", serve)
    for kind, make_path in some(HOSTILE.items()):
        folder = tmp_path / kind.replace(" ", "-")
        shutil.copytree(kit, folder)
        path = make_path(folder)
        run = run_at(folder, name, parameter, path)
        allowed = CODES | ({1} if name in FINDS else set())
        assert run.code in allowed, (kind, run.err)
        assert "Traceback" not in run.err + run.out, kind
        assert "\x1b" not in run.err, kind
        assert "an error of picheck's" not in run.err, (kind, run.err)
        # a usage error for what else the command needs would let every path pass unread
        assert "Missing " not in run.err, run.err
        assert "No such option" not in run.err, run.err
        if run.code == 2:
            assert run.err.strip(), kind
