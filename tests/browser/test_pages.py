"""The pages in a real browser: a manager finds and corrects the forgotten exclusion."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service_support import EXAMPLE, serving

playwright = pytest.importorskip("playwright.sync_api", reason="needs picheck[browser]")
REFUSED = re.compile(r"responded with a status of 4(00|22)")
CHROMIUM = os.environ.get("PICHECK_CHROMIUM") or shutil.which("chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("served"), "--as-of", "2026-02-01") as running:
        yield running.address


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[Any]:
    context = getattr(request, "param", {})
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(**context).new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
        browser.close()
        # what the service refuses, the browser reports as well
        assert [fault for fault in faults if not REFUSED.search(fault)] == []


def correct(page: Any, address: str) -> None:
    page.goto(address)
    page.set_input_files("#file", EXAMPLE)
    page.click("button")
    assert page.inner_text("h1") == "NOT READY"
    assert "no PDMP exclusion is claimed" in page.inner_text(".card.error")
    page.click(".card.error a")
    assert page.url.endswith("#L18")
    assert page.locator("#L18").get_attribute("class") == "marked"
    text = page.input_value("#text")
    claim = '{"measureId": "PI_EP_2_EX_2", "value": true},\n{"measureId": "PI_LVPP_1"'
    page.fill("#text", text.replace('{"measureId": "PI_LVPP_1"', claim))
    page.click("button")
    assert page.inner_text("h1") == "READY"


STORIES = [
    {},
    {"java_script_enabled": False},
    {"viewport": {"width": 390, "height": 844}},
    {"color_scheme": "dark"},
]


@pytest.mark.parametrize(
    "page", STORIES, ids=["wide", "no script", "390 px", "dark"], indirect=True
)
def test_the_forgotten_exclusion_is_corrected_in_four_clicks(page: Any, address: str) -> None:
    correct(page, address)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_same_with_the_keyboard_alone(page: Any, address: str) -> None:
    page.goto(address)
    page.focus("#text")
    page.keyboard.insert_text(EXAMPLE.read_text())
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hero")
    assert page.inner_text("h1") == "NOT READY"


def test_an_answer_in_the_form_settles_its_rule(page: Any, address: str) -> None:
    page.goto(address)
    page.fill("#text", EXAMPLE.read_text())
    page.click("button")
    name = "fact.attestations.saferAssessmentOn"
    page.fill(f'[name="{name}"]', "2025-05-01")
    page.click("button")
    assert page.locator(f'[name="{name}"]').count() == 0
    assert "2025-05-01" in page.locator('[name="evidence"]').input_value()


@pytest.mark.parametrize("text", ["", "no JSON at all", EXAMPLE.read_text()])
@pytest.mark.parametrize(
    "page", [{}, {"color_scheme": "dark"}], ids=["light", "dark"], indirect=True
)
def test_axe_finds_nothing(text: str, page: Any, address: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe")
    page.goto(address)
    assert axe.Axe().run(page).response["violations"] == []
    page.fill("#text", text)
    page.click("button")
    assert axe.Axe().run(page).response["violations"] == []


def test_hostile_contents_and_names_are_shown_as_text(
    page: Any, address: str, tmp_path: Path
) -> None:
    file = tmp_path / "<img src=x onerror=alert(1)>.json"
    file.write_text(EXAMPLE.read_text().replace("group", "</textarea><script>alert(1)</script>"))
    page.goto(address)
    page.set_input_files("#file", file)
    page.click("button")
    assert page.locator("script, img").count() == 0
    assert "<img src=x" in page.inner_text(".hero")
