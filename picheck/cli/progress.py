"""How far a long run is, on standard error."""

from __future__ import annotations

import sys
from typing import Any, Final, Self

from picheck.engine.batch.worker import ChunkResult
from picheck.intake.chunk import Chunk

_SIGNS: Final = {"ready": "ready", "notReady": "not ready", "incomplete": "incomplete"}


class Progress:
    """A bar with rate, time left and a running tally; or nothing, where no terminal shows it."""

    def __init__(self, total_bytes: int | None, choice: str) -> None:
        self._total = total_bytes
        self._is_shown = choice == "always" or (choice == "auto" and sys.stderr.isatty())
        self._verdicts: dict[str, int] = {}
        self._last = ""
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        """Show the bar."""
        if self._is_shown:
            self._start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.stop()

    @property
    def position(self) -> str:
        """Where the run is, in words."""
        number = sum(self._verdicts.values())
        documents = f"{number:,} document{'' if number == 1 else 's'}"
        return f"{documents}; the last one written is {self._last}" if self._last else documents

    def on_chunk(self, chunk: Chunk, result: ChunkResult) -> None:
        """Move the bar by a chunk."""
        for verdict, number in result.summary.documents.items():
            self._verdicts[verdict] = self._verdicts.get(verdict, 0) + number
        self._last = result.last or self._last
        if self._bar is not None:
            self._bar.update(
                self._task,
                advance=getattr(chunk, "length", 0),
                documents=f"{sum(self._verdicts.values()):,}",
                tally=self._tally(),
            )

    def _tally(self) -> str:
        return ", ".join(
            f"{self._verdicts[verdict]:,} {sign}"
            for verdict, sign in _SIGNS.items()
            if verdict in self._verdicts
        )

    def _start(self) -> None:
        from rich import progress  # noqa: PLC0415 - only a bar needs it
        from rich.console import Console  # noqa: PLC0415

        self._bar = progress.Progress(
            progress.BarColumn(),
            progress.TextColumn("{task.fields[documents]} documents"),
            progress.TransferSpeedColumn(),
            progress.TimeRemainingColumn(),
            progress.TextColumn("{task.fields[tally]}", markup=False),
            console=Console(stderr=True),
        )
        self._task = self._bar.add_task("", total=self._total, documents="0", tally="")
        self._bar.start()
