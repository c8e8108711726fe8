"""`picheck score`, as people and programs use it."""

from __future__ import annotations

import copy
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from command_line import Run, run_here, run_with_two_hash_seeds
from scoring_support import Document, submission
from support import AS_OF, COMPLIANT, YEAR, is_in_matrix, some

pytestmark = pytest.mark.skipif(
    not is_in_matrix(YEAR) or YEAR < 2023, reason="the sample needs the measures of later years"
)


def score(*arguments: str | Path) -> Run:
    """Run the command on the day of the audit."""
    return run_here("score", "--isolated", "--as-of", AS_OF, *arguments)


def write(folder: Path, document: Document, name: str = "submission.json") -> Path:
    """Write a document and return its path."""
    path = folder / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def flat(text: str) -> str:
    """Return a text without its line breaks, which depend on the width of the terminal."""
    return " ".join(text.split())


def test_the_score_is_told_with_its_arithmetic() -> None:
    result = score(COMPLIANT)
    assert result.code == 0
    assert result.out.startswith("SCORE 97 of 100")
    assert "450/500 x 10 = 9.00 -> 9" in result.out
    assert "380/412 x 25 = 23.06 -> 23" in result.out
    assert "the category weighs 25%, so 24.25 points reach the final score" in flat(result.out)
    assert "From 100 down to 97" in result.out


def test_the_bars_of_the_waterfall_end_at_the_score() -> None:
    bars = [line for line in score(COMPLIANT).out.splitlines() if "█" in line]
    assert [line.split()[-1] for line in bars] == ["100", "97"]
    assert bars[0].count("█") > bars[1].count("█")


def test_json_has_the_shape_that_programs_rely_on() -> None:
    document = json.loads(score("--format", "json", COMPLIANT).out)
    told = document["score"]
    assert (told["points"], told["weight"], told["weighted"]) == (97, 0.25, 24.25)
    assert told["zeroedBy"] == []
    assert told["moves"] == []
    assert told["basis"] in {"strong", "weak"}
    assert {row["id"] for row in told["measures"]} >= {"PI_EP_1", "PI_HIE_5", "PI_PEA_1"}
    assert document["entities"][0]["score"] == told
    assert document["entities"][0]["subject"] == "tin *****6789"


def test_a_zero_names_its_findings_and_the_score_without_them(tmp_path: Path) -> None:
    path = write(tmp_path, submission(YEAR, {"PI_PPHI_1": False}))
    result = score(path)
    assert result.code == 1
    assert result.out.startswith("SCORE 0 of 100")
    assert "PIC-ATT-01 attestation-missing (category zero)" in result.out
    assert "Without it the score would be 97" in result.out


def test_a_document_of_the_wrong_shape_scores_zero_and_says_why(tmp_path: Path) -> None:
    document = submission(YEAR, {})
    document["measurementSets"] = "none"
    result = score(write(tmp_path, document))
    assert result.code in {1, 4}
    assert result.out.startswith("SCORE 0 of 100")
    assert "PIC-STR-01" in result.out


def test_what_is_no_json_has_no_score(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{", encoding="utf-8")
    result = score(path)
    assert result.code == 3
    assert "nothing to score" in result.err


def test_evidence_can_bring_the_score_to_zero(tmp_path: Path) -> None:
    path = write(tmp_path, submission(YEAR, {}))
    evidence = tmp_path / "facts.json"
    evidence.write_text(
        json.dumps({"cehrt": {"certifiedOn": f"{YEAR + 1}-01-01"}}), encoding="utf-8"
    )
    assert score(path).code == 0
    result = score("--evidence", evidence, path)
    assert result.out.startswith("SCORE 0 of 100")
    assert "PIC-CEH-06" in result.out


@pytest.mark.skipif(YEAR < 2025, reason="earlier levels count from the year before on")
def test_an_earlier_submission_can_bring_the_score_to_zero(tmp_path: Path) -> None:
    level = {"PI_PHCDRR_1_PRE": True}
    now = write(tmp_path, submission(YEAR, level, ["PI_PHCDRR_1_PROD"]), "now.json")
    before = submission(YEAR - 1, level, ["PI_PHCDRR_1_PROD"])
    earlier = write(tmp_path, before, "earlier.json")
    assert json.loads(score("-f", "json", now).out)["score"]["points"] == 97
    told = json.loads(score("-f", "json", "--prior", earlier, now).out)["score"]
    assert [finding["code"] for finding in told["zeroedBy"]] == ["PIC-HST-01"]


def test_a_reweighted_practice_sees_both_ways(tmp_path: Path) -> None:
    path = write(tmp_path, submission(YEAR, {}))
    evidence = tmp_path / "facts.json"
    evidence.write_text(json.dumps({"eligibility": {"specialStatuses": ["hospitalBased"]}}))
    told = flat(score("--evidence", evidence, path).out)
    assert "the evidence counts on hospitalBased, and what is sent gives that up" in told
    assert "sent, it brings 24.25 points to the final score" in told
    assert "leaving it out brings more where Quality earns more than 97%" in told
    assert re.search(r"Quality +30% +55%", told)
    page = score("--evidence", evidence, "-f", "html", path).out
    assert "<h2>Sent, or left out</h2>" in page
    assert "<td>Quality</td>" in page


def test_a_practice_that_leaves_the_category_out_is_not_told_that_it_scores_zero(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, submission(YEAR, {}) | {"measurementSets": []})
    evidence = tmp_path / "facts.json"
    evidence.write_text(json.dumps({"eligibility": {"specialStatuses": ["hospitalBased"]}}))
    result = score("--evidence", evidence, path)
    assert result.code == 0
    assert result.out.startswith("SCORE none")
    assert "nothing of this category is submitted; the reweighting holds" in flat(result.out)
    assert ">none <small>" in score("--evidence", evidence, "-f", "html", path).out
    bare = score(path)
    assert bare.code == 0
    assert bare.out.startswith("SCORE 0 of 100")
    assert "the category scores 0 unless it is reweighted" in flat(bare.out)


def test_what_could_still_be_zero_is_said(tmp_path: Path) -> None:
    result = score(write(tmp_path, submission(YEAR, {})))
    assert "Could still be zero: facts are missing" in result.out
    assert "cehrt.certifiedOn" in result.out


def test_every_set_is_scored_and_the_best_one_named(tmp_path: Path) -> None:
    document = submission(YEAR, {})
    other = copy.deepcopy(document["measurementSets"][0])
    other["submissionMethod"] = "electronicHealthRecord"
    for measurement in other["measurements"]:
        if measurement["measureId"] == "PI_PEA_1":
            measurement["value"] = {"numerator": 412, "denominator": 412}
    document["measurementSets"].append(other)
    path = write(tmp_path, document)
    highest = score("--conflict-policy", "highest", path).out
    assert highest.startswith("SCORE 99 of 100")
    assert re.search(r"99 .*/measurementSets/1 .*the best one", highest)
    assert score("--conflict-policy", "zero", path).out.startswith("SCORE 0 of 100")


def test_two_entities_have_two_scores_and_none_stands_for_both(tmp_path: Path) -> None:
    other = submission(YEAR, {"PI_EP_1": (1, 900)})
    other["taxpayerIdentificationNumber"] = "987654321"
    paths = [COMPLIANT, write(tmp_path, other)]
    document = json.loads(score("-f", "json", *paths).out)
    assert document["score"] is None
    assert [entity["score"]["points"] for entity in document["entities"]] == [97, 89]


def test_the_weight_can_be_asked_for() -> None:
    told = json.loads(score("-f", "json", "--participation", "app", COMPLIANT).out)["score"]
    assert (told["participation"], told["weight"], told["weighted"]) == ("app", 0.3, 29.1)


def test_what_if_offers_changes_and_writes_to_no_file(tmp_path: Path) -> None:
    path = write(tmp_path, submission(YEAR, {"PI_PPHI_1": False}))
    before = path.read_bytes()
    result = score("--what-if", path)
    assert "+97   a yes to PI_PPHI_1" in result.out
    assert "needs a fact only you can attest" in flat(result.out)
    assert "nothing is written to any file" in flat(result.out)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["submission.json"]


def test_what_if_knows_every_kind_of_change(tmp_path: Path) -> None:
    answers = {"PI_HIE_1": (50, 60), "PI_HIE_4": (50, 200), "PI_EP_1": (10, 99)}
    path = write(tmp_path, submission(YEAR, answers, ["PI_HIE_5"]))
    items = _what_if(path)
    told = " | ".join(f"{item['change']} {item['alternatives']}" for item in items)
    assert "PI_HIE_5" in told
    assert "the exclusion PI_LVPP_1 in place of PI_EP_1" in told
    assert "the exclusion PI_LVOTC_1 in place of PI_HIE_1" in told
    assert "PI_LVITC_2" not in told, "200 transitions rule it out"
    assert "PI_PHCDRR_4" in told
    assert "more patients in the numerator of PI_HIE_4" in told
    assert all(item["attest"] and item["points"] > 0 for item in some(items))
    assert [i["points"] for i in items] == sorted((i["points"] for i in items), reverse=True)


def test_what_if_moves_a_period_that_is_too_short(tmp_path: Path) -> None:
    (item, *_) = _what_if(write(tmp_path, submission(YEAR, {}, performanceStart=f"{YEAR}-12-01")))
    assert f"{YEAR}-12-31" in item["change"]
    assert (item["points"], item["settles"]) == (97, ["PIC-PER-03"])


def test_what_no_change_settles_is_said(tmp_path: Path) -> None:
    path = write(tmp_path, submission(YEAR, {}, cehrtId=""))
    result = score("--what-if", path)
    assert "no change tried here settles PIC-CEH-01" in result.out


def test_the_page_stands_by_itself_and_escapes_what_it_shows(tmp_path: Path) -> None:
    path = write(tmp_path, submission(YEAR, {}), "<img src=x onerror=alert(1)>.json")
    page = score("--what-if", "-f", "html", path).out
    assert "<svg" in page
    assert "prefers-color-scheme: dark" in page
    assert "<img" not in page
    assert "&lt;img" in page
    assert not re.search(r"""(src|href)=|<script|url\(|@import""", page.replace("&lt;img src=", ""))
    assert _unbalanced(page) == []


def test_controls_in_a_file_name_never_reach_the_terminal(tmp_path: Path) -> None:
    path = write(tmp_path, submission(YEAR, {}), "a\x1b[31mb.json")
    assert "\x1b" not in score("--color", "never", path).out


def test_an_identifier_is_masked_unless_it_is_asked_for() -> None:
    assert "123456789" not in score("-f", "json", COMPLIANT).out
    assert "123456789" in score("-f", "json", "--reveal", COMPLIANT).out


def test_without_a_preview_plugin_the_command_says_so() -> None:
    result = run_here("score", "-p", "no:pi-scoring", COMPLIANT)
    assert (result.code, result.out) == (2, "")
    assert "no plugin offers a preview" in result.err


def test_two_processes_with_other_hash_seeds_say_the_same(tmp_path: Path) -> None:
    options = ("--isolated", "--as-of", AS_OF, "--what-if", "-f", "json")
    first, second = run_with_two_hash_seeds("score", *options, COMPLIANT, cwd=tmp_path)
    assert first.report["entities"][0]["whatIf"] is not None
    assert first.out == second.out


def _what_if(path: Path) -> list[dict[str, Any]]:
    entity = json.loads(score("-f", "json", "--what-if", path).out)["entities"][0]
    items: list[dict[str, Any]] = entity["whatIf"]
    return items


class _Balance(HTMLParser):
    """Notices tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag that closes itself."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


def _unbalanced(page: str) -> list[str]:
    balance = _Balance()
    balance.feed(page)
    return [*balance.faults, *balance.open]
