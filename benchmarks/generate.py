"""A seeded generator of realistic submissions with planted defects, each with its label.

Every document departs from the shipped compliant submission of the year in ways that the law
allows (who reports, in which period, with which numbers, by which exchange option). Some get a
defect on top; its label says exactly which rules must fail, and a clean document's label is
empty. All identifiers are invented.

    python benchmarks/generate.py --count 100000 --defects 0.1 corpus.ndjson labels.ndjson
"""

from __future__ import annotations

import argparse
import copy
import json
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from picheck.testing.examples import compliant_parts

Json = dict[str, Any]
FORMS: Final = ("case", "bare", "echo", "mixed")
#: Without I and O, which no id has, and X, which stands for a placeholder.
_TAIL: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWYZ"
_NPI_PREFIX: Final = "80840"


class Planted(NamedTuple):
    """One document as a line of JSON, and the codes of the rules that must fail on it.

    `entity` says that the defect lies between this document and the one before it.
    """

    data: bytes
    expected: tuple[str, ...] = ()
    defect: str = ""
    is_entity: bool = False


class Draft(NamedTuple):
    """A submission and its evidence while they are being written."""

    submission: Json
    evidence: Json

    @property
    def record(self) -> Json:
        """The one measurement set."""
        record: Json = self.submission["measurementSets"][0]
        return record

    def answer(self, measure_id: str, value: Any) -> None:
        """Set the value of a measure, appended where it is not there yet."""
        for measurement in self.record["measurements"]:
            if measurement["measureId"] == measure_id:
                measurement["value"] = value
                return
        self.record["measurements"].append({"measureId": measure_id, "value": value})

    def drop(self, *measure_ids: str) -> None:
        """Remove measures."""
        kept = [m for m in self.record["measurements"] if m["measureId"] not in measure_ids]
        self.record["measurements"] = kept


def corpus(
    count: int, *, seed: int = 1, defects: float = 0.1, form: str = "mixed", year: int = 2025
) -> Iterator[Planted]:
    """Yield `count` documents; the same arguments always give the same bytes."""
    chance = random.Random(seed)
    parts = compliant_parts(year)
    made = 0
    while made < count:
        draft = _varied(chance, parts, year, made)
        shape = chance.choice(FORMS[:3]) if form == "mixed" else form
        planted = chance.random() < defects
        if planted and made + 1 < count and chance.random() < 0.02:  # noqa: PLR2004
            yield from _two_that_disagree(draft, shape)
            made += 2
            continue
        yield _planted(chance, draft, shape) if planted else Planted(_line(draft, shape))
        made += 1


def _varied(chance: random.Random, parts: tuple[Json, Json], year: int, number: int) -> Draft:
    """Write a compliant submission of its own kind."""
    draft = Draft(*copy.deepcopy(parts))
    draft.submission["taxpayerIdentificationNumber"] = f"{123_000_000 + number:09d}"
    if chance.random() < 0.4:  # noqa: PLR2004 - two in five report as individuals
        draft.submission["entityType"] = "individual"
        draft.submission["nationalProviderIdentifier"] = _npi(chance)
        draft.evidence.pop("clinicians")
    record = draft.record
    record["cehrtId"] = f"{year}C" + "".join(chance.choices(_TAIL, k=10))
    start = date(year, 1, 1) + timedelta(days=chance.choice([0, 0, 0, 31, 90, 120, 180]))
    record["performanceStart"] = start.isoformat()
    record["submissionMethod"] = chance.choice(["registry", "electronicHealthRecord"])
    _count(chance, draft, "PI_EP_1", 120, 2000)
    _count(chance, draft, "PI_PEA_1", 120, 4000)
    if chance.random() < 0.3:  # noqa: PLR2004 - three in ten exchange by referral loops
        draft.drop("PI_HIE_5")
        _count(chance, draft, "PI_HIE_1", 150, 800)
        _count(chance, draft, "PI_HIE_4", 150, 800)
    if chance.random() < 0.2:  # noqa: PLR2004 - one in five has a bonus registry
        draft.answer("PI_PHCDRR_2", value=True)
        draft.answer("PI_PHCDRR_2_PROD", value=True)
    return draft


def _count(chance: random.Random, draft: Draft, measure_id: str, low: int, high: int) -> None:
    """Report a rate with the numbers of the EHR's own report, and no rows that contradict it."""
    denominator = chance.randint(low, high)
    tally = {
        "numerator": round(denominator * chance.uniform(0.55, 0.97)),
        "denominator": denominator,
    }
    draft.answer(measure_id, tally)
    draft.evidence["ehrReport"][measure_id] = dict(tally)
    rows = draft.evidence.get("clinicians")
    if rows is None:
        return
    first = {key: count // 2 for key, count in tally.items()}
    rows[0]["measures"][measure_id] = first
    rows[1]["measures"][measure_id] = {key: tally[key] - first[key] for key in tally}


def _npi(chance: random.Random) -> str:
    """Invent an NPI with a right check digit; it begins with 2, where few are given out."""
    stem = f"2{chance.randrange(10**8):08d}"
    digits = [int(digit) for digit in reversed(_NPI_PREFIX + stem)]
    total = sum(
        digit if place % 2 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(digits)
    )
    return f"{stem}{-total % 10}"


def _line(draft: Draft, form: str) -> bytes:
    if form == "case":
        value: Json = {"submission": draft.submission, "evidence": draft.evidence}
    elif form == "echo":
        value = _echoed(draft.submission)
    else:
        value = draft.submission
    return json.dumps(value, separators=(",", ":")).encode()


def _echoed(submission: Json) -> Json:
    """Add what the Submissions API adds when it hands a submission back."""
    stamp = "2026-01-20T15:04:05.000Z"
    number = int(str(submission["taxpayerIdentificationNumber"] or 0), 36)
    name = f"{number:08x}-0000-4000-8000-{number:012x}"
    echo = {"id": name, "createdAt": stamp, "updatedAt": stamp, **submission}
    echo["measurementSets"] = [
        {
            "id": name,
            "submissionId": name,
            "submitterId": "invented",
            "submitterType": "organization",
            **record,
        }
        for record in submission["measurementSets"]
    ]
    for record in echo["measurementSets"]:
        if "measurements" in record:
            record["measurements"] = [
                {"id": name, "measurementSetId": name, **measurement}
                for measurement in record["measurements"]
            ]
    return echo


Defect = Callable[[Draft], None]


def _set(key: str, value: Any) -> Defect:
    def plant(draft: Draft) -> None:
        draft.record[key] = value(draft.record[key]) if callable(value) else value

    return plant


def _say(measure_id: str, value: Any) -> Defect:
    return lambda draft: draft.answer(measure_id, value)


def _own(key: str, value: Any) -> Defect:
    def plant(draft: Draft) -> None:
        draft.submission[key] = value(draft.submission[key]) if callable(value) else value

    return plant


def _without(*measure_ids: str) -> Defect:
    return lambda draft: draft.drop(*measure_ids)


def _excluded_without_query(draft: Draft) -> None:
    draft.drop("PI_EP_1", "PI_EP_2")
    draft.answer("PI_LVPP_1", value=True)
    draft.evidence["counts"]["permissiblePrescriptions"] = 40
    del draft.evidence["ehrReport"]["PI_EP_1"]
    for row in draft.evidence.get("clinicians", ()):
        del row["measures"]["PI_EP_1"]


def _repeated(draft: Draft) -> None:
    draft.record["measurements"].append(dict(draft.record["measurements"][0]))


def _no_exchange(draft: Draft) -> None:
    draft.drop("PI_HIE_1", "PI_HIE_4", "PI_HIE_5")


def _rate(numerator: int, denominator: int) -> Defect:
    return _say("PI_PEA_1", {"numerator": numerator, "denominator": denominator})


def _cut(text: str) -> str:
    return text[:-1]


def _too_short(draft: Draft) -> None:
    start = date.fromisoformat(draft.record["performanceStart"])
    draft.record["performanceEnd"] = (start + timedelta(days=120)).isoformat()


#: Defect name to how it is planted and the rules that must fail, whatever the document's form.
DEFECTS: Final[dict[str, tuple[Defect, tuple[str, ...]]]] = {
    "period too short": (_too_short, ("PIC-PER-03",)),
    "period of last year": (_set("performanceStart", "2024-12-30"), ("PIC-PER-02",)),
    "no such day": (_set("performanceEnd", "2025-02-30"), ("PIC-PER-01",)),
    "no certified id": (lambda draft: draft.record.pop("cehrtId"), ("PIC-CEH-01",)),
    "certified id too short": (_set("cehrtId", _cut), ("PIC-CEH-02",)),
    "certified id of an old edition": (_set("cehrtId", "0014EZZ1234ABCD"), ("PIC-CEH-03",)),
    "analysis not attested": (_without("PI_PPHI_1"), ("PIC-ATT-01",)),
    "statement answered no": (_say("PI_INFBLO_1", value=False), ("PIC-ATT-01",)),
    "required measure missing": (_without("PI_PEA_1"), ("PIC-MEA-01",)),
    "required measure answered no": (_say("PI_EP_2", value=False), ("PIC-MEA-02",)),
    "numerator over denominator": (_rate(500, 400), ("PIC-MEA-03",)),
    "numerator of zero": (_rate(0, 400), ("PIC-MEA-04",)),
    "measure beside its exclusion": (_say("PI_LVPP_1", value=True), ("PIC-MEA-05",)),
    "query not excluded": (_excluded_without_query, ("PIC-ERX-01",)),
    "no exchange": (_no_exchange, ("PIC-HIE-01",)),
    "level missing": (_without("PI_PHCDRR_1_PROD"), ("PIC-PUB-03",)),
    "tin of eight digits": (
        _own("taxpayerIdentificationNumber", lambda text: text[1:]),
        ("PIC-IDN-02",),
    ),
    "unknown entity type": (_own("entityType", "hospital"), ("PIC-IDN-01",)),
    "measure twice": (_repeated, ("PIC-STR-03",)),
    "unknown measure": (_say("PI_XYZ_9", value=True), ("PIC-STR-04",)),
    "rate answered yes": (_say("PI_PEA_1", value=True), ("PIC-STR-05",)),
    "unknown method": (_set("submissionMethod", "claims"), ("PIC-STR-06",)),
    "misspelt key": (
        lambda draft: draft.record.update(cehrt=draft.record["cehrtId"]),
        ("PIC-STR-09",),
    ),
    "no measurements": (lambda draft: draft.record.pop("measurements"), ("PIC-STR-01",)),
}


def _planted(chance: random.Random, draft: Draft, form: str) -> Planted:
    name = chance.choice(list(DEFECTS))
    plant, expected = DEFECTS[name]
    plant(draft)
    return Planted(_line(draft, form), expected, name)


def _two_that_disagree(draft: Draft, form: str) -> Iterator[Planted]:
    """Yield two documents of one entity that answer differently."""
    yield Planted(_line(draft, form))
    draft.record["cehrtId"] = draft.record["cehrtId"][:-1] + (
        "A" if draft.record["cehrtId"][-1] != "A" else "B"
    )
    yield Planted(_line(draft, form), ("PIC-CEH-08",), "two certified ids", is_entity=True)


def main() -> None:
    """Write a corpus and its labels."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("labels", type=Path, nargs="?")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--defects", type=float, default=0.1, help="share of faulty documents")
    parser.add_argument("--form", choices=FORMS, default="mixed")
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
