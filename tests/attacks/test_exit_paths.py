"""Whatever goes wrong: one sentence, and never the number that means findings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import environment, run_apart
from distributions import VENDOR, install
from long_runs import TERMS, write_lines
from support import COMPLIANT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a shell")

#: Commands that write to standard output, those of a listing among them.
COMMANDS = {
    "text": ["audit", str(COMPLIANT), *TERMS],
    "json": ["audit", str(COMPLIANT), *TERMS, "-f", "json"],
    "ndjson": ["audit", str(COMPLIANT), *TERMS, "-f", "ndjson"],
    "workers": ["audit", str(COMPLIANT), *TERMS, "-f", "ndjson", "-j", "2"],
    "csv": ["audit", str(COMPLIANT), *TERMS, "-f", "csv"],
    "score": ["score", str(COMPLIANT), *TERMS],
    "rules": ["rules", "list"],
    "rules json": ["rules", "list", "--format", "json"],
    "years": ["years", "list"],
    "schema": ["schema", "report"],
    "plugins": ["plugins", "list"],
    "completion": ["completion", "bash"],
    "help": ["audit", "--help"],
    "version": ["--version"],
}


def shell(line: str, arguments: list[str], folder: Path) -> tuple[int, str]:
    """Run a line of a shell in which "$@" is picheck; return its code and standard error."""
    done = subprocess.run(
        ["/bin/bash", "-c", line, "bash", sys.executable, "-m", "picheck", *arguments],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment(folder),
    )
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("place", [">/dev/full", ">&-", ">&- <&-"])
def test_standard_output_that_takes_nothing_is_an_incomplete_run(
    place: str, arguments: list[str], tmp_path: Path
) -> None:
    code, told = shell(f'"$@" {place}', arguments, tmp_path)
    assert code == 4, told
    (line,) = told.splitlines()
    assert line.startswith("picheck: standard output cannot be written")


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_a_reader_that_leaves_is_told_apart_from_findings(
    arguments: list[str], tmp_path: Path
) -> None:
    line = 'mkfifo pipe; { exec 3<pipe; exec 3<&-; } & exec 4>pipe; wait; "$@" >&4'
    code, told = shell(line, arguments, tmp_path)
    assert code == 141
    assert not told


def test_the_first_line_of_a_ready_run_is_no_finding(tmp_path: Path) -> None:
    path = write_lines(tmp_path, 500)
    arguments = ["audit", str(path), *TERMS, "-f", "ndjson"]
    code, told = shell('"$@" | head -1; exit ${PIPESTATUS[0]}', arguments, tmp_path)
    assert (code, told) in {(0, ""), (141, "")}


@pytest.mark.parametrize("format_", ["text", "json", "ndjson"])
def test_a_report_in_a_file_needs_no_standard_output(format_: str, tmp_path: Path) -> None:
    arguments = ["audit", str(COMPLIANT), *TERMS, "-f", f"{format_}=report"]
    code, told = shell('"$@" >&- 2>&-', arguments, tmp_path)
    assert (code, told) == (0, "")
    assert (tmp_path / "report").read_bytes()


@pytest.mark.parametrize("format_", ["text", "json", "ndjson", "csv"])
def test_a_full_disk_is_an_incomplete_run(format_: str, tmp_path: Path) -> None:
    run = run_apart("audit", COMPLIANT, *TERMS, "-f", f"{format_}=/dev/full", cwd=tmp_path)
    assert run.code in {2, 4}
    assert "/dev/full cannot be written" in run.err


FAULT = """
import picheck.engine.document as document

def broken(*_, **__):
    raise RuntimeError("nobody foresaw 123456789 this")

document.find_evidence = broken
"""


def test_an_unforeseen_error_is_one_sentence_and_no_finding(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": FAULT + VENDOR})
    for options in ([], ["-f", "ndjson"], ["-f", "ndjson", "-j", "2"]):
        run = run_apart("audit", COMPLIANT, *TERMS, *options, cwd=tmp_path)
        assert run.code == 4
        (line,) = run.err.splitlines()
        assert line.startswith("picheck: the run broke off")
        assert "RuntimeError: nobody foresaw *****6789 this" in line


def test_where_it_happened_is_printed_on_demand(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": FAULT + VENDOR})
    done = subprocess.run(
        [sys.executable, "-m", "picheck", "audit", str(COMPLIANT), *TERMS, "-v"],
        check=False,
        capture_output=True,
        cwd=tmp_path,
        env=environment(tmp_path),
    )
    assert done.returncode == 4
    assert b"Traceback" in done.stderr
    assert b"find_evidence" in done.stderr
    assert b"123456789" not in done.stderr


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252", "utf-16"])
@pytest.mark.parametrize("name", ["json", "sarif", "operationoutcome", "ndjson"])
def test_json_is_utf_8_whatever_the_encoding_of_the_output(
    name: str, encoding: str, tmp_path: Path
) -> None:
    odd = tmp_path / "Jos\u00e9 \u20ac \U0001f600.json"
    odd.write_bytes(COMPLIANT.read_bytes())
    given = ("audit", odd.name, *TERMS, "-f", name)
    plain = run_apart(*given, cwd=tmp_path)
    other = run_apart(*given, cwd=tmp_path, PYTHONIOENCODING=encoding)
    assert other.out == plain.out
    assert ("Jos\u00e9" in plain.out) == (name != "sarif")  # which has it percent-encoded
    assert plain.code == other.code == 0
    listed = run_apart("rules", "list", "--format", "json", cwd=tmp_path, PYTHONIOENCODING=encoding)
    assert listed.report


def test_json_is_utf_8_in_the_plainest_locale(tmp_path: Path) -> None:
    odd = tmp_path / "Jos\u00e9.json"
    odd.write_bytes(COMPLIANT.read_bytes())
    given = ("audit", odd.name, *TERMS, "-f", "json")
    run = run_apart(*given, cwd=tmp_path, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert run.report["summary"]["verdict"]
