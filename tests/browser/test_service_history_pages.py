"""The history pages of a service: they fit a narrow screen, and axe finds nothing on them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from history_support import audit, make
from prior_support import NOW, put, submission
from service_support import serving


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service whose history has a finding that came and was cured."""
    folder = tmp_path_factory.mktemp("kept")
    url = make(folder, str(folder / "history.db"))
    for is_early, day in ((False, "2026-01-02"), (True, "2026-01-09"), (False, "2026-01-16")):
        value = submission(NOW)
        if is_early:
            value["measurementSets"][0]["performanceEnd"] = "2025-05-01"
        audit(folder, url, put(folder / "now.json", value), now=f"{day}T09:00:00Z")
    with serving(folder, "--as-of", "2026-02-01", "--history", url) as running:
        yield running.address


@pytest.mark.parametrize("path", ["history", "history/trend", "history/2"])
@pytest.mark.parametrize("width", [390, 1200])
def test_a_history_page_fits_and_axe_finds_nothing(
    kept: str, page: Any, path: str, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(kept + path)
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe.Axe().run(page).response["violations"] == []
    for name, media in (("dark", {"color_scheme": "dark"}), ("print", {"media": "print"})):
        page.emulate_media(**media)
        found = axe.Axe().run(page, options={"runOnly": ["color-contrast"]}).response
        assert found["violations"] == []
        if shots := os.environ.get("PICHECK_SCREENSHOTS"):
            file = f"{path.replace('/', '-')}-{width}-{name}.png"
            page.screenshot(path=str(Path(shots) / file), full_page=True)
