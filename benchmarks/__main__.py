"""`python -m benchmarks [--quick]`: what the pages on performance quote, measured again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_QUICK: Final = (
    ("cold_start.py", "--rounds", "5"),
    ("throughput.py", "--quick", "--count", "500", "--rounds", "3"),
    ("reporters.py", "--documents", "500"),
    ("compare.py", "--count", "60", "--rounds", "2"),
    ("service.py", "--seconds", "3"),
)
_WHOLE: Final = (
    ("cold_start.py",),
    ("throughput.py", "--full", "--count", "3000", "--rounds", "7"),
    ("reporters.py",),
    ("compare.py", "--count", "400"),
    ("compare.py", "--count", "400", "--independent"),
    ("service.py",),
    ("history.py",),
    ("scale.py", "--counts", "100000", "1000000", "--jobs", "1", "2"),
)


def main() -> None:
    """Run the quick half, or all."""
    for script, *arguments in _QUICK if "--quick" in sys.argv[1:] else _WHOLE:
        print(f"== {script}", flush=True)
        subprocess.run([sys.executable, str(_HERE / script), *arguments], check=True)


if __name__ == "__main__":
    main()
