"""Rules are asked again in processes in which sets have another order."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Final

import msgspec

from picheck.errors import UsageError
from picheck.testing.fuzz import run_of
from picheck.testing.harness import load_plugins
from picheck.testing.strategies import Generated

#: The hash seeds of the processes (PYTHONHASHSEED): always the same, so that a verdict is, too.
SEEDS: Final = ("1", "2", "3", "4")
#: How many seconds a process may take.
_PATIENCE: Final = 300

#: What each rule said of a run, by code.
Answers = dict[str, str]


class Question(msgspec.Struct, frozen=True):
    """What a process is asked: to load plugins, and audit runs with some rules."""

    plugins: tuple[str, ...]
    codes: tuple[str, ...]
    runs: tuple[Generated, ...]


def find_unsteady(question: Question) -> Iterator[tuple[str, Generated]]:
    """Yield each rule whose answers depend on the order of sets, with a run that shows it.

    Raises UsageError where a process did not answer.
    """
    text = msgspec.json.encode(question)
    with ExitStack() as stack:
        # all are started before the first is asked, so that they load their plugins side by side
        waiting = [stack.enter_context(_start(seed)) for seed in SEEDS]
        given = [_ask(process, text) for process in waiting]
    for process, seed in zip(waiting, SEEDS, strict=True):
        if process.returncode:
            raise UsageError(
                f"a process with PYTHONHASHSEED={seed} that calls the rules ended with"
                f" {process.returncode}; see what the plugin does when it is loaded"
            )
    answers = [msgspec.json.decode(out, type=list[Answers]) for out in given]
    for run, *said in zip(question.runs, *answers, strict=True):
        for code in sorted({code for each in said for code in each}):
            if len({each.get(code) for each in said}) > 1:
                yield code, run


def _ask(process: subprocess.Popen[bytes], text: bytes) -> bytes:
    """Return what a process answers; one that does not is ended."""
    try:
        return process.communicate(text, _PATIENCE)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]


def _start(seed: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this module itself
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )


def answer(question: Question) -> list[Answers]:
    """Return what the rules say of each run."""
    _, registry, _ = load_plugins(question.plugins)
    answers = []
    for run in question.runs:
        said: dict[str, list[str]] = {}
        for result in run_of(run, registry, question.codes, date(run.year + 1, 2, 1)):
            said.setdefault(result.code, []).append(msgspec.json.encode(result).decode())
        answers.append({code: "\n".join(texts) for code, texts in said.items()})
    return answers


def main() -> None:
    """Answer a question on standard input; what plugins print does not get into the answer."""
    out = os.dup(1)
    os.dup2(2, 1)
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    with open(out, "wb") as file:  # noqa: PTH123 - a descriptor
        file.write(msgspec.json.encode(answer(question)))


if __name__ == "__main__":
    main()
