"""What is remembered of a document's like is what asking about the document itself gives."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
import pytest

from picheck.api import Answers, DocumentContext, Evidence, SetContext, SetView
from picheck.engine import remembering
from picheck.engine.audit import Audit
from picheck.engine.document import Audited
from picheck.engine.terms import Terms
from picheck.hooks.inventory import InstalledRule, Inventory
from picheck.intake.decoder import decode
from picheck.intake.documents import RawDocument
from picheck.model.evidence import Cehrt
from picheck.model.finding import Result
from picheck.rules.outline import Unseen, document_outline, set_outline
from picheck.testing.cases import load_cases
from picheck.testing.checking import case_documents
from picheck.testing.examples import compliant_parts
from support import AS_OF, FIXTURES, YEAR, years_asked_for

_TOLD = {"fail", "indeterminate", "error"}
_ROUNDS = 3  # a document is new, then its like is listened to, then it is remembered
_DOCUMENTS = 40


def _documents_by_day(year: int) -> Mapping[str, list[RawDocument]]:
    """Return the documents of all cases of a year, by the day that their audit speaks for."""
    days: dict[str, list[RawDocument]] = defaultdict(list)
    for case in load_cases(FIXTURES / "cases"):
        if case.year == year and not case.entry.files:
            days[case.entry.as_of] += case_documents(case, compliant_parts)
    return days


def _audited(
    documents: Sequence[RawDocument], inventory: Inventory, *, keeps_all: bool, as_of: str = AS_OF
) -> list[Audited]:
    """Audit documents in one run; where every pass is told of, nothing is remembered."""
    terms = Terms(as_of=date.fromisoformat(as_of), keeps_all=keeps_all)
    return list(Audit(terms, inventory).documents(documents))


def _told(audited: Audited) -> list[Result]:
    return [
        msgspec.structs.replace(result, document=0)
        for result in audited.results
        if result.outcome in _TOLD
    ]


def _assert_alike(remembered: Sequence[Audited], asked: Sequence[Audited]) -> None:
    for one, other in zip(remembered, asked, strict=True):
        assert _told(one) == _told(other)
        assert one.summary == other.summary
        assert one.is_complete == other.is_complete


@pytest.mark.parametrize("year", years_asked_for())
def test_every_case_is_remembered_as_it_was_told(year: int, inventory: Inventory) -> None:
    for as_of, documents in _documents_by_day(year).items():
        asked = _audited(documents, inventory, keeps_all=True, as_of=as_of)
        often = _audited(documents * _ROUNDS, inventory, keeps_all=False, as_of=as_of)
        for start in range(0, len(often), len(documents)):
            _assert_alike(often[start : start + len(documents)], asked)


def _numbered(number: int) -> RawDocument:
    """Return the compliant submission of somebody else, with other numbers."""
    submission, evidence = json.loads(json.dumps(compliant_parts(YEAR)))
    submission["taxpayerIdentificationNumber"] = f"{123_000_000 + number:09d}"
    for answer in submission["measurementSets"][0]["measurements"]:
        if isinstance(answer["value"], dict):
            answer["value"] = {"numerator": number, "denominator": _DOCUMENTS // 2}
    case = {"submission": submission, "evidence": evidence}
    return RawDocument(uri="many.ndjson", data=json.dumps(case).encode(), line=number + 1)


def _watched(inventory: Inventory, calls: Counter[str], *, is_guest: bool = False) -> Inventory:
    """Return the inventory with every rule counting how often it is asked."""

    def counting(installed: InstalledRule) -> InstalledRule:
        def check(ctx: Any) -> Answers:
            calls[installed.rule.code] += 1
            return installed.rule.check(ctx)

        reference = installed.reference
        if is_guest:
            reference = msgspec.structs.replace(reference, distribution="somebody-else")
        own = msgspec.structs.replace(installed.rule, check=check)
        return msgspec.structs.replace(installed, rule=own, reference=reference)

    rules = {code: counting(installed) for code, installed in inventory.rules.items()}
    return msgspec.structs.replace(inventory, rules=rules)


def test_numbers_are_looked_at_in_every_document(inventory: Inventory) -> None:
    """From a numerator of zero over honest ones to one above its denominator."""
    documents = [_numbered(number) for number in range(_DOCUMENTS)]
    remembered = _audited(documents, inventory, keeps_all=False)
    _assert_alike(remembered, _audited(documents, inventory, keeps_all=True))
    assert len({tuple(result.rule.code for result in _told(one)) for one in remembered}) > 2


def test_a_rule_that_sees_no_numbers_is_not_asked_of_every_document(inventory: Inventory) -> None:
    calls: Counter[str] = Counter()
    documents = [_numbered(number) for number in range(_DOCUMENTS)]
    _audited(documents, _watched(inventory, calls), keeps_all=False)
    assert calls["PIC-ATT-01"] < 10  # which statements stand there
    assert calls["PIC-PER-03"] < 10  # the period
    assert calls["PIC-MEA-03"] >= _DOCUMENTS  # the counts are each document's own
    assert calls["PIC-IDN-02"] >= _DOCUMENTS  # and so is whom it speaks for


def test_a_guest_is_asked_of_every_document(inventory: Inventory) -> None:
    calls: Counter[str] = Counter()
    documents = [_numbered(number) for number in range(_DOCUMENTS)]
    _audited(documents, _watched(inventory, calls, is_guest=True), keeps_all=False)
    assert calls["PIC-ATT-01"] == calls["PIC-PER-03"] == _DOCUMENTS


def _outlines(inventory: Inventory, evidence: Evidence) -> tuple[DocumentContext, SetContext]:
    """Return the contexts of the year's compliant document as its outline shows them."""
    rulebook = inventory.shelf.rulebook("pi", YEAR)
    submission = decode(json.dumps(compliant_parts(YEAR)[0]).encode())
    view = SetView(submission.measurement_sets[0], "/measurementSets/0", rulebook)
    day = date.fromisoformat(AS_OF)
    around = DocumentContext(rulebook, evidence, day, submission, (view,))
    return document_outline(around), set_outline(SetContext(around, view))


@pytest.mark.parametrize(
    "look",
    [
        lambda ctx: ctx.set.period,
        lambda ctx: ctx.set.record.performance_start,
        lambda ctx: ctx.set.record.cehrt_id,
        lambda ctx: ctx.set.record.submitter_id,
        lambda ctx: ctx.set.tally("PI_PEA_1"),
        lambda ctx: ctx.set.counts("PI_PEA_1"),
        lambda ctx: ctx.set.answers["PI_PEA_1"],
        lambda ctx: ctx.set.answers.get("PI_PEA_1"),
        lambda ctx: dict(ctx.set.answers),
        lambda ctx: list(ctx.set.answers.values()),
        lambda ctx: [m.value for m in ctx.set.record.measurements],
        lambda ctx: ctx.submission.taxpayer_identification_number,
        lambda ctx: ctx.document.submission.performance_year,
        lambda ctx: ctx.document.sets,
        lambda ctx: ctx.evidence.cehrt,
    ],
)
def test_an_outline_shows_nothing_that_is_its_documents_own(
    look: Callable[[Any], object], inventory: Inventory
) -> None:
    _, outline = _outlines(inventory, Evidence(cehrt=Cehrt(edition="curesUpdate")))
    with pytest.raises(Unseen):
        look(outline)


def test_an_outline_shows_what_its_like_have_in_common(inventory: Inventory) -> None:
    around, outline = _outlines(inventory, Evidence(cehrt=Cehrt(edition="curesUpdate")))
    view = outline.set
    assert view.is_yes("PI_PPHI_1")
    assert view.is_reported("PI_PEA_1")
    assert not view.has("PI_NOBODY_1")
    assert view.answers.get("PI_NOBODY_1") is None
    assert view.place("PI_PEA_1").startswith("/measurements/")
    assert around.submission is not None
    assert around.submission.entity_type == "group"
    assert around.evidence.eligibility == Evidence().eligibility


def test_what_never_comes_again_does_not_fill_the_memory(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "_MOST", 5)
    documents = [_numbered(number) for number in range(_DOCUMENTS)]
    for number, raw in enumerate(documents):
        case = json.loads(raw.data)
        case["submission"]["measurementSets"][0]["cehrtId"] = f"{YEAR}C{number:010d}"
        documents[number] = msgspec.structs.replace(raw, data=json.dumps(case).encode())
    audit = Audit(Terms(as_of=date.fromisoformat(AS_OF)), inventory)
    remembered = list(audit.documents(documents))
    _assert_alike(remembered, _audited(documents, inventory, keeps_all=True))
    known = audit._auditor.plans.memories(next(iter(audit._auditor.plans)))
    assert max(len(memory._outlooks) for memory in known) <= 5
