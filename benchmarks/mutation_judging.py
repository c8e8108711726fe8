"""Judges a mutant: in a fork that imports the mutated rule pack, the cases hold or they do not."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from picheck.plugins.host import Host
from picheck.plugins.registry import collect_plugins
from picheck.testing.assertions import describe_difference
from picheck.testing.cases import Case, load_cases
from picheck.testing.examples import compliant_parts, shipped_cases

#: A mutant that loops for ever is killed after so many seconds.
_LONGEST: Final = 90


def holds(codes: Sequence[str]) -> bool:
    """Whether the cases of the rules hold, in a fork that imports the rule pack again."""
    cases = [case for code in codes for case in _cases(code)]
    child = os.fork()
    if not child:
        signal.alarm(_LONGEST)
        os._exit(_judge(cases))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _judge(cases: Sequence[Case]) -> int:
    """Run the cases; 1 at the first that fails. Nothing that a mutant raises may get out."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        return int(_is_broken(cases))
    except BaseException:  # noqa: BLE001 - whatever it is, the mutant is seen
        return 1


def _is_broken(cases: Sequence[Case]) -> bool:
    host = Host()
    host.discover()
    registry = collect_plugins(host)
    return any(describe_difference(case, compliant_parts, registry) for case in cases)


def warm_up(pack: str) -> None:
    """Load once, before the forks, whatever no mutant touches; the pack is forgotten again."""
    tomllib.loads = cache(tomllib.loads)
    _is_broken(_cases("PIC-PER-03"))
    for name in [name for name in sys.modules if name.partition(".")[0] == pack]:
        del sys.modules[name]
    gc.freeze()


@cache
def _cases(code: str) -> tuple[Case, ...]:
    return load_cases(shipped_cases().joinpath(f"{code}.json"))
