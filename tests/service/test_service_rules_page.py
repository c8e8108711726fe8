"""The pages of the rules: each rule of a year, with its sources, what it reads and its evidence."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

import pytest
from starlette.applications import Starlette

from picheck.engine.framework_rules import FRAMEWORK_RULES
from picheck.plugins.registry import PluginRegistry
from service_support import ask, make_workbench
from support import YEAR, some

YEARS: Final = (2021, 2022, 2023, 2024, 2025, 2026, 2027)
OWN: Final = set(FRAMEWORK_RULES)


def rules_on(text: str) -> list[str]:
    return re.findall(r'<article class="card \w+" id="([A-Z0-9-]+)">', text)


@pytest.mark.parametrize("year", YEARS)
def test_every_rule_of_a_year_is_there_with_its_grounds(
    year: int, app: Starlette, registry: PluginRegistry
) -> None:
    page = ask(app, "GET", f"/rules/{year}")
    text = unescape(page.text)
    details = make_workbench(registry).lookup.list_details(year, "pi")
    assert set(rules_on(text)) == {rule.code for rule in details} | OWN
    for rule in some(details):
        card = text.partition(f'id="{rule.code}">')[2].partition("</article>")[0]
        assert f"#{rule.code}" in text
        checks = rule.help.get("What it checks", "")
        for part in (rule.title or rule.code, checks, *rule.evidence, *rule.reads):
            assert part in card, (rule.code, part)
        for source in rule.years[0].sources:
            assert (source.locator or "") in card
            assert source.title in text
    for anchor in some(re.findall(r'href="#([\w-]+)"', text)):
        assert f'id="{anchor}"' in text
    assert len(page.content) < 100_000


def test_a_rule_has_a_page_with_all_of_its_help(app: Starlette, registry: PluginRegistry) -> None:
    for rule in some(make_workbench(registry).lookup.list_details(YEAR, "pi")):
        text = unescape(ask(app, "GET", f"/rules/{YEAR}/{rule.code}").text)
        for part in (*rule.help.values(), rule.years[0].note or "", *rule.reads):
            assert part in text, (rule.code, part)
        for source in rule.years[0].sources:
            assert source.title in text


def test_rules_are_searched_for_words(app: Starlette) -> None:
    found = rules_on(ask(app, "GET", "/rules/2025?q=179+180-day").text)
    assert found == []
    found = rules_on(ask(app, "GET", "/rules/2025?q=Period++short").text)
    assert "PIC-PER-03" in found
    assert 0 < len(found) < 10
    every = rules_on(ask(app, "GET", "/rules/2025?q=").text)
    assert len(every) > 70
    hostile = ask(app, "GET", "/rules/2025", params={"q": '"><img src=x>'})
    assert "<img" not in hostile.text
    assert "No rule of 2025 has all of these words" in hostile.text


def test_the_newest_final_year_comes_first(app: Starlette) -> None:
    answer = ask(app, "GET", "/rules")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/rules/{YEAR}")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/rules/1999", 404),
        ("/rules/1999/PIC-PER-03", 404),
        ("/rules/2025/PIC-PER-99", 404),
        ("/rules/x", 400),
        ("/rules/x/PIC-PER-03", 400),
        ("/rules/2025?q=a&q=b", 400),
        ("/rules/2025?x=1", 400),
    ],
)
def test_what_is_no_page_of_rules_is_a_problem(app: Starlette, path: str, status: int) -> None:
    answer = ask(app, "GET", path)
    assert answer.status_code == status
    if path == "/rules/1999":
        assert "the years are 2021, 2022" in answer.json()["detail"]
