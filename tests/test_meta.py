"""The rules and rulebooks hold to their own house rules."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from cerberus import Validator

import picheck
import picheck_pi
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.models import Clause, Measure, Rulebook
from picheck.rules.rule import HEADINGS, Rule
from picheck.testing.cases import Case, load_cases
from support import FIXTURES, YEARS, is_in_matrix

FRAMEWORK = Path(picheck.__file__).parent
PACK = Path(picheck_pi.__file__).parent
OWN = "picheck"
ALL_YEARS = (*YEARS, 2027)


@pytest.fixture(scope="module")
def rules(registry: PluginRegistry) -> dict[str, Rule]:
    """Return picheck's own rules by code."""
    return {
        code: installed.rule
        for code, installed in registry.rules.items()
        if installed.reference.distribution == OWN
    }


@pytest.fixture(scope="module")
def editions(registry: PluginRegistry) -> dict[int, Rulebook]:
    """Return every edition of the years asked for; the others stay unread."""
    return {
        year: registry.rulebooks.rulebook("pi", year)
        for year in registry.rulebooks.years("pi")
        if is_in_matrix(year)
    }


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    """Return every case of every rule."""
    return load_cases(FIXTURES / "cases")


# Rules


def test_every_rule_has_a_clause_in_some_year(registry: PluginRegistry, rules: dict[str, Rule]) -> None:
    listed = {c for y in ALL_YEARS for c in registry.rulebooks.rulebook("pi", y).clauses}
    assert rules.keys() == listed


def test_a_code_and_a_slug_belong_to_one_rule(rules: dict[str, Rule]) -> None:
    assert not [s for s, n in Counter(r.slug for r in rules.values()).items() if n > 1]
    assert all(re.fullmatch(r"PIC-[A-Z]{3}-[0-9]{2}", code) for code in rules)


def test_module_function_and_slug_are_one_spelling(rules: dict[str, Rule]) -> None:
    for rule in rules.values():
        name = rule.slug.replace("-", "_")
        module = importlib.import_module(rule.check.__module__)
        assert module.__name__.rpartition(".")[2] == rule.check.__name__ == name
        assert getattr(module, name) is rule


def test_every_rule_is_explained_under_three_headings(rules: dict[str, Rule]) -> None:
    for code, rule in rules.items():
        assert tuple(rule.help) == HEADINGS, code
        assert all(len(text) > 20 for text in rule.help.values()), code
        assert rule.title.endswith("."), code


def test_what_a_rule_needs_exists_and_speaks_of_the_same_or_a_wider_subject(
    rules: dict[str, Rule],
) -> None:
    width = {"set": 0, "document": 1, "entity": 2}
    for rule in rules.values():
        for need in rule.needs:
            assert width[rules[need].scope] >= width[rule.scope], rule.code


@pytest.mark.parametrize("file", sorted(PACK.rglob("*.py")), ids=lambda file: file.stem)
def test_no_rule_names_a_year(file: Path) -> None:
    if "years" not in file.relative_to(PACK).parts:
        found = re.findall(r"\b(?:19|20)[0-9]{2}\b", file.read_text())
        assert not found


@pytest.mark.parametrize("file", sorted((PACK / "rules").rglob("*.py")), ids=lambda f: f.stem)
def test_the_law_of_a_rule_stands_in_the_rulebook(file: Path) -> None:
    ids = [text for text in texts(ast.parse(file.read_text())) if re.search(r"\bPI_[A-Z]", text)]
    assert not ids


def test_the_framework_knows_no_measure_and_no_year() -> None:
    for file in FRAMEWORK.rglob("*.py"):
        tree = ast.parse(file.read_text())
        years = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and type(node.value) is int
            and node.value in range(2017, 2031)
        ]
        said = [t for t in texts(tree) if re.fullmatch(r"20[0-9]{2}|PI_\w+", t)]
        assert not years + said, file


def texts(tree: ast.Module) -> Iterator[str]:
    """Yield the texts of a module that are no docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield from [node.value] if isinstance(node.value, str) else []


# Cases


@pytest.mark.parametrize("year", [year for year in YEARS if is_in_matrix(year)])
def test_every_clause_has_a_bad_and_a_good_case(
    year: int, cases: tuple[Case, ...], registry: PluginRegistry
) -> None:
    mine = [case for case in cases if case.year == year]
    bad = {e.rule for case in mine for e in case.entry.expect}
    good = {case.rule for case in mine if case.rule not in {e.rule for e in case.entry.expect}}
    clauses = registry.rulebooks.rulebook("pi", year).clauses
    can_fail = {code for code, clause in clauses.items() if is_able_to_fail(clause, year)}
    assert can_fail - bad == set()
    assert clauses.keys() - good == set()


def is_able_to_fail(clause: Clause, year: int) -> bool:
    """Whether a clause can be broken: not with empty lists, nor in the first year that counts."""
    is_empty = bool(clause.terms) and not any(clause.terms.values())
    return not is_empty and clause.terms.get("first_counted_year") != year


def test_a_case_stands_in_the_file_of_its_rule_and_expects_what_the_year_lists(
    cases: tuple[Case, ...], registry: PluginRegistry
) -> None:
    for case in cases:
        listed = registry.rulebooks.rulebook("pi", case.year).clauses.keys()
        assert {expected.rule for expected in case.entry.expect} <= listed, case.id
    names = Counter(case.id for case in cases)
    assert not [name for name, times in names.items() if times > 1]
    for file in (FIXTURES / "cases").glob("*.json"):
        assert json.loads(file.read_bytes())["rule"] == file.stem


# Rulebooks


def test_every_clause_carries_terms_that_its_rule_can_read(
    editions: dict[int, Rulebook], rules: dict[str, Rule]
) -> None:
    for year, edition in editions.items():
        for code, clause in edition.clauses.items():
            schema = {name: {"required": True, **s} for name, s in rules[code].terms.items()}
            validator = Validator(schema)
            assert validator.validate(dict(clause.terms)), (year, code, validator.errors)


def test_every_clause_is_cited_and_every_citation_says_what_and_how_far(
    editions: dict[int, Rulebook],
) -> None:
    for edition in editions.values():
        for clause in edition.clauses.values():
            for citations in (clause.citations, *(v.citations for v in clause.variants.values())):
                assert citations, (edition.year, clause.code)
                for citation in citations:
                    assert citation.key in edition.sources
                    assert citation.title
                    assert citation.standing in {"official", "secondary", "unverified"}


def test_what_a_measure_names_is_in_the_table(editions: dict[int, Rulebook]) -> None:
    for edition in editions.values():
        for measure in edition.measures.values():
            named = {*measure.exclusions, *measure.substitutes, *measure.levels}
            assert named <= edition.measures.keys(), (edition.year, measure.id)
            assert measure.objective in edition.objectives


def test_every_exclusion_has_a_criterion_in_our_words(editions: dict[int, Rulebook]) -> None:
    for edition in editions.values():
        silent = [m.id for m in edition.measures.values() if is_silent(m)]
        assert not silent, edition.year


def is_silent(measure: Measure) -> bool:
    """Whether an exclusion does not say when it may be claimed, or another measure does."""
    return (measure.category == "exclusion") != bool(measure.criterion)


def test_every_demand_names_rules_that_the_year_lists(editions: dict[int, Rulebook]) -> None:
    for edition in editions.values():
        for requirement in edition.requirements:
            assert set(requirement.rules) <= edition.clauses.keys(), (edition.year, requirement.id)
            assert requirement.citations, (edition.year, requirement.id)


def test_every_variant_that_a_clause_offers_is_one_that_its_rule_can_choose(
    editions: dict[int, Rulebook], rules: dict[str, Rule]
) -> None:
    for edition in editions.values():
        for code, clause in edition.clauses.items():
            assert variants_unknown(clause, rules[code]) == set(), (edition.year, code)


def variants_unknown(clause: Clause, rule: Rule) -> set[str]:
    """Return the variants whose name does not stand in the rule's module."""
    source = Path(importlib.import_module(rule.check.__module__).__file__ or "").read_text()
    return {name for name in clause.variants if f'"{name}"' not in source}
