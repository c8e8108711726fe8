"""Memory and speed of long runs: one process and several, few documents and many.

python benchmarks/scale.py --counts 20000 100000 --jobs 1 2
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Final

from child_process import run_audit
from generate import corpus

_DISTINCT: Final = 5_000
_TIN: Final = b'"taxpayerIdentificationNumber":"'


def main() -> None:
    """Print one line for each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    print(f"{'documents':>12}{'jobs':>6}{'seconds':>9}{'docs/s':>9}{'peak MB':>9}{'a child':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for count in given.counts:
            path = Path(folder) / f"{count}.ndjson"
            _write(path, count)
            for jobs in given.jobs:
                print(_run(path, count, jobs), flush=True)
            path.unlink()


def _write(path: Path, count: int) -> None:
    """Write documents of ever new entities; what else is in them comes round again."""
    documents = [planted.data for planted in corpus(_DISTINCT, defects=0.05)]
    with path.open("wb") as file:
        for number in range(count):
            data = documents[number % _DISTINCT]
            before, key, rest = data.partition(_TIN)
            if key:
                data = before + key + b"%09d" % (100_000_000 + number) + rest[rest.index(b'"') :]
            file.write(data + b"\n")


def _run(path: Path, count: int, jobs: int) -> str:
    cost = run_audit(path, jobs=jobs)
    return (
        f"{count:>12,}{jobs:>6}{cost.seconds:>9.1f}{count / cost.seconds:>9,.0f}"
        f"{cost.peak:>9.1f}{cost.worker_peak:>9.1f}"
    )


if __name__ == "__main__":
    main()
