"""What a page costs: its bytes, its pages on paper, and that nothing on it moves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import pytest

from browser_support import send
from service_support import EXAMPLE
from support import COMPLIANT, some

#: How many bytes a page may have, with everything that it needs.
MOST: Final = 120_000
_SHIFT: Final = """new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(each => { sum += each.value }))
    .observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => setTimeout(() => done(sum), 100));
})"""
_PAGE_OF_PDF: Final = re.compile(rb"/Type\s*/Page\b(?!s)")


def audit(page: Any, address: str) -> None:
    page.goto(address)
    page.set_input_files("#file", EXAMPLE)
    send(page)


def audit_several(page: Any, address: str) -> None:
    page.goto(address)
    page.set_input_files("#file", [EXAMPLE, COMPLIANT])
    send(page)


def score(page: Any, address: str) -> None:
    audit(page, address)
    send(page, "text=Score and what-if")


def start(page: Any, address: str) -> None:
    page.goto(address)


def list_rules(page: Any, address: str) -> None:
    page.goto(f"{address}rules/2025")


PAGES: Final = (start, audit, audit_several, score, list_rules)


@pytest.mark.parametrize("go", PAGES)
def test_a_page_is_light_and_nothing_on_it_moves(
    go: Callable[[Any, str], None], page: Any, address: str
) -> None:
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - needs a function
    go(page, address)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(_SHIFT) == 0
    assert [each.url for each in some(answers) if not each.url.startswith(address)] == []
    document = [each for each in answers if each.request.resource_type == "document"][-1]
    links = page.locator("link").evaluate_all("links => links.map(link => link.href)")
    beside = {each.url for each in answers if not each.request.is_navigation_request()}
    assert beside <= set(links)
    sizes = {link: len(page.request.get(link).body()) for link in links}
    sizes[document.url] = len(document.body())
    assert sum(sizes.values()) < MOST, sizes


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_the_result_of_one_file_is_printed_on_at_most_two_pages(
    paper: str, page: Any, address: str
) -> None:
    audit(page, address)
    assert pages_on(page, paper) == 1
    without_yes = re.sub(
        r'"(PI_(?:PPHI|INFBLO|ONCDIR|HIE|PHCDRR)_\w+)", "value": true',
        r'"\1", "value": false',
        page.input_value("#text"),
    )
    page.fill("#text", without_yes)
    send(page)
    assert page.locator(".card").count() >= 8
    assert pages_on(page, paper) <= 2


def pages_on(page: Any, paper: str) -> int:
    page.wait_for_load_state("networkidle")  # a page that is still read cannot be printed
    return len(_PAGE_OF_PDF.findall(page.pdf(format=paper)))


def test_what_is_printed_is_the_result_and_not_the_form(page: Any, address: str) -> None:
    audit(page, address)
    page.emulate_media(media="print")
    assert page.is_visible("h1")
    assert page.is_visible(".card.error")
    assert page.is_visible("#L18")
    assert page.is_visible("text=When was the security risk analysis done")
    for hidden in ("button", "textarea", "#L1", "header", "footer"):
        assert not page.is_visible(hidden), hidden
