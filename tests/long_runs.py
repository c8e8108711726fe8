"""Options and documents for runs in a process of their own."""

from __future__ import annotations

import json
from pathlib import Path

from support import AS_OF, COMPLIANT

TERMS = ("--as-of", AS_OF, "--isolated")


def write_lines(folder: Path, number: int = 6) -> Path:
    """Write some documents, one a line, each of another clinician."""
    path = folder / "many.ndjson"
    document = json.loads(COMPLIANT.read_bytes())
    with path.open("w") as file:
        for index in range(number):
            file.write(json.dumps({**document, "taxpayerIdentificationNumber": f"{index:09}"}))
            file.write("\n")
    return path
