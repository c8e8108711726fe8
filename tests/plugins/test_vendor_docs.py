"""The pages for vendors say what the code says."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path
from types import FunctionType
from typing import Any, Final

import pytest

import picheck.api
from picheck.api import PARAMETERS
from picheck.plugins import hookspecs
from picheck.plugins.options import declared_options
from picheck.rules.rule import MOVING_PAGE
from support import ROOT, perhaps, some
from vendor_support import ACME

PAGES: Final = ROOT / "docs" / "plugins"
HOOKS: Final = {
    name: value
    for name, value in vars(hookspecs).items()
    if isinstance(value, FunctionType) and name.startswith("picheck_")
}


def sections() -> dict[str, str]:
    text = (PAGES / "hooks.md").read_text("utf-8")
    parts = re.split(r"^## `(picheck_\w+\([^)]*\))`\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_hook_has_its_how_to_with_its_arguments() -> None:
    signatures = {
        f"{name}({', '.join(inspect.signature(hook).parameters)})" for name, hook in HOOKS.items()
    }
    assert set(sections()) == signatures


@pytest.mark.parametrize("name", HOOKS)
def test_a_how_to_begins_with_the_words_of_the_specification(name: str) -> None:
    text = next(body for heading, body in sections().items() if heading.startswith(f"{name}("))
    first = (inspect.getdoc(HOOKS[name]) or "").splitlines()[0]
    assert text.strip().startswith(first)


@pytest.mark.parametrize("name", HOOKS)
def test_the_life_of_an_audit_names_the_moment_of_every_hook(name: str) -> None:
    assert f"`{name}`" in (PAGES / "life-of-an-audit.md").read_text("utf-8")


def test_the_table_of_parameters_has_every_one_with_its_annotation() -> None:
    page = sections()["picheck_register_rules()"]
    rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:3]]
        for line in page.splitlines()
        if line.startswith("| `")
    ]
    written = {
        name: annotation.replace("\\", "")
        for names, annotations in rows
        for name, annotation in zip(
            re.findall(r"`([^`]+)`", names), re.findall(r"`([^`]+)`", annotations), strict=True
        )
    }
    assert written.keys() == PARAMETERS.keys()
    for name, annotation in some(written.items()):
        assert annotation in PARAMETERS[name].annotations


def test_the_page_about_moving_knows_every_name_that_version_1_had() -> None:
    page = (ROOT / MOVING_PAGE).read_text("utf-8")
    assert picheck.api._VERSION_1
    for name in some(picheck.api._VERSION_1):
        assert re.search(rf"\b{name}\b", page), name
        with pytest.raises(ImportError, match=re.escape(f"{name} was part of API version 1; see")):
            getattr(picheck.api, name)


def python_blocks(page: str) -> list[str]:
    return re.findall(
        r"^```python\n(.*?)^```$", (PAGES / page).read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


def test_the_examples_of_the_how_tos_run() -> None:
    for block in some(python_blocks("hooks.md")):
        space: dict[str, Any] = {"__name__": "example"}
        exec(compile(block, "hooks.md", "exec"), space)  # noqa: S102 - our own page
        if "picheck_options" in space:
            assert declared_options(type("Module", (), space))["round_to"]["default"] == 1000


def test_the_matrix_of_the_page_is_the_living_one() -> None:
    block = re.search(r"```ini\n(.*?)```", (PAGES / "matrix.md").read_text("utf-8"), re.DOTALL)
    assert block is not None
    living = (ACME / "tox.ini").read_text("utf-8").splitlines()
    assert [line for line in some(block[1].splitlines()) if line not in living] == []


def links_of(page: Path) -> list[str]:
    """Return where the links of a page lead, but for those to other sites."""
    found: list[str] = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    return found


def test_the_pages_about_plugins_lead_to_each_other() -> None:
    assert sum(len(links_of(page)) for page in PAGES.glob("*.md")) > 10


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.name)
def test_every_link_between_the_pages_leads_somewhere(page: Path) -> None:
    for target in perhaps(links_of(page)):
        assert (page.parent / target).exists(), target


def test_the_living_example_says_that_it_is_invented() -> None:
    clauses = tomllib.loads((ACME / "picheck_acme" / "clauses.toml").read_text("utf-8"))
    titles = [source["title"] for clause in clauses["clauses"] for source in clause["sources"]]
    assert all("(invented)" in title for title in some(titles))
    assert "does not exist" in (ACME / "README.md").read_text("utf-8")
