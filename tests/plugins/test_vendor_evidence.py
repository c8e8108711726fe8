"""A plugin's own evidence is held to its schema like picheck's, and read in the same way."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Final

import pytest

from picheck.api import CheckResults, Evidence, EvidenceSection, fail, hookimpl
from picheck.errors import InputError, MissingEvidence, PluginConflict
from picheck.model.evidence_sections import EvidenceSections
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry, collect_plugins
from picheck.schemas import evidence_schema, explain
from picheck.testing import audit, compliant, compliant_parts, evidence_of
from support import FIXTURES, some
from vendor_support import ACME, made, picheck, pretend_install, vendor_of

#: One section, written in both ways that a plugin may write it.
CERBERUS: Final[dict[str, Any]] = {
    "contractOn": {"type": "date", "meta": {"description": "The day of the contract."}},
    "sites": {"type": "integer", "min": 1},
    "line": {"type": "string", "allowed": ["north", "south"]},
    "hosting": {"type": "dict", "schema": {"region": {"type": "string"}}},
}
JSON_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "contractOn": {"$ref": "#/$defs/date"},
        "sites": {"type": "integer", "minimum": 1},
        "line": {"enum": ["north", "south"]},
        "hosting": {"type": "object", "properties": {"region": {"type": "string"}}},
    },
}
QUESTIONS: Final = {"contractOn": "When was the contract made?"}
FACTS: Final = {"contractOn": "2025-01-31", "sites": 3, "line": "north", "hosting": {"region": "x"}}


def contract_too_late(evidence: Evidence) -> CheckResults:
    if evidence.date("acme.contractOn") > date(2025, 6, 30):
        return fail("", "the contract was made on {actual}", actual=evidence.get("acme.contractOn"))
    return None


def acme(
    schema: Mapping[str, Any] = CERBERUS,
    *,
    name: str = "acme",
    questions: Mapping[str, str] = QUESTIONS,
    reads: str | Sequence[str] = "acme.contractOn",
) -> ModuleType:
    """Return a plugin that brings a section, and a rule that reads it."""
    module = vendor_of([made(contract_too_late, scope="document", evidence=reads)])

    @hookimpl
    def picheck_register_evidence() -> list[EvidenceSection]:
        return [EvidenceSection(name, schema, questions)]

    module.__dict__["picheck_register_evidence"] = picheck_register_evidence
    return module


def registry_of(*plugins: ModuleType) -> PluginRegistry:
    host = Host()
    for number, plugin in enumerate(plugins):
        host.register(plugin, f"vendor-{number}", f"vendor-{number}-tools")
    return collect_plugins(host)


def reason(plugin: ModuleType) -> str:
    (failed,) = registry_of(plugin).failed
    return failed.reason or ""


both_ways = pytest.mark.parametrize("schema", [CERBERUS, JSON_SCHEMA], ids=["cerberus", "json"])


@both_ways
def test_a_section_is_read_by_its_dotted_keys(schema: dict[str, Any]) -> None:
    evidence = evidence_of({"acme": FACTS}, plugins=[acme(schema)])
    assert evidence.get("acme.hosting.region") == "x"
    assert evidence.require("acme.sites") == 3
    assert evidence.date("acme.contractOn") == date(2025, 1, 31)
    with pytest.raises(MissingEvidence, match=r"acme\.line"):
        evidence_of({"acme": {}}, plugins=[acme(schema)]).require("acme.line")


@both_ways
def test_a_section_that_is_absent_or_null_gives_nothing(schema: dict[str, Any]) -> None:
    unknown = dict.fromkeys(FACTS)
    absent: tuple[dict[str, Any], ...] = ({}, {"acme": None}, {"acme": {}}, {"acme": unknown})
    for values in some(absent):
        assert evidence_of(values, plugins=[acme(schema)]).get("acme.hosting.region") is None


def test_a_section_cannot_be_changed() -> None:
    section = evidence_of({"acme": FACTS}, plugins=[acme()]).get("acme")
    assert isinstance(section, MappingProxyType)
    assert isinstance(section["hosting"], MappingProxyType)


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a key that is not known": ({"contractOnn": None}, '/acme/contractOnn: key "contractOnn" is'),
    "a day that is none": (
        {"contractOn": "2025-02-30"},
        '/acme/contractOn: "2025-02-30" found, expected a real date, YYYY-MM-DD',
    ),
    "a number that is too small": ({"sites": 0}, "/acme/sites: 0 found, expected at least 1"),
    "a word that is not allowed": ({"line": "east"}, '/acme/line: "east" found, expected "north"'),
    "a fault further inside": ({"hosting": {"region": 1}}, "/acme/hosting/region: 1 found"),
}


@both_ways
@pytest.mark.parametrize(("values", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_a_section_is_named_with_its_key(
    schema: dict[str, Any], values: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError) as caught:
        evidence_of({"acme": values}, plugins=[acme(schema)])
    assert told in str(caught.value)


def test_faults_of_both_kinds_of_sections_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        evidence_of({"acme": {"sites": 0}, "cehrt": {"edition": "x"}}, plugins=[acme()])
    assert "/acme/sites" in str(caught.value)
    assert "/cehrt/edition" in str(caught.value)


def test_a_rule_decides_by_the_section_and_asks_for_it() -> None:
    late, fine = {"acme": {"contractOn": "2025-07-01"}}, {"acme": {"contractOn": "2025-06-30"}}
    outcomes = []
    for evidence in (late, fine, {}, None):
        draft = compliant(2025)
        report = audit(draft.without_evidence(), plugins=[acme()], evidence=evidence)
        outcomes += [r.outcome for r in report.results if r.code == "BAD-TRY-01"]
    assert outcomes == ["fail", "pass", "indeterminate", "indeterminate"]


def test_picheck_s_own_evidence_reads_the_same_beside_a_section() -> None:
    own = compliant_parts(2025)[1]
    alone, beside = evidence_of(own), evidence_of({**own, "acme": FACTS}, plugins=[acme()])
    assert beside.cehrt == alone.cehrt
    assert beside.get("ehrReport.PI_PEA_1") == alone.get("ehrReport.PI_PEA_1")


def test_the_schema_that_is_printed_holds_the_section() -> None:
    sections = registry_of(acme()).evidence
    printed = evidence_schema(sections)["properties"]["acme"]
    assert printed["properties"]["contractOn"]["description"] == "The day of the contract."
    assert printed["title"]
    assert printed["description"]
    assert not explain("evidence", {"acme": FACTS}, sections)
    assert explain("evidence", {"acme": FACTS})


#: What is wrong with a section, and what is told of it.
BROKEN: dict[str, tuple[ModuleType, str]] = {
    "takes a name of picheck's": (acme(name="counts"), "section 'counts' is picheck's own"),
    "takes the name of a method": (acme(name="require"), "section 'require' is picheck's own"),
    "is two words": (acme(name="acme-health"), "is not one word in camel case"),
    "has no schema": (acme({}), "the schema is no table by key"),
    "has an unknown Cerberus rule": (
        acme({"sites": {"type": "integer", "coerce": int}}),
        "sites uses coerce, which no JSON Schema says",
    ),
    "has an unknown type": (acme({"sites": {"type": "set"}}), "sites has type 'set'"),
    "has an unknown keyword": (
        acme({"type": "object", "properties": {"sites": {"oneOf": []}}}),
        "sites uses oneOf",
    ),
    "refers to nowhere": (
        acme({"type": "object", "properties": {"sites": {"$ref": "#/$defs/sites"}}}),
        "sites refers to #/$defs/sites",
    ),
    "has a pattern that is none": (
        acme({"sites": {"type": "string", "regex": "("}}),
        "sites has a pattern that is none",
    ),
    "asks for what it does not have": (
        acme(questions={"contractAt": "When?"}),
        "asks for 'contractAt', which its schema does not have",
    ),
    "asks no question": (acme(questions={"contractOn": "When"}), "does not end with a '?'"),
    "has a rule with a misspelt key": (
        acme(reads="acme.contractAt"),
        "'acme.contractAt', which no evidence can hold; did you mean acme.contractOn?",
    ),
    "has a rule that reads the section of nobody": (
        acme(reads="zebra.stripes"),
        "BAD-TRY-01 reads 'zebra.stripes', which no evidence can hold; no loaded plugin brings it",
    ),
}


@pytest.mark.parametrize(("plugin", "told"), BROKEN.values(), ids=BROKEN)
def test_a_section_that_cannot_be_used_is_told_with_its_plugin(
    plugin: ModuleType, told: str
) -> None:
    assert told in reason(plugin)
    assert not registry_of(plugin).evidence


def test_two_plugins_with_one_section_stop_the_run() -> None:
    second = acme()
    del second.picheck_register_rules
    del second.picheck_register_clauses
    with pytest.raises(PluginConflict, match="evidence section acme is claimed by vendor-0"):
        registry_of(acme(), second)


def test_evidence_without_anything_is_the_same_for_every_document() -> None:
    sections: EvidenceSections = registry_of(acme()).evidence
    assert sections.empty.is_empty
    assert sections.empty is sections.empty
    assert not evidence_of({}, plugins=[acme()]).is_empty


# On the command line, with the living example


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site") / "it"
    return pretend_install(place, ACME, "acme", "picheck_acme", "1.2.0")


def put(folder: Path, evidence: Mapping[str, Any]) -> None:
    draft = compliant(2025).with_counts("PI_PEA_1", 380, 1000)
    (folder / "a.json").write_text(draft.to_json())
    (folder / "a.evidence.json").write_text(json.dumps(evidence))


def audited(folder: Path, site: Path | None, *options: str) -> Any:
    command = ("audit", "a.json", "--as-of", "2026-02-01", "-f", "json", *options)
    return picheck(*command, site=site, cwd=folder)


def test_the_living_example_asks_with_its_question(tmp_path: Path, site: Path) -> None:
    put(tmp_path, {"acme": {"exportedMeasures": ["PI_PEA_1"]}})
    done = picheck("audit", "a.json", "--as-of", "2026-02-01", site=site, cwd=tmp_path)
    assert "When were the counts exported from ACME's product? (ACME-QLT-01)" in done.out


@pytest.mark.parametrize("form", ["html", "markdown", "github", "operationoutcome"])
def test_every_reporter_for_people_asks_with_its_question(
    tmp_path: Path, site: Path, form: str
) -> None:
    put(tmp_path, {"acme": {"exportedMeasures": ["PI_PEA_1"]}})
    options = ("--as-of", "2026-02-01", "--fail-on", "indeterminate", "-f", form)
    done = picheck("audit", "a.json", *options, site=site, cwd=tmp_path)
    assert "When were the counts exported from ACME" in done.out


def test_its_section_is_in_the_printed_schema(site: Path, tmp_path: Path) -> None:
    done = picheck("schema", "evidence", site=site, cwd=tmp_path)
    assert done.code == 0, done.err
    assert "exportedOn" in json.loads(done.out)["properties"]["acme"]["properties"]
    shown = picheck("plugins", "show", "acme", "--format", "json", site=site, cwd=tmp_path)
    assert json.loads(shown.out)["evidence"] == ["acme"]


def test_a_section_of_a_blocked_plugin_is_refused_with_its_name(tmp_path: Path, site: Path) -> None:
    put(tmp_path, {"acme": {"exportedOn": "2026-01-05"}})
    done = audited(tmp_path, site, "-p", "no:acme")
    assert done.code in {3, 4}
    assert "the plugin acme could bring it, but it is blocked with -p no:acme" in done.out


def test_a_section_of_no_plugin_is_refused_with_the_nearest_name(
    tmp_path: Path, site: Path
) -> None:
    put(tmp_path, {"acmee": {}})
    assert 'expected \\"acme\\"' in audited(tmp_path, site).out
    told = audited(tmp_path, None, "--isolated").out
    assert "such as picheck-acmee, install that" in told


def test_a_batch_in_several_processes_reads_the_section(tmp_path: Path, site: Path) -> None:
    draft = compliant(2025).with_counts("PI_PEA_1", 380, 1000)
    facts = {"exportedOn": "2026-01-05", "exportedMeasures": ["PI_PEA_1"]}
    lines = [
        {"submission": draft.build(), "evidence": {"acme": facts if number % 2 else {}}}
        for number in range(4)
    ]
    (tmp_path / "a.ndjson").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    command = ("audit", "a.ndjson", "--as-of", "2026-02-01", "--select", "ACME-QLT-01")
    done = picheck(*command, "-f", "ndjson", "-j", "2", site=site, cwd=tmp_path)
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [r["document"] for r in found if r["type"] == "result"] == [0, 2]


def test_the_fixtures_hold_no_section_of_a_plugin() -> None:
    for file in some((FIXTURES / "compliant").glob("*.evidence.json")):
        assert "acme" not in json.loads(file.read_text())
