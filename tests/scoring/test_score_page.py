"""The page of a score shows every text as text, whatever is in it."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from typing import Any, Final

import pytest

from picheck.api import Style
from picheck.plugins.registry import PluginRegistry
from picheck_pi.scoring import PromotingInteroperabilityPreview
from scoring_support import raw, score_runner, submission
from support import YEAR, some

_HOSTILE: Final = "\"'><script>alert(1)</script>&amp;<img src=x>\u202e"
_SHOWN: Final = _HOSTILE.replace("\u202e", "\\u202e")
_TEXT_TAGS: Final = "h1 h2 section div small p br span strong ul li table thead tbody tr th td"
_PAGE_TAGS: Final = "html head meta title style body main svg text rect line"
#: What the page looks up rather than shows.
_WORDS: Final = frozenset({"kind", "rulebook", "basis"})


class _Page(HTMLParser):
    """The tags, attributes and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def record(registry: PluginRegistry) -> dict[str, Any]:
    """Return the record of a score that is zero, has weak steps, and can be mended."""
    document = submission(
        YEAR,
        {"PI_PPHI_1": False, "PI_LVPP_1": True, "PI_PHCDRR_4": True},
        ["PI_EP_1"],
        programName="M0001",
    )
    runner = score_runner(registry, YEAR, conflict_policy="zero")
    _, (shown,) = runner.score(raw(document))
    return shown.record | {"whatIf": runner.what_if(shown), "notices": ["a notice"]}


def render(records: list[dict[str, Any]]) -> str:
    """Return the page of records."""
    return PromotingInteroperabilityPreview().render(records, "html", Style())


def test_no_text_of_a_record_becomes_markup(record: dict[str, Any]) -> None:
    page = _Page(render([_spoil(record)]))
    plain = _Page(render([record]))
    assert page.tags == plain.tags
    assert page.tags.keys() <= {*_PAGE_TAGS.split(), *_TEXT_TAGS.split()}
    assert page.attributes == plain.attributes
    assert not page.attributes & {"src", "href", "onerror"}
    assert sum(text.count(_SHOWN) for text in page.texts) > 100
    assert not any("\u202e" in text for text in some(page.texts))


def test_the_page_shows_what_the_record_says(record: dict[str, Any]) -> None:
    shown = " ".join(" ".join(_Page(render([record])).texts).split())
    score = record["score"]
    assert score["zeroedBy"]
    assert record["whatIf"]
    for text in (
        *record["documents"],
        *(finding["message"] for finding in score["zeroedBy"]),
        *(row["formula"] for row in score["measures"]),
        *(step["what"] for step in score["weak"]),
        *(step["label"] for step in score["waterfall"]),
        *(item["change"] for item in record["whatIf"]),
        "a notice",
    ):
        assert " ".join(text.split()) in shown


def _spoil(value: Any, key: str = "") -> Any:
    """Return plain values with every text that the page shows made hostile."""
    if isinstance(value, dict):
        return {name: _spoil(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_spoil(item, key) for item in value]
    if isinstance(value, str) and key not in _WORDS:
        return f"{value}{_HOSTILE}"
    return value
