"""The pages of the reference that the site adds: schemas, the API, the tables of contents."""

from __future__ import annotations

import posixpath
import re

import pytest

from picheck import api
from picheck.schemas import load_schema
from picheck.site.schema_page import write_schema
from site_pages import rows, section
from support import ROOT, some


@pytest.mark.parametrize("name", ["report", "submission"])
def test_the_page_of_a_schema_is_what_the_command_prints(name: str) -> None:
    page = (ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8")
    assert page == write_schema(name, load_schema(name)), (
        f"run picheck docs schema {name} > docs/reference/{name}.md"
    )


@pytest.mark.parametrize("name", ["report", "submission", "evidence"])
def test_the_page_of_a_schema_has_every_property_of_every_part(name: str) -> None:
    schema = load_schema(name)
    page = write_schema(name, schema)
    for part, inside in some(schema["$defs"].items()):
        properties = inside.get("properties", {})
        if properties:
            named = [row[0].strip("`") for row in rows(section(page, part))]
            assert named == list(properties), part


def test_every_name_of_the_api_has_one_entry() -> None:
    page = (ROOT / "docs" / "reference" / "api.md").read_text("utf-8")
    entries = re.findall(r"^\.\. auto\w+:: (\w+)$", page, re.MULTILINE)
    assert sorted(entries) == sorted(api.__all__)


def test_every_page_of_docs_is_in_a_table_of_contents() -> None:
    docs = ROOT / "docs"
    texts = {"index.md": (docs / "index.md").read_text("utf-8")}
    listed = set()
    for name, text in texts.items():
        for block in re.findall(r"```\{toctree\}\n(?::[^\n]*\n)+\n(.*?)```", text, re.DOTALL):
            entries = [re.sub(r".*<(.*)>", r"\1", line) for line in block.split("\n") if line]
            listed |= {posixpath.join(posixpath.dirname(name), f"{e}.md") for e in entries}
    found = {page.relative_to(docs).as_posix() for page in docs.rglob("*.md")}
    records = {page for page in found if re.match(r"decisions/\d{4}-", page)}
    assert records
    assert found - records - {"index.md"} == {
        page for page in listed if page.partition("/")[2] != "index.md"
    }


def test_sphinx_is_asked_for_only_where_a_site_is_made() -> None:
    """The Markdown pages need no more than picheck itself."""
    asking = re.compile(r"^(?:from|import) (?:sphinx|docutils)\b", re.MULTILINE)
    sources = (ROOT / "picheck").rglob("*.py")
    importing = {file.name for file in sources if asking.search(file.read_text("utf-8"))}
    assert importing == {"sphinx_extension.py"}
