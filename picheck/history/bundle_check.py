"""Verify this bundle: `python verify.py` in the unpacked folder. Needs Python 3.8 alone."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HASHED = ("seq", "kind", "at", "by", "entity", "program", "year", "body", "previous")


def hash_of(record: dict[str, Any]) -> str:
    """Return what the hash of a record has to be."""
    content = {name: record[name] for name in HASHED}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def find_faults() -> list[str]:
    """Return what is wrong with the bundle, a line each."""
    faults, named = [], set()
    previous: dict[str, Any] = {"seq": -1, "hash": ""}
    for line in (HERE / "records.ndjson").read_text("utf-8").splitlines():
        record = json.loads(line)
        if hash_of(record) != record["hash"]:
            faults.append(f"record {record['seq']} was changed")
        if previous["seq"] + 1 == record["seq"] and record["previous"] != previous["hash"]:
            faults.append(f"record {record['seq']} does not follow the one before it")
        previous = record
        named |= {value for value in json.loads(record["body"]).values() if isinstance(value, str)}
    for path in (HERE / "files").glob("*"):
        digest = path.name.partition(".")[0]
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest or digest not in named:
            faults.append(f"file {path.name} was changed, or no record names it")
    size, head, _ = (HERE / "HEAD").read_text("utf-8").split()
    if previous["seq"] == int(size) and previous["hash"] != head:
        faults.append("the last record is not the head of the chain")
    return faults


if __name__ == "__main__":
    found = find_faults()
    sys.stdout.write("\n".join(found or ["whole"]) + "\n")
    sys.exit(bool(found))
