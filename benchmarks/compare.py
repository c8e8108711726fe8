"""The same sixteen rules on what a user would pick instead, checked first, then timed.

Every engine gets the same bytes and must say of each document exactly what was planted there
before it is timed. The rounds go in turn through all engines, and each engine's fastest counts,
in seconds of processor time. Ratios are against `orjson.loads` of the same bytes, and against
picheck, in the same run. A rival that is not installed is named, with how to install it.

With `--independent` the documents are those of 2025 in the independent corpus (`corpus`), whose
faults lie several in one document. There picheck must say exactly what was planted; the sixteen
rules as a rival writes them know less of one fault that hides another, so the column `other`
counts the documents of which it says something else.

    python benchmarks/compare.py --count 400
    python benchmarks/compare.py --count 400 --independent
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
import orjson
from corpus import documents as independent_documents
from defects import DEFECTS
from generate import Planted, corpus
from rivals import ours, sixteen
from rivals.field import FIELD, AbsentError, Found, Lap

_CODES: Final = frozenset(sixteen.CODES)
_OURS: Final = FIELD[0].name
#: The year of which the sixteen rules are.
_YEAR: Final = 2025


class _Year(msgspec.Struct):
    performanceYear: int | None = None  # noqa: N815 - as the document spells it


class Labelled(NamedTuple):
    """One document and the codes that must fail on it."""

    data: bytes
    expected: tuple[str, ...]

    @property
    def defect(self) -> str:
        """What was planted, in short; empty where nothing was."""
        return ", ".join(self.expected)


def main() -> None:
    """Print one line for each engine."""
    names = [rival.name for rival in FIELD]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument(
        "--count", type=int, default=400, help="documents to time; the default takes some minutes"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=names, default=names, metavar="NAME")
    parser.add_argument("--independent", action="store_true", help="the independent corpus")
    given = parser.parse_args()
    versions, laps = enter([_OURS, *given.only])
    proof = documents_of_each_defect()
    for name, lap in laps.items():
        check(name, lap([planted.data for planted in proof])[0], proof)
    draw = some_independent_documents if given.independent else some_documents
    documents = draw(given.count)
    lines = [document.data for document in documents]
    best: dict[str, float] = {}
    others: dict[str, int] = {}
    for _ in range(given.rounds):
        best["orjson"] = min(best.get("orjson", 1e9), *(_yardstick(lines) for _ in range(9)))
        for name, lap in laps.items():
            found, seconds = lap(lines)
            if name == _OURS or not given.independent:
                check(name, found, documents)
            others[name] = _count_others(found, documents)
            best[name] = min(best.get(name, 1e9), seconds)
    print(f"{len(lines)} documents, {sum(map(len, lines)) / len(lines):.0f} bytes each")
    print(f"{'':28}{'version':>12}{'us/doc':>10}{'orjson':>9}{'picheck':>9}{'other':>7}")
    for name, version in versions.items():
        each = best[name] / len(lines) * 1e6
        ratios = f"{best[name] / best['orjson']:9.1f}{best[name] / best[_OURS]:9.2f}"
        print(f"{name:28}{version:>12}{each:10.1f}{ratios}{others[name]:7}")


def enter(names: list[str]) -> tuple[dict[str, str], dict[str, Lap]]:
    """Return version and lap of each rival that is installed; say which are not."""
    measures = ours.measures()
    versions, laps = {}, {}
    for rival in FIELD:
        if rival.name in names:
            try:
                laps[rival.name], versions[rival.name] = rival.enter(*measures)
            except AbsentError as error:
                print(f"{rival.name:28}{error}")
    return versions, laps


def some_documents(count: int) -> list[Planted]:
    """Return documents whose label lies within the sixteen rules, three in ten faulty."""
    drawn = corpus(count * 2, seed=3, defects=0.3, form="bare")
    return [planted for planted in drawn if _is_within(planted)][:count]


def some_independent_documents(count: int) -> list[Labelled]:
    """Return documents of the independent corpus whose label lies within the sixteen rules."""
    year = msgspec.json.Decoder(_Year)
    drawn = independent_documents(count * 12, seed=3, bare=True)
    within = (
        Labelled(data, label.expected)
        for data, label in drawn
        if set(label.expected) <= _CODES and year.decode(data).performanceYear == _YEAR
    )
    return [document for document, _ in zip(within, range(count), strict=False)]


def documents_of_each_defect() -> list[Planted]:
    """Return a clean document and one with each defect that lies within the sixteen rules."""
    wanted = {name for name, (_, expected) in DEFECTS.items() if set(expected) <= _CODES} | {""}
    found: dict[str, Planted] = {}
    for planted in corpus(10_000, seed=5, defects=0.9, form="bare"):
        if _is_within(planted):
            found.setdefault(planted.defect, planted)
        if found.keys() == wanted:
            return list(found.values())
    raise SystemExit(f"the generator never planted {sorted(wanted - found.keys())}")


def check(name: str, found: Found, documents: Sequence[Planted | Labelled]) -> None:
    """Stop where an engine missed what was planted in a document, or found anything else."""
    for place, (mine, planted) in enumerate(zip(found, documents, strict=True)):
        if mine != set(planted.expected):
            said = f"{name}: document {place} ({planted.defect or 'clean'})"
            raise SystemExit(f"{said}: expected {list(planted.expected)}, found {sorted(mine)}")


def _count_others(found: Found, documents: Sequence[Planted | Labelled]) -> int:
    """Return of how many documents something else is said than was planted."""
    pairs = zip(found, documents, strict=True)
    return sum(codes != set(document.expected) for codes, document in pairs)


def _is_within(planted: Planted) -> bool:
    return not planted.is_entity and set(planted.expected) <= _CODES


def _yardstick(lines: list[bytes]) -> float:
    start = time.process_time()
    for line in lines:
        orjson.loads(line)
    return time.process_time() - start


if __name__ == "__main__":
    main()
