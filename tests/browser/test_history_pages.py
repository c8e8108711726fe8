"""The pages that `picheck history` writes, opened as files in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from history_support import ask, audit, make
from prior_support import BEFORE, NOW, put, submission


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Path]:
    """Return the pages of a history in which a finding came and was cured."""
    url = make(tmp_path, str(tmp_path / "history.db"))
    now, before = tmp_path / "now.json", tmp_path / "before.json"
    put(before, submission(BEFORE, is_early=True))
    ask(tmp_path, url, "history", "record", before, "--as", "submitted", "--on", "2025-03-01")
    for day, is_early in enumerate((True, True, False), 1):
        put(now, submission(NOW, is_early=is_early))
        terms = ("--fail-on", "warning") if day == 1 else ()
        audit(tmp_path, url, now, *terms, now=f"2026-02-0{day}T09:00:00Z")
    pages = {name: tmp_path / f"{name}.html" for name in ("trend", "record")}
    ask(tmp_path, url, "history", "trend", "-f", f"html={pages['trend']}", "-f", "json=trend.json")
    ask(tmp_path, url, "history", "show", "3", "-f", f"html={pages['record']}")
    return pages


def test_the_picture_shows_each_audit_and_what_was_cured(
    written: dict[str, Path], page: Any
) -> None:
    page.goto(written["trend"].as_uri())
    chart = page.locator(".chart")  # the earlier year, which was not audited, has none
    assert chart.count() == 1
    assert chart.locator("rect.notReady").count() == 2
    assert chart.locator("circle.ready").count() == 1
    assert chart.locator("line.open.cured").count() == 1
    assert "PIC-HST-01" in chart.locator("svg").text_content()
    rows = page.locator("tbody tr").all_inner_texts()
    assert [row.split("\t")[1] for row in rows] == ["Not ready", "Not ready", "Ready"]
    assert rows[2].split("\t")[3] == "PIC-HST-01"  # cured


@pytest.mark.parametrize("name", ["trend", "record"])
@pytest.mark.parametrize("width", [390, 1200])
def test_a_page_fits_and_axe_finds_nothing(
    written: dict[str, Path], page: Any, name: str, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(written[name].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe.Axe().run(page).response["violations"] == []
    page.emulate_media(color_scheme="dark")
    contrast = axe.Axe().run(page, options={"runOnly": ["color-contrast"]}).response
    assert contrast["violations"] == []
