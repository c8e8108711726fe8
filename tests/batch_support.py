"""Batches of many small chunks, and what they write."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from generate import Planted

from picheck.cli.options import load_inventory
from picheck.engine.batch.batch import Batch, ProgressListener
from picheck.engine.batch.chunk_queue import Executors
from picheck.engine.batch.local import InlineExecutor
from picheck.engine.batch.worker import WorkerConfig
from picheck.engine.options import AuditOptions
from picheck.intake.chunks import ChunkReader
from picheck.model.report import Report

TERMS = AuditOptions(as_of=date(2026, 2, 1))
HERE = Executors(InlineExecutor, 0)
TWO = Executors(partial(ProcessPoolExecutor, 2), 2)
Lines = list[dict[str, Any]]


class Quiet:
    """Watches and says nothing."""

    def on_chunk(self, chunk: object, part: object) -> None:
        """Hear of a part."""


def written(documents: list[Planted], path: Path) -> Path:
    path.write_bytes(b"".join(planted.data + b"\n" for planted in documents))
    return path


def written_of(
    paths: list[Path],
    executors: Executors = HERE,
    terms: AuditOptions = TERMS,
    size: int = 20_000,
    watcher: ProgressListener | None = None,
) -> tuple[bytes, Report]:
    """Audit the paths as a batch of many small chunks; return what it writes and the sum."""
    config = WorkerConfig(
        open_plugins=partial(load_inventory, ()), options=terms, reporters=("ndjson",)
    )
    sink = io.BytesIO()
    with ChunkReader([str(path) for path in paths], size) as chunks:
        report = Batch(config, executors, [sink], watcher or Quiet()).run(chunks)
    return sink.getvalue(), report


def streamed(
    paths: list[Path], executors: Executors = HERE, terms: AuditOptions = TERMS, size: int = 20_000
) -> tuple[Lines, Report]:
    """Audit the paths as a batch of many small chunks; return its lines and the sum."""
    output, report = written_of(paths, executors, terms, size)
    return [json.loads(line) for line in output.splitlines()], report


def verdicts(lines: Lines) -> dict[int, str]:
    """Return each document's verdict; of a document that was written again the last."""
    return {line["document"]: line["verdict"] for line in lines if line["type"] == "document"}


def findings(lines: Lines) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for line in lines:
        if line["type"] == "result" and line["outcome"] == "fail":
            found.setdefault(line["document"], set()).add(line["code"])
    return found


THREAD = Executors(partial(ThreadPoolExecutor, 1), 1)


class InTheMiddle:
    """Does something as soon as the third part was written, however fast that was."""

    def __init__(self, do: Callable[[], object]) -> None:
        self._do = do
        self._parts = 0

    def on_chunk(self, chunk: object, part: object) -> None:
        """Count the parts."""
        del chunk, part
        self._parts += 1
        if self._parts == 3:
            self._do()
