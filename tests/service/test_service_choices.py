"""What a page lets choose: another score, a long text to correct, evidence for several files."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from starlette.applications import Starlette

from picheck.service.result_page import _LONGEST_CORRECTED
from qrda_support import written
from service_support import go_on, post
from support import COMPLIANT, YEAR

READY = COMPLIANT.read_bytes()
EVIDENCE = COMPLIANT.with_suffix(".evidence.json").read_bytes()


def test_a_score_is_made_another_way_on_the_page(app: Starlette) -> None:
    page = go_on(app, post(app, "/audit", ("file", "a.json", READY)), "/score")
    assert '<option value="">what the file says</option>' in page.text
    other = go_on(app, page, "/score", participation="app", year=str(YEAR))
    assert '<option value="app" selected>the APP</option>' in other.text
    weighs = r"the category weighs (\d+)%"
    assert re.findall(weighs, page.text) != re.findall(weighs, other.text)


@pytest.mark.parametrize(
    ("name", "value"),
    [("participation", "APP"), ("year", "last"), ("conflictPolicy", "<script>")],
)
def test_what_cannot_be_chosen_is_refused(app: Starlette, name: str, value: str) -> None:
    page = post(app, "/audit", ("file", "a.json", READY))
    answer = go_on(app, page, "/score", **{name: value})
    assert (answer.status_code, answer.json()["parameter"]) == (400, name)


def test_a_long_file_is_corrected_on_the_page(app: Starlette) -> None:
    long = json.dumps(json.loads(READY) | {"note": "n" * 70_000}, indent=1)
    page = post(app, "/audit", ("file", "a.json", long.encode()))
    assert "<textarea" not in page.text
    shown = go_on(app, page, edit="1")
    text = re.search(r"<textarea[^>]*>\n(.*)</textarea>", shown.text, re.DOTALL)
    assert text is not None
    assert unescape(text[1]) == long
    corrected = long.replace("n" * 70_000, "m" * 70_000)
    again = go_on(app, shown, edit="1", text=corrected)
    assert "m" * 70_000 in again.text
    saved = go_on(app, again, "/save/document")
    assert saved.text == corrected


def test_a_file_beyond_what_can_be_sent_back_says_what_to_do(app: Starlette) -> None:
    long = json.dumps(json.loads(READY) | {"note": "n" * _LONGEST_CORRECTED})
    page = go_on(app, post(app, "/audit", ("file", "a.json", long.encode())), edit="1")
    assert "too long to be corrected here" in page.text
    assert len(page.content) < 100_000


def test_evidence_beside_two_files_of_one_stem_is_read_with_both(app: Starlette) -> None:
    files: list[tuple[str, str | None, bytes]] = [
        ("file", "a.json", READY),
        ("file", "a.xml", written(YEAR).encode()),
    ]
    alone = post(app, "/audit", *files)
    page = post(app, "/audit", *files, ("evidenceFile", "a.evidence.json", EVIDENCE))
    assert page.status_code == 200
    for which in ("0", "1"):
        asked = "What the file does not say"
        before, after = go_on(app, alone, which=which), go_on(app, page, which=which)
        assert before.text.count('class="fact"') > 0
        assert asked in before.text
        assert "What the evidence says already" in after.text
