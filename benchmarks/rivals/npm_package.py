"""Rivals of npm: each is a script that node runs in a process of its own.

The script times itself, after a warm-up, so that neither node's start nor reading counts.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rivals import sixteen

INSTALL: Final = "npm install --prefix benchmarks/rivals/npm (and node 20 or later)"
_HERE: Final = Path(__file__).with_name("npm")


def version(package: str) -> str | None:
    """Return the installed version; None where the package or node is not there."""
    about = _HERE / "node_modules" / package / "package.json"
    if shutil.which("node") is None or not about.exists():
        return None
    return str(json.loads(about.read_bytes())["version"])


def lap(
    script: str, known: list[str], exclusions: sixteen.Exclusions
) -> Callable[[list[bytes]], tuple[list[set[str]], float]]:
    """Return a function that has the script check the lines, and says what it found and took."""
    rules = {
        "codes": sixteen.CODES,
        "terms": sixteen.terms(known, exclusions),
        "schemaRules": sixteen.schema_rules(known, exclusions),
    }

    def run(lines: list[bytes]) -> tuple[list[set[str]], float]:
        with tempfile.TemporaryDirectory() as folder:
            documents, listed = Path(folder, "documents.ndjson"), Path(folder, "rules.json")
            documents.write_bytes(b"\n".join(lines) + b"\n")
            listed.write_text(json.dumps(rules))
            command = [
                "node",
                "--single-threaded",
                *map(str, (_HERE / script, documents, listed)),
            ]
            said = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        return [set(codes) for codes in said["found"]], said["seconds"]

    return run
