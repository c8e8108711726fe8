"""What the pages of the rules show: what is checked in a year, and on which grounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from picheck.engine.framework_rules import FRAMEWORK_RULES
from picheck.model.citation import Citation
from picheck.model.evidence_questions import question
from picheck.reporters.presentation import CONSEQUENCES, SCOPES
from picheck.service.parameters import Parameter, read_parameters
from picheck.service.pool import AuditPool
from picheck.service.problems import Problem
from picheck.service.render import render_page
from picheck.service.workbench import Workbench
from picheck.site.inventory import YearRow
from picheck.site.rule_details import ClauseTerms, RuleDetails

_YEAR: Final = Parameter(name="year", kind="year", place="path", description="The year.")
_CODE: Final = Parameter(name="code", kind="text", place="path", description="The code.")
_WORDS: Final = Parameter(name="q", kind="text", description="Words that a rule has to have.")
#: What a finding has that is part of no rulebook.
_NO_CLAUSE: Final[Mapping[str, Any]] = {
    "cost": "the audit is incomplete",
    "severity": "none",
    "scope": "",
    "reads": (),
    "evidence": (),
    "citations": (),
    "note": None,
}


def rule_routes(workbench: Workbench, pool: AuditPool) -> list[BaseRoute]:
    """Return the routes of the pages of the rules."""

    async def choose_year(request: Request) -> Response:
        del request
        return RedirectResponse(f"/rules/{newest_year(workbench)}", status_code=303)

    async def show_rules(request: Request) -> Response:
        query = [each for each in request.query_params.multi_items() if each[1].strip()]
        given = read_parameters((_YEAR, _WORDS), query, request.path_params)
        year, words = given["year"], given.get("q", "")
        return await pool.run(lambda: render_page("rules", describe_rules(workbench, year, words)))

    async def show_rule(request: Request) -> Response:
        query = request.query_params.multi_items()
        given = read_parameters((_YEAR, _CODE), query, request.path_params)
        year, code = given["year"], given["code"]
        return await pool.run(lambda: render_page("rule", describe_one_rule(workbench, year, code)))

    return [
        Route("/rules", choose_year),
        Route("/rules/{year}", show_rules),
        Route("/rules/{year}/{code}", show_rule),
    ]


def newest_year(workbench: Workbench) -> int:
    """Return the newest year whose rules are final. Raises Problem where there is no year."""
    years = workbench.lookup.list_years()
    if not years:
        raise Problem(404, "notFound", "no rulebook is installed")
    return max(years, key=lambda row: (row.status == "final", row.year)).year


def describe_rules(workbench: Workbench, year: int, words: str) -> dict[str, Any]:
    """Return what the page of a year shows; with `words` only the rules that have all of them.

    Raises Problem for a year without a rulebook.
    """
    years = workbench.lookup.list_years()
    chosen = _find_year(years, year)
    rules = list(_rules(workbench, chosen))
    wanted = words.lower().split()
    shown = [rule for rule in rules if all(word in rule["searched"] for word in wanted)]
    return {
        "year": year,
        "books": chosen,
        "years": sorted({row.year for row in years}),
        "words": words,
        "rules": shown,
        "total": len(rules),
        "sources": _number_sources(shown),
    }


def describe_one_rule(workbench: Workbench, year: int, code: str) -> dict[str, Any]:
    """Return what the page of one rule shows. Raises Problem where the year has no such rule."""
    chosen = _find_year(workbench.lookup.list_years(), year)
    rules = [rule for rule in _rules(workbench, chosen) if rule["code"] == code]
    if not rules:
        raise Problem(
            404, "notFound", f"{year} has no rule {code[:40]!r}; see the list of its rules"
        )
    return {"year": year, "rules": rules, "sources": _number_sources(rules)}


def _find_year(years: Sequence[YearRow], year: int) -> list[YearRow]:
    chosen = [row for row in years if row.year == year]
    if not chosen:
        listed = ", ".join(str(row.year) for row in years) or "none"
        raise Problem(404, "notFound", f"{year} has no rulebook; the years are {listed}")
    return chosen


def _rules(workbench: Workbench, books: Sequence[YearRow]) -> Iterator[dict[str, Any]]:
    """Yield the rules of a year, and picheck's own findings, which are made in every year."""
    for book in books:
        for rule in workbench.lookup.list_details(book.year, book.program):
            (terms,) = rule.years
            yield _rule(workbench, rule, terms)
    for own in FRAMEWORK_RULES.values():
        named = {name: getattr(own.record, name) for name in ("code", "slug", "title")}
        yield _with_search({**_NO_CLAUSE, **named, "help": own.help})


def _rule(workbench: Workbench, rule: RuleDetails, terms: ClauseTerms) -> dict[str, Any]:
    asked = workbench.registry.evidence.questions
    return _with_search(
        {
            "code": rule.code,
            "slug": rule.slug,
            "title": rule.title or f"{rule.code}, which no plugin brings",
            "cost": CONSEQUENCES[terms.consequence],
            "severity": terms.severity,
            "help": rule.help,
            "scope": SCOPES.get(rule.scope or "", ""),
            "reads": rule.reads,
            "evidence": [(key, question(key, asked)) for key in rule.evidence],
            "citations": terms.sources,
            "note": terms.note,
        }
    )


def _with_search(rule: dict[str, Any]) -> dict[str, Any]:
    """Return a rule with the text that is searched for words."""
    texts = [rule["code"], rule["slug"] or "", rule["title"], *rule["help"].values()]
    return {**rule, "searched": " ".join(texts).lower()}


def _number_sources(rules: list[dict[str, Any]]) -> dict[str, tuple[int, Citation]]:
    """Return each source that is cited, by key, with its number on the page."""
    cited = {each.key: each for rule in rules for each in rule["citations"]}
    return {key: (number, each) for number, (key, each) in enumerate(cited.items(), start=1)}
