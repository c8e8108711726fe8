"""What each format costs: one run of the independent corpus for each, against NDJSON's.

Every run is a process of its own, start and end included. Seconds are of the processor; `times` is
against NDJSON, `MB out` what was written, `peak MB` the most memory.

    python benchmarks/reporters.py [--documents 20000]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Final

from child_process import run_audit
from corpus import documents

_FORMS: Final = ("ndjson", "json", "csv", "text", "markdown", "github", "sarif", "junit", "html")


def main() -> None:
    """Print one line for each format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="picheck-bench-") as folder:
        source = Path(folder) / "in.ndjson"
        source.write_bytes(b"".join(line + b"\n" for line, _ in documents(given.documents)))
        print(f"{given.documents:,} documents, {source.stat().st_size / 1e6:.1f} MB")
        print(f"{'':12}{'seconds':>9}{'times':>7}{'MB out':>9}{'peak MB':>9}")
        yardstick = 0.0
        for form in _FORMS:
            cost = run_audit(source, form=form)
            yardstick = yardstick or cost.processor
            print(
                f"{form:12}{cost.processor:9.1f}{cost.processor / yardstick:7.1f}"
                f"{cost.written / 1e6:9.1f}{cost.peak:9.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
