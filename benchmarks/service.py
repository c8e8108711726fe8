"""How `picheck serve` answers: one client alone, 20 at one time, and 50 for half a minute.

The first two are measured for the API and for the page of a result.

python benchmarks/service.py [--seconds 30] [--clients 50]

Clients speak HTTP/1.1 over loopback and keep their connections. Documents are the compliant
submission of 2025 with one answer changed, each with a TIN of its own, so that no answer can be
reused as a whole. Memory is the resident set of the process that serves.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from picheck.testing.examples import compliant_parts

_ADDRESS: Final = re.compile(r"http://127\.0\.0\.1:(\d+)/")
_SERVE: Final = ("serve", "--port", "0", "--as-of", "2026-02-01", "--isolated")


class Load(NamedTuple):
    """What some clients saw: seconds of each answer, how many answers of each status, errors."""

    times: list[float]
    statuses: Counter[int]
    errors: int
    seconds: float

    def describe(self) -> str:
        """Return the figures in one line."""
        ordered = sorted(self.times)
        return (
            f"{len(ordered):7,} answers {dict(self.statuses)} {self.errors} errors"
            f" {len(ordered) / self.seconds:6.0f}/s"
            f"  p50 {statistics.median(ordered) * 1e3:6.1f} ms"
            f"  p99 {ordered[int(len(ordered) * 0.99)] * 1e3:6.1f} ms"
            f"  max {ordered[-1] * 1e3:6.1f} ms"
        )


def main() -> None:
    """Print the figures; end with 1 where a request failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--clients", type=int, default=50)
    given = parser.parse_args()
    with _service() as (port, pid):
        asyncio.run(_run(port, 1, 1))  # warm
        memory = [_resident(pid)]
        loads = {}
        for name, request, clients, seconds in (
            ("one client", _ask_api, 1, min(5, given.seconds)),
            ("20 clients", _ask_api, 20, min(10, given.seconds)),
            ("one, page", _ask_page, 1, min(5, given.seconds)),
            ("20, page", _ask_page, 20, min(10, given.seconds)),
        ):
            loads[name] = asyncio.run(_run(port, clients, seconds, request))
            memory.append(_resident(pid))
        parts = []
        for _ in range(3):
            parts.append(asyncio.run(_run(port, given.clients, given.seconds / 3)))
            memory.append(_resident(pid))
        loads[f"{given.clients} clients"] = _added(parts)
    for name, load in loads.items():
        print(f"{name:<12}{load.describe()}")
    print("memory      " + " ".join(f"{each:.1f}" for each in memory) + " MB, after each step")
    failed = sum(
        load.errors + sum(load.statuses.values()) - load.statuses[200] for load in loads.values()
    )
    sys.exit(1 if failed else 0)


@contextmanager
def _service() -> Iterator[tuple[int, int]]:
    """Run the service; yield its port and the number of its process."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "picheck", *_SERVE],
            cwd=folder,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None  # noqa: S101 - it is a pipe
        found = _ADDRESS.search(process.stderr.readline())
        if found is None:
            raise SystemExit(process.stderr.read())
        try:
            yield int(found[1]), process.pid
        finally:
            process.terminate()
            process.wait(60)


async def _run(
    port: int, clients: int, seconds: float, request: Callable[[bytes], bytes] | None = None
) -> Load:
    """Let so many clients ask, one request after the other, for so long."""
    numbers = itertools.count(100_000_000)
    begun = time.perf_counter()
    ask = request or _ask_api
    each = [_client(port, numbers, begun + seconds, ask) for _ in range(clients)]
    return _added(await asyncio.gather(*each), time.perf_counter() - begun)


async def _client(
    port: int, numbers: Iterator[int], until: float, request: Callable[[bytes], bytes]
) -> Load:
    load = Load([], Counter(), 0, 0)
    errors = 0
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        body = _document(next(numbers))
        start = time.perf_counter()
        try:
            writer.write(request(body))
            status = await _status(reader)
        except (OSError, asyncio.IncompleteReadError):
            errors += 1
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            continue
        load.times.append(time.perf_counter() - start)
        load.statuses[status] += 1
    writer.close()
    return load._replace(errors=errors)


def _document(number: int) -> bytes:
    submission, _ = compliant_parts(2025)
    submission["taxpayerIdentificationNumber"] = str(number)
    measurements = submission["measurementSets"][0]["measurements"]
    measurements[number % len(measurements)]["value"] = False
    return json.dumps(submission).encode()


def _ask_api(document: bytes) -> bytes:
    """Return the request of a program."""
    return _request("/api/v1/audits", "application/json", document)


def _ask_page(document: bytes) -> bytes:
    """Return the request of a browser in which a file was chosen."""
    head = 'Content-Disposition: form-data; name="file"; filename="a.json"'
    body = b"--part\r\n" + head.encode() + b"\r\n\r\n" + document + b"\r\n--part--\r\n"
    return _request("/audit", "multipart/form-data; boundary=part", body)


def _request(path: str, kind: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _status(reader: asyncio.StreamReader) -> int:
    """Read one whole answer and return its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = re.search(r"(?i)content-length: (\d+)", head)
    await reader.readexactly(int(length[1]) if length else 0)
    return int(head.split(" ", 2)[1])


def _added(loads: list[Load], seconds: float | None = None) -> Load:
    return Load(
        [each for load in loads for each in load.times],
        sum((load.statuses for load in loads), Counter()),
        sum(load.errors for load in loads),
        sum(load.seconds for load in loads) if seconds is None else seconds,
    )


def _resident(pid: int) -> float:
    """Return the resident memory of a process in MB of 1,024 kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    main()
