"""Rules are asked again in processes in which sets have another order."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry, collect_plugins
from picheck.testing.fuzz import run_of
from picheck.testing.strategies import Generated

#: The hash seeds of the processes (PYTHONHASHSEED): always the same, so that a verdict is, too.
SEEDS: Final = ("1", "2", "3", "4")
#: How many runs are audited in each of them.
MANY: Final = 60
#: How many seconds a process may take.
_PATIENCE: Final = 300

#: What each rule said of a run, by code.
Answers = dict[str, str]


class Question(msgspec.Struct, frozen=True):
    """What a process is asked: to load plugins, and audit runs with some rules."""

    plugins: tuple[str, ...]
    codes: tuple[str, ...]
    runs: tuple[Generated, ...]


def load_plugins(plugins: Sequence[Any]) -> tuple[Host, PluginRegistry]:
    """Load the installed plugins, and modules, or names and paths of some, beside them."""
    host = Host()
    host.discover()
    for module in plugins:
        if isinstance(module, str):
            host.load(module)
        elif host.name_of(module) is None:
            host.register(module, module.__name__, module.__name__.partition(".")[0])
    return host, collect_plugins(host)


def find_unsteady(question: Question) -> Iterator[tuple[str, Generated | None]]:
    """Yield what is wrong with rules whose answers depend on the order of sets, with a run.

    A rule that fails in the same way everywhere is not unsteady.
    """
    text = msgspec.json.encode(question)
    waiting = [(_start(seed), seed) for seed in SEEDS]
    answers: list[list[Answers]] = []
    for process, seed in waiting:
        try:
            out, _ = process.communicate(text, _PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        if process.returncode:
            yield f"a process with PYTHONHASHSEED={seed} ended with {process.returncode}", None
            continue
        answers.append(msgspec.json.decode(out, type=list[Answers]))
    for run, *told in zip(question.runs, *answers, strict=True) if answers else ():
        for code in sorted({code for each in told for code in each}):
            if len({each.get(code) for each in told}) > 1:
                yield f"{code} depends on the order of a set, which differs between processes", run


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
    _, registry = load_plugins(question.plugins)
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
