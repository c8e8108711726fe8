"""The page of a score on a telephone and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from picheck.cli.main import main
from support import AS_OF, ROOT

FILE = ROOT / "docs" / "examples" / "forgotten-exclusion.json"
#: What of the table and of the picture is not wholly within the page, by its text.
OUTSIDE = """() => [...document.querySelectorAll('td, th, svg text')]
  .filter(each => each.textContent.trim())
  .filter(each => each.getBoundingClientRect().right > innerWidth
    || each.getBoundingClientRect().left < 0)
  .map(each => each.textContent)"""


@pytest.fixture
def written(tmp_path: Path) -> str:
    path = tmp_path / "score.html"
    with pytest.raises(SystemExit):
        main(["score", str(FILE), "--as-of", AS_OF, "--isolated", "-f", f"html={path}"])
    return path.as_uri()


@pytest.mark.parametrize("width", [390, 700, 1200])
def test_every_column_and_every_number_is_on_the_page(written: str, page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(written)
    assert page.locator("svg text.number").count() > 5
    assert page.locator("td.formula").count() > 5
    assert page.evaluate(OUTSIDE) == []


def test_a_long_name_leaves_the_page_as_wide_as_the_screen(tmp_path: Path, page: Any) -> None:
    file, path = tmp_path / f"{'x' * 240}.json", tmp_path / "score.html"
    file.write_bytes(FILE.read_bytes())
    with pytest.raises(SystemExit):
        main(["score", str(file), "--as-of", AS_OF, "--isolated", "-f", f"html={path}"])
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_on_paper_the_picture_has_its_labels_beside_the_bars(written: str, page: Any) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})
    page.goto(written)
    assert page.evaluate(OUTSIDE) == []
    bar = page.locator("svg rect").first.bounding_box()
    label = page.locator("svg text.label").first.bounding_box()
    assert label["x"] + label["width"] <= bar["x"]
