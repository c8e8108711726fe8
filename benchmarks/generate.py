"""A seeded generator of realistic submissions with planted defects, each with its label.

Every document departs from the shipped compliant submission of the year in ways that the law
allows (who reports, in which period, with which numbers, by which exchange option). Some get a
defect on top; its label says exactly which rules must fail, and a clean document's label is
empty. All identifiers are invented.

    python benchmarks/generate.py --count 100000 --defects 0.1 corpus.ndjson labels.ndjson
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from defects import DEFECTS
from drafting import FORMS, Draft, varied, written

from picheck.testing.examples import compliant_parts

#: A third of the documents each.
MIXED: Final = "mixed"


class Planted(NamedTuple):
    """One document as a line of JSON, and the codes of the rules that must fail on it.

    `entity` says that the defect lies between this document and the one before it.
    """

    data: bytes
    expected: tuple[str, ...] = ()
    defect: str = ""
    is_entity: bool = False


def corpus(
    count: int, *, seed: int = 1, defects: float = 0.1, form: str = MIXED, year: int = 2025
) -> Iterator[Planted]:
    """Yield `count` documents; the same arguments always give the same bytes."""
    chance = random.Random(seed)
    parts = compliant_parts(year)
    made = 0
    while made < count:
        draft = varied(chance, parts, year, made)
        shape = chance.choice(FORMS) if form == MIXED else form
        planted = chance.random() < defects
        if planted and made + 1 < count and chance.random() < 0.02:  # noqa: PLR2004
            yield from _two_that_disagree(draft, shape)
            made += 2
            continue
        yield _planted(chance, draft, shape) if planted else Planted(written(draft, shape))
        made += 1


def _planted(chance: random.Random, draft: Draft, form: str) -> Planted:
    name = chance.choice(list(DEFECTS))
    plant, expected = DEFECTS[name]
    plant(draft)
    return Planted(written(draft, form), expected, name)


def _two_that_disagree(draft: Draft, form: str) -> Iterator[Planted]:
    """Yield two documents of one entity that answer differently."""
    yield Planted(written(draft, form))
    draft.record["cehrtId"] = draft.record["cehrtId"][:-1] + (
        "A" if draft.record["cehrtId"][-1] != "A" else "B"
    )
    yield Planted(written(draft, form), ("PIC-CEH-08",), "two certified ids", is_entity=True)


def main() -> None:
    """Write a corpus and its labels."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("labels", type=Path, nargs="?")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--defects", type=float, default=0.1, help="share of faulty documents")
    parser.add_argument("--form", choices=(*FORMS, MIXED), default=MIXED)
    parser.add_argument("--year", type=int, default=2025)
    given = parser.parse_args()
    labels = given.labels.open("w") if given.labels else None
    documents = corpus(
        given.count, seed=given.seed, defects=given.defects, form=given.form, year=given.year
    )
    with given.corpus.open("wb") as file:
        for line, planted in enumerate(documents, start=1):
            file.write(planted.data + b"\n")
            if labels and planted.expected:
                label = {"line": line, "defect": planted.defect, "expected": planted.expected}
                labels.write(json.dumps(label) + "\n")
    if labels:
        labels.close()


if __name__ == "__main__":
    main()
