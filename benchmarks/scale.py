"""Memory and speed of long runs: one process and several, few documents and many.

python benchmarks/scale.py --counts 20000 100000 --jobs 1 2
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from generate import corpus

_DISTINCT: Final = 5_000
_TIN: Final = b'"taxpayerIdentificationNumber":"'
_WATCH: Final = """
import resource, sys
from picheck.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(own, child, file=sys.stderr)
"""


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
    """Write documents of ever new entities; what else stands in them comes round again."""
    documents = [planted.data for planted in corpus(_DISTINCT, defects=0.05)]
    with path.open("wb") as file:
        for number in range(count):
            data = documents[number % _DISTINCT]
            before, key, rest = data.partition(_TIN)
            if key:
                data = before + key + b"%09d" % (100_000_000 + number) + rest[rest.index(b'"') :]
            file.write(data + b"\n")


def _run(path: Path, count: int, jobs: int) -> str:
    command = [sys.executable, "-c", _WATCH, "audit", str(path), "--as-of", "2026-02-01"]
    command += ["-f", f"ndjson={path}.out", "-j", str(jobs)]
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    own, child = (int(number) / 1024 for number in done.stderr.split()[-2:])
    Path(f"{path}.out").unlink()
    return (
        f"{count:>12,}{jobs:>6}{seconds:>9.1f}{count / seconds:>9,.0f}{own:>9.1f}"
        f"{child if jobs > 1 else 0:>9.1f}"
    )


if __name__ == "__main__":
    main()
