"""The pages, as they are answered."""

from __future__ import annotations

import pytest

from picheck.plugins.registry import PluginRegistry
from service_support import EXAMPLE, ask, make_app


@pytest.mark.parametrize("evidence", [b"no json", b"[1]", b"\xff", b'{"cehrt": 5}'])
def test_evidence_that_cannot_be_used_is_said_on_the_page(
    evidence: bytes, registry: PluginRegistry
) -> None:
    files = {"text": (None, EXAMPLE.read_bytes()), "evidenceFile": ("e.json", evidence)}
    answer = ask(make_app(registry), "POST", "/audit", files=files)
    assert answer.status_code == 200
    assert "nothing of it was used" in answer.text


def test_answers_cannot_be_added_to_evidence_that_is_no_object(registry: PluginRegistry) -> None:
    files = {
        "text": (None, EXAMPLE.read_bytes()),
        "evidence": (None, b"[1]"),
        "fact.cehrt.certifiedOn": (None, b"2024-01-01"),
    }
    answer = ask(make_app(registry), "POST", "/audit", files=files)
    assert (answer.status_code, answer.json()["code"]) == (400, "badEvidence")


def test_what_is_known_stays_in_the_evidence_to_be_saved(registry: PluginRegistry) -> None:
    known = b'{"cehrt": {"certifiedOn": "2024-01-01"}, "clinicians": [{"npi": "1234567893"}]}'
    files = {"text": (None, EXAMPLE.read_bytes()), "evidenceFile": ("e.json", known)}
    answer = ask(make_app(registry), "POST", "/audit", files=files)
    shown = answer.text.partition("<pre")[2].partition("</pre>")[0]
    assert "2024-01-01" in shown
    assert "1234567893" in shown
