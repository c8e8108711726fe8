"""How fast submissions go through, against `orjson.loads` of the same bytes in the same run.

End to end on one core: a file of one document a line in, a file of NDJSON out. Both sides are
run in turn, several times, and the fastest of each counts, in seconds of processor time: a busy
machine slows both and changes the ratio little.

    python benchmarks/throughput.py --count 3000
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import orjson
from generate import corpus

from picheck import __version__
from picheck.cli.options import load_inventory
from picheck.engine.batch import Batch, Crew
from picheck.engine.crews import HereExecutor
from picheck.engine.streaming import Recipe
from picheck.engine.terms import Terms
from picheck.intake.chunks import ChunkReader

FOUNDATION: Final = ("PIC-STR", "PIC-IDN", "PIC-PER", "PIC-CEH")


class Course(NamedTuple):
    """What is run: which documents, and which rules."""

    name: str
    form: str
    defects: float
    select: tuple[str, ...] = ()


COURSES: Final = (
    Course("whole catalogue, one in ten faulty", "mixed", 0.1),
    Course("whole catalogue, clean", "mixed", 0.0),
    Course("whole catalogue, clean, with evidence", "case", 0.0),
    Course("whole catalogue, clean, API's echo", "echo", 0.0),
    Course("whole catalogue, clean, bare", "bare", 0.0),
    Course("foundation rules, one in ten faulty", "mixed", 0.1, FOUNDATION),
)


class Nobody:
    """Watches nothing."""

    def tell(self, packet: object, part: object) -> None:
        """Hear of a part."""


def main() -> None:
    """Print one line for each course."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(f"picheck {__version__}, msgspec {msgspec.__version__}, orjson {orjson.__version__}")
    print(f"Python {platform.python_version()}, {platform.platform()}, {given.count:,} documents")
    print(f"{'':44}{'ratio':>7}{'us/doc':>9}{'orjson':>9}{'docs/s':>9}{'MB/s':>7}")
    for course in COURSES:
        print(_run(course, given.count, given.rounds))


def _run(course: Course, count: int, rounds: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.ndjson", Path(folder) / "out.ndjson"
        documents = corpus(count, form=course.form, defects=course.defects)
        source.write_bytes(b"".join(planted.data + b"\n" for planted in documents))
        audit = partial(_audit, source, target, course.select)
        audit()
        ours, theirs = [], []
        for _ in range(rounds):
            theirs.append(_timed(partial(_load, source)))
            ours.append(_timed(audit))
        size = source.stat().st_size
    mine, yardstick = min(ours), min(theirs)
    return (
        f"{course.name:44}{mine / yardstick:7.1f}{mine / count * 1e6:9.1f}"
        f"{yardstick / count * 1e6:9.1f}{count / mine:9,.0f}{size / mine / 1e6:7.1f}"
    )


def _load(source: Path) -> None:
    with source.open("rb") as file:
        for line in file:
            orjson.loads(line)


def _audit(source: Path, target: Path, select: tuple[str, ...]) -> None:
    recipe = Recipe(
        open_inventory=_inventory,
        terms=Terms(as_of=date(2026, 2, 1), select=select),
        reporters=("ndjson",),
    )
    with ChunkReader([str(source)]) as packets, target.open("wb") as out:
        Batch(recipe, Crew(HereExecutor, 0), [out], Nobody()).of(packets)


_loaded: dict[str, Any] = {}


def _inventory() -> Any:
    """Load the plugins once: throughput is not the time to start."""
    if not _loaded:
        _loaded["inventory"] = load_inventory(())
    return _loaded["inventory"]


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
