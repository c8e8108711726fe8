"""What may not be read or written is said in a sentence, with the exit code of its kind."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from history_support import audit, make
from support import AS_OF, COMPLIANT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs capabilities, or chmod")

#: `prctl`: take a capability from this process and all that it begins.
_DROP: Final = 24
#: CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER: an administrator's way past permissions.
_WAYS_PAST: Final = (1, 2, 3)
_LIBC: Final = ctypes.CDLL(None)


def obey_permissions() -> None:
    """Let the child obey the permissions of files, also where an administrator runs the tests."""
    if os.geteuid() == 0:
        for capability in _WAYS_PAST:
            _LIBC.prctl(_DROP, capability, 0, 0, 0)


def run(folder: Path, *words: str, cwd: Path | None = None, **environment: str) -> tuple[int, str]:
    """Run picheck as a user without special rights; return its exit code and all that it said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PICHECK_")}
    plain = {"PYTHONUTF8": "1", "NO_COLOR": "1", "COLUMNS": "200"}
    command = [sys.executable, "-m", "picheck", *words]
    return obey_and_run(command, cwd or folder, {**kept, **plain, **environment})


def obey_and_run(
    command: list[str], folder: Path, environment: dict[str, str] | None = None
) -> tuple[int, str]:
    """Run a command without special rights; return its exit code and all that it said."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
        preexec_fn=obey_permissions,
        timeout=120,
    )
    said = done.stdout.decode() + done.stderr.decode()
    assert "Traceback" not in said
    assert "an error of picheck's" not in said, said
    return done.returncode, said


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder with a submission, one that is shut, a closed folder and a full one."""
    data = COMPLIANT.read_bytes()
    for name in ("closed", "fixed"):
        (tmp_path / name).mkdir()
    for name in ("a.json", "shut.json", "closed/a.json"):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "shut.json").chmod(0)
    (tmp_path / "closed").chmod(0)
    (tmp_path / "fixed").chmod(0o555)
    yield tmp_path
    for name in ("closed", "fixed"):  # so that the folder can be removed
        (tmp_path / name).chmod(0o755)


AUDIT: Final = ("audit", "a.json", "--as-of", AS_OF)
#: The words of a command, its exit code, and what it says of the path.
CASES: Final = [
    (("audit", "shut.json"), 3, "shut.json: cannot be read: Permission denied"),
    (("audit", "closed"), 3, "closed: cannot be read: Permission denied"),
    (("audit", "closed/*.json"), 3, "closed/*.json: cannot be read: Permission denied"),
    (("audit", "closed/a.json"), 3, "closed/a.json: cannot be read: Permission denied"),
    ((*AUDIT, "--evidence", "closed/a.json"), 3, "closed/a.json: cannot be read"),
    ((*AUDIT, "--prior", "closed"), 3, "closed was not used: cannot be read"),
    ((*AUDIT, "--waivers", "closed/w.toml"), 2, "closed/w.toml: cannot be read"),
    ((*AUDIT, "--baseline", "closed/b.json"), 2, "closed/b.json: cannot be read"),
    ((*AUDIT, "--entity-key", "closed/key"), 2, "closed/key cannot be read"),
    ((*AUDIT, "--config", "closed/picheck.toml"), 2, "closed/picheck.toml: cannot be read"),
    ((*AUDIT, "-p", "closed/rules.py"), 2, "closed/rules.py cannot be read"),
    ((*AUDIT, "-f", "json=fixed/r.json"), 2, "fixed/r.json cannot be written"),
    ((*AUDIT, "-f", "ndjson=fixed/r.json"), 2, "fixed/r.json cannot be written"),
    ((*AUDIT, "-f", "html=closed/r.html"), 2, "closed/r.html cannot be written"),
    (("score", "closed/a.json"), 3, "closed/a.json: cannot be read"),
    (("convert", "shut.json"), 3, "shut.json: cannot be read"),
    (("diff", "closed/a.json", "a.json"), 3, "closed/a.json cannot be read"),
    (("baseline", "create", "a.json", "--baseline", "fixed/b.json"), 2, "fixed/b.json"),
    (("plugins", "lock", "--output", "fixed/lock"), 2, "fixed/lock cannot be written"),
    (("plugins", "new", "x", "--prefix", "ACME", "--output", "fixed/x"), 2, "fixed/x cannot be"),
    (("docs", "build", "--select", "PIC-PER-03", "-o", "closed/x"), 2, "cannot be written"),
    (("schema", "evidence", "--skeleton", "a.json", "-o", "fixed/x"), 2, "fixed/x cannot be"),
    (("history", "init", "--history", "fixed/h.db"), 2, "fixed/h.db.key cannot be written"),
    (("history", "list", "--history", "closed/h.db"), 2, "closed/h.db cannot be reached"),
]


@pytest.mark.parametrize(("words", "code", "said"), CASES, ids=[" ".join(c[0]) for c in CASES])
def test_what_is_closed_is_named_with_the_reason(
    desk: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    found, text = run(desk, *words)
    assert found == code, text
    assert said in text


def test_a_closed_file_among_others_costs_the_others_nothing(desk: Path) -> None:
    code, text = run(desk, "audit", ".", "--as-of", AS_OF)
    assert code == 3
    assert "shut.json: cannot be read: Permission denied" in text
    assert "closed: cannot be read: Permission denied" in text
    assert "1 document" in text


def test_a_history_that_cannot_be_written_costs_the_record_and_not_the_audit(
    desk: Path,
) -> None:
    url = make(desk, "h.db")
    assert audit(desk, url, "a.json").code in {0, 1}
    (desk / "h.db").chmod(0o444)
    code, text = run(desk, *AUDIT, "--history", "h.db", "--by", "a test")
    assert code == 4
    assert "what follows was not recorded" in text
    assert "1 document" in text
    assert run(desk, "history", "list", "--history", "h.db")[0] == 0
    (desk / "h.db.key").chmod(0)
    code, text = run(desk, *AUDIT, "--history", "h.db", "--by", "a test")
    assert code == 2
    assert "the key of the history, h.db.key, cannot be read: Permission denied" in text


def test_without_a_home_or_a_place_for_temporary_files_an_audit_is_the_same(desk: Path) -> None:
    usual = run(desk, *AUDIT)
    closed = str(desk / "closed")
    assert run(desk, *AUDIT, HOME=closed, XDG_CACHE_HOME=closed, TMPDIR=closed) == usual


def test_settings_that_cannot_be_looked_for_are_not_taken_for_none(desk: Path) -> None:
    """They may hold a stricter gate."""
    path = str(desk / "a.json")
    code, text = run_in_closed(desk, "audit", path)
    assert code == 2
    assert "may hold settings and cannot be looked into: Permission denied" in text
    assert run_in_closed(desk, "audit", path, "--as-of", AS_OF, "--isolated")[0] in {0, 1}


def run_in_closed(desk: Path, *words: str) -> tuple[int, str]:
    """Run picheck in a folder that was closed after the shell went there."""
    script = 'cd "$1" && chmod 0 . && shift && exec "$@"'
    (desk / "closed").chmod(0o755)
    return run_by_shell(desk, script, str(desk / "closed"), *words)


def run_by_shell(desk: Path, script: str, folder: str, *words: str) -> tuple[int, str]:
    python = [sys.executable, "-P", "-m", "picheck", *words]
    return obey_and_run(["/bin/sh", "-c", script, "sh", folder, *python], desk)


def test_a_working_directory_that_was_removed_is_named(desk: Path) -> None:
    script = 'cd "$1" && rmdir . 2>/dev/null || rmdir "$1"; shift && exec "$@"'
    (desk / "gone").mkdir()
    code, text = run_by_shell(desk, script, str(desk / "gone"), "audit", str(desk / "a.json"))
    assert code == 2
    assert "the working directory cannot be used: No such file or directory" in text
