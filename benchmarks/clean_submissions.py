"""Submissions as a registry's outbox holds them: several years, each drawn by itself.

Nothing here is taken from picheck or from its examples: the ids and numbers of each year are
written down below, so that picheck is not measured against its own idea of a submission. All
identifiers are invented. The module writes submissions without a defect; `corpus` plants defects.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

Json = dict[str, Any]

STATEMENTS: Final = ("PI_PPHI_1", "PI_INFBLO_1", "PI_ONCDIR_1")
REQUIRED_REGISTRIES: Final = ("PI_PHCDRR_1", "PI_PHCDRR_3")
_BONUS_REGISTRIES: Final = ("PI_PHCDRR_2", "PI_PHCDRR_4", "PI_PHCDRR_5")
#: Letters and digits of a certification id's tail; X is left to the published placeholders.
_TAIL: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWYZ"
#: At most so many letters of a certification id are in a row.
_LETTERS_IN_A_ROW: Final = 3
#: So many products are used by more than one practice.
_SHARED_PRODUCTS: Final = 40
_NPI_PREFIX: Final = "80840"
#: What the evidence counts, the measure that counts it too, and the exclusion of those with few.
_EVENTS: Final = (
    ("permissiblePrescriptions", "PI_EP_1", "PI_LVPP_1"),
    ("transitionsSent", "PI_HIE_1", "PI_LVOTC_1"),
    ("transitionsReceived", "PI_HIE_4", "PI_LVITC_2"),
)


class YearTable(NamedTuple):
    """What the corpus needs to know of a performance year.

    minimum_days: the shortest period, both ends counted.
    prefixes: the first five characters of the year's certification ids, with their weights.
    safer: the answers to PI_PPHI_2 that cost nothing; none where the year does not know it.
    options: the ways to report health information exchange.
    entity_types: who may report, with weights.
    pathways: some of the year's MVP ids, for `programName`.
    pdmp_exclusions: the exclusions of PI_EP_2; none where it is a bonus.
    levels: a registry answered yes needs its PRE or PROD beside it.
    any_two_registries: two of the five registries are enough.
    ecr_may_be_no: PI_PHCDRR_3 may be answered no.
    """

    minimum_days: int
    prefixes: dict[str, int]
    safer: tuple[bool, ...]
    options: tuple[str, ...]
    entity_types: dict[str, int]
    pathways: tuple[str, ...] = ()
    pdmp_exclusions: tuple[str, ...] = ()
    levels: bool = False
    any_two_registries: bool = False
    ecr_may_be_no: bool = False


_FIRST_TYPES: Final = {"individual": 52, "group": 48}
_LATER_TYPES: Final = {"individual": 45, "group": 40, "virtualGroup": 6, "apm": 5, "subgroup": 4}
_THREE_OPTIONS: Final = ("two measures", "PI_HIE_5", "PI_HIE_6")

YEARS: Final = {
    2021: YearTable(
        minimum_days=90,
        prefixes={"0015E": 1},
        safer=(),
        options=_THREE_OPTIONS[:2],
        entity_types=_FIRST_TYPES,
        any_two_registries=True,
    ),
    2022: YearTable(
        minimum_days=90,
        prefixes={"0015E": 1},
        safer=(True, True, False),
        options=_THREE_OPTIONS[:2],
        entity_types=_FIRST_TYPES,
    ),
    2023: YearTable(
        minimum_days=90,
        prefixes={"0015C": 3, "0015E": 1},
        safer=(True, True, False),
        options=_THREE_OPTIONS,
        entity_types=_LATER_TYPES,
        pathways=("G0053", "G0055", "G0057", "G0059", "M0001", "M0004"),
        pdmp_exclusions=("PI_EP_2_EX_1", "PI_EP_2_EX_2", "PI_EP_2_EX_3"),
        levels=True,
    ),
    2024: YearTable(
        minimum_days=180,
        prefixes={"0015C": 1},
        safer=(True,),
        options=_THREE_OPTIONS,
        entity_types=_LATER_TYPES,
        pathways=("G0054", "G0057", "G0058", "M0005", "M1366", "M1369"),
        pdmp_exclusions=("PI_EP_2_EX_1", "PI_EP_2_EX_2"),
        levels=True,
    ),
    2025: YearTable(
        minimum_days=180,
        prefixes={"2025C": 2, "0015C": 1},
        safer=(True,),
        options=_THREE_OPTIONS,
        entity_types=_LATER_TYPES,
        pathways=("G0053", "G0059", "M0002", "M1367", "M1420", "M1424"),
        pdmp_exclusions=("PI_EP_2_EX_1", "PI_EP_2_EX_2"),
        levels=True,
        ecr_may_be_no=True,
    ),
}


@dataclass
class DraftSubmission:
    """A submission while it is written.

    `submission` holds the keys of the submission, `measurement_set` those of its one set, `answers`
    the value of each measure id, `repeated` what is said a second time. A measure id or a key in
    `reserved` was touched by a planted defect, and the next one leaves it alone.
    """

    year: int
    submission: Json
    measurement_set: Json
    answers: Json = field(default_factory=dict)
    repeated: list[tuple[str, Any]] = field(default_factory=list)
    reserved: set[str] = field(default_factory=set)

    @property
    def table(self) -> YearTable:
        """Return what is known of the draft's year."""
        return YEARS[self.year]

    def valid_rates(self) -> Json:
        """Return the possible ones among the numerators and denominators, by measure id."""
        return {
            name: dict(self.answers[name])
            for name in self.rate_ids()
            if self.answers[name]["numerator"] in range(self.answers[name]["denominator"] + 1)
        }

    def rate_ids(self) -> list[str]:
        """Return the ids that are answered with a numerator and a denominator."""
        return [key for key, value in self.answers.items() if isinstance(value, dict)]


def draw_submission(chance: random.Random, number: int) -> DraftSubmission:
    """Draw the submission of one entity, without a defect; `number` tells the entities apart."""
    year = chance.choice(list(YEARS))
    table = YEARS[year]
    submission = _draw_entity(chance, table, number)
    measurement_set = {
        "category": "pi",
        "submissionMethod": chance.choice(("registry", "electronicHealthRecord")),
        "programName": _draw_program(chance, table, submission["entityType"]),
        "cehrtId": _draw_certification_id(chance, table),
    }
    start, end = _draw_period(chance, year)
    measurement_set |= {"performanceStart": start, "performanceEnd": end}
    submission["performanceYear"] = year
    draft = DraftSubmission(year, submission, measurement_set)
    _add_statements(chance, draft)
    _add_prescribing(chance, draft)
    _add_exchange(chance, draft)
    draft.answers["PI_PEA_1"] = _draw_rate(chance)
    _add_registries(chance, draft)
    return draft


def draw_certification_tail(chance: random.Random) -> str:
    """Draw the ten characters behind the prefix of a certification id."""
    tail, letters = "", 1
    while len(tail) < 10:  # noqa: PLR2004 - ten characters
        sign = chance.choice(_TAIL[:10] if letters == _LETTERS_IN_A_ROW else _TAIL)
        letters = letters + 1 if sign.isalpha() else 0
        tail += sign
    return tail


def _draw_certification_id(chance: random.Random, table: YearTable) -> str:
    prefix = chance.choices(list(table.prefixes), list(table.prefixes.values()))[0]
    drawn = chance.random()
    if drawn < 0.03:  # noqa: PLR2004 - left as the published sample has it
        return f"{'2025' if prefix[0] == '2' else 'XX15'}{prefix[4]}XXXXXXXXXX"
    if drawn < 0.15:  # noqa: PLR2004 - a product that others use too
        chance = random.Random(chance.randrange(_SHARED_PRODUCTS))
    return prefix + draw_certification_tail(chance)


def _draw_entity(chance: random.Random, table: YearTable, number: int) -> Json:
    """Draw who reports: no two numbers below 900 million give the same entity."""
    kind = chance.choices(list(table.entity_types), list(table.entity_types.values()))[0]
    if kind not in {"individual", "group"}:
        letter = kind[0].upper()
        return {"entityType": kind, "entityId": f"{letter}{number:07d}{chance.choice('ABCDEF')}"}
    is_sample = chance.random() < 0.02 and number < 10**6  # noqa: PLR2004 - one in fifty
    tin = f"{number:09d}" if is_sample else f"{100_000_000 + number * 700_001 % 900_000_000:09d}"
    submission = {"entityType": kind, "taxpayerIdentificationNumber": tin}
    if kind == "individual":
        submission["nationalProviderIdentifier"] = _draw_npi(chance)
    return submission


def _draw_npi(chance: random.Random) -> str:
    """Draw nine digits and put the check digit behind them (Luhn, over 80840 and the number)."""
    stem = f"{chance.choice('12')}{chance.randrange(10**8):08d}"
    total = 0
    for place, sign in enumerate(reversed(_NPI_PREFIX + stem)):
        doubled = int(sign) * (1 if place % 2 else 2)
        total += doubled // 10 + doubled % 10
    return f"{stem}{-total % 10}"


def _draw_program(chance: random.Random, table: YearTable, entity_type: str) -> str:
    if entity_type == "subgroup":
        return chance.choice(table.pathways)
    if entity_type == "apm":
        return "app1"
    if table.pathways and entity_type != "virtualGroup" and chance.random() < 0.1:  # noqa: PLR2004
        return chance.choice(table.pathways)
    return "mips"


def _draw_period(chance: random.Random, year: int) -> tuple[str, str]:
    """Draw first and last day: the whole year, its last days, or some days within it."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    last_start = last - timedelta(days=YEARS[year].minimum_days - 1)
    drawn = chance.random()
    if drawn > 0.5:  # noqa: PLR2004 - every second one
        first = last_start
        if drawn > 0.6:  # noqa: PLR2004 - two in five of all
            spare = (last_start - date(year, 1, 1)).days
            first -= timedelta(days=chance.randint(0, spare))
            last -= timedelta(days=chance.randint(0, (last_start - first).days))
    return first.isoformat(), last.isoformat()


def _draw_rate(chance: random.Random, low: int = 100, high: int = 4000) -> Json:
    denominator = chance.randint(low, high)
    return {"numerator": int(denominator * chance.uniform(0.4, 0.98)), "denominator": denominator}


def _add_statements(chance: random.Random, draft: DraftSubmission) -> None:
    draft.answers.update(dict.fromkeys(STATEMENTS, True))
    if draft.table.safer:
        draft.answers["PI_PPHI_2"] = chance.choice(draft.table.safer)
    if chance.random() < 0.5:  # noqa: PLR2004 - half answer what they need not
        draft.answers["PI_ONCACB_1"] = chance.random() < 0.5  # noqa: PLR2004 - either way


def _add_prescribing(chance: random.Random, draft: DraftSubmission) -> None:
    few, answers, exclusions = chance.random() < 0.1, draft.answers, draft.table.pdmp_exclusions  # noqa: PLR2004
    if few:
        answers["PI_LVPP_1"] = True
    else:
        answers["PI_EP_1"] = _draw_rate(chance)
    if exclusions and (few or chance.random() < 0.15):  # noqa: PLR2004 - three in twenty
        answers[chance.choice(exclusions[:2]) if few else exclusions[0]] = True
    elif exclusions or (not few and chance.random() < 0.5):  # noqa: PLR2004 - a bonus for half
        answers["PI_EP_2"] = True


def _add_exchange(chance: random.Random, draft: DraftSubmission) -> None:
    option = chance.choice(draft.table.options)
    if option.startswith("PI_"):
        draft.answers[option] = True
        return
    for measure, exclusion in (("PI_HIE_1", "PI_LVOTC_1"), ("PI_HIE_4", "PI_LVITC_2")):
        if chance.random() < 0.2:  # noqa: PLR2004 - one in five
            draft.answers[exclusion] = True
        else:
            draft.answers[measure] = _draw_rate(chance, 60, 1200)


def _add_registries(chance: random.Random, draft: DraftSubmission) -> None:
    if draft.table.any_two_registries:
        first, second, third = chance.sample((*REQUIRED_REGISTRIES, *_BONUS_REGISTRIES), 3)
        draft.answers[first] = True
        draft.answers[chance.choice((second, f"{second}_EX_2", f"{first}_MULTI"))] = True
        if chance.random() < 0.5:  # noqa: PLR2004 - half name a third
            draft.answers[third] = True
        return
    for registry in REQUIRED_REGISTRIES:
        drawn = chance.random()
        if registry == "PI_PHCDRR_3" and draft.table.ecr_may_be_no and drawn > 0.93:  # noqa: PLR2004
            draft.answers[registry] = False
        elif drawn < 0.2:  # noqa: PLR2004 - one in five
            draft.answers[f"{registry}_EX_{chance.randint(1, 3)}"] = True
        else:
            _add_registry(chance, draft, registry)
    for registry in _BONUS_REGISTRIES:
        drawn = chance.random()
        if drawn < 0.25:  # noqa: PLR2004 - a quarter
            _add_registry(chance, draft, registry)
        elif drawn < 0.75:  # noqa: PLR2004 - half say no, which costs nothing
            draft.answers[registry] = False


def _add_registry(chance: random.Random, draft: DraftSubmission, registry: str) -> None:
    draft.answers[registry] = True
    if draft.table.levels:
        draft.answers[f"{registry}_{chance.choice(('PROD', 'PROD', 'PROD', 'PRE'))}"] = True


def draw_evidence(chance: random.Random, draft: DraftSubmission) -> Json:
    """Draw the evidence of a finished draft; parts of it are left out, nothing contradicts it."""
    year = draft.year
    parts: Json = {
        "cehrt": {
            "functionalityInPlaceOn": f"{year - 1}-{chance.randint(1, 11):02d}-15",
            "certifiedOn": f"{year - 1}-{chance.randint(1, 11):02d}-10",
            "edition": "2015Edition" if year < 2023 else "curesUpdate",  # noqa: PLR2004 - as of 2023
        },
        "attestations": {"securityRiskAnalysisOn": f"{year}-{chance.randint(1, 12):02d}-07"},
        "counts": _count_events(chance, draft),
        "eligibility": {"specialStatuses": [], "hardshipException": None},
        "documents": [
            {
                "supports": [name],
                "file": f"{name.lower()}-{chance.randrange(10**5):05d}.pdf",
                "sha256": f"{chance.getrandbits(256):064x}",
                "keptUntil": f"{year + 7}-12-31",
            }
            for name in draft.answers
        ],
    }
    if draft.table.safer:
        parts["attestations"]["saferAssessmentOn"] = f"{year}-{chance.randint(1, 12):02d}-21"
    parts["ehrReport"] = draft.valid_rates()
    if draft.submission["entityType"] == "group":
        parts["clinicians"] = _split_rates(chance, draft.valid_rates())
    return {key: part for key, part in parts.items() if chance.random() < 0.75}  # noqa: PLR2004


def _count_events(chance: random.Random, draft: DraftSubmission) -> Json:
    """Count what happened in the period: as often as reported, and seldom where excluded."""
    answers, counts = draft.answers, {}
    for key, measure, exclusion in _EVENTS:
        value = answers.get(measure)
        if exclusion not in answers and isinstance(value, dict):
            counts[key] = value["denominator"]
        elif measure not in answers:
            counts[key] = chance.randint(3, 90)
    if not any(name.startswith("PI_EP_2_EX") for name in answers):
        prescribed = counts.get("permissiblePrescriptions", 3)
        counts["controlledSubstancePrescriptions"] = chance.randint(1, max(1, prescribed // 3))
    return counts


def _split_rates(chance: random.Random, rates: Json) -> list[Json]:
    """Divide a group's rates between two clinicians."""
    rows: list[Json] = [{"npi": _draw_npi(chance), "measures": {}} for _ in range(2)]
    for name, rate in rates.items():
        first = {key: value // 2 for key, value in rate.items()}
        rows[0]["measures"][name] = first
        rows[1]["measures"][name] = {key: value - first[key] for key, value in rate.items()}
    return rows
