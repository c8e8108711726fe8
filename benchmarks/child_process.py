"""`picheck audit` in a process of its own, as users run it, and what it took."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, NamedTuple

#: Runs the command line, then prints the peaks in kB: its own, and its greatest child's. `VmHWM`
#: is the process's own; what `getrusage` says of it may stem from the process that started it. A
#: child counts once it was waited for.
_WATCHED: Final = """
import resource, sys
from picheck.cli.main import main
code = 0
try:
    main(sys.argv[1:])
except SystemExit as end:
    code = end.code or 0
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    with open("/proc/self/status") as status:
        own = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
except OSError:
    pass
import multiprocessing
for worker in multiprocessing.active_children():
    worker.join(10)
print(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(0 if code == 1 else code)
"""


class AuditCost(NamedTuple):
    """What one audit took, from the start of the process to its end.

    `seconds` by the clock on the wall; `processor` seconds of the process and its workers;
    `peak` and `worker_peak` resident memory in MB of 1,024 kB; `written` bytes of the report.
    """

    seconds: float
    processor: float
    peak: float
    worker_peak: float
    written: int


def run_audit(source: Path, *, jobs: int = 1, form: str = "ndjson") -> AuditCost:
    """Run `picheck audit -f FORM=OUT SOURCE` and remove OUT, which is written beside SOURCE.

    Findings are no failure. Raises subprocess.CalledProcessError where the audit did not run.
    """
    target = source.with_name(f"{source.name}.out")
    command = [sys.executable, "-c", _WATCHED, "audit", str(source), "--as-of", "2026-02-01"]
    command += ["--isolated", "-f", f"{form}={target}", "-j", str(jobs)]
    before, start = _processor_seconds(), time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, processor = time.perf_counter() - start, _processor_seconds() - before
    written = target.stat().st_size
    target.unlink()
    own, worker = (int(number) / 1024 for number in done.stderr.split()[-2:])
    return AuditCost(seconds, processor, own, worker if jobs > 1 else 0.0, written)


def _processor_seconds() -> float:
    """Return the processor seconds, their own and the system's, of all children so far."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
