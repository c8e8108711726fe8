"""What can be wrong with a submission, each with the rules that must say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from drafting import Draft

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
