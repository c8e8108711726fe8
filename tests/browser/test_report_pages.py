"""The page of a report in a browser, where names are longer than a screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import Style
from report_support import departing, document, report_on


@pytest.mark.parametrize("name", ["x" * 240, "folder/" * 40, "\u202e<b>'\"" * 40])
def test_a_long_name_leaves_the_counts_in_view(
    registry: PluginRegistry, tmp_path: Path, page: Any, name: str
) -> None:
    report = report_on(
        registry, *(document(departing(), f"{name}{number}.json") for number in range(3))
    )
    path = tmp_path / "report.html"
    path.write_text(registry.reporters["html"].render(report, Style()), encoding="utf-8")
    page.set_viewport_size({"width": 1200, "height": 900})
    page.goto(path.as_uri())
    shown = page.locator(".overview .table:visible")
    assert shown.locator("tbody tr").count() == 3
    assert shown.evaluate("table => table.scrollWidth - table.clientWidth") == 0
