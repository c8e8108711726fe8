"""A submission and its evidence while they are being written: compliant, each of its own kind.

All identifiers are invented.
"""

from __future__ import annotations

import copy
import json
import random
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

Json = dict[str, Any]
#: How a document is handed over: with its evidence, alone, or as the API hands it back.
FORMS: Final = ("case", "bare", "echo")
#: Without I and O, which no id has, and X, which marks a placeholder.
_TAIL: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWYZ"
_NPI_PREFIX: Final = "80840"
#: What a registry's clients use is not unique to each: some hundred combinations of products.
_PRODUCTS: Final = 300


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


def varied(chance: random.Random, parts: tuple[Json, Json], year: int, number: int) -> Draft:
    """Write a compliant submission of its own kind."""
    draft = Draft(*copy.deepcopy(parts))
    draft.submission["taxpayerIdentificationNumber"] = f"{123_000_000 + number:09d}"
    if chance.random() < 0.4:  # noqa: PLR2004 - two in five report as individuals
        draft.submission["entityType"] = "individual"
        draft.submission["nationalProviderIdentifier"] = _npi(chance)
        draft.evidence.pop("clinicians")
    record = draft.record
    record["cehrtId"] = _cehrt_id(year, chance.randrange(_PRODUCTS))
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


def _cehrt_id(year: int, product: int) -> str:
    tail = random.Random(product).choices(_TAIL, k=10)
    return f"{year}C{''.join(tail)}"


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


def written(draft: Draft, form: str) -> bytes:
    """Write a draft as one line of JSON, in one of the forms."""
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
