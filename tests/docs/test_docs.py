"""Every command that README and docs show is run; the paths, names and links of pages are true."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from sybil import Document, Example, Sybil
from sybil.parsers.markdown import CodeBlockParser

from support import ROOT, perhaps, some

#: The exit code of a command that was typed wrong.
USAGE = 2
ALL_PAGES: Final = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
)
#: `docs/plugins/tutorial.md` installs what it builds; `test_vendor_tutorial.py` runs it.
PAGES = [
    page
    for page in ALL_PAGES
    if "```console" in page.read_text(encoding="utf-8") and page.name != "tutorial.md"
]
#: What a newcomer must find from the names of folders and files (docs/architecture.md).
QUESTIONS: Final = (
    "the 180-day rule",
    "the numbers of 2025",
    "the SARIF output",
    "how plugins are found",
    "what runs one document",
    "where masking happens",
    "how a batch resumes",
)
#: Words that CONTRIBUTING.md bans, as far as a pattern can tell them from others.
BANNED: Final = re.compile(
    r"\b(?:told|anew|nobody|its like|stands?(?! out\b)"
    r"|is no (?:TOML|JSON|YAML|secret|legal))\b",
    re.IGNORECASE,
)


def run_block(example: Example) -> None:
    """Run each command of a console block in the repository and compare what it prints."""
    for command, shown in _commands(example.parsed):
        code, found = _run(command)
        assert code != USAGE or "picheck:" in shown, f"$ {command}\n{found}"
        assert "Traceback" not in found, f"$ {command}\n{found}"
        assert _matches(shown, found), f"$ {command}\n--- shown\n{shown}\n--- found\n{found}"


def _commands(block: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown.rstrip("\n")


def _run(command: str) -> tuple[int, str]:
    words = shlex.split(command)
    assert words[0] == "picheck", f"only picheck is run from the pages, not {words[0]}"
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONWARNINGS": "error"}
    environment.pop("PICHECK_RULE_YEAR", None)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "picheck", *words[1:]],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).rstrip("\n")


def _matches(shown: str, found: str) -> bool:
    """Compare line by line; a line of three dots stands for any number of lines."""
    pieces = re.split(r"^\.\.\.$\n?", f"{shown}\n", flags=re.MULTILINE)
    wanted = r"(?:.*\n)*?".join(re.escape(piece) for piece in pieces)
    return re.fullmatch(wanted, f"{found}\n") is not None


SYBIL = Sybil(parsers=[CodeBlockParser("console", run_block)])


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_a_page_shows_what_its_commands_say(page: object) -> None:
    document: Document = SYBIL.parse(page)  # type: ignore[arg-type]
    examples = list(document.examples())
    assert examples
    for example in examples:
        example.evaluate()


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


# Paths and names


def architecture() -> str:
    return (ROOT / "docs" / "architecture.md").read_text("utf-8")


def where_is() -> dict[str, tuple[Path, str]]:
    """Return the rows of the table "Where is ...?": the file of each thing and the name in it."""
    table = architecture().partition("## Where is ...?")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| `([^`]+)` \| `([^`]+)` \|$", table, re.MULTILINE)
    return {what: (ROOT / path, name) for what, path, name in rows}


def test_the_seven_questions_of_a_newcomer_are_answered() -> None:
    assert set(QUESTIONS) <= where_is().keys()


@pytest.mark.parametrize("what", where_is())
def test_a_thing_is_where_the_architecture_says(what: str) -> None:
    path, name = where_is()[what]
    text = path.read_text("utf-8")
    assert name in (defined_in(text) if path.suffix == ".py" else text)


def defined_in(source: str) -> set[str]:
    """Return the names of the functions, classes, methods and constants of a module."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def in_the_picture() -> set[Path]:
    """Return the paths of the picture of the rooms."""
    picture = re.findall(r"^```\n(.*?)^```", architecture(), re.MULTILINE | re.DOTALL)[0]
    paths: set[Path] = set()
    above: list[str] = []
    for line in picture.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        for names in re.findall(r"^ *(\S+(?: \S+)*?)(?:  |$)", line):
            above = [*above[:depth], names.split()[0]]
            paths |= {ROOT.joinpath(*above[:depth], name) for name in names.split()}
    return paths


def test_the_picture_shows_what_is_there_and_every_room() -> None:
    shown = in_the_picture()
    assert [path for path in some(shown) if not path.exists()] == []
    framework = ROOT / "picheck"
    rooms = {path.parent for path in framework.rglob("__init__.py")} - {framework}
    assert rooms <= shown
    modules = {path for path in framework.glob("*.py") if not path.name.startswith("__")}
    assert modules <= shown


def test_every_room_has_its_row_of_what_it_may_not_do() -> None:
    table = architecture().partition("## What each room may not do")[2].partition("\n## ")[0]
    rows = {ROOT / path for path in re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)}
    assert [path for path in some(rows) if not path.exists()] == []
    assert {path for path in in_the_picture() if path.is_dir()} - rows == {
        ROOT / name for name in ("picheck", "plugins", "plugins/picheck_pi", "fixtures", "schemas")
    }


def links_of(page: Path) -> list[str]:
    """Return where the links of a page lead, but for those to other sites and in code."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found: list[str] = re.findall(r"\]\((?!https?:)([^)\s]+)\)", text)
    return found


def test_the_pages_lead_to_each_other() -> None:
    assert sum(len(links_of(page)) for page in ALL_PAGES) > 100


@pytest.mark.parametrize("page", ALL_PAGES, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target in perhaps(links_of(page)):
        name, _, anchor = target.partition("#")
        path = page.parent / name if name else page
        assert path.exists(), target
        assert not anchor or anchor in anchors_of(path), target


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# Words


def prose_of(page: Path) -> str:
    """Return a page without code, and without the table of words in CONTRIBUTING.md."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^\| not \| but \|\n.*?\n\n", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`]*`|\]\([^)]*\)", "", text)


#: Records of decisions up to this number are not rewritten, and their list has their titles.
OLD_RECORDS: Final = "0015"
#: The list of rules is made of their docstrings.
GENERATED: Final = ROOT / "docs" / "reference" / "rules.md"


def is_written_here(page: Path) -> bool:
    """Whether the words of a page can be changed in it."""
    is_old = page.parent.name == "decisions" and not OLD_RECORDS < page.name[:4] < "A"
    return page != GENERATED and not is_old


@pytest.mark.parametrize("page", [p for p in ALL_PAGES if is_written_here(p)], ids=name_of)
def test_pages_are_in_plain_words(page: Path) -> None:
    assert BANNED.findall(prose_of(page)) == []


def test_docstrings_and_messages_are_in_plain_words() -> None:
    found = [
        (path.relative_to(ROOT), node.lineno, word)
        for folder in (ROOT / "picheck", ROOT / "plugins")
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
        for word in BANNED.findall(node.value)
    ]
    assert found == []


def test_a_word_of_the_glossary_is_explained_once_in_one_line() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    cells = re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE)
    words = [cell for cell in cells if cell not in {"word", "---"}]
    assert len(words) == len(set(words))
    assert 20 <= len(words) <= 35


def test_every_decision_is_in_the_list_with_its_title() -> None:
    folder = ROOT / "docs" / "decisions"
    rows = re.findall(r"^\| \[\d+\]\((.+?)\) \| (.+?)(?: \(.*\))? \|$",
                      (folder / "README.md").read_text("utf-8"), re.MULTILINE)  # fmt: skip
    titles = {
        page.name: page.read_text("utf-8").partition("\n")[0].partition(". ")[2]
        for page in folder.glob("0*.md")
    }
    assert dict(rows) == titles


# Commands that are marked for a machine


def test_the_readme_has_one_command_to_try_and_one_to_test() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    marked = re.findall(r"^<!-- ci: (\w+) -->\n```sh\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in marked] == ["try", "test"]
    assert text.count("<!-- ci:") == len(marked)
    assert all(command.count("\n") == 1 for _, command in some(marked))
