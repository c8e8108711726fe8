"""picheck in a process of its own, whatever it writes, and documents to give to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from installing import Run
from support import AS_OF, COMPLIANT

TERMS = ("--as-of", AS_OF, "--isolated")


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process that finds what was installed into a folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PICHECK_")}
    return {**kept, "PYTHONPATH": str(folder), "PYTHONUTF8": "1", "NO_COLOR": "1", **more}


def launch(
    *arguments: str | Path, folder: Path, stdin: bytes = b"", **more: str
) -> Run:
    """Run picheck in a process of its own; `report` is read where the output is one JSON value."""
    done = subprocess.run(
        [sys.executable, "-m", "picheck", *map(str, arguments)],
        check=False,
        capture_output=True,
        cwd=folder,
        input=stdin,
        env=environment(folder, **more),
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    out = done.stdout.decode()
    try:
        report = json.loads(out)
    except ValueError:
        report = None
    return Run(done.returncode, out, done.stderr.decode(), report)


def write_lines(folder: Path, number: int = 6) -> Path:
    """Write some documents, one a line, each of another clinician."""
    path = folder / "many.ndjson"
    document = json.loads(COMPLIANT.read_bytes())
    with path.open("w") as file:
        for index in range(number):
            file.write(json.dumps({**document, "taxpayerIdentificationNumber": f"{index:09}"}))
            file.write("\n")
    return path
