"""An independent corpus: what a registry's outbox holds, with a label for every line.

Five years are mixed. Seven documents in ten are clean; the others have one to three of sixteen
planted defects, and the label of each line names the rules that must fail on it. A third of the
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

from clean_submissions import (
    REQUIRED_REGISTRIES,
    STATEMENTS,
    DraftSubmission,
    Json,
    draw_certification_tail,
    draw_evidence,
    draw_submission,
)

#: Shares of the documents.
_CLEAN: Final = 0.7
_WITH_EVIDENCE: Final = 1 / 3
_KEYS_SHUFFLED: Final = 0.2
_WITH_SPACES: Final = 0.7
#: How many defects a faulty document gets, and how often in a hundred.
_DEFECT_COUNTS: Final = {1: 60, 2: 28, 3: 12}

#: Plants a defect where the draft has room for it, and says whether it did.
Defect = Callable[[random.Random, DraftSubmission], bool]


class Label(NamedTuple):
    """What is right about a line: its number, from 1, and the codes that must fail on it."""

    line: int
    expected: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether no defect was planted."""
        return not self.expected


def documents(count: int, *, seed: int = 1, bare: bool = False) -> Iterator[tuple[bytes, Label]]:
    """Yield `count` lines of JSON, without their line ends, each with its label.

    `bare` leaves the evidence away and changes nothing else: the submissions stay the same.
    """
    chance, beside = random.Random(seed), random.Random(f"evidence of {seed}")
    for number in range(count):
        draft = draw_submission(chance, number)
        expected = () if chance.random() < _CLEAN else _plant_defects(chance, draft)
        value = _to_json(chance, draft)
        if beside.random() < _WITH_EVIDENCE and not bare:
            value = {"submission": value, "evidence": draw_evidence(beside, draft)}
        separators = (", ", ": ") if chance.random() < _WITH_SPACES else (",", ":")
        yield json.dumps(value, separators=separators).encode(), Label(number + 1, expected)


def _plant_defects(chance: random.Random, draft: DraftSubmission) -> tuple[str, ...]:
    wanted = chance.choices(list(_DEFECT_COUNTS), list(_DEFECT_COUNTS.values()))[0]
    planted: list[str] = []
    for code in chance.sample(list(DEFECTS), len(DEFECTS)):
        if DEFECTS[code](chance, draft):
            planted.append(code)
        if len(planted) == wanted:
            break
    return tuple(sorted(planted))


def _to_json(chance: random.Random, draft: DraftSubmission) -> Json:
    """Write the draft as a submission: measures in any order, some with all keys in any order."""
    pairs = [*draft.answers.items(), *draft.repeated]
    chance.shuffle(pairs)
    mixed = chance.random() < _KEYS_SHUFFLED

    def order(keys: Json) -> Json:
        return dict(chance.sample(list(keys.items()), len(keys))) if mixed else keys

    measurements = [order({"measureId": name, "value": value}) for name, value in pairs]
    measurement_set = order({**draft.measurement_set, "measurements": measurements})
    return order({**draft.submission, "measurementSets": [measurement_set]})


def _unreserved(draft: DraftSubmission, names: list[str]) -> list[str]:
    return [name for name in names if name in draft.answers and name not in draft.reserved]


def _reserve(draft: DraftSubmission, *names: str) -> bool:
    """Reserve all names for a defect, or none and return False where one is reserved already."""
    if draft.reserved.intersection(names):
        return False
    draft.reserved.update(names)
    return True


def _reserve_one(chance: random.Random, draft: DraftSubmission, names: list[str]) -> str | None:
    """Reserve one of the measures that are in the draft; None where no such measure is left."""
    free = _unreserved(draft, names)
    name = chance.choice(free) if free else None
    if name:
        draft.reserved.add(name)
    return name


def _write_impossible_dates(chance: random.Random, draft: DraftSubmission) -> bool:
    if not _reserve(draft, "period"):
        return False
    period = draft.measurement_set
    start, end = period["performanceStart"], period["performanceEnd"]
    period["performanceEnd"] = chance.choice((f"{draft.year}-02-30", f"12/31/{draft.year}"))
    if chance.random() < 0.3:  # noqa: PLR2004 - the two dates exchanged
        period["performanceStart"], period["performanceEnd"] = end, start
    return True


def _leave_the_year(chance: random.Random, draft: DraftSubmission) -> bool:
    if not _reserve(draft, "period"):
        return False
    days = timedelta(days=chance.randint(1, 25))
    if chance.random() < 0.5:  # noqa: PLR2004 - too early or too late
        draft.measurement_set["performanceStart"] = (date(draft.year, 1, 1) - days).isoformat()
    else:
        draft.measurement_set["performanceEnd"] = (date(draft.year, 12, 31) + days).isoformat()
    return True


def _shorten_period(chance: random.Random, draft: DraftSubmission) -> bool:
    if not _reserve(draft, "period"):
        return False
    days = chance.randint(draft.table.minimum_days // 2, draft.table.minimum_days - 1)
    start = date.fromisoformat(draft.measurement_set["performanceStart"])
    draft.measurement_set["performanceEnd"] = (start + timedelta(days=days - 1)).isoformat()
    return True


def _drop_certification_id(chance: random.Random, draft: DraftSubmission) -> bool:
    if not _reserve(draft, "cehrtId"):
        return False
    del draft.measurement_set["cehrtId"]
    if chance.random() < 0.3:  # noqa: PLR2004 - there, and empty
        draft.measurement_set["cehrtId"] = ""
    return True


def _use_other_edition(chance: random.Random, draft: DraftSubmission) -> bool:
    if not _reserve(draft, "cehrtId"):
        return False
    prefixes = [each for each in ("0014E", "0015E", "2025C") if each not in draft.table.prefixes]
    draft.measurement_set["cehrtId"] = chance.choice(prefixes) + draw_certification_tail(chance)
    return True


def _withhold_statement(chance: random.Random, draft: DraftSubmission) -> bool:
    name = _reserve_one(chance, draft, [*STATEMENTS, "PI_PPHI_2"])
    if name is None:
        return False
    may_be_no = name == "PI_PPHI_2" and False in draft.table.safer
    if may_be_no or chance.random() < 0.5:  # noqa: PLR2004 - left out or answered no
        del draft.answers[name]
    else:
        draft.answers[name] = False
    return True


def _write_impossible_counts(chance: random.Random, draft: DraftSubmission) -> bool:
    name = _reserve_one(chance, draft, draft.rate_ids())
    if name is None:
        return False
    most = draft.answers[name]["denominator"]
    numerator = chance.choice((most + chance.randint(1, 50), -3, most / 2 + 0.25))
    draft.answers[name] = {"numerator": numerator, "denominator": most}
    return True


def _zero_numerator(chance: random.Random, draft: DraftSubmission) -> bool:
    name = _reserve_one(chance, draft, draft.rate_ids())
    if name is not None:
        draft.answers[name] = {**draft.answers[name], "numerator": 0}
    return name is not None


def _add_exclusion(chance: random.Random, draft: DraftSubmission) -> bool:
    pairs = {"PI_HIE_1": "PI_LVOTC_1", "PI_HIE_4": "PI_LVITC_2"}
    if draft.table.pdmp_exclusions:
        pairs["PI_EP_2"] = "PI_EP_2_EX_1"
    else:
        pairs |= {registry: f"{registry}_EX_1" for registry in REQUIRED_REGISTRIES}
    name = _reserve_one(chance, draft, list(pairs))
    if name is None:
        return False
    draft.answers[pairs[name]] = True
    draft.reserved.add(pairs[name])
    return True


def _leave_query_open(_: random.Random, draft: DraftSubmission) -> bool:
    own = ["PI_EP_1", "PI_EP_2", "PI_LVPP_1", *draft.table.pdmp_exclusions]
    if not draft.table.pdmp_exclusions or not _reserve(draft, *own):
        return False
    for name in own:
        draft.answers.pop(name, None)
    draft.answers["PI_LVPP_1"] = True
    return True


def _drop_level(chance: random.Random, draft: DraftSubmission) -> bool:
    levels = [f"{each}_{level}" for each in REQUIRED_REGISTRIES for level in ("PRE", "PROD")]
    level = _reserve_one(chance, draft, levels)
    if level is None:
        return False
    del draft.answers[level]
    draft.reserved.add(level.rpartition("_")[0])
    return True


def _break_exchange(chance: random.Random, draft: DraftSubmission) -> bool:
    own = ["PI_HIE_1", "PI_HIE_4", "PI_HIE_5", "PI_HIE_6", "PI_LVOTC_1", "PI_LVITC_2"]
    present = _unreserved(draft, own)
    if not _reserve(draft, *own):
        return False
    del draft.answers[chance.choice(present)]
    return True


def _malform_tin(chance: random.Random, draft: DraftSubmission) -> bool:
    tin = draft.submission.get("taxpayerIdentificationNumber")
    if tin is None:
        return False
    written = chance.choice((f"{tin[:2]}-{tin[2:]}", f"{tin}0", f"{tin[:8]}O"))
    draft.submission["taxpayerIdentificationNumber"] = written
    return True


def _repeat_measure(chance: random.Random, draft: DraftSubmission) -> bool:
    name = _reserve_one(chance, draft, list(draft.answers))
    if name is not None:
        draft.repeated.append((name, draft.answers[name]))
    return name is not None


def _add_unknown_measure(chance: random.Random, draft: DraftSubmission) -> bool:
    names = ["PI_HIE_2", "PI_LVITC_1", "PI_TRANS_PEA_1", "PI_PHCDRR_6", "PI_PEA_2"]
    names += ["PI_PHCDRR_1_MULTI"] if draft.table.levels else ["PI_PHCDRR_1_PROD"]
    name = chance.choice(names)
    draft.answers[name] = True
    return _reserve(draft, name)


def _write_value_as_text(chance: random.Random, draft: DraftSubmission) -> bool:
    """Write numbers or a yes as text, on a measure whose answer no other rule counts on."""
    plain = ["PI_EP_2", "PI_HIE_5", "PI_HIE_6", "PI_ONCACB_1", *STATEMENTS, *draft.rate_ids()]
    name = _reserve_one(chance, draft, plain)
    if name is None:
        return False
    value: Any = draft.answers[name]
    if isinstance(value, dict):
        draft.answers[name] = f"{value['numerator']}/{value['denominator']}"
    else:
        draft.answers[name] = str(value).lower()
    return True


#: The sixteen defects, by the code of the rule that must fail.
DEFECTS: Final[dict[str, Defect]] = {
    "PIC-PER-01": _write_impossible_dates,
    "PIC-PER-02": _leave_the_year,
    "PIC-PER-03": _shorten_period,
    "PIC-CEH-01": _drop_certification_id,
    "PIC-CEH-03": _use_other_edition,
    "PIC-ATT-01": _withhold_statement,
    "PIC-MEA-03": _write_impossible_counts,
    "PIC-MEA-04": _zero_numerator,
    "PIC-MEA-05": _add_exclusion,
    "PIC-ERX-01": _leave_query_open,
    "PIC-PUB-03": _drop_level,
    "PIC-HIE-01": _break_exchange,
    "PIC-IDN-02": _malform_tin,
    "PIC-STR-03": _repeat_measure,
    "PIC-STR-04": _add_unknown_measure,
    "PIC-STR-05": _write_value_as_text,
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
