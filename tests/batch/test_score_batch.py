"""Many documents are scored entity by entity, whatever their names look like."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from command_line import run_here
from picheck.testing import compliant
from support import AS_OF, ROOT, YEAR, some

TINS: Final = ("123456789", "223456789")  # invented; both print alike: *****6789


def write(folder: Path, *documents: Any) -> None:
    lines = [json.dumps({"submission": d.build(), "evidence": d.evidence}) for d in documents]
    (folder / "held.ndjson").write_text("".join(f"{line}\n" for line in lines))


def of(tin: str, *, worse: bool = False) -> Any:
    """Return a submission of an entity; the worse one has a lower rate."""
    draft = compliant(YEAR).with_submission(taxpayerIdentificationNumber=tin)
    return draft.with_counts("PI_PEA_1", 40, 412) if worse else draft


def scored(folder: Path, *options: str, code: int | None = None) -> list[Any]:
    words = ("held.ndjson", "--as-of", AS_OF, "--isolated", "-f", "ndjson", *options)
    run = run_here("score", *words, cwd=folder)
    assert code is None or run.code == code, run.err
    return [json.loads(line) for line in run.out.splitlines()]


def scores(lines: list[Any]) -> list[Any]:
    return [line for line in lines if line["type"] == "score"]


def test_entities_that_print_alike_are_scored_apart(tmp_path: Path) -> None:
    write(tmp_path, of(TINS[0]), of(TINS[1], worse=True))
    first, second = scores(scored(tmp_path))
    assert first["subject"] == second["subject"]
    assert first["entity"] != second["entity"]
    assert first["score"]["points"] > second["score"]["points"]


def test_documents_of_one_entity_are_scored_together(tmp_path: Path) -> None:
    write(tmp_path, of(TINS[0], worse=True), of(TINS[1]), of(TINS[0]))
    lines = scored(tmp_path)
    first, second = scores(lines)
    assert (len(first["sets"]), len(second["sets"])) == (2, 1)
    assert lines[0]["type"] == "run"
    assert lines[-1]["type"] == "summary"
    assert (lines[-1]["documents"], lines[-1]["entities"]) == (3, 2)


def test_a_score_in_a_batch_is_the_score_alone(tmp_path: Path) -> None:
    write(tmp_path, of(TINS[0], worse=True), of(TINS[1]))
    together = scores(scored(tmp_path, "--what-if"))
    write(tmp_path, of(TINS[0], worse=True))
    (alone,) = scores(scored(tmp_path, "--what-if"))
    words = ("held.ndjson", "--as-of", AS_OF, "--isolated", "-f", "json", "--what-if")
    run = run_here("score", *words, cwd=tmp_path)
    assert {**run.report["entities"][0], "type": "score"} == alone
    assert together[0]["score"]["points"] == alone["score"]["points"]
    assert together[0]["whatIf"] == alone["whatIf"]


def test_the_pseudonym_is_the_audit_s(tmp_path: Path) -> None:
    write(tmp_path, of(TINS[0]))
    (tmp_path / "key").write_text("sixteen bytes or more")
    names = []
    for key in ((), ("--entity-key", "key")):
        (score,) = scores(scored(tmp_path, *key))
        words = ("held.ndjson", "--as-of", AS_OF, "--isolated", "-f", "json", *key)
        run = run_here("audit", *words, cwd=tmp_path)
        assert score["entity"] == run.report["documents"][0]["entity"]
        names.append(score["entity"])
    assert len(set(names)) == 2


def test_an_input_that_cannot_be_read_costs_no_score(tmp_path: Path) -> None:
    write(tmp_path, of(TINS[0]))
    with (tmp_path / "held.ndjson").open("a") as file:
        file.write("{\n")
    lines = scored(tmp_path, code=3)
    (notice,) = (line for line in lines if line["type"] == "notice")
    assert (notice["kind"], notice["document"]) == ("unreadable", 1)
    assert len(scores(lines)) == 1
    assert lines[-1]["exit"] == {"code": 3, "reasons": ["unreadable"]}


def test_documents_that_name_nobody_stand_alone(tmp_path: Path) -> None:
    nobody = compliant(YEAR).with_submission(taxpayerIdentificationNumber=None)
    write(tmp_path, nobody, nobody)
    assert len(scores(scored(tmp_path))) in {0, 2}


def test_nothing_to_score_is_said(tmp_path: Path) -> None:
    (tmp_path / "held.ndjson").write_text("")
    lines = scored(tmp_path, code=5)
    assert lines[-1]["exit"]["reasons"] == ["nothingChecked"]


def test_earlier_submissions_are_counted_once_for_the_whole_run(tmp_path: Path) -> None:
    earlier = compliant(2024).with_submission(taxpayerIdentificationNumber="999999999")
    (tmp_path / "prior.json").write_text(earlier.to_json())
    write(tmp_path, of(TINS[0]), of(TINS[1]))
    lines = scored(tmp_path, "--prior", "prior.json")
    assert [line["kind"] for line in lines if line["type"] == "notice"] == ["priorUnused"]
    assert not any("earlier" in text for line in some(scores(lines)) for text in line["notices"])


_MEASURE: Final = """
import io, resource, sys
from picheck.cli.main import cli
sys.stdout = io.TextIOWrapper(open("/dev/null", "wb"))
cli.main(["score", sys.argv[1], "--as-of", sys.argv[2], "--isolated", "-f", "ndjson"],
         standalone_mode=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def test_memory_does_not_grow_with_the_documents(tmp_path: Path) -> None:
    def kilobytes(number: int) -> int:
        write(tmp_path, *(of(f"{100_000_000 + each}") for each in range(number)))
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, str(tmp_path / "held.ndjson"), AS_OF],
            check=True,
            capture_output=True,
            text=True,
        )
        return int(done.stderr.split()[-1])

    assert kilobytes(1_200) - kilobytes(100) < 20_000


def test_no_query_of_the_page_groups_by_masked_names() -> None:
    page = (ROOT / "docs" / "batch.md").read_text("utf-8")
    queries = [part.partition("```")[0] for part in page.split("```sql\n")[1:]]
    assert len(queries) >= 3
    for query in some(queries):
        assert "GROUP BY subject" not in query
        assert "USING (fingerprint)" not in query


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_no_identifier_is_printed(tmp_path: Path, form: str) -> None:
    write(tmp_path, of(TINS[0]))
    words = ("held.ndjson", "--as-of", AS_OF, "--isolated", "-f", form)
    assert TINS[0] not in run_here("score", *words, cwd=tmp_path).out
