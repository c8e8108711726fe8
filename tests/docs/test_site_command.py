"""`picheck docs`, the folder that it writes to, and the address that reports link to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from command_line import Run
from picheck.errors import UsageError
from picheck.site.folder import MANIFEST, fill_folder
from site_pages import contents
from support import AS_OF, ROOT, some

FORGOTTEN = ROOT / "docs" / "examples" / "forgotten-exclusion.json"


# The folder


def test_a_second_run_replaces_the_first_and_touches_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    fill_folder(folder, {"rules/A-B-01.md": "one", "index.md": "one"})
    (folder / "mine.md").write_text("kept")
    fill_folder(folder, {"index.md": "two"})
    assert contents(folder) == {
        "index.md": b"two",
        "mine.md": b"kept",
        MANIFEST: b"index.md\n",
    }


def test_a_manifest_that_names_files_elsewhere_removes_nothing(tmp_path: Path) -> None:
    outside, folder = tmp_path / "kept.md", tmp_path / "out"
    outside.write_text("kept")
    folder.mkdir()
    (folder / MANIFEST).write_text("../kept.md\n")
    fill_folder(folder, {"index.md": "x"})
    assert outside.read_text() == "kept"


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.md").write_text("years of work")
    with pytest.raises(UsageError, match="holds files that picheck did not write; name another"):
        fill_folder(tmp_path, {"index.md": ""})
    assert contents(tmp_path) == {"thesis.md": b"years of work"}


def test_own_pages_are_copied_and_their_index_wins(tmp_path: Path) -> None:
    own = tmp_path / "docs"
    (own / "more").mkdir(parents=True)
    (own / ".git").mkdir()
    (own / "index.md").write_text("own")
    (own / "more" / "page.md").write_text("own")
    (own / ".git" / "config").write_text("hidden")
    fill_folder(tmp_path / "out", {"index.md": "theirs", "conf.py": "theirs"}, own)
    found = contents(tmp_path / "out")
    del found[MANIFEST]
    assert found == {"index.md": b"own", "more/page.md": b"own", "conf.py": b"theirs"}


def test_own_pages_that_are_called_like_a_rules_page_are_refused(tmp_path: Path) -> None:
    (tmp_path / "docs" / "rules").mkdir(parents=True)
    (tmp_path / "docs" / "rules" / "A-B-01.md").write_text("own")
    with pytest.raises(UsageError, match=r"rename rules/A-B-01\.md"):
        fill_folder(tmp_path / "out", {"rules/A-B-01.md": ""}, tmp_path / "docs")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--select", "PIC-PRE-03"), "PIC-PRE-03"),
        (("--pages", "no-such-folder"), "--pages no-such-folder is not a folder"),
        (("--pages", "docs", "--output", "docs/out"), "docs/out/markdown lies in docs"),
        (("--output", "README.md/out"), "README.md"),
    ],
)
def test_what_cannot_be_followed_is_said_in_one_line(
    picheck: Callable[..., Run],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("a file")
    found = picheck("docs", "build", *arguments)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert found.err.count("\n") == 1


def test_a_web_site_without_sphinx_says_what_to_install(
    picheck: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("picheck.site.html_site.find_spec", lambda _: None)
    found = picheck("docs", "build", "--format", "html", "-o", tmp_path / "out")
    assert found.code == 2
    assert "pip install 'picheck[site]'" in found.err
    assert not (tmp_path / "out").exists()


# The address of the pages


def test_without_an_address_nothing_links_to_a_page(picheck: Callable[..., Run]) -> None:
    said = picheck("audit", "--isolated", "--as-of", AS_OF, "-f", "sarif", FORGOTTEN)
    rules = json.loads(said.out)["runs"][0]["tool"]["driver"]["rules"]
    assert rules
    assert not any("helpUri" in rule for rule in some(rules))
    assert "page" not in picheck("rules", "show", "PIC-PER-03", "--isolated").out.split()


@pytest.mark.parametrize("address", ["https://docs.example/picheck", "file:///srv/picheck/"])
def test_reports_link_to_the_page_of_the_rule(
    picheck: Callable[..., Run], tmp_path: Path, address: str
) -> None:
    settings = tmp_path / "picheck.toml"
    settings.write_text(f'docs_url = "{address}"\nas_of = "{AS_OF}"\n')
    page = f"{address.rstrip('/')}/rules/PIC-ERX-01.html"
    sarif = json.loads(picheck("audit", "-c", settings, "-f", "sarif", FORGOTTEN).out)
    described = sarif["runs"][0]["tool"]["driver"]["rules"]
    assert {rule["id"]: rule["helpUri"] for rule in described}["PIC-ERX-01"] == page
    html = picheck("audit", "-c", settings, "-f", "html", FORGOTTEN).out
    assert f'<a class="code" href="{page}" rel="noreferrer">PIC-ERX-01</a>' in html
    report = json.loads(picheck("audit", "-c", settings, "-f", "json", FORGOTTEN).out)
    assert page in {rule.get("helpUri") for rule in report["rules"]}
    assert page in picheck("rules", "show", "PIC-ERX-01", "-c", settings).out
    shown = picheck("rules", "show", "PIC-ERX-01", "-c", settings, "--format", "json").out
    assert json.loads(shown)["page"] == page


def test_the_findings_of_picheck_itself_link_to_their_page(
    picheck: Callable[..., Run], tmp_path: Path
) -> None:
    document = json.loads(FORGOTTEN.read_bytes())
    (tmp_path / "future.json").write_text(json.dumps({**document, "performanceYear": 2039}))
    options = ("--isolated", "--as-of", AS_OF, "--docs-url", "https://docs.example", "-f", "json")
    report = json.loads(picheck("audit", *options, tmp_path / "future.json").out)
    pages = {rule["code"]: rule["helpUri"] for rule in report["rules"]}
    assert pages["PIC-RUN-03"] == "https://docs.example/rules/PIC-RUN-03.html"
    shown = picheck("rules", "show", "PIC-RUN-03", "--docs-url", "https://docs.example").out
    assert "https://docs.example/rules/PIC-RUN-03.html" in shown


@pytest.mark.parametrize("wrong", ["docs.example", "javascript:x", "https://", "https://a b"])
def test_an_address_that_is_none_is_refused(
    picheck: Callable[..., Run], tmp_path: Path, wrong: str
) -> None:
    for command in (("audit", "--isolated", str(FORGOTTEN)), ("rules", "show", "PIC-PER-03")):
        said = picheck(*command, "--docs-url", wrong)
        assert said.code == 2, command
        assert repr(wrong) in said.err
    settings = tmp_path / "picheck.toml"
    settings.write_text(f'docs_url = "{wrong}"\n')
    assert picheck("config", "validate", "-c", settings).code == 2
