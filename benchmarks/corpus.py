"""An independent corpus: what a registry's outbox holds, with a label for every line.

Five years are mixed. Seven documents in ten are clean; the others have one to three of sixteen
planted faults, and the label of each line names the rules that must fail on it. A third of the
lines are case lines that carry evidence. The same seed gives the same bytes, whatever the number
of documents. It shares no code and no table with picheck or with `generate`.

    python benchmarks/corpus.py --documents 20000 --seed 7 --out corpus.ndjson
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from outbox import REQUIRED_REGISTRIES, STATEMENTS, Draft, Json, certification_tail, draw, vouch

_CLEAN: Final = 0.7
_WITH_EVIDENCE: Final = 1 / 3
_KEYS_SHUFFLED: Final = 0.2
_WRITTEN_WIDE: Final = 0.7
#: How many faults a faulty document gets, and how often in a hundred.
_FAULTS: Final = {1: 60, 2: 28, 3: 12}

#: Plants a fault where the draft has room for it, and says whether it did.
Fault = Callable[[random.Random, Draft], bool]


class Label(NamedTuple):
    """What is right about a line: its number, from 1, and the codes that must fail on it."""

    line: int
    expected: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether no fault was planted."""
        return not self.expected


def documents(count: int, *, seed: int = 1, bare: bool = False) -> Iterator[tuple[bytes, Label]]:
    """Yield `count` lines of JSON, without their line ends, each with its label.

    `bare` leaves the evidence away and changes nothing else: the submissions stay the same.
    """
    chance, beside = random.Random(seed), random.Random(f"evidence of {seed}")
    for number in range(count):
        draft = draw(chance, number)
        expected = () if chance.random() < _CLEAN else _planted(chance, draft)
        value = _put_together(chance, draft)
        if beside.random() < _WITH_EVIDENCE and not bare:
            value = {"submission": value, "evidence": vouch(beside, draft)}
        separators = (", ", ": ") if chance.random() < _WRITTEN_WIDE else (",", ":")
        yield json.dumps(value, separators=separators).encode(), Label(number + 1, expected)


def _planted(chance: random.Random, draft: Draft) -> tuple[str, ...]:
    wanted = chance.choices(list(_FAULTS), list(_FAULTS.values()))[0]
    planted: list[str] = []
    for code in chance.sample(list(PLANTED), len(PLANTED)):
        if PLANTED[code](chance, draft):
            planted.append(code)
        if len(planted) == wanted:
            break
    return tuple(sorted(planted))


def _put_together(chance: random.Random, draft: Draft) -> Json:
    """Write the draft as a submission: measures in any order, some with all keys in any order."""
    pairs = [*draft.answers.items(), *draft.repeated]
    chance.shuffle(pairs)
    mixed = chance.random() < _KEYS_SHUFFLED

    def order(keys: Json) -> Json:
        return dict(chance.sample(list(keys.items()), len(keys))) if mixed else keys

    measurements = [order({"measureId": name, "value": value}) for name, value in pairs]
    record = order({**draft.record, "measurements": measurements})
    return order({**draft.head, "measurementSets": [record]})


def _free(draft: Draft, names: list[str]) -> list[str]:
    return [name for name in names if name in draft.answers and name not in draft.taken]


def _take(draft: Draft, *names: str) -> bool:
    """Take names for a fault; False, and nothing taken, where one of them is gone already."""
    if draft.taken.intersection(names):
        return False
    draft.taken.update(names)
    return True


def _take_one(chance: random.Random, draft: Draft, names: list[str]) -> str | None:
    free = _free(draft, names)
    name = chance.choice(free) if free else None
    if name:
        draft.taken.add(name)
    return name


def _day(draft: Draft, key: str) -> date:
    return date.fromisoformat(draft.record[key])


def _no_such_period(chance: random.Random, draft: Draft) -> bool:
    if not _take(draft, "period"):
        return False
    start, end = draft.record["performanceStart"], draft.record["performanceEnd"]
    draft.record["performanceEnd"] = chance.choice((f"{draft.year}-02-30", f"12/31/{draft.year}"))
    if chance.random() < 0.3:  # noqa: PLR2004 - the two dates exchanged
        draft.record["performanceStart"], draft.record["performanceEnd"] = end, start
    return True


def _outside_the_year(chance: random.Random, draft: Draft) -> bool:
    if not _take(draft, "period"):
        return False
    days = timedelta(days=chance.randint(1, 25))
    if chance.random() < 0.5:  # noqa: PLR2004 - too early or too late
        draft.record["performanceStart"] = (date(draft.year, 1, 1) - days).isoformat()
    else:
        draft.record["performanceEnd"] = (date(draft.year, 12, 31) + days).isoformat()
    return True


def _too_short(chance: random.Random, draft: Draft) -> bool:
    if not _take(draft, "period"):
        return False
    days = chance.randint(draft.edition.minimum_days // 2, draft.edition.minimum_days - 1)
    end = _day(draft, "performanceStart") + timedelta(days=days - 1)
    draft.record["performanceEnd"] = end.isoformat()
    return True


def _no_certification_id(chance: random.Random, draft: Draft) -> bool:
    if not _take(draft, "cehrtId"):
        return False
    del draft.record["cehrtId"]
    if chance.random() < 0.3:  # noqa: PLR2004 - there, and empty
        draft.record["cehrtId"] = ""
    return True


def _other_edition(chance: random.Random, draft: Draft) -> bool:
    if not _take(draft, "cehrtId"):
        return False
    prefixes = [each for each in ("0014E", "0015E", "2025C") if each not in draft.edition.prefixes]
    draft.record["cehrtId"] = chance.choice(prefixes) + certification_tail(chance)
    return True


def _not_attested(chance: random.Random, draft: Draft) -> bool:
    name = _take_one(chance, draft, [*STATEMENTS, "PI_PPHI_2"])
    if name is None:
        return False
    may_be_no = name == "PI_PPHI_2" and False in draft.edition.safer
    if may_be_no or chance.random() < 0.5:  # noqa: PLR2004 - left out or answered no
        del draft.answers[name]
    else:
        draft.answers[name] = False
    return True


def _impossible_counts(chance: random.Random, draft: Draft) -> bool:
    name = _take_one(chance, draft, draft.counted())
    if name is None:
        return False
    most = draft.answers[name]["denominator"]
    numerator = chance.choice((most + chance.randint(1, 50), -3, most / 2 + 0.25))
    draft.answers[name] = {"numerator": numerator, "denominator": most}
    return True


def _nothing_counted(chance: random.Random, draft: Draft) -> bool:
    name = _take_one(chance, draft, draft.counted())
    if name is not None:
        draft.answers[name] = {**draft.answers[name], "numerator": 0}
    return name is not None


def _beside_its_exclusion(chance: random.Random, draft: Draft) -> bool:
    pairs = {"PI_HIE_1": "PI_LVOTC_1", "PI_HIE_4": "PI_LVITC_2"}
    if draft.edition.pdmp_exclusions:
        pairs["PI_EP_2"] = "PI_EP_2_EX_1"
    else:
        pairs |= {registry: f"{registry}_EX_1" for registry in REQUIRED_REGISTRIES}
    name = _take_one(chance, draft, list(pairs))
    if name is None:
        return False
    draft.answers[pairs[name]] = True
    draft.taken.add(pairs[name])
    return True


def _query_not_excluded(_: random.Random, draft: Draft) -> bool:
    own = ["PI_EP_1", "PI_EP_2", "PI_LVPP_1", *draft.edition.pdmp_exclusions]
    if not draft.edition.pdmp_exclusions or not _take(draft, *own):
        return False
    for name in own:
        draft.answers.pop(name, None)
    draft.answers["PI_LVPP_1"] = True
    return True


def _level_left_out(chance: random.Random, draft: Draft) -> bool:
    levels = [f"{each}_{level}" for each in REQUIRED_REGISTRIES for level in ("PRE", "PROD")]
    level = _take_one(chance, draft, levels)
    if level is None:
        return False
    del draft.answers[level]
    draft.taken.add(level.rpartition("_")[0])
    return True


def _half_an_exchange(chance: random.Random, draft: Draft) -> bool:
    own = ["PI_HIE_1", "PI_HIE_4", "PI_HIE_5", "PI_HIE_6", "PI_LVOTC_1", "PI_LVITC_2"]
    present = _free(draft, own)
    if not _take(draft, *own):
        return False
    del draft.answers[chance.choice(present)]
    return True


def _malformed_tin(chance: random.Random, draft: Draft) -> bool:
    tin = draft.head.get("taxpayerIdentificationNumber")
    if tin is None:
        return False
    written = chance.choice((f"{tin[:2]}-{tin[2:]}", f"{tin}0", f"{tin[:8]}O"))
    draft.head["taxpayerIdentificationNumber"] = written
    return True


def _said_twice(chance: random.Random, draft: Draft) -> bool:
    name = _take_one(chance, draft, list(draft.answers))
    if name is not None:
        draft.repeated.append((name, draft.answers[name]))
    return name is not None


def _unknown_measure(chance: random.Random, draft: Draft) -> bool:
    names = ["PI_HIE_2", "PI_LVITC_1", "PI_TRANS_PEA_1", "PI_PHCDRR_6", "PI_PEA_2"]
    names += ["PI_PHCDRR_1_MULTI"] if draft.edition.levels else ["PI_PHCDRR_1_PROD"]
    name = chance.choice(names)
    draft.answers[name] = True
    return _take(draft, name)


def _said_as_text(chance: random.Random, draft: Draft) -> bool:
    """Write numbers or a yes as text, on a measure whose answer no other rule counts on."""
    plain = ["PI_EP_2", "PI_HIE_5", "PI_HIE_6", "PI_ONCACB_1", *STATEMENTS, *draft.counted()]
    name = _take_one(chance, draft, plain)
    if name is None:
        return False
    value: Any = draft.answers[name]
    if isinstance(value, dict):
        draft.answers[name] = f"{value['numerator']}/{value['denominator']}"
    else:
        draft.answers[name] = str(value).lower()
    return True


#: The sixteen faults, by the code of the rule that must fail.
PLANTED: Final[dict[str, Fault]] = {
    "PIC-PER-01": _no_such_period,
    "PIC-PER-02": _outside_the_year,
    "PIC-PER-03": _too_short,
    "PIC-CEH-01": _no_certification_id,
    "PIC-CEH-03": _other_edition,
    "PIC-ATT-01": _not_attested,
    "PIC-MEA-03": _impossible_counts,
    "PIC-MEA-04": _nothing_counted,
    "PIC-MEA-05": _beside_its_exclusion,
    "PIC-ERX-01": _query_not_excluded,
    "PIC-PUB-03": _level_left_out,
    "PIC-HIE-01": _half_an_exchange,
    "PIC-IDN-02": _malformed_tin,
    "PIC-STR-03": _said_twice,
    "PIC-STR-04": _unknown_measure,
    "PIC-STR-05": _said_as_text,
}


def main() -> None:
    """Write a corpus and its labels."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--labels", type=Path, help="default: OUT with .labels before its ending")
    parser.add_argument("--bare", action="store_true", help="no evidence anywhere")
    given = parser.parse_args()
    beside = given.labels or given.out.with_suffix(f".labels{given.out.suffix}")
    with ExitStack() as stack:
        out = stack.enter_context(given.out.open("wb"))
        labels = stack.enter_context(beside.open("w", encoding="utf-8"))
        for line, label in documents(given.documents, seed=given.seed, bare=given.bare):
            out.write(line + b"\n")
            row = {"line": label.line, "clean": label.is_clean, "expected": label.expected}
            labels.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
