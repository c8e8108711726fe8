"""Whatever path any command is given: one of picheck's exit codes, one sentence, no traceback."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import click
import pytest

from installing import Run, picheck_here
from picheck.cli.main import cli
from support import AS_OF, COMPLIANT, YEAR

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs pipes and such names")

#: Exit codes that say something: none of them is given by an error that no one foresaw.
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
    ("history show", "seq"): ("1",),
    ("history record", "path"): ("sound.json",),
    ("plugins new", "name"): ("acme-rules",),
    ("plugins verify", "name"): ("no-such-plugin",),
    ("rules show", "name"): ("PIC-PER-03",),
}
BESIDE: Final[dict[str, tuple[str, ...]]] = {
    "audit": ("--as-of", AS_OF),
    "score": ("--as-of", AS_OF),
    "baseline create": ("--as-of", AS_OF, "--force"),
    "baseline update": ("--as-of", AS_OF),
    "years drift": ("--year", str(YEAR)),
    "schema evidence": ("--skeleton", "sound.json"),
    "docs build": ("--only-index",),
}
#: Parameters that take a path though their type does not say so.
PATHS: Final = {"paths", "path", "old", "new", "prior", "formats", "forms", "output", "file"}
#: `serve` goes on until it is stopped, and `docs build` writes hundreds of pages; both have tests.
LONG: Final = {"serve", "docs build"}
HANGS: Final = 20
#: Parameters that are written to.
OUTPUTS: Final = {"formats", "forms", "output"}


class Hangs(BaseException):
    """A command did not come back."""


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


def takes_path(parameter: click.Parameter) -> bool:
    return isinstance(parameter.type, click.Path) or parameter.name in PATHS


PLACES: Final = [
    pytest.param(name, parameter, id=f"{name} {parameter.name}")
    for name, command in walk(cli)
    for parameter in command.params
    if takes_path(parameter) and name not in LONG
]


def nested(depth: int) -> bytes:
    """Return a zip archive in a zip archive, and so on."""
    data = COMPLIANT.read_bytes()
    for level in range(depth):
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w") as archive:
            archive.writestr("a.json" if level == 0 else "inner.zip", data)
        data = kept.getvalue()
    return data


def written(name: str, data: bytes) -> Callable[[Path], str]:
    def write(folder: Path) -> str:
        path = os.fsencode(folder) + b"/" + os.fsencode(name)
        Path(os.fsdecode(path)).write_bytes(data)
        return name

    return write


def closed(folder: Path) -> str:
    """Make a file that no one but an administrator may read."""
    (folder / "closed.json").write_bytes(COMPLIANT.read_bytes())
    (folder / "closed.json").chmod(0)
    return "closed.json"


def folder_of_files(folder: Path) -> str:
    (folder / "in").mkdir()
    (folder / "in" / "a.json").write_bytes(COMPLIANT.read_bytes())
    return "in"


def pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe.json")
    return "pipe.json"


def loop(folder: Path) -> str:
    (folder / "loop").mkdir()
    (folder / "loop" / "again").symlink_to(folder / "loop")
    (folder / "loop.json").symlink_to("loop.json")
    return "loop.json"


HOSTILE: Final[dict[str, Callable[[Path], str]]] = {
    "missing": lambda _: "gone/missing.json",
    "folder": folder_of_files,
    "no permission": closed,
    "pipe": pipe,
    "device": lambda _: "/dev/null",
    "not UTF-8": written("a\udcff.json", COMPLIANT.read_bytes()),
    "newline": written("a\n\x1b[31mb.json", b"{"),
    "empty": written("empty.json", b""),
    "mark": written("mark.json", b"\xef\xbb\xbf" + COMPLIANT.read_bytes()),
    "binary": written("binary.json", bytes(range(256)) * 20),
    "nested": written("nested.zip", nested(10)),
    "loop": loop,
    "too long": lambda _: f"{'x' * 5000}.json",
    "URL": lambda _: "https://example.org/a.json",
    "closed standard input": lambda _: "-",
}


def test_there_are_fifteen_and_every_group_is_tried() -> None:
    assert len(HOSTILE) == 15
    groups = {str(place.values[0]).partition(" ")[0] for place in PLACES}
    assert groups >= {"audit", "score", "diff", "convert", "waivers", "baseline", "config", "years"}


@contextmanager
def other_end(path: Path, *, is_output: bool) -> Iterator[None]:
    """Be at the other end of a pipe, and let go of it afterwards."""
    if not path.is_fifo():
        yield
        return

    def write() -> None:
        with suppress(OSError), path.open("wb") as file:
            file.write(b"{")

    def read() -> None:
        with suppress(OSError), path.open("rb") as file:
            file.read()

    end = threading.Thread(target=read if is_output else write, daemon=True)
    end.start()
    try:
        yield
    finally:  # if it still waits for a command that never opened the pipe
        descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        end.join(0.2)
        os.close(descriptor)
        end.join(HANGS)


@contextmanager
def no_longer_than(seconds: int) -> Iterator[None]:
    """Raise where a command hangs, which it would do for ever otherwise."""

    def ring(*_: Any) -> None:
        raise Hangs(f"still at it after {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def line(name: str, parameter: click.Parameter, path: str) -> list[str]:
    """Return the words of a command that is given a path in one of its places."""
    words = name.split()
    command: click.Command = dict(walk(cli))[name]
    beside = list(BESIDE.get(name, ()))
    arguments: list[str] = []
    for other in command.params:
        if isinstance(other, click.Argument):
            mine = other.name == parameter.name
            arguments += [path] if mine else NEEDED.get((name, str(other.name)), ())
    if isinstance(parameter, click.Option):
        value = f"json={path}" if parameter.name in {"formats", "forms"} else path
        beside += [max(parameter.opts, key=len), value]
    return [*words, *beside, "--", *arguments] if arguments else [*words, *beside]


def run_at(folder: Path, name: str, parameter: click.Parameter, path: str) -> Run:
    pipe = folder / "pipe.json"
    is_output = parameter.name in OUTPUTS or (name, parameter.name) == ("baseline create", "file")
    with other_end(pipe, is_output=is_output), no_longer_than(HANGS):
        stdin = b"" if path != "-" else COMPLIANT.read_bytes()[:40]
        return picheck_here(*line(name, parameter, path), cwd=folder, stdin=stdin)


@pytest.mark.parametrize(("name", "parameter"), PLACES)
def test_no_path_brings_a_command_down(
    name: str, parameter: click.Parameter, tmp_path: Path
) -> None:
    for kind, make in HOSTILE.items():
        folder = tmp_path / kind.replace(" ", "-")
        folder.mkdir()
        (folder / "sound.json").write_bytes(COMPLIANT.read_bytes())
        path = make(folder)
        run = run_at(folder, name, parameter, path)
        allowed = CODES | ({1} if name in FINDS else set())
        assert run.code in allowed, (kind, run.err)
        assert "Traceback" not in run.err + run.out
        assert "\x1b" not in run.err, kind
        assert "an error of picheck's" not in run.err, (kind, run.err)
        if run.code == 2:
            assert run.err.strip(), kind
