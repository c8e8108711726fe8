"""The reference pages name everything there is, and nothing else."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

import picheck.session
import picheck.testing
from picheck.engine.options import AuditOptions
from picheck.engine.verdicts import REASONS
from picheck.model.evidence_questions import QUESTIONS
from picheck.model.notice_kinds import NOTICE_KINDS
from picheck.rules.inputs import PARAMETERS
from picheck.schemas import explain, load_schema
from picheck.testing.assertions import describe_difference
from picheck.testing.cases import Case, CaseEntry, Expectation, Other, Prior, load_cases
from picheck.testing.examples import compliant_parts
from picheck.testing.harness import stock
from picheck.testing.mutations import Change
from support import ROOT, some

DOCS: Final = ROOT / "docs"


def text_of(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def rows(name: str, under: str = "") -> Iterator[list[str]]:
    """Yield the cells of each table row of a page, after a heading, whose first cell is code."""
    text = text_of(name)
    if under:
        text = text.partition(f"\n## {under}\n")[2].partition("\n## ")[0]
    for line in text.splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("| "))]


def named(name: str, under: str = "") -> list[str]:
    """Return what the first cells of the rows name."""
    return [row[0].strip("`") for row in rows(name, under)]


def blocks(name: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", text_of(name), re.MULTILINE | re.DOTALL)


# Evidence


def keys_of(schema: dict[str, Any], root: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield every key that evidence may hold, those inside lists included."""
    for name, part in schema.get("properties", {}).items():
        yield f"{prefix}{name}"
        inside = resolved(part, root)
        yield from keys_of(resolved(inside.get("items", inside), root), root, f"{prefix}{name}.")


def resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "").rpartition("/")[2]
    return {**root["$defs"][reference], **schema} if reference else schema


def test_every_key_of_the_evidence_is_on_its_page_once() -> None:
    schema = load_schema("evidence")
    assert sorted(named("evidence.md")) == sorted(keys_of(schema, schema))
    assert set(named("evidence.md")) <= QUESTIONS.keys()


def test_every_example_of_the_evidence_is_sound() -> None:
    for key, _, example in some(rows("evidence.md")):
        names = key.strip("`").split(".")
        is_listed = names[0] in {"clinicians", "documents"} and len(names) > 1
        if not example.startswith("`") or is_listed:
            continue
        value: Any = json.loads(example.strip("`"))
        for name in reversed(names):
            value = {name: value}
        assert not explain("evidence", value), key


def test_every_rule_that_the_page_names_is_there_and_reads_evidence() -> None:
    rules = stock().rules
    for code in some(set(re.findall(r"PIC-[A-Z]+-\d+", text_of("evidence.md")))):
        assert rules[code].rule.evidence, code


# Parameters of rules


def test_the_page_of_parameters_is_the_table_of_the_code() -> None:
    expected = [
        [
            f"`{name}`",
            ", ".join(f"`{each}`" for each in parameter.annotations).replace("|", r"\|"),
            ", ".join(parameter.scopes) or "any",
            parameter.text,
        ]
        for name, parameter in PARAMETERS.items()
    ]
    assert list(rows("reference/parameters.md", "The parameters")) == expected


# Cases


@pytest.mark.parametrize(
    ("heading", "record", "more"),
    [
        ("A case", CaseEntry, {"extends"}),
        ("What departs: `change`", Change, set()),
        ("What is expected: `expect`", Expectation, set()),
        ("Earlier and other documents", (Prior, Other), set()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_field_of_a_case_is_on_its_page(heading: str, record: Any, more: set[str]) -> None:
    records = record if isinstance(record, tuple) else (record,)
    fields = {name for each in records for name in each.__struct_encode_fields__}
    assert set(named("reference/cases.md", heading)) == fields | more


def test_the_examples_of_the_page_of_cases_hold(tmp_path: Path) -> None:
    found: list[Case] = []
    for number, block in enumerate(blocks("reference/cases.md", "json")):
        file = tmp_path / f"{number}.json"
        file.write_text(block)
        found += load_cases(file)
    assert len(found) > 3
    differences = [describe_difference(case, compliant_parts, stock()) for case in found]
    assert not any(differences)


# picheck.testing and picheck.session


@pytest.mark.parametrize("module", [picheck.testing, picheck.session], ids=lambda m: m.__name__)
def test_every_public_name_is_on_its_page(module: Any) -> None:
    page = f"reference/{module.__name__.rpartition('.')[2]}.md"
    assert sorted(named(page, "The names")) == sorted(module.__all__)


def test_every_step_of_a_draft_is_on_its_page() -> None:
    steps = {name for name in vars(picheck.testing.Draft) if not name.startswith("_")}
    assert set(named("reference/testing.md", "Drafts")) == steps


def test_every_option_of_a_session_is_on_its_page() -> None:
    fields = set(AuditOptions.__struct_fields__)
    assert set(named("reference/session.md", "The options")) == fields


def test_every_method_of_a_session_is_on_its_page() -> None:
    methods = {
        name
        for name, value in vars(picheck.session.AuditSession).items()
        if inspect.isfunction(value) and not name.startswith("_")
    }
    assert set(named("reference/session.md", "A session")) == methods


@pytest.mark.parametrize("record", ["InputDocument", "DocumentReport"])
def test_every_field_of_what_goes_in_and_out_is_on_its_page(record: str) -> None:
    fields = msgspec.structs.fields(getattr(picheck.session, record))
    assert set(named("reference/session.md", f"`{record}`")) == {field.name for field in fields}


@pytest.mark.parametrize("page", ["testing", "session"])
def test_the_examples_of_the_page_run(page: str) -> None:
    space: dict[str, Any] = {"__name__": "example"}
    for block in blocks(f"reference/{page}.md", "python"):
        exec(compile(block, f"{page}.md", "exec"), space)  # noqa: S102 - our own page


@pytest.mark.parametrize("page", ["cases", "parameters", "testing", "session"])
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    for target in some(re.findall(r"\]\((?!https?:)([^)#]+)", text_of(f"reference/{page}.md"))):
        assert (DOCS / "reference" / target).exists(), target


def test_the_page_lists_every_kind_of_notice_and_the_code_knows_no_other() -> None:
    page = (ROOT / "docs" / "reporters.md").read_text("utf-8")
    table = page.partition("### Notices")[2].partition("\n## ")[0]
    listed = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", table, re.MULTILINE))
    assert listed == {name: kind.meaning for name, kind in NOTICE_KINDS.items()}
    code = "".join(path.read_text("utf-8") for path in (ROOT / "picheck").rglob("*.py"))
    made = {name for name in NOTICE_KINDS if f'"{name}"' in code.replace(f'"{name}": Notice', "")}
    assert made == NOTICE_KINDS.keys()
    for reason, number in some(REASONS.items()):
        assert f"`{reason}` {number}" in table
