"""The built site: no warning, no dead link, nothing from elsewhere; searched and read in a browser.

Needs the extra `site`; the browser needs the extra `browser` and Chromium. `PICHECK_SITE` names a
site that is built already, such as that of `tox -e site`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import unquote, urldefrag

import pytest

from support import ROOT, some
from vendor_support import picheck

NEEDED: Final = ("sphinx", "myst_parser", "furo")
RULE: Final = "rules/PIC-PER-03.html"
SEARCH: Final = "search.html?q=180+days"
#: Pages of every kind, by width and scheme of colours.
LOOKS: Final[dict[tuple[int, Literal["light", "dark"]], tuple[str, ...]]] = {
    (1280, "light"): ("index.html", RULE, "reference/api.html", "rules/by-year.html", SEARCH),
    (390, "dark"): ("rules/index.html", RULE, "years/pi-2025.html", "settings.html"),
}

pytestmark = pytest.mark.skipif(
    not all(map(find_spec, NEEDED)), reason="no Sphinx, MyST or Furo: the extra site"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site, built with warnings as faults."""
    if built := os.environ.get("PICHECK_SITE"):
        return Path(built).resolve()
    folder = tmp_path_factory.mktemp("site")
    options = ("--format", "html", "--strict", "--select", "PIC", "-o", str(folder))
    done = picheck("docs", "build", "--pages", str(ROOT / "docs"), *options)
    assert (done.code, done.err) == (0, "")
    return folder / "html"


class Page(HTMLParser):
    """The ids of a page, what it links to, and what it loads."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.scripts: list[str] = []
        self._is_script = False
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down what a tag names, links to or loads."""
        values = {name: value or "" for name, value in attrs}
        self.ids.add(values.get("id", ""))
        self._is_script = tag == "script"
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "link":
            self.loaded.append(values["href"])
        elif "src" in values:
            self.loaded.append(values["src"])

    def handle_data(self, data: str) -> None:
        """Take down the text of a script."""
        if self._is_script:
            self.scripts.append(data)
            self._is_script = False


def read_pages(site: Path) -> dict[Path, Page]:
    return {file: Page(file) for file in sorted(site.rglob("*.html"))}


def dead_links(pages: dict[Path, Page]) -> Iterator[str]:
    """Yield every local link whose file or whose place in it is not there."""
    for file, page in pages.items():
        for link in (*page.links, *page.loaded):
            if re.match(r"(https?|mailto|data):", link):
                continue
            path, fragment = urldefrag(link)
            target = (file.parent / unquote(path.partition("?")[0])).resolve() if path else file
            ids = pages[target].ids if target in pages else {unquote(fragment)}
            if not target.is_file() or (fragment and unquote(fragment) not in ids):
                yield f"{file.name}: {link}"


def test_no_link_of_the_site_is_dead_and_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = read_pages(site)
    assert len(pages) > 150
    assert sum(len(page.links) for page in pages.values()) > 10_000
    assert list(dead_links(pages)) == []
    loaded = {source for page in pages.values() for source in page.loaded}
    assert loaded
    assert [source for source in some(loaded) if re.match(r"(https?:)?//", source)] == []


def test_a_code_in_a_text_leads_to_its_rule(site: Path) -> None:
    assert "rules/PIC-ATT-02.html" in Page(site / "evidence.html").links
    assert "PIC-PER-01.html" in Page(site / "rules" / "PIC-PER-03.html").links


def test_180_days_are_an_entry_of_the_search_that_leads_to_the_rule(site: Path) -> None:
    index = read_index(site)
    ((place, anchor, is_main),) = index["indexentries"]["180 days"]
    assert index["docnames"][place] == "rules/PIC-PER-03"
    assert anchor in Page(site / "rules" / "PIC-PER-03.html").ids
    assert is_main


def test_the_page_of_all_rules_is_not_searched(site: Path) -> None:
    index = read_index(site)
    found = {place for places in index["terms"].values() for place in places_of(places)}
    assert index["docnames"].index("rules/PIC-PER-03") in found
    assert index["docnames"].index("reference/rules") not in found


def places_of(places: int | list[int]) -> list[int]:
    """Return the numbers of pages, which Sphinx writes without a list where there is one."""
    return [places] if isinstance(places, int) else places


def read_index(site: Path) -> Any:
    text = (site / "searchindex.js").read_text("utf-8")
    return json.loads(text[text.index("{") : text.rindex("}") + 1])


HOSTILE: Final = '''\
"""<script>alert(0)</script> [x](javascript:alert(0))"""

from picheck.api import Clause, Period, rule

CLAUSES = [
    {
        "code": "BAD-TRY-01",
        "program": "pi",
        "years": [2025],
        "consequence": "advice",
        "sources": [
            {
                "title": "<script>alert(1)</script> ` | [x](javascript:alert(1))",
                "url": "javascript:alert(1)",
                "standing": "unverified",
            },
            {
                "title": "x",
                "url": "https://x.example/)> <script>alert(2)</script>",
                "standing": "official",
            },
        ],
        "note": "<img src=x onerror=alert(3)> {doc}`index`",
        "terms": {"text": "`</code><script>alert(4)</script>| ~~~", "pattern": "a|b"},
    },
]


@rule("BAD-TRY-01", "bad-try", terms={"text": {}, "pattern": {}})
def bad_try(period: Period, clause: Clause) -> None:
    """<script>alert(5)</script> **x** ```

    What it checks:
    ```{raw} html
    <script>alert(6)</script>
    ```

    Why it matters:
    +++ --- # x <b>y</b> {{ 7 * 7 }} $x$ [ref]: javascript:alert(7)

    How to fix:
    <a href="javascript:alert(8)">x</a> <https://evil.example>
    """
'''


def test_what_a_plugin_writes_is_shown_as_it_is_and_runs_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad_rules.py").write_text(HOSTILE)
    options = ("--select", "BAD", "--format", "html", "--strict", "-o", "out")
    done = picheck("docs", "build", "-p", "./bad_rules.py", *options, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    pages = read_pages(tmp_path / "out" / "html")
    assert not [text for page in some(pages.values()) for text in page.scripts if "alert" in text]
    links = [link for page in pages.values() for link in page.links]
    assert not [link for link in some(links) if re.match(r"\s*javascript:", link) or "evil" in link]
    assert list(dead_links(pages)) == []
    shown = re.sub(r"<[^>]*>", "", (tmp_path / "out/html/rules/BAD-TRY-01.html").read_text("utf-8"))
    for number in (1, 3, 4, 5, 6, 8):
        assert f"alert({number})" in shown
    assert "a|b" in shown
    assert "{{ 7 * 7 }}" in shown


def test_a_reader_finds_the_rule_and_axe_finds_nothing(site: Path, browser: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe").Axe()
    for (width, scheme), names in LOOKS.items():
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        for name in names:
            page = context.new_page()
            page.goto(f"{site.as_uri()}/{name}")
            if name == SEARCH:
                first = page.locator("#search-results li a").first
                assert first.inner_text() == "PIC-PER-03 period-too-short"
            found = axe.run(page).response["violations"]
            assert [(name, each["id"], each["nodes"][0]["html"]) for each in found] == []
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, name
        context.close()
