"""What ten plugins add to the cold start of an audit: `python benchmarks/plugins.py`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from picheck.testing.harness import stock
from picheck.testing.scaffold import scaffold

ROUNDS = 15
PLUGINS = 10
EXAMPLE = Path(__file__).parents[1] / "fixtures" / "picheck_fixtures" / "compliant" / "2025.json"


def install(site: Path, number: int) -> None:
    """Lay a new plugin into a folder as an installer would."""
    name = f"vendor{number}"
    package = f"picheck_{name}"
    scaffold(name, f"VEN{number}", site / "src" / name, stock(), "pi")
    (site / package).symlink_to(site / "src" / name / package)
    info = site / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: picheck-{name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[picheck]\n{name} = {package}\n")


def milliseconds(command: list[str], site: Path | None) -> float:
    """Run a command once and return how long it took."""
    environment = {**os.environ, "PYTHONPATH": str(site) if site else ""}
    begun = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    """Take turns, so that a busy machine is unfair to nobody, and print the medians."""
    audit = [sys.executable, "-m", "picheck", "audit", str(EXAMPLE), "--as-of", "2026-02-01"]
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        for number in range(PLUGINS):
            install(site, number)
        cases: dict[str, tuple[list[str], Path | None]] = {
            "python -c pass": ([sys.executable, "-c", "pass"], None),
            "an audit": (audit, None),
            f"an audit with {PLUGINS} plugins more": (audit, site),
        }
        for command, place in cases.values():
            milliseconds(command, place)  # bytecode is written once
        taken: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(ROUNDS):
            for name, (command, place) in cases.items():
                taken[name].append(milliseconds(command, place))
    medians = {name: median(times) for name, times in taken.items()}
    for name, value in medians.items():
        print(f"{name:<32} {value:8.1f} ms")
    _, alone, more = medians.values()
    print(
        f"{PLUGINS} plugins add {more - alone:.1f} ms, {(more - alone) / alone:.0%} of a cold start"
    )


if __name__ == "__main__":
    main()
