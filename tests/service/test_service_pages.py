"""The pages, as they are answered: what is sent travels from page to page, and nothing is lost."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
import zlib
from base64 import b64encode
from datetime import date
from html import unescape
from io import BytesIO
from typing import Final

import httpx
import msgspec
import pytest
from starlette.applications import Starlette

from picheck.engine.options import AuditOptions
from picheck.engine.score_preview import ScoreRunner
from picheck.intake.documents import RawDocument
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.scorer import Wish
from picheck.service.config import Limits, ServiceConfig
from picheck.service.sent import Sent, SentDocument, unpack
from picheck.testing.harness import stock
from qrda_support import written
from service_support import EXAMPLE, TIN, ask, go_on, make_app, packed, post
from support import AS_OF, COMPLIANT, YEAR, some

DOCUMENT: Final = EXAMPLE.read_bytes()
READY: Final = COMPLIANT.read_bytes()
EVIDENCE: Final = COMPLIANT.with_suffix(".evidence.json").read_bytes()
MIB: Final = 1024 * 1024
Files = list[tuple[str, tuple[str | None, bytes]]]


def carried(page: httpx.Response) -> Sent:
    return unpack(packed(page), 16 * MIB)


def audit(app: Starlette, document: bytes = DOCUMENT, name: str = "a.json") -> httpx.Response:
    return post(app, "/audit", ("file", name, document))


def verdict(page: httpx.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text)
    assert found
    return found[1]


# What travels


def test_what_is_sent_arrives_at_the_next_page_as_it_was(app: Starlette) -> None:
    page = post(
        app,
        "/audit",
        ("file", "a.json", DOCUMENT),
        ("file", "2.xml", written(YEAR).encode()),
        ("file", "a.evidence.json", EVIDENCE),
        ("prior", "before.json", READY),
        ("asOf", None, b"2026-01-31"),
    )
    sent = carried(page)
    assert [(each.name, each.data) for each in sent.documents] == [
        ("a.json", DOCUMENT),
        ("2.xml", written(YEAR).encode()),
    ]
    assert sent.documents[0].evidence == EVIDENCE
    assert sent.prior == (("before.json", READY),)
    assert "2026-01-31" in page.text
    assert carried(go_on(app, page, which="1")) == sent
    assert carried(go_on(app, go_on(app, page, which="1"), "/files")) == sent


def test_a_text_that_was_not_changed_keeps_its_bytes(app: Starlette) -> None:
    odd = DOCUMENT.replace(b"\n", b"\r\n") + b"\t"
    page = audit(app, odd)
    text = odd.decode().replace("\r\n", "\n")
    assert carried(go_on(app, page, text=text)).documents[0].data == odd
    changed = carried(go_on(app, page, text=text.replace("false", "true").replace("\n", "\r\n")))
    assert changed.documents[0].data == odd.replace(b"\r\n", b"\n").replace(b"false", b"true")


def put_in(sent: Sent | bytes) -> str:
    data = sent if isinstance(sent, bytes) else msgspec.msgpack.encode(sent)
    return b64encode(zlib.compress(data)).decode()


ONE: Final = Sent(documents=(SentDocument("a.json", DOCUMENT),))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("no base64!", 400),
        ("AAAA", 400),
        (put_in(b"\xc1"), 400),
        (put_in(msgspec.msgpack.encode({"documents": [1]})), 400),
        (put_in(Sent(documents=())), 400),
        (put_in(ONE)[:-8], 400),
        (put_in(b"\0" * (17 * MIB)), 413),
    ],
)
def test_a_page_that_was_tampered_with_is_a_problem(app: Starlette, text: str, status: int) -> None:
    for path in ("/audit", "/files", "/score", "/save/evidence", "/save/document", "/save/json"):
        answer = post(app, path, ("sent", None, text.encode()))
        assert answer.status_code == status, (path, answer.text)


@pytest.mark.parametrize("which", ["1", "-1", "x", "99999999999999999999"])
def test_a_document_that_is_not_there_is_a_problem(app: Starlette, which: str) -> None:
    answer = post(
        app, "/audit", ("sent", None, ONE.pack().encode()), ("which", None, which.encode())
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "formBroken")


def test_a_name_that_a_page_carries_is_cleaned_again() -> None:
    sent = Sent(documents=(SentDocument("../../etc/passwd", b"{}"),), prior=(("/x/y", b""),))
    clean = unpack(sent.pack(), MIB)
    assert (clean.documents[0].name, clean.prior[0][0]) == ("passwd", "y")


def test_what_a_page_carries_is_bounded_by_the_limit(registry: PluginRegistry) -> None:
    app = make_app(registry, ServiceConfig(limits=Limits(body_bytes=100_000)))
    large = Sent(documents=(SentDocument("a.json", DOCUMENT + b" " * 100_000),))
    answer = post(app, "/audit", ("sent", None, large.pack().encode()))
    assert (answer.status_code, answer.json()["code"]) == (413, "bodyTooLarge")


# Several files


def test_several_files_are_audited_together(app: Starlette) -> None:
    page = post(
        app,
        "/audit",
        ("file", "good.json", READY),
        ("file", "bad.json", DOCUMENT),
        ("file", "none.json", b"{"),
        ("text", None, DOCUMENT),
    )
    assert page.status_code == 200
    assert verdict(page) == "1 of 4 ready, 1 not readable, 2 not ready"
    for which, word in enumerate(("READY", "NOT READY", "NOT READABLE", "NOT READY")):
        one = go_on(app, page, which=str(which))
        assert verdict(one) == word
        assert verdict(go_on(app, one, "/files")) == verdict(page)


def other_set() -> bytes:
    """Return a second submission of the entity of `READY`, with another answer."""
    other = json.loads(READY)
    other["measurementSets"][0]["submissionMethod"] = "electronicHealthRecord"
    other["measurementSets"][0]["measurements"][0]["value"] = False
    return json.dumps(other).encode()


def test_findings_across_the_files_of_one_entity_are_shown(app: Starlette) -> None:
    page = post(app, "/audit", ("file", "one.json", READY), ("file", "two.json", other_set()))
    alone, together = audit(app, other_set()), go_on(app, page, which="1")
    assert set(codes(together)) - set(codes(alone)) == {"PIC-CNF-01"}


def codes(page: httpx.Response) -> list[str]:
    return re.findall(r'href="/rules/\d+/(PIC-[A-Z]+-\d+)"', page.text)


def test_evidence_belongs_to_the_file_that_it_is_named_after(app: Starlette) -> None:
    files = [("file", "a.json", READY), ("file", "b.json", READY)]
    page = post(app, "/audit", *files, ("evidenceFile", "b.evidence.json", EVIDENCE))
    assert [each.evidence for each in carried(page).documents] == [None, EVIDENCE]
    for name, files_there in (("c.evidence.json", files), ("a.evidence.json", [files[0]] * 2)):
        answer = post(app, "/audit", *files_there, ("evidenceFile", name, EVIDENCE))
        assert (answer.status_code, answer.json()["code"]) == (400, "badEvidence")
        assert name in answer.json()["detail"]


def test_nothing_sent_is_said(app: Starlette) -> None:
    answer = post(app, "/audit", ("file", "", b""), ("text", None, b" \n"))
    assert (answer.status_code, answer.json()["code"]) == (400, "nothingSent")


@pytest.mark.parametrize("day", ["2026-02-30", "20260201", "soon"])
def test_a_date_is_read_as_the_api_reads_it(app: Starlette, day: str) -> None:
    answer = post(app, "/audit", ("file", "a.json", DOCUMENT), ("asOf", None, day.encode()))
    assert (answer.status_code, answer.json()["parameter"]) == (400, "asOf")
    assert answer.json()["code"] == "parameterWrong"


# Files that cannot be read, and long ones


def test_a_slip_in_the_corrected_text_costs_nothing(app: Starlette) -> None:
    broken = DOCUMENT.decode().replace('"performanceYear":', '"performanceYear"')
    page = go_on(app, audit(app), text=broken)
    assert (page.status_code, verdict(page)) == (422, "NOT READABLE")
    assert '(<a href="#L4">line 4</a>)' in page.text
    assert 'id="L4" value="4" class="marked"' in page.text
    assert '"performanceYear" 2025' in unescape(page.text.partition("<textarea")[2])
    assert verdict(go_on(app, page, text=DOCUMENT.decode())) == "NOT READY"


@pytest.mark.parametrize(
    "data", [b"PK\3\4\0\0", b"\x89PNG\r\n\x1a\n\0", b"\xff\xfe{\0}\0", b'{"a\0": 1}']
)
def test_what_is_no_text_is_not_shown(app: Starlette, data: bytes) -> None:
    page = audit(app, data)
    assert (page.status_code, verdict(page)) == (422, "NOT READABLE")
    assert "is not a text" in page.text
    assert 'class="notice"' not in page.text
    assert "<textarea" not in page.text
    assert "\0" not in page.text
    assert carried(go_on(app, page)).documents[0].data == data


def zipped(data: bytes) -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("a.json", data)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.zip", zipped(READY), "is a zip archive; unpack it, and audit the files that are in it"),
        ("a.json", zipped(zipped(READY)), "is a zip archive; unpack it"),
        ("a.json.gz", gzip.compress(READY), "is compressed (gzip); unpack it first"),
        ("a.json", b"", "holds nothing; export it again"),
        ("a.json", b" \r\n", "holds nothing; export it again"),
        ("a.ndjson", b'{"submission": {}}\n' * 3, "holds one document a line; give each of them"),
    ],
)
def test_what_is_no_submission_is_said_with_what_to_do(
    app: Starlette, name: str, data: bytes, said: str
) -> None:
    page = audit(app, data, name)
    assert (page.status_code, verdict(page)) == (422, "NOT READABLE")
    assert said in unescape(page.text)
    kind = {"content-type": "application/json"}
    answer = ask(app, "POST", f"/api/v1/audits?name={name}", content=data, headers=kind)
    assert (said if data else "the body is empty") in answer.text


def test_evidence_alone_is_no_submission(app: Starlette) -> None:
    answer = post(app, "/audit", ("file", "a.evidence.json", EVIDENCE))
    assert (answer.status_code, answer.json()["code"]) == (400, "nothingSent")
    assert "a.evidence.json is evidence; choose the submission" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["", None])
def test_a_file_without_a_name_is_a_file(app: Starlette, name: str | None) -> None:
    page = post(app, "/audit", ("file", name, READY), ("file", "a.json", DOCUMENT))
    assert verdict(page) == "1 of 2 ready, 1 not ready"


def test_an_empty_file_is_a_file(app: Starlette) -> None:
    page = post(app, "/audit", ("file", "empty.json", b""), ("file", "a.json", DOCUMENT))
    assert verdict(page) == "0 of 2 ready, 1 not readable, 1 not ready"


def large_qrda(size: int) -> bytes:
    """Return a QRDA III file of about so many bytes, as files are that report quality too."""
    text = written(YEAR)
    line = "<!-- a made-up line that stands for the results of quality measures -->\n"
    return text.replace("<component>", line * (size // len(line)) + "<component>", 1).encode()


def test_a_large_qrda_file_is_audited_and_its_page_stays_small(app: Starlette) -> None:
    data = large_qrda(1_700_000)
    page = audit(app, data.replace(b'code="Y"', b'code="N"', 1), "big.xml")
    assert len(data) > 1_690_000
    assert (page.status_code, verdict(page)) == (200, "NOT READY")
    assert len(page.content) < 120_000
    assert "only those with a finding are shown" in page.text
    line = re.search(r'class="place" href="#(L\d+)"', page.text)
    assert line
    assert f'id="{line[1]}"' in page.text
    again = go_on(app, page, **{"fact.cehrt.certifiedOn": "2024-11-30"})
    assert (again.status_code, verdict(again)) == (200, "NOT READY")


def test_places_in_json_without_line_ends_are_marked(app: Starlette) -> None:
    page = audit(app, msgspec.json.encode(json.loads(DOCUMENT)))
    place = re.search(r'href="#(L1C\d+)">line 1, column \d+<', page.text)
    assert place
    marked = page.text.partition(f'<mark id="{place[1]}">')[2]
    assert unescape(marked).startswith('{"measureId":"PI_LVPP_1"')
    shown = re.findall(r"<code>(.*?)</code></li>", page.text)
    assert json.loads(unescape(re.sub(r"</?mark[^>]*>", "", "".join(shown)))) == json.loads(
        DOCUMENT
    )


def test_many_findings_are_cut_and_the_rest_is_counted(app: Starlette) -> None:
    document = json.loads(DOCUMENT)
    document["measurementSets"] *= 150
    page = audit(app, json.dumps(document).encode())
    assert page.text.count('<article class="card error">') == 100
    assert re.search(r"and \d+ more of this kind", page.text)


# Evidence


@pytest.mark.parametrize("evidence", [b"no json", b"[1]", b"\xff", b'{"cehrt": 5}'])
def test_evidence_that_cannot_be_used_is_said_on_the_page(evidence: bytes, app: Starlette) -> None:
    page = post(app, "/audit", ("text", None, DOCUMENT), ("evidenceFile", "e.json", evidence))
    assert page.status_code == 200
    assert "nothing of it was used" in page.text


def test_answers_cannot_be_added_to_evidence_that_is_no_object(app: Starlette) -> None:
    page = post(app, "/audit", ("text", None, DOCUMENT), ("evidenceFile", "e.json", b"[1]"))
    answer = go_on(app, page, **{"fact.cehrt.certifiedOn": "2024-01-01"})
    assert (answer.status_code, answer.json()["code"]) == (400, "badEvidence")
    assert go_on(app, page, **{"fact.cehrt.certifiedOn": ""}).status_code == 200


def test_what_is_known_stays_in_the_evidence_to_be_saved(app: Starlette) -> None:
    known = b'{"cehrt": {"certifiedOn": "2024-01-01"}, "clinicians": [{"npi": "1234567893"}]}'
    page = post(app, "/audit", ("file", "a.json", DOCUMENT), ("evidenceFile", "e.json", known))
    answer = go_on(app, page, "/save/evidence", **{"fact.counts.transitionsSent": "7"})
    saved = answer.json()
    assert answer.headers["content-disposition"].endswith("''a.evidence.json")
    assert saved["cehrt"] == {"certifiedOn": "2024-01-01", "functionalityInPlaceOn": None}
    assert saved["clinicians"] == [{"npi": "1234567893"}]
    assert saved["counts"]["transitionsSent"] == 7
    assert saved["attestations"]["securityRiskAnalysisOn"] is None


def test_an_answer_settles_its_rule_and_can_be_changed_or_taken_back(app: Starlette) -> None:
    name = "fact.cehrt.certifiedOn"
    page = go_on(app, audit(app), **{name: "2024-11-30"})
    asked, known = page.text.split("What the evidence says already")
    assert f'name="{name}"' not in asked
    assert f'name="{name}" type="date" value="2024-11-30"' in known
    late = go_on(app, page, **{name: "2027-10-01"})
    assert set(codes(late)) - set(codes(page)) == {"PIC-CEH-06"}
    back = go_on(app, late, **{name: ""})
    assert carried(back).documents[0].evidence == b"{}\n"
    assert f'name="{name}"' in back.text


def test_the_numbers_of_a_report_are_asked_for_one_by_one(app: Starlette) -> None:
    page = audit(app, COMPLIANT.with_name("2025.json").read_bytes())
    page = go_on(app, page, **{"fact.ehrReport": "each"})
    asked = dict.fromkeys(re.findall(r'name="(fact\.ehrReport\.[^"]+)" type="number"', page.text))
    assert len(asked) == 4
    counts = {
        entry["measureId"]: entry["value"]
        for entry in json.loads(carried(page).documents[0].data)["measurementSets"][0][
            "measurements"
        ]
    }
    answers = {}
    for name in asked:
        _, _, measure, part = name.split(".")
        answers[name] = str(counts[measure][part])
    page = go_on(app, page, **answers)
    assert "ehrReport" not in page.text.partition("What the evidence says already")[0]
    assert "PIC-MEA-11" not in page.text


def test_evidence_inside_a_document_is_added_to(app: Starlette) -> None:
    case = b'{"submission": %s, "evidence": %s}' % (READY, EVIDENCE)
    page = audit(app, case, "case.json")
    assert carried(page).documents[0].evidence is None
    page = go_on(app, page, **{"fact.counts.transitionsSent": "7"})
    expected = json.loads(EVIDENCE)
    expected.setdefault("counts", {})["transitionsSent"] = 7
    assert json.loads(carried(page).documents[0].evidence or b"") == expected


# Files to be saved


def test_a_corrected_file_can_be_saved(app: Starlette) -> None:
    text = DOCUMENT.decode().replace("false", "true")
    answer = go_on(app, audit(app, name='ü "x".json'), "/save/document", text=text)
    assert answer.content == text.encode()
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''%C3%BC%20%22x%22.json"
    )


def test_a_qrda_file_is_offered_as_json(app: Starlette) -> None:
    page = audit(app, written(YEAR).encode(), "clinic.xml")
    assert "Save as JSON" in page.text
    assert "Save as JSON" not in audit(app).text
    answer = go_on(app, page, "/save/json")
    assert answer.headers["content-disposition"].endswith("''clinic.json")
    converted = ask(app, "POST", "/api/v1/conversions", content=written(YEAR).encode())
    assert answer.json() == converted.json()


# The score


def test_a_score_is_that_of_the_api(app: Starlette) -> None:
    page = go_on(app, audit(app), "/score")
    scored = ask(app, "POST", "/api/v1/scores?name=a.json&whatIf=true", content=DOCUMENT).json()
    (entity,) = scored["entities"]
    assert f'<p class="points">{entity["score"]["points"]} ' in page.text
    text = unescape(page.text)
    assert entity["whatIf"]
    for change in some(entity["whatIf"]):
        assert change["change"] in text
    for step in some(entity["score"]["waterfall"]):
        assert f'<th scope="row">{step["label"]}</th>' in text
    assert TIN not in re.sub(r'value="[^"]*"', "", page.text)
    assert verdict(go_on(app, page)) == "NOT READY"


def test_a_score_counts_the_other_files_of_the_entity(app: Starlette) -> None:
    far = other_set().replace(TIN.encode(), b"987654321")
    for other, points in ((other_set(), 97), (far, 0)):
        page = post(app, "/audit", ("file", "one.json", READY), ("file", "two.json", other))
        scored = go_on(app, page, "/score", which="1")
        assert re.findall(r'<p class="points">(\S+) ', scored.text) == [str(points)]


def test_a_score_of_a_qrda_file_is_that_of_the_command(app: Starlette) -> None:
    data = written(YEAR).replace('code="Y"', 'code="N"', 1)
    options = AuditOptions(as_of=date.fromisoformat(AS_OF))
    runner = ScoreRunner(options, stock(), Wish())
    report, (shown,) = runner.score([RawDocument(uri="a.xml", data=data.encode())])
    expected = shown.mask(shown.record | {"whatIf": runner.what_if(shown)})
    scored = ask(app, "POST", "/api/v1/scores?name=a.xml&whatIf=true", content=data.encode())
    assert scored.json()["entities"] == [msgspec.json.decode(msgspec.json.encode(expected))]
    assert expected["whatIf"]
    assert report.documents[0].verdict == "notReady"


def test_a_score_of_what_cannot_be_read_is_a_problem(app: Starlette) -> None:
    answer = go_on(app, audit(app, b'{\n"a" 1}'), "/score")
    assert (answer.status_code, answer.json()["line"]) == (422, 2)


@pytest.mark.parametrize("path", ["/audit", "/files", "/score", "/save/json"])
def test_who_comes_without_a_form_is_led_to_the_start(app: Starlette, path: str) -> None:
    answer = ask(app, "GET", path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


# No script


@pytest.mark.parametrize("path", ["/", "/rules/2025", "/audit", "/score", "/files", "/not/there"])
def test_no_page_has_a_script_or_a_style_of_its_own(app: Starlette, path: str) -> None:
    accept = {"accept": "text/html"}
    if path in {"/audit", "/score", "/files"}:
        page = ask(app, "POST", path, files={"file": ("a.json", DOCUMENT)}, headers=accept)
    else:
        page = ask(app, "GET", path, headers=accept)
    assert "text/html" in page.headers["content-type"]
    assert not re.search(
        r"<script|<style|\son[a-z]+=|\sstyle=|javascript:", page.text, re.IGNORECASE
    )
    assert "script-src 'none'" in page.headers["content-security-policy"]
