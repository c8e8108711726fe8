"""How fast submissions go through, against `orjson.loads` of the same bytes in the same run.

One core; a file of one document a line in, a file of NDJSON out. Two corpora: `generate` departs
from picheck's own examples of one year, `corpus` knows nothing of picheck and mixes five years.

The first table is taken in this process, warm: the batch machinery alone, without the start of
the program, plugins loaded. Every round audits documents that were not there before: what was
remembered of the last ones helps as much as it does in a long run, and no more. The second is
`picheck audit -f ndjson=OUT IN` in a process of its own, start and end included, as users run it;
its memory is the peak of that process.

A ratio divides seconds of processor time: of picheck, and of `orjson.loads` over every line of
the same file. Both sides take turns, so that a busy machine slows both and changes the ratio
little; of several rounds the median counts, and the greatest peak of memory. Documents a second
are by processor time in the first table, and by the clock on the wall in the second. `out/in` is
bytes of NDJSON written for each byte read; a MB/s is 1,000,000 bytes, a MB of memory 1,048,576.

    python benchmarks/throughput.py --count 3000
    python benchmarks/throughput.py --quick     # some seconds
    python benchmarks/throughput.py --full      # a million documents too: up to half an hour
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import child_process
import msgspec
import orjson
from corpus import documents
from generate import corpus

from picheck import __version__
from picheck.cli.options import load_inventory
from picheck.engine.batch.batch import Batch
from picheck.engine.batch.chunk_queue import Executors
from picheck.engine.batch.local import InlineExecutor
from picheck.engine.batch.worker import WorkerConfig
from picheck.engine.options import AuditOptions
from picheck.intake.chunks import ChunkReader

FOUNDATION: Final = ("PIC-STR", "PIC-IDN", "PIC-PER", "PIC-CEH")
#: Sizes of the runs in a process of their own.
_SIZES: Final = {"quick": (1_000,), "": (20_000, 60_000), "full": (20_000, 60_000, 1_000_000)}
#: Runs of more documents are not repeated.
_REPEATED_TO: Final = 20_000

#: Yields so many lines of JSON, by a seed.
Lines = Callable[[int, int], Iterator[bytes]]


def _generated(form: str, defects: float) -> Lines:
    def lines(count: int, seed: int) -> Iterator[bytes]:
        drawn = corpus(count, seed=seed, form=form, defects=defects)
        return (planted.data for planted in drawn)

    return lines


def _independent(*, bare: bool) -> Lines:
    def lines(count: int, seed: int) -> Iterator[bytes]:
        return (line for line, _ in documents(count, seed=seed, bare=bare))

    return lines


class Course(NamedTuple):
    """What is run: which documents, and which rules."""

    name: str
    lines: Lines
    select: tuple[str, ...] = ()


MIXED: Final = Course("generated: one year, one in ten faulty", _generated("mixed", 0.1))
INDEPENDENT: Final = Course("independent: five years, 30 % faulty", _independent(bare=False))
INDEPENDENT_BARE: Final = Course("independent, without evidence", _independent(bare=True))
#: In this process; the whole catalogue unless rules are selected.
WARM: Final = (
    INDEPENDENT,
    INDEPENDENT_BARE,
    MIXED,
    Course("generated, clean", _generated("mixed", 0.0)),
    Course("generated, clean, with evidence", _generated("case", 0.0)),
    Course("generated, clean, API's echo", _generated("echo", 0.0)),
    Course("generated, clean, bare", _generated("bare", 0.0)),
    Course("generated, foundation rules only", MIXED.lines, FOUNDATION),
)
#: In a process of its own.
FRESH: Final = (INDEPENDENT, INDEPENDENT_BARE, MIXED)


class NoProgress:
    """Shows nothing."""

    def on_chunk(self, chunk: object, result: object) -> None:
        """Do nothing with a chunk that was written."""


def main() -> None:
    """Print one line for each course, warm, and one for each course and size, fresh."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=2_000, help="documents of the warm courses")
    parser.add_argument("--rounds", type=int, default=5, help="of the warm courses")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_const", const="quick", dest="size")
    size.add_argument("--full", action="store_const", const="full", dest="size")
    given = parser.parse_args()
    print(f"picheck {__version__}, msgspec {msgspec.__version__}, orjson {orjson.__version__}")
    print(f"Python {platform.python_version()}, {platform.platform()}")
    print(f"\nin this process, warm, {given.count:,} documents of each")
    print(f"{'':40}{'ratio':>7}{'us/doc':>8}{'orjson':>8}{'docs/s':>8}{'MB/s':>7}{'out/in':>7}")
    for course in WARM:
        print(_warm(course, given.count, given.rounds), flush=True)
    print("\npicheck audit -f ndjson=OUT IN, a process of its own")
    print(
        f"{'':40}{'documents':>10}{'ratio':>7}{'us/doc':>8}{'docs/s':>8}{'seconds':>9}{'out/in':>7}"
        f"{'peak MB':>9}"
    )
    for count in _SIZES[given.size or ""]:
        for course in FRESH:
            print(_fresh(course, count), flush=True)


def _warm(course: Course, count: int, rounds: int) -> str:
    ours, theirs, read, written = [], [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.ndjson", Path(folder) / "out.ndjson"
        for seed in range(rounds + 1):
            _write(source, course.lines(count, seed))
            theirs.append(_timed(partial(_load, source)))
            ours.append(_timed(partial(_audit, source, target, course.select)))
            read, written = read + source.stat().st_size, written + target.stat().st_size
    del ours[0], theirs[0]  # the first round warms up
    mine, yardstick = median(ours), median(theirs)
    size = read / (rounds + 1)
    return (
        f"{course.name:40}{mine / yardstick:7.1f}{mine / count * 1e6:8.1f}"
        f"{yardstick / count * 1e6:8.1f}{count / mine:8,.0f}{size / mine / 1e6:7.1f}"
        f"{written / read:7.2f}"
    )


def _fresh(course: Course, count: int) -> str:
    runs, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.ndjson"
        _write(source, course.lines(count, 1))
        read = source.stat().st_size
        for _ in range(3 if count <= _REPEATED_TO else 1):
            theirs.append(_timed(partial(_load, source)))
            runs.append(child_process.run_audit(source))
            theirs.append(_timed(partial(_load, source)))
    processor, seconds = median(run.processor for run in runs), median(run.seconds for run in runs)
    return (
        f"{course.name:40}{count:>10,}{processor / median(theirs):7.1f}"
        f"{processor / count * 1e6:8.1f}{count / seconds:8,.0f}{seconds:9.1f}"
        f"{runs[0].written / read:7.2f}{max(run.peak for run in runs):9.1f}"
    )


def _write(target: Path, lines: Iterator[bytes]) -> None:
    with target.open("wb") as file:
        file.writelines(line + b"\n" for line in lines)


def _load(source: Path) -> None:
    with source.open("rb") as file:
        for line in file:
            orjson.loads(line)


def _audit(source: Path, target: Path, select: tuple[str, ...]) -> None:
    _, registry = _plugins()
    config = WorkerConfig(
        open_plugins=_plugins,
        options=AuditOptions(as_of=date(2026, 2, 1), select=select),
        reporters=("ndjson",),
    )
    with ChunkReader([str(source)]) as packets, target.open("wb") as out:
        Batch(config, Executors(InlineExecutor, 0), [out], NoProgress(), registry).run(packets)


_loaded: dict[str, Any] = {}


def _plugins() -> Any:
    """Load the plugins once: throughput is not the time to start."""
    if not _loaded:
        _loaded["registry"] = load_inventory(())
    return _loaded["registry"]


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
