"""How long one document takes from a cold start, against `python -c pass` in the same run.

python benchmarks/cold_start.py
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from picheck.testing.examples import compliant_parts


def main() -> None:
    """Print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.json"
        submission, evidence = compliant_parts(2025)
        path.write_text(json.dumps(submission))
        path.with_name("one.evidence.json").write_text(json.dumps(evidence))
        audit = [sys.executable, "-m", "picheck", "audit", str(path), "--as-of", "2026-02-01"]
        empty, whole = [], []
        for _ in range(given.rounds):
            empty.append(_seconds([sys.executable, "-c", "pass"]))
            whole.append(_seconds(audit))
    print(f"python -c pass      {min(empty) * 1e3:7.1f} ms")
    print(f"picheck audit       {min(whole) * 1e3:7.1f} ms")
    print(f"ratio               {min(whole) / min(empty):7.1f}")


def _seconds(command: list[str]) -> float:
    """Return the processor time of a command, its own and the system's."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
