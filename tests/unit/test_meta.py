"""The rules and rulebooks hold to their own house rules."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cerberus import Validator

import picheck
import picheck_pi
from picheck.api import CheckResults, MissingEvidence
from picheck.model.frozen import thaw
from picheck.plugins.registry import InstalledRule, PluginRegistry
from picheck.rulebook.models import Clause, Measure, Rulebook
from picheck.rules.rule import HEADINGS, Rule
from picheck.testing.assertions import run_case
from picheck.testing.cases import Case, load_cases
from picheck.testing.examples import compliant_parts
from picheck.testing.instrumentation import restrict
from support import FIXTURES, PREVIEWS, RULE_YEAR, YEARS, is_in_matrix, some

FRAMEWORK = Path(picheck.__file__).parent
PACK = Path(picheck_pi.__file__).parent
OWN = "picheck"
ALL_YEARS = (*YEARS, *PREVIEWS)


@pytest.fixture(scope="module")
def rules(registry: PluginRegistry) -> dict[str, Rule]:
    """Return picheck's own rules by code."""
    return {
        code: installed.rule
        for code, installed in registry.rules.items()
        if installed.owner.distribution == OWN
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


def test_every_rule_has_a_clause_in_some_year(
    registry: PluginRegistry, rules: dict[str, Rule]
) -> None:
    listed = {c for y in ALL_YEARS for c in registry.rulebooks.rulebook("pi", y).clauses}
    assert rules.keys() == listed


def test_every_code_of_ours_is_a_family_of_three_letters_and_two_digits(
    rules: dict[str, Rule],
) -> None:
    assert len(rules) > 60
    assert [code for code in some(rules) if not re.fullmatch(r"PIC-[A-Z]{3}-[0-9]{2}", code)] == []


def test_module_function_and_slug_are_one_spelling(rules: dict[str, Rule]) -> None:
    for rule in some(rules.values()):
        name = rule.slug.replace("-", "_")
        module = importlib.import_module(rule.check.__module__)
        assert module.__name__.rpartition(".")[2] == rule.check.__name__ == name
        assert getattr(module, name) is rule


def test_every_rule_is_explained_under_three_headings(rules: dict[str, Rule]) -> None:
    for code, rule in some(rules.items()):
        assert tuple(rule.help) == HEADINGS, code
        assert all(len(text) > 20 for text in rule.help.values()), code
        assert rule.title.endswith("."), code


#: What must not have failed before a rule of a scope: whatever ran before on the same document.
NEEDED_SCOPES = {"document": {"document"}, "set": {"document", "set"}, "entity": {"entity"}}


def test_what_a_rule_needs_exists_and_has_run_before_it(rules: dict[str, Rule]) -> None:
    needs = [(rule, rules[need]) for rule in rules.values() for need in rule.needs]
    assert len(needs) > 20
    late = [
        (rule.code, needed.code)
        for rule, needed in needs
        if needed.scope not in NEEDED_SCOPES[rule.scope]
    ]
    assert late == []


def test_what_a_rule_needs_has_a_clause_in_every_year_of_its_own(
    editions: dict[int, Rulebook], rules: dict[str, Rule]
) -> None:
    absent = [
        (year, code, need)
        for year, edition in editions.items()
        for code in edition.clauses
        for need in rules[code].needs
        if need not in edition.clauses
    ]
    assert editions
    assert absent == []


class EvidenceUse:
    """What rules return where a part of the evidence is taken from them.

    `undeclared` are rules that return something else with the declared keys alone; `used` are
    (code, key) of the keys without which a rule returned something else in some case.
    """

    def __init__(self) -> None:
        self.undeclared: set[str] = set()
        self.used: set[tuple[str, str]] = set()

    def over(self, installed: InstalledRule) -> InstalledRule:
        """Return a rule that is asked again with parts of its evidence."""
        rule = installed.rule

        def asked_again(*parts: Any, **law: Any) -> CheckResults:
            given = dict(zip(rule.reads, parts, strict=False)) | law
            results = rule.check(**given)

            def differs(*keys: str) -> bool:
                restricted = restrict(given["evidence"], keys)
                return repr(answer(rule, given | {"evidence": restricted})) != repr(results)

            if differs(*rule.evidence):
                self.undeclared.add(rule.code)
            for key in rule.evidence:
                if differs(*(other for other in rule.evidence if other != key)):
                    self.used.add((rule.code, key))
            return results

        asked = msgspec.structs.replace(rule, check=asked_again)
        return msgspec.structs.replace(installed, rule=asked)


def answer(rule: Rule, given: dict[str, Any]) -> object:
    """Return what a rule returns, or the question that it asks."""
    try:
        return rule.check(**given)
    except MissingEvidence as missing:
        return missing.keys


@pytest.fixture(scope="module")
def evidence_use(cases: tuple[Case, ...], registry: PluginRegistry) -> EvidenceUse:
    """Run every case, with the rules that read evidence under watch."""
    use = EvidenceUse()
    watched = {
        code: use.over(installed) if installed.rule.evidence else installed
        for code, installed in registry.rules.items()
    }
    registry = msgspec.structs.replace(registry, rules=watched)
    for case in cases:
        if is_in_matrix(case.year):
            run_case(case, compliant_parts, registry)
    return use


def test_every_rule_declares_all_of_the_evidence_that_it_reads(evidence_use: EvidenceUse) -> None:
    assert evidence_use.used
    assert evidence_use.undeclared == set()


@pytest.mark.skipif(RULE_YEAR is not None, reason="one year need not use all of it")
def test_no_key_of_the_evidence_is_declared_in_vain(
    evidence_use: EvidenceUse, rules: dict[str, Rule]
) -> None:
    declared = {(code, key) for code, rule in rules.items() for key in rule.evidence}
    assert declared - evidence_use.used == set()


def modules(folder: Path) -> list[Path]:
    """Return the modules of a folder, at any depth, but for the years' own."""
    files = sorted(folder.rglob("*.py"))
    found = [file for file in files if "years" not in file.relative_to(folder).parts]
    assert found
    return found


@pytest.mark.parametrize("file", modules(PACK), ids=lambda file: file.stem)
def test_no_rule_names_a_year(file: Path) -> None:
    assert re.findall(r"\b(?:19|20)[0-9]{2}\b", file.read_text()) == []


@pytest.mark.parametrize("file", modules(PACK), ids=lambda file: file.stem)
def test_the_law_of_a_rule_stands_in_the_rulebook(file: Path) -> None:
    ids = [text for text in texts(ast.parse(file.read_text())) if re.search(r"\bPI_[A-Z]", text)]
    assert ids == []


@pytest.mark.parametrize("file", modules(FRAMEWORK), ids=lambda f: str(f.relative_to(FRAMEWORK)))
def test_the_framework_knows_no_measure_and_no_year(file: Path) -> None:
    tree = ast.parse(file.read_text())
    years = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and type(node.value) is int
        and node.value in range(2017, 2031)
    ]
    said = [t for t in texts(tree) if re.fullmatch(r"20[0-9]{2}", t) or re.search(r"\bPI_[A-Z]", t)]
    assert years + said == []


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
    bad = {e.rule for case in mine for e in case.entry.expect if e.outcome == "fail"}
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
    for case in some(cases):
        listed = registry.rulebooks.rulebook("pi", case.year).clauses.keys()
        assert {expected.rule for expected in case.entry.expect} <= listed, case.id
    names = Counter(case.id for case in cases)
    assert not [name for name, times in some(names.items()) if times > 1]
    for file in some((FIXTURES / "cases").glob("*.json")):
        assert json.loads(file.read_bytes())["rule"] == file.stem


# Rulebooks


def test_every_clause_carries_terms_that_its_rule_can_read(
    editions: dict[int, Rulebook], rules: dict[str, Rule]
) -> None:
    for year, edition in some(editions.items()):
        for code, clause in edition.clauses.items():
            schema = {name: {"required": True, **s} for name, s in rules[code].terms.items()}
            validator = Validator(schema)
            assert validator.validate(thaw(clause.terms)), (year, code, validator.errors)


def test_every_clause_is_cited_and_every_source_that_can_be_read_says_where(
    editions: dict[int, Rulebook],
) -> None:
    cited = [
        (edition.year, clause.code, citations)
        for edition in editions.values()
        for clause in edition.clauses.values()
        for citations in (clause.citations, *(v.citations for v in clause.variants.values()))
    ]
    assert [(year, code) for year, code, citations in some(cited) if not citations] == []
    vague = [
        (year, code, citation.key)
        for year, code, citations in cited
        for citation in citations
        if not citation.title
        or (citation.standing != "unverified" and not (citation.url or citation.locator))
    ]
    assert cited
    assert vague == []


def test_what_a_measure_names_is_in_the_table(editions: dict[int, Rulebook]) -> None:
    for edition in some(editions.values()):
        for measure in edition.measures.values():
            named = {*measure.exclusions, *measure.substitutes, *measure.levels}
            assert named <= edition.measures.keys(), (edition.year, measure.id)
            assert measure.objective in edition.objectives


def test_every_exclusion_has_a_criterion_in_our_words(editions: dict[int, Rulebook]) -> None:
    for edition in some(editions.values()):
        silent = [m.id for m in edition.measures.values() if is_silent(m)]
        assert not silent, edition.year


def is_silent(measure: Measure) -> bool:
    """Whether an exclusion does not say when it may be claimed, or another measure does."""
    return (measure.category == "exclusion") != bool(measure.criterion)


def test_every_demand_names_rules_that_the_year_lists(editions: dict[int, Rulebook]) -> None:
    for edition in some(editions.values()):
        for requirement in edition.requirements:
            assert set(requirement.rules) <= edition.clauses.keys(), (edition.year, requirement.id)
            assert requirement.citations, (edition.year, requirement.id)


def test_every_variant_that_a_clause_offers_is_one_that_its_rule_can_choose(
    editions: dict[int, Rulebook], rules: dict[str, Rule]
) -> None:
    for edition in some(editions.values()):
        for code, clause in edition.clauses.items():
            assert variants_unknown(clause, rules[code]) == set(), (edition.year, code)


def variants_unknown(clause: Clause, rule: Rule) -> set[str]:
    """Return the variants whose name is neither in the rule's module nor in those beside rules."""
    source = Path(importlib.import_module(rule.check.__module__).__file__ or "").read_text()
    shared = re.findall(r"^from picheck_pi\.(\w+) import", source, re.MULTILINE)
    sources = [source, *(PACK.joinpath(f"{name}.py").read_text() for name in shared)]
    return {name for name in clause.variants if not any(f'"{name}"' in text for text in sources)}
