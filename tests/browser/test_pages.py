"""The pages in a real browser: what a manager does at a desk, each story without a script too."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pytest

from browser_support import send
from qrda_support import written
from service_support import EXAMPLE, serving
from support import COMPLIANT

#: The year of the example; its evidence lies beside it.
YEAR: Final = 2025
READY: Final = COMPLIANT.with_name(f"{YEAR}.json")
CLAIM: Final = '{"measureId": "PI_EP_2_EX_2", "value": true},\n{"measureId": "PI_LVPP_1"'
WAYS: Final[dict[str, dict[str, Any]]] = {
    "wide": {"viewport": {"width": 1600, "height": 1000}},
    "no script": {"java_script_enabled": False},
    "390 px": {"viewport": {"width": 390, "height": 844}},
    "dark": {"color_scheme": "dark"},
}
in_every_way = pytest.mark.parametrize("page", WAYS.values(), ids=WAYS, indirect=True)


def choose(page: Any, address: str, *files: Path) -> None:
    page.goto(address)
    page.set_input_files("#file", files)
    send(page)


def is_within_the_width(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@in_every_way
def test_the_forgotten_exclusion_is_corrected_in_four_clicks(page: Any, address: str) -> None:
    choose(page, address, EXAMPLE)
    assert page.inner_text("h1") == "NOT READY"
    assert "no PDMP exclusion is claimed" in page.inner_text(".card.error")
    page.click(".card.error .place")
    assert page.url.endswith("#L18")
    assert page.locator("#L18").get_attribute("class") == "marked"
    page.fill("#text", page.input_value("#text").replace('{"measureId": "PI_LVPP_1"', CLAIM))
    send(page)
    assert page.inner_text("h1") == "READY"
    assert is_within_the_width(page)


def test_the_same_with_the_keyboard_alone(page: Any, address: str) -> None:
    page.goto(address)
    page.focus("#text")
    page.keyboard.insert_text(EXAMPLE.read_text())
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hero")
    assert page.inner_text("h1") == "NOT READY"
    page.focus("#text")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(EXAMPLE.read_text().replace('{"measureId": "PI_LVPP_1"', CLAIM))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hero.ready")


@in_every_way
def test_several_files_are_chosen_and_corrected_one_after_the_other(
    page: Any, address: str, tmp_path: Path
) -> None:
    qrda = tmp_path / "clinic.xml"
    qrda.write_text(written(YEAR).replace('code="Y"', 'code="N"', 1))
    choose(page, address, EXAMPLE, READY, READY.with_suffix(".evidence.json"), qrda)
    assert page.inner_text("h1") == "1 of 3 ready, 2 not ready"
    send(page, f"text={EXAMPLE.name}")
    page.fill("#text", page.input_value("#text").replace('{"measureId": "PI_LVPP_1"', CLAIM))
    send(page, "text=All files")
    assert page.inner_text("h1") == "2 of 3 ready, 1 not ready"
    send(page, "text=clinic.xml")
    assert page.inner_text("h1") == "NOT READY"
    line = page.inner_text(".card.error .place").removeprefix("line ")
    assert 'code="N"' in page.inner_text(f"#L{line}") or page.locator(f"#L{line}.marked").count()
    with page.expect_download() as saved:
        page.click("text=Save as JSON")
    assert saved.value.suggested_filename == "clinic.json"
    assert json.loads(saved.value.path().read_text())["performanceYear"] == YEAR
    assert is_within_the_width(page)


@in_every_way
def test_answers_settle_rules_and_the_evidence_file_is_saved(page: Any, address: str) -> None:
    choose(page, address, EXAMPLE)
    questions = page.locator(".fact").count()
    page.fill('[name="fact.attestations.saferAssessmentOn"]', "2025-05-01")
    page.fill('[name="fact.counts.permissiblePrescriptions"]', "40")
    send(page)
    assert page.locator("form > .fact").count() == questions - 2
    with page.expect_download() as saved:
        page.click("text=Save the evidence file")
    assert saved.value.suggested_filename == "forgotten-exclusion.evidence.json"
    evidence = json.loads(saved.value.path().read_text())
    assert evidence["attestations"]["saferAssessmentOn"] == "2025-05-01"
    assert evidence["counts"] == {"permissiblePrescriptions": 40}
    assert evidence["cehrt"]["certifiedOn"] is None
    assert is_within_the_width(page)


@in_every_way
def test_the_score_says_what_would_bring_points(page: Any, address: str) -> None:
    choose(page, address, EXAMPLE)
    send(page, "text=Score and what-if")
    assert page.inner_text(".points") == "0 of 100 points"
    assert "only you can attest this" in page.inner_text(".changes")
    assert page.locator(".waterfall tbody tr").count() >= 6
    assert is_within_the_width(page)
    send(page, "text=Back to the findings")
    assert page.inner_text("h1") == "NOT READY"


@in_every_way
def test_the_grounds_of_a_finding_are_one_click_away(page: Any, address: str) -> None:
    choose(page, address, EXAMPLE)
    send(page, ".card.error a")
    assert page.url.endswith("/rules/2025/PIC-ERX-01")
    assert "How to fix:" in page.inner_text("#PIC-ERX-01")
    send(page, "text=All rules of 2025")
    assert page.url.endswith("/rules/2025#PIC-ERX-01")
    assert "Sources:" in page.inner_text("#PIC-ERX-01")
    page.fill("#q", "prescribing excluded")
    send(page, "text=Search")
    assert 0 < page.locator("article").count() < 20
    assert is_within_the_width(page)


def test_a_slip_is_shown_where_it_is_and_the_text_stays(page: Any, address: str) -> None:
    choose(page, address, EXAMPLE)
    page.fill("#text", page.input_value("#text").replace("2025,", "2025"))
    send(page)
    assert page.inner_text("h1") == "NOT READABLE"
    page.click(".hero a")
    assert page.locator("li.marked").count() == 1
    assert '"performanceYear": 2025\n' in page.input_value("#text")


def one(page: Any, address: str) -> None:
    choose(page, address, EXAMPLE)


def several(page: Any, address: str) -> None:
    choose(page, address, EXAMPLE, READY, Path(__file__))


def answered(page: Any, address: str) -> None:
    choose(page, address, READY, READY.with_suffix(".evidence.json"))
    page.click("text=What the evidence says already")


def scored(page: Any, address: str) -> None:
    one(page, address)
    send(page, "text=Score and what-if")


def broken(page: Any, address: str) -> None:
    page.goto(address)
    page.fill("#text", "no JSON at all")
    send(page)


def refused(page: Any, address: str) -> None:
    page.goto(address)
    send(page)


def listed(page: Any, address: str) -> None:
    page.goto(f"{address}rules/2025")


def started(page: Any, address: str) -> None:
    page.goto(address)
    page.click("summary")


PAGES: Final = (started, one, several, answered, scored, broken, refused, listed)


@pytest.mark.parametrize("go", PAGES)
def test_axe_finds_nothing(go: Callable[[Any, str], None], page: Any, address: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe")
    go(page, address)
    found = axe.Axe().run(page).response
    assert found["violations"] == []
    page.emulate_media(color_scheme="dark")
    dark = axe.Axe().run(page, options={"runOnly": ["color-contrast"]}).response
    assert dark["violations"] == []
    for each in (found, dark):
        assert "color-contrast" in {rule["id"] for rule in each["passes"]}


def test_hostile_contents_and_names_are_shown_as_text(
    page: Any, address: str, tmp_path: Path
) -> None:
    hostile = tmp_path / "<img src=x onerror=alert(1)>.json"
    hostile.write_text(EXAMPLE.read_text().replace("group", "</textarea><script>alert(1)</script>"))
    choose(page, address, hostile, EXAMPLE)
    assert "<img src=x" in page.inner_text("ul")
    send(page, "text=<img src=x")
    assert "<img src=x" in page.inner_text(".hero")
    assert "</textarea><script>" in page.input_value("#text")
    assert page.locator("script, img").count() == 0


class _Portal(BaseHTTPRequestHandler):
    """A page of another origin that frames the service."""

    framed = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        icon = '<link rel="icon" href="data:,">'
        self.wfile.write(f"{icon}<iframe src='{self.framed}' width=900 height=900>".encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.mark.parametrize("is_named", [True, False])
def test_a_portal_frames_the_service_only_if_it_is_named(
    *, is_named: bool, browser: Any, tmp_path: Path
) -> None:
    portal = ThreadingHTTPServer(("127.0.0.1", 0), _Portal)
    Thread(target=portal.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{portal.server_address[1]}"
    named = ("--frame-ancestor", origin) if is_named else ()
    with serving(tmp_path, *named) as served:
        _Portal.framed = served.address
        page = browser.new_page()
        page.goto(origin)
        frame = page.frames[1]
        if is_named:
            frame.set_input_files("#file", EXAMPLE)
            frame.click("button")
            frame.wait_for_selector(".hero")
            assert frame.inner_text("h1") == "NOT READY"
        else:
            assert frame.locator("#file").count() == 0
        page.close()
    portal.shutdown()
    portal.server_close()
