"""What a cold start costs, against `python -c pass` in the same run.

Both are started in turn, so that a busy machine slows both; the medians are compared. The
interpreter that runs this must have picheck installed (not only importable): byte code is
compiled at installation, and a checkout without it would be compiled at every start.

    python benchmarks/cold_start.py --runs 15
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from importlib.resources import as_file, files
from pathlib import Path

from picheck import __version__


def seconds(command: list[str]) -> float:
    """Return how long a command takes, from start to end."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
    )
    return time.perf_counter() - begin


def main() -> None:
    """Measure and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    picheck = Path(sys.executable).with_name("picheck")
    with as_file(files("picheck_fixtures").joinpath("compliant")) as folder:
        bare = [sys.executable, "-c", "pass"]
        audit = [str(picheck), "audit", "--as-of", "2026-02-01", str(folder / "2025.json")]
        for command in (bare, audit):
            seconds(command)  # the first start compiles what was not compiled yet
        times = [(seconds(bare), seconds(audit)) for _ in range(runs)]
    nothing, whole = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(b / a for a, b in times)
    print(f"picheck {__version__}, Python {platform.python_version()}, {runs} pairs of runs")
    print(f"python -c pass          {nothing * 1000:7.0f} ms")
    print(f"picheck audit one.json  {whole * 1000:7.0f} ms")
    print(f"ratio                   {ratio:7.1f}   (wanted: 12 at the most)")


if __name__ == "__main__":
    main()
