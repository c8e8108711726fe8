"""A document's TIN and NPI are hidden wherever they stand, in every format and in every mode."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import pytest

from command_line import Run, run_here
from masking_support import NPI, SPELLINGS, TIN, YEAR, evidence, leaks, planted, refused, submission
from picheck.cli.options import load_inventory
from picheck.engine.audit import audit_inputs
from picheck.engine.batch.batch import Batch
from picheck.engine.batch.chunk_queue import Executors
from picheck.engine.batch.local import InlineExecutor
from picheck.engine.batch.resume import read_resume_point
from picheck.engine.batch.worker import WorkerConfig
from picheck.engine.options import AuditOptions
from picheck.intake.chunks import ChunkReader
from picheck.intake.documents import RawDocument
from picheck.masking import Masker
from picheck.model.report import Report
from picheck.plugins.registry import PluginRegistry
from picheck.reporters.parquet import ParquetReporter
from report_support import NAMES, rendered
from support import some

AS_OF: Final = "2026-02-01"
ALL: Final = AuditOptions(
    as_of=date.fromisoformat(AS_OF), all_results=True, with_chart_data=True, with_unverified=True
)
#: Spellings that come ten times over in one run; all others once.
TEN_TIMES: Final = ("raw", "a number", "a key")
COPIES: Final = 10
#: HTML takes longest to make: alone it is made of one spelling, in a batch of all.
FAST: Final = tuple(name for name in NAMES if name != "html")

Case = dict[str, Any]


def named(number: int) -> str:
    """Return a name without digits, another one for each number."""
    return "practice " + "".join(chr(ord("a") + int(digit)) for digit in str(number))


def cases(root: Any, case: Callable[[Any, str], Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield spelling, place and document of everything that is planted in a value."""
    for number, (spelling, place, value) in enumerate(planted(root)):
        yield spelling, place, case(value, named(number))


def in_submission(value: Any, name: str) -> Any:
    return value | ({"entityId": name} if "entityId" in value else {})


def in_evidence(value: Any, name: str) -> Case:
    return {"submission": submission(name), "evidence": value}


def everything() -> Iterator[tuple[str, str, Any]]:
    """Yield all that can be planted in a submission and in its evidence."""
    return chain(cases(submission(), in_submission), cases(evidence(), in_evidence))


def test_the_corpus_plants_both_identifiers_in_every_place_and_spelling() -> None:
    found = list(everything())
    assert {spelling for spelling, _, _ in found} == {*SPELLINGS, "a key", "a dashed key"}
    assert {"/measurementSets/0/cehrtId", "/performanceYear", "/documents/0/file"} <= {
        place for _, place, _ in found
    }
    assert all(leaks(json.dumps(document)) for _, _, document in some(found))
    assert len(REFUSED) > 50
    assert all(leaks(text) for text in some(REFUSED.values()))
    assert not leaks("tin *****4826, npi ******8265, 4826, 20250101")


# Alone


def alone(registry: PluginRegistry, data: str, formats: Iterable[str]) -> list[str]:
    """Return the formats that give an identifier away when a document is audited by itself."""
    handed = json.dumps(evidence()).encode()
    raw = RawDocument(uri="acme.json", data=data.encode(), evidence=handed)
    report = audit_inputs([raw], ALL, registry)
    return [name for name in formats if leaks(rendered(registry, name, report))]


@pytest.mark.parametrize("spelling", [*SPELLINGS, "a key", "a dashed key"])
def test_a_submission_gives_nothing_away(spelling: str, registry: PluginRegistry) -> None:
    formats = NAMES if spelling == "raw" else FAST
    told = {
        place: found
        for name, place, document in cases(submission(), in_submission)
        if name == spelling
        if (found := alone(registry, json.dumps(document), formats))
    }
    assert told == {}


@pytest.mark.parametrize("spelling", [*SPELLINGS, "a key", "a dashed key"])
def test_evidence_gives_nothing_away(spelling: str, registry: PluginRegistry) -> None:
    told = {
        place: found
        for name, place, document in cases(evidence(), in_evidence)
        if name == spelling
        if (found := alone(registry, json.dumps(document), ("json", "text")))
    }
    assert told == {}


REFUSED: Final = dict(refused())


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_gives_nothing_away(text: str, registry: PluginRegistry) -> None:
    assert alone(registry, text, NAMES) == []


def test_an_identifier_that_is_spelled_with_dashes_is_hidden_without_them(
    registry: PluginRegistry,
) -> None:
    document = submission() | {"taxpayerIdentificationNumber": SPELLINGS["as an EIN"]}
    document["measurementSets"][0] |= {"cehrtId": TIN, "programName": SPELLINGS["as an SSN"]}
    assert alone(registry, json.dumps(document), NAMES) == []


def test_a_year_that_is_not_the_documents_own_gives_nothing_away(
    registry: PluginRegistry,
) -> None:
    raw = RawDocument(
        uri="acme.json", data=json.dumps(submission() | {"performanceYear": int(TIN)}).encode()
    )
    report = audit_inputs([raw], msgspec.structs.replace(ALL, year=YEAR), registry)
    assert "yearMismatch" in {notice.kind for notice in report.run.notices}
    assert not [name for name in some(NAMES) if leaks(rendered(registry, name, report))]


# In a batch


def write_many(path: Path) -> Path:
    """Write each case on a line, one after the other; some of them ten times."""
    with path.open("w") as file:
        for spelling, _, document in everything():
            times = COPIES if spelling in TEN_TIMES and "evidence" not in document else 1
            file.write((json.dumps(document) + "\n") * times)
        for text in REFUSED.values():
            file.write(text.replace("\n", " ") + "\n")
    return path


class Quiet:
    """Watches and says nothing."""

    def on_chunk(self, chunk: object, result: object) -> None:
        """Hear of a chunk."""


def run_batch(
    many: Path, outputs: dict[str, Any], registry: PluginRegistry, cut: Path | None
) -> int:
    """Audit the cases as a batch; go on with an output that was cut, if there is one.

    Return how many bytes of that are kept.
    """
    config = WorkerConfig(
        open_plugins=partial(load_inventory, ()),
        options=msgspec.structs.replace(ALL, all_results=False, with_chart_data=False),
        reporters=tuple(outputs),
    )
    executors = Executors(InlineExecutor, 0)
    with ChunkReader([str(many)], 200_000) as chunks:
        batch = Batch(config, executors, list(outputs.values()), Quiet(), registry)
        if cut is None:
            batch.run(chunks)
            return 0
        point = read_resume_point(cut, batch.opening[0], batch.acceptance)
        batch.run(chunks, point)
        return point.length


class Night(NamedTuple):
    """A batch of all cases: what was audited, and what it says."""

    many: Path
    ndjson: bytes
    csv: bytes
    parquet: Path


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, registry: PluginRegistry) -> Night:
    pytest.importorskip("pyarrow")
    folder = tmp_path_factory.mktemp("night")
    many, table = write_many(folder / "many.ndjson"), folder / "out.parquet"
    lines, rows, file = io.BytesIO(), io.BytesIO(), ParquetReporter().sink(table)
    run_batch(many, {"ndjson": lines, "csv": rows, "parquet": file}, registry, None)
    file.close()
    return Night(many, lines.getvalue(), rows.getvalue(), table)


def test_in_a_batch_no_line_gives_anything_away(night: Night) -> None:
    lines = night.ndjson.decode().splitlines()
    read = [json.loads(line) for line in lines]
    documents = {line["document"] for line in read if line["type"] in {"document", "notice"}}
    assert documents == set(range(len(night.many.read_text().splitlines())))
    assert [line[:300] for line in some(lines) if leaks(line)] == []


def test_in_a_batch_no_table_gives_anything_away(night: Night) -> None:
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    rows = [str(row) for row in parquet.read_table(night.parquet).to_pylist()]
    assert len(rows) > 5000
    assert [row[:300] for row in some(rows) if leaks(row)] == []
    assert len(night.csv.splitlines()) > 5000
    assert leaks(night.csv.decode()) == []


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_a_run_that_is_gone_on_with_gives_nothing_away(
    share: float, night: Night, tmp_path: Path, registry: PluginRegistry
) -> None:
    path, sink = tmp_path / "out.ndjson", io.BytesIO()
    path.write_bytes(night.ndjson[: int(len(night.ndjson) * share)])
    kept = run_batch(night.many, {"ndjson": sink}, registry, path)
    assert kept
    assert path.read_bytes()[:kept] + sink.getvalue() == night.ndjson


@pytest.fixture(scope="module")
def likes(registry: PluginRegistry) -> Report:
    """Return the report on submissions that came ten times over: the first, second and tenth."""
    chosen = [
        json.dumps(document).encode()
        for spelling, _, document in cases(submission(), in_submission)
        if spelling in {"raw", "a number", "a key"}
    ]
    inputs = [
        RawDocument(uri=f"{named(number)}.json", data=data)
        for number, data in enumerate(chosen)
        for _ in range(COPIES)
    ]
    report = audit_inputs(inputs, ALL, registry)
    kept = [n for n in range(len(inputs)) if n % COPIES in {0, 1, COPIES - 1}]
    return only(report, {old: new for new, old in enumerate(kept)})


def only(report: Report, numbers: dict[int, int]) -> Report:
    """Return a report on some of its documents, under new numbers."""

    def renumbered(record: Any) -> Any:
        return msgspec.structs.replace(record, document=numbers[record.document])

    return msgspec.structs.replace(
        report,
        documents=tuple(report.documents[old] for old in numbers),
        results=tuple(
            msgspec.structs.replace(renumbered(result), related_locations=())
            for result in report.results
            if result.document in numbers
        ),
        run=msgspec.structs.replace(
            report.run,
            notices=tuple(
                notice if notice.document is None else renumbered(notice)
                for notice in report.run.notices
                if notice.document is None or notice.document in numbers
            ),
        ),
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_first_the_second_and_the_tenth_of_its_like_give_nothing_away(
    name: str, likes: Report, registry: PluginRegistry
) -> None:
    assert len(likes.documents) > 100
    assert {result.outcome for result in likes.results} >= {"pass", "fail", "indeterminate"}
    assert leaks(rendered(registry, name, likes)) == []


# On the command line: side files, earlier submissions, logs


def formats(folder: Path) -> list[str]:
    """Return the options that write every format to a file in a folder."""
    pytest.importorskip("pyarrow")
    folder.mkdir(exist_ok=True)
    names = (*NAMES, "parquet")
    return [word for name in names for word in ("-f", f"{name}={folder / f'out.{name}'}")]


def given_away(folder: Path, run: Run) -> list[str]:
    """Return the outputs of a command that give an identifier away."""
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    outputs = {"standard output": run.out, "standard error": run.err}
    for path in folder.glob("out.*"):
        is_table = path.suffix == ".parquet"
        rows = parquet.read_table(path).to_pylist() if is_table else None
        outputs[path.name] = path.read_text("utf-8") if rows is None else str(rows)
    assert len(outputs) == len(NAMES) + 3
    return [f"{name}: {leaks(text)[0]}" for name, text in outputs.items() if leaks(text)]


def test_side_files_give_nothing_away(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    lake.mkdir()
    number = 0
    for spelling, _, value in planted(evidence()):
        if spelling in {"as an EIN", "a key"}:
            number += 1
            (lake / f"{named(number)}.json").write_text(json.dumps(submission(named(number))))
            (lake / f"{named(number)}.evidence.json").write_text(json.dumps(value))
    assert number > 100
    arguments = ("audit", "lake", "--as-of", AS_OF, "--isolated", *formats(tmp_path / "out"))
    run = run_here(*arguments, cwd=tmp_path)
    assert given_away(tmp_path / "out", run) == []


def test_earlier_submissions_that_cannot_be_used_give_nothing_away(tmp_path: Path) -> None:
    (tmp_path / "now.json").write_text(json.dumps(submission()))
    (tmp_path / "before").mkdir()
    unusable = [
        json.dumps(document)
        for _, place, document in cases(submission(), in_submission)
        if place in {"/performanceYear", "/measurementSets", "/measurementSets/0/category"}
    ]
    for number, text in enumerate((*REFUSED.values(), *unusable)):
        (tmp_path / "before" / f"{named(number)}.json").write_text(text)
    arguments = ("audit", "now.json", "--as-of", AS_OF, "--isolated", "--prior", "before")
    run = run_here(*arguments, *formats(tmp_path / "out"), cwd=tmp_path)
    report = json.loads((tmp_path / "out" / "out.json").read_text())
    kinds = [notice["kind"] for notice in report["run"]["notices"]]
    assert kinds.count("priorUnusable") > 40
    assert given_away(tmp_path / "out", run) == []


@pytest.mark.parametrize("form", ["console", "json"])
def test_logs_give_nothing_away(form: str, tmp_path: Path) -> None:
    for number, text in enumerate(REFUSED.values()):
        (tmp_path / f"{named(number)}.json").write_text(text)
    for number, (_, _, document) in enumerate(cases(submission(), in_submission)):
        (tmp_path / f"{named(number)} planted.json").write_text(json.dumps(document))
    output = tmp_path / "out" / "out.ndjson"
    output.parent.mkdir()
    arguments = ("audit", ".", "--as-of", AS_OF, "--isolated", "-f", f"ndjson={output}", "-vv")
    run = run_here(*arguments, "--log-format", form, "--progress", "always", cwd=tmp_path)
    assert leaks(output.read_text()) == []
    assert "audit ended" in run.err
    assert leaks(run.err) == []


def test_an_error_that_ends_the_run_gives_nothing_away(tmp_path: Path) -> None:
    (tmp_path / "picheck.toml").write_text(f'ignore = ["{TIN}"]\nyear = "{TIN}"\n')
    (tmp_path / "a.json").write_text(json.dumps(submission()))
    run = run_here("audit", "a.json", cwd=tmp_path)
    assert run.code == 2
    assert "year is" in run.err
    assert leaks(run.err) == []


@pytest.mark.parametrize("form", ["text", "json", "html", "ndjson"])
def test_a_score_gives_nothing_away(form: str, tmp_path: Path) -> None:
    for number, (spelling, _, document) in enumerate(cases(submission(), in_submission)):
        if spelling in {"a number", "a key"}:
            (tmp_path / f"{named(number)}.json").write_text(json.dumps(document))
    arguments = ("score", ".", "--as-of", AS_OF, "--isolated", "-f", form, "--what-if")
    run = run_here(*arguments, cwd=tmp_path)
    assert run.out.count("*****4826") > 50
    assert leaks(run.out + run.err) == []


# Waivers


def waivers(folder: Path, *tables: dict[str, str]) -> None:
    lines = []
    for table in tables:
        lines += ["[[waivers]]", *(f"{key} = {json.dumps(text)}" for key, text in table.items())]
    (folder / "waivers.toml").write_text("\n".join(lines))


TOLD: Final = [str(spelling) for spelling in SPELLINGS.values()]


def waiver(said: str, **keys: str) -> dict[str, str]:
    """Return a waiver whose reason and owner speak of somebody."""
    return {"reason": f"letter to {said}", "owner": f"{said} Inc", "expires": "2026-12-31"} | keys


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """Return a folder with a submission of which one finding can be waived and one cannot."""
    document = submission()
    document["measurementSets"][0] |= {
        "performanceStart": f"{YEAR}-09-06", "submissionMethod": "fax",
    }  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(document))
    (tmp_path / "a.evidence.json").write_text(json.dumps(evidence()))
    return tmp_path


@pytest.mark.parametrize("said", TOLD)
def test_waivers_give_nothing_away(said: str, spoilt: Path) -> None:
    arguments = ("audit", "a.json", "--as-of", AS_OF, "--isolated")
    report = run_here(*arguments, "-f", "json", cwd=spoilt).report
    found = {result["code"]: result["fingerprint"] for result in report["results"]}
    assert len(found) > 1
    kinds = {
        "holds": waiver(said, fingerprint=found["PIC-PER-03"]),
        "expired": waiver(said, code="PIC-PER-03", file="*.json", expires="2025-12-31"),
        "refused": waiver(said, code=min(found), file="*.json"),
        "unused": waiver(said, code="PIC-PER-02", subject=f"tin {said}"),
        "pattern": waiver(said, code="PIC-PER-02", file=f"{said}/*.json"),
    }
    for number, table in some(enumerate(kinds.values())):
        waivers(spoilt, table)
        given = (*arguments, "--waivers", "waivers.toml")
        out = spoilt / f"out{number}"
        run = run_here(*given, *formats(out), cwd=spoilt)
        assert given_away(out, run) == []
    waivers(spoilt, *kinds.values())
    for words in (("list",), ("list", "--format", "json"), ("lint",), ("lint", "--as-of", AS_OF)):
        run = run_here("waivers", *words, "--waivers", "waivers.toml", cwd=spoilt)
        assert leaks(run.out + run.err) == [], words


@pytest.mark.parametrize("key", ["code", "fingerprint", "expires", "year", "subjekt"])
@pytest.mark.parametrize("said", TOLD)
def test_a_waiver_that_is_refused_gives_nothing_away(said: str, key: str, spoilt: Path) -> None:
    waivers(spoilt, waiver("nobody", code="PIC-PER-03", file="*") | {key: said})
    run = run_here("audit", "a.json", "--waivers", "waivers.toml", cwd=spoilt)
    assert run.code == 2
    assert leaks(run.out + run.err) == []


# Plugins

OPTIONS: Final = ("--as-of", AS_OF, "--isolated", "--all-results", "-p", "packs.telling")


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one submission, and with ten of one clinician."""
    folder = tmp_path_factory.mktemp("telling")
    (folder / "one.json").write_text(json.dumps(submission()))
    (folder / "ten.ndjson").write_text((json.dumps(submission()) + "\n") * COPIES)
    return folder


@pytest.mark.parametrize("name", ["one.json", "ten.ndjson"])
def test_what_a_plugin_says_gives_nothing_away(name: str, telling: Path, tmp_path: Path) -> None:
    run = run_here("audit", name, *OPTIONS, *formats(tmp_path / "out"), cwd=telling)
    report = json.loads((tmp_path / "out" / "out.json").read_text())
    codes = {result["code"] for result in report["results"] if result["code"].startswith("ACME")}
    assert codes >= {"ACME-TST-01", "ACME-TST-02", "ACME-BRK-05"}
    assert ("ACME-TST-03" in codes) == (name == "ten.ndjson")
    broken = " ".join(r["message"] for r in report["results"] if r["outcome"] == "error")
    assert all(f"ACME-BRK-0{number} of" in broken for number in range(5))
    assert "ACME-TST-04 of" in broken
    assert given_away(tmp_path / "out", run) == []


def test_what_a_plugin_says_gives_nothing_away_in_a_run_that_is_gone_on_with(
    telling: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.ndjson"
    command = ("audit", "ten.ndjson", *OPTIONS, "-f", f"ndjson={path}")
    assert run_here(*command, cwd=telling).code == 4
    whole = path.read_bytes()
    assert leaks(whole.decode()) == []
    path.write_bytes(whole[: len(whole) // 2])
    run = run_here(*command, "--resume", cwd=telling)
    assert run.code == 4
    assert path.read_bytes() == whole
    assert leaks(run.out + run.err) == []


# The tests themselves


@pytest.mark.parametrize("name", NAMES)
def test_without_masking_every_format_gives_the_identifiers_away(
    name: str, registry: PluginRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for method in ("text", "value", "identifier"):
        monkeypatch.setattr(Masker, method, lambda _, value: value)
    document = submission()
    document["measurementSets"][0] |= {"cehrtId": TIN}
    document["measurementSets"][0]["measurements"][0]["value"] = {"numerator": int(NPI)}
    assert alone(registry, json.dumps(document), [name]) == [name]
