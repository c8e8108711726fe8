"""The HTML page is sound, self-contained, and readable by everybody."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec
import pytest
from markupsafe import escape

import picheck.reporters
from picheck.model.report import Report
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import MAX_CHARTS, Style
from report_support import (
    compliant,
    departing,
    document,
    evidence,
    incomplete_evidence,
    report_on,
    the_usual,
)
from support import some

_VOID: Final = {"meta", "br", "input", "img", "link", "hr"}
_LOADING: Final = {"src", "srcset", "poster", "data", "action", "formaction", "background"}
CSS: Final = (Path(picheck.reporters.__file__).parent / "templates" / "styles.css").read_text(
    encoding="utf-8"
)


class Page(HTMLParser):
    """Reads a page strictly: every element is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that opens."""
        assert len(dict(attrs)) == len(attrs), f"{tag} repeats an attribute"
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Hold the page to closing what it opened last."""
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element with this tag."""
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self) -> list[str]:
        """Return every id."""
        return [a["id"] or "" for _, a in self.elements if "id" in a]


def text_of(registry: PluginRegistry, report: Report) -> str:
    return registry.reporters["html"].render(report, Style())


@pytest.fixture(scope="module")
def several(registry: PluginRegistry) -> str:
    return text_of(registry, the_usual(registry))


@pytest.fixture(scope="module")
def single(registry: PluginRegistry) -> str:
    report = report_on(registry, document(departing(), given=incomplete_evidence()))
    return text_of(registry, report)


@pytest.fixture(scope="module")
def many_report(registry: PluginRegistry) -> Report:
    """Audit one document more than a page draws a picture of."""
    faulty = [document(departing(), f"{n}.json", incomplete_evidence()) for n in range(3)]
    sound = [
        document(compliant() | {"taxpayerIdentificationNumber": f"{n:09}"}, f"{n}.json", evidence())
        for n in range(3, MAX_CHARTS + 1)
    ]
    return report_on(registry, *faulty, *sound)


@pytest.fixture(scope="module")
def many(registry: PluginRegistry, many_report: Report) -> str:
    return text_of(registry, many_report)


@pytest.fixture(params=["single", "several", "many"])
def text(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


def test_the_page_is_well_formed(text: str) -> None:
    page = Page(text)
    assert len(page.ids()) == len(set(page.ids()))
    for _, attributes in some(page.elements):
        for named in (attributes.get("aria-labelledby") or "").split():
            assert named in page.ids()
        if (attributes.get("href") or "").startswith("#"):
            assert (attributes["href"] or "")[1:] in page.ids()


def test_the_page_runs_nothing_and_asks_for_nothing(text: str) -> None:
    page = Page(text)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "img", "base", "form"}
    for tag, attributes in some(page.elements):
        assert not attributes.keys() & _LOADING, tag
        assert not any(name.startswith("on") for name in attributes), tag
        if tag != "a":
            assert not (attributes.get("href") or "").startswith("http")
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in (page.all("meta")[1]["content"] or "")


def test_the_page_has_landmarks_one_title_and_headings_in_order(text: str) -> None:
    page = Page(text)
    for landmark in ("header", "main", "footer", "title", "h1"):
        assert len(page.all(landmark)) == 1
    assert page.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in some(pairwise(levels)))
    assert 'class="skip" href="#main"' in text


def test_it_opens_with_the_verdict_and_the_picture(single: str) -> None:
    order = [
        "<h1>Not ready</h1>",
        "The year at a glance",
        '<svg class="timeline"',
        "Submission refused",
    ]
    order += ["Category scores 0", "Audit risk", "Needs evidence", "What passed", "Provenance"]
    places = [single.index(part) for part in order]
    assert places == sorted(places)


def test_a_page_of_many_documents_says_what_is_to_be_done_and_each_source_once(
    many: str, many_report: Report
) -> None:
    assert "The year at a glance" not in many
    assert "What passed" not in many
    findings = [result for result in many_report.results if result.outcome == "fail"]
    for result in some(findings):
        assert many.count(str(escape(result.message))) >= 3, "of each of the three faulty documents"
        assert f'href="#rule-{result.code}-{result.year}"' in many
    asked = [entry.code for entry in some(many_report.documents[0].unverified)]
    for code in some(asked):
        assert f'<a class="code" href="#rule-{code}-' in many
    ids = [name for name in Page(many).ids() if name.startswith("rule-")]
    assert len(some(ids)) == len(set(ids))
    assert many.count('<ul class="sources">') <= len(ids) + sum(
        bool(result.citations) for result in findings
    )


def test_a_page_of_as_many_as_are_drawn_still_draws_each(
    registry: PluginRegistry, many_report: Report
) -> None:
    documents = [
        document(compliant() | {"taxpayerIdentificationNumber": f"{n:09}"}, f"{n}.json")
        for n in range(MAX_CHARTS)
    ]
    drawn = text_of(registry, report_on(registry, *documents))
    assert drawn.count("The year at a glance") == MAX_CHARTS
    assert all(document.facts is None for document in some(many_report.documents))


def test_the_picture_tells_what_happened_to_each_objective(single: str) -> None:
    statuses = re.findall(r'<li class="objective s-(\w+)">', single)
    assert statuses == [
        "failing",  # the file, its period and its technology
        "unverified",  # protecting information: no date of the analysis
        "failing",
        "failing",
        "complete",
        "failing",
        "complete",
    ]
    assert "153 days, 27 too few" in single
    assert "Jan 2 to Mar 31, 2026" in single
    assert "as of Feb 1, 2026" in single


def test_an_exclusion_makes_an_objective_excluded(registry: PluginRegistry) -> None:
    submission = compliant()
    record = submission["measurementSets"][0]
    record["measurements"] = [
        m for m in record["measurements"] if not m["measureId"].startswith("PI_EP_")
    ]
    for measure_id in ("PI_LVPP_1", "PI_EP_2_EX_2"):
        record["measurements"].append({"measureId": measure_id, "value": True})
    given = evidence()
    given["counts"] |= {"permissiblePrescriptions": 10, "controlledSubstancePrescriptions": 0}
    for counted in (given["ehrReport"], *(each["measures"] for each in given["clinicians"])):
        del counted["PI_EP_1"]
    text = text_of(registry, report_on(registry, document(submission, given=given)))
    assert "objective s-excluded" in text


def test_the_overview_sorts_without_a_script(several: str) -> None:
    page = Page(several)
    orders = [a["id"] for a in page.all("input")]
    assert orders == ["order-worst", "order-name", "order-given"]
    tables = several.split('<div class="table order-')[1:4]
    first = [re.findall(r'href="#document-(\d)"', table)[:3] for table in tables]
    assert first == [["1", "3", "2"], ["1", "2", "3"], ["1", "2", "3"]]


def test_a_report_without_facts_or_documents_still_makes_a_page(registry: PluginRegistry) -> None:
    report = the_usual(registry, with_chart_data=False, all_results=False)
    Page(text_of(registry, report))
    Page(text_of(registry, msgspec.structs.replace(report, documents=(), results=())))


def luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_stands_out_from_its_ground(scheme: int) -> None:
    block = re.findall(r":root \{(.*?)\}", CSS, flags=re.DOTALL)[scheme]
    colors = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
    kinds = ("ok", "bad", "warn", "unknown", "muted")
    pairs = [(kind, f"{kind}-bg") for kind in kinds] + [(kind, "card") for kind in kinds]
    pairs += [("ink", f"{kind}-bg") for kind in kinds] + [(kind, "paper") for kind in kinds]
    pairs += [(text, ground) for text in ("ink", "soft", "accent") for ground in ("card", "paper")]
    pairs += [("ink", "code"), ("soft", "code")]
    for text, ground in some(pairs):
        light, dark = sorted((luminance(colors[text]), luminance(colors[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)
