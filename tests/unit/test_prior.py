"""Earlier submissions in bounded memory: on disk, once, for every process of a run."""

from __future__ import annotations

import gc
import json
import multiprocessing
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from batch_support import HERE, THREAD, TWO, streamed, verdicts
from picheck.cli.options import load_inventory
from picheck.engine.audit import audit
from picheck.engine.batch.chunk_queue import Executors
from picheck.engine.batch.worker import WorkerConfig, start_worker
from picheck.engine.entities import EntityYear
from picheck.engine.options import AuditOptions
from picheck.engine.prior import store
from picheck.engine.prior.loader import load_prior, open_prior
from picheck.engine.prior.store import HistoryLocation
from picheck.errors import UsageError
from picheck.intake.decoder import decode_document
from picheck.intake.documents import Input, RawDocument
from picheck.intake.files import read_inputs
from picheck.plugins.registry import PluginRegistry
from prior_support import AGAIN, BEFORE, NOW, _entity, put, repeated, submission
from support import some

SPAWNED = Executors(partial(ProcessPoolExecutor, 2, multiprocessing.get_context("spawn")), 2)


def given(*values: Any) -> list[RawDocument]:
    return [
        RawDocument(
            uri="before.ndjson",
            data=(value if isinstance(value, str) else json.dumps(value)).encode(),
            line=number,
        )
        for number, value in enumerate(values, start=1)
    ]


def key_of(year: int, number: int = 0) -> EntityYear:
    (raw,) = given(submission(year, number))
    entity = msgspec.json.decode(raw.data)
    return EntityYear("pi", year, _entity(entity))


@pytest.fixture
def years(tmp_path: Path) -> tuple[Path, AuditOptions]:
    """Return thirty submissions in pre-production; every third was so the year before."""
    now = [submission(NOW, number, is_early=True) for number in range(30)]
    before = [submission(BEFORE, number, is_early=number % 3 == 0) for number in range(30)]
    terms = AuditOptions(
        as_of=date(NOW + 1, 2, 1), prior=(str(put(tmp_path / "before.ndjson", *before)),)
    )
    return put(tmp_path / "now.ndjson", *now), terms


@pytest.mark.parametrize(
    "executors", [HERE, THREAD, TWO, SPAWNED], ids=["here", "a thread", "forked", "spawned"]
)
def test_every_process_looks_back_alike(
    executors: Executors, years: tuple[Path, AuditOptions], registry: PluginRegistry
) -> None:
    now, terms = years
    lines, summed = streamed([now], executors, terms, size=9_000)
    report = audit([str(now)], terms, registry)
    assert repeated(lines) == set(range(0, 30, 3))
    assert verdicts(lines) == {i: d.verdict for i, d in enumerate(report.documents)}
    assert summed.run.notices == report.run.notices


def config_of(terms: AuditOptions, prior: HistoryLocation) -> WorkerConfig:
    return WorkerConfig(
        open_plugins=partial(load_inventory, ()), options=terms, reporters=(), prior=prior
    )


def test_earlier_submissions_are_read_once_for_all_processes_of_a_machine(
    years: tuple[Path, AuditOptions], registry: PluginRegistry
) -> None:
    now, terms = years
    read = load_prior(read_inputs(terms.prior), registry)
    Path(terms.prior[0]).unlink()
    worker = start_worker(config_of(terms, read.book.location).pickle(), registry)
    assert worker.auditor.prior is not read.book
    (raw, *_) = read_inputs([str(now)])
    assert isinstance(raw, RawDocument)
    audited = worker.auditor.audit(raw, 0)
    assert AGAIN in {result.code for result in audited.results}


@pytest.mark.parametrize("fault", ["gone", "another file", "that of another run"])
def test_a_machine_that_does_not_have_what_was_read_reads_it_itself(
    fault: str, years: tuple[Path, AuditOptions], registry: PluginRegistry
) -> None:
    _, terms = years
    read = load_prior(read_inputs(terms.prior), registry)
    place = read.book.location
    assert place is not None
    if fault == "gone":
        Path(place.path).unlink()
    elif fault == "another file":
        Path(place.path).write_text("something else altogether")
    else:
        other = load_prior(read_inputs(terms.prior), registry)
        found = other.book.location
        assert found is not None
        Path(place.path).write_bytes(Path(found.path).read_bytes())
    assert open_prior(place, registry.rulebooks) is None
    worker = start_worker(config_of(terms, place).pickle(), registry)
    assert len(worker.auditor.prior) == 30
    assert BEFORE in worker.auditor.prior.before(key_of(NOW))
    assert worker.auditor.prior is not read.book


def test_without_earlier_submissions_there_is_no_file(registry: PluginRegistry) -> None:
    assert load_prior([], registry).book.location is None
    assert not load_prior([], registry).book.before(key_of(NOW))


def test_the_file_is_gone_with_the_run(registry: PluginRegistry) -> None:
    read = load_prior(given(submission(BEFORE)), registry)
    assert read.book.before(key_of(NOW))
    assert read.book.location is not None
    path = Path(read.book.location.path)
    assert path.exists()
    del read
    gc.collect()
    assert not path.exists()


def test_who_only_found_the_file_leaves_it_there(registry: PluginRegistry) -> None:
    read = load_prior(given(submission(BEFORE)), registry)
    assert read.book.location is not None
    found = open_prior(read.book.location, registry.rulebooks)
    assert found is not None
    assert found.book.before(key_of(NOW))
    del found
    gc.collect()
    assert read.book.before(key_of(NOW))


def test_the_file_names_nobody(registry: PluginRegistry) -> None:
    value = submission(BEFORE)
    read = load_prior(given(value), registry)
    assert read.book.location is not None
    held = Path(read.book.location.path).read_bytes()
    assert value["taxpayerIdentificationNumber"].encode() not in held


def test_memory_does_not_grow_with_the_number_of_earlier_submissions(
    registry: PluginRegistry,
) -> None:
    def coming(count: int) -> Iterator[Input]:
        for number in range(count):
            yield from given(submission(BEFORE, number))
            gc.collect(1)  # what the test itself leaves behind is not to be counted

    def peak(count: int) -> int:
        tracemalloc.start()
        book = load_prior(coming(count), registry).book
        for number in range(count):
            assert book.before(key_of(NOW, number))
            book.add_used(book.take_used())
        assert book.unused == 0
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(5)  # what is loaded once
    few, many = peak(20), peak(420)
    assert many - few < 40_000  # a set of a submission alone takes some 5,000


def test_a_year_is_looked_up_with_all_its_sets_in_order(registry: PluginRegistry) -> None:
    parts = [
        submission(BEFORE),
        submission(BEFORE - 1),
        submission(BEFORE, is_early=True),
        submission(NOW),
        submission(BEFORE, 1),
    ]
    book = load_prior(given(*parts), registry).book
    earlier = book.before(key_of(NOW))
    assert set(earlier) == {BEFORE, BEFORE - 1}
    assert [view.answers.is_yes("PI_PHCDRR_1_PROD") for view in earlier[BEFORE]] == [True, False]
    assert {view.rulebook.year for view in earlier[BEFORE - 1]} == {BEFORE - 1}
    assert not book.before(key_of(BEFORE - 1))
    assert (len(book), book.unused) == (2, 1)


ODD = {
    "a giant": "1" + "0" * 300,
    "no number": "NaN",
    "infinite": "1e400",
    "a list": '[1, "two", {"three": null}]',
    "counts of texts": '{"numerator": "x", "denominator": 1.5}',
    "a fraction": "1.0",
    "nothing": "null",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_answers_come_back_as_they_were_read(text: str, registry: PluginRegistry) -> None:
    value = submission(BEFORE)
    value["measurementSets"][0]["measurements"][0]["value"] = "ODD"
    (raw,) = given(json.dumps(value).replace('"ODD"', text))
    sent = decode_document(raw.data, raw.uri).submission
    read = load_prior([raw], registry)
    if sent is None:
        assert [notice.kind for notice in read.notices] == ["priorUnusable"]
        return
    (view,) = read.book.before(key_of(NOW))[BEFORE]
    assert repr(view.record) == repr(sent.measurement_sets[0])


def test_an_earlier_submission_that_names_nobody_is_nobodys_history(
    registry: PluginRegistry,
) -> None:
    value = submission(BEFORE, is_early=True)
    del value["taxpayerIdentificationNumber"]
    read = load_prior(given(value), registry)
    assert len(read.book) == 0
    (notice,) = read.notices
    assert notice.kind == "priorUnusable"
    assert "it does not say whom it speaks for" in notice.message


# What is said of them


def test_a_key_that_stands_twice_is_said(registry: PluginRegistry) -> None:
    text = json.dumps(submission(BEFORE)).replace(
        '"performanceYear"', '"entityType": "group", "performanceYear"'
    )
    read = load_prior(given(text, submission(BEFORE, 1)), registry)
    assert len(read.book) == 2
    (notice,) = read.notices
    assert notice.kind == "priorRepeatedKey"
    assert not notice.is_incomplete
    assert notice.message == (
        "earlier submission before.ndjson:1 has a key twice: /entityType; the last one counts"
    )


def test_a_key_that_stands_twice_leaves_the_run_complete(
    years: tuple[Path, AuditOptions], registry: PluginRegistry
) -> None:
    now, terms = years
    before = Path(terms.prior[0])
    before.write_text(before.read_text().replace('{"entityType"', '{"entityType":"x","entityType"'))
    report = audit([str(now)], terms, registry)
    assert report.summary.exit.reasons == ("findings",)
    assert {notice.kind for notice in report.run.notices} == {"priorRepeatedKey"}


def test_a_thousand_faults_are_told_of_in_few_words(registry: PluginRegistry) -> None:
    read = load_prior(given(*["{"] * 1000, submission(BEFORE)), registry)
    assert len(read.book) == 1
    told = [notice.message for notice in read.notices]
    assert len(told) == 101
    assert told[0].startswith("earlier submission before.ndjson:1 was not used: ")
    assert told[-1] == "900 further earlier submissions were not used"
    assert all(notice.is_incomplete for notice in some(read.notices))


def test_a_disk_without_room_is_told_of(
    registry: PluginRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_TABLES", store._TABLES + "PRAGMA max_page_count = 4;")
    before = [submission(BEFORE, number) for number in range(40)]
    with pytest.raises(UsageError, match="set TMPDIR to a folder with more room"):
        load_prior(given(*before), registry)
