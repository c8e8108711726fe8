"""The output of a score holds the score alone, and takes no settings of another command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import run_apart, run_here
from distributions import VENDOR, install
from support import AS_OF, COMPLIANT

TERMS = ("--as-of", AS_OF)
#: A plugin that prints when it is loaded, when it is asked for rules, and in its rule.
LOUD = (
    VENDOR.replace("    return (acme_probe,)", "    print('HELLO')\n    return (acme_probe,)")
    .replace("return None  # ANSWER", "print('HELLO'); return None")
    .replace("\n\nfrom", "\n\nprint('HELLO')\nfrom")
)


@pytest.mark.parametrize("form", ["json", "ndjson"])
@pytest.mark.parametrize("what_if", [(), ("--what-if",)], ids=["score", "what if"])
def test_what_a_plugin_prints_goes_to_standard_error(
    form: str, what_if: tuple[str, ...], tmp_path: Path
) -> None:
    install(tmp_path, "acme-tools", {"acme": LOUD})
    words = ("--isolated", "-f", form, *what_if)
    run = run_apart("score", COMPLIANT, *TERMS, *words, cwd=tmp_path)
    assert run.err.count("HELLO") >= 2
    for text in [run.out] if form == "json" else run.out.splitlines():
        json.loads(text)
    assert run.code == 0


PRINTING_PREVIEW = '''
from picheck.api import hookimpl

class Loud:
    """A preview that prints and breaks where it is asked to."""
    program = "pi"
    name = "loud"
    def score(self, scene, wish):
        print("HELLO")
        return {"program": "pi", "score": None, "subject": scene.subject}
    def what_if(self, scene, wish, attempt):
        return []
    def render(self, records, form, style):
        print("HELLO")
        if form == "html":
            raise ValueError("no page today")
        return "SCORED\\n"

@hookimpl
def picheck_register_previews():
    return (Loud(),)
'''


def test_what_a_preview_prints_is_no_part_of_the_score(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": PRINTING_PREVIEW})
    words = ("--isolated", "-p", "no:pi-scoring")
    run = run_apart("score", COMPLIANT, *TERMS, *words, cwd=tmp_path)
    assert run.out == "SCORED\n"
    assert "HELLO" in run.err


def test_a_preview_that_breaks_replaces_no_file(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": PRINTING_PREVIEW})
    (tmp_path / "score.txt").write_text("the last one")
    formats = ("-f", "text=score.txt", "-f", "html=score.html")
    words = ("--isolated", "-p", "no:pi-scoring", *formats)
    run = run_apart("score", COMPLIANT, *TERMS, *words, cwd=tmp_path)
    assert run.code == 2
    assert "no page today" in run.err
    assert (tmp_path / "score.txt").read_text() == "the last one"
    assert not (tmp_path / "score.html").exists()


@pytest.mark.parametrize("formats", ['"html=report.html"', '"sarif"', '"text"', '["csv=r.csv"]'])
def test_the_formats_of_an_audit_in_the_settings_are_not_the_score_s(
    formats: str, tmp_path: Path
) -> None:
    (tmp_path / "picheck.toml").write_text(f'format = {formats}\ntrust = "unverified"\n')
    run = run_here("score", COMPLIANT, *TERMS, cwd=tmp_path)
    assert run.code == 0, run.err
    assert run.out.startswith("SCORE ")
    assert [path.name for path in tmp_path.iterdir()] == ["picheck.toml"]
    lines = run_here("score", COMPLIANT, *TERMS, "-f", "ndjson", cwd=tmp_path).out
    assert json.loads(lines.splitlines()[0])["options"] == {"trustUnverified": True}  # others are


def test_several_formats_of_one_score(tmp_path: Path) -> None:
    formats = ("-f", "html=score.html", "-f", "json=score.json", "-f", "text")
    run = run_here("score", COMPLIANT, *TERMS, "--isolated", *formats, cwd=tmp_path)
    assert run.code == 0
    alone = {
        name: run_here("score", COMPLIANT, *TERMS, "--isolated", "-f", name, cwd=tmp_path).out
        for name in ("html", "json", "text")
    }
    assert (tmp_path / "score.html").read_text() == alone["html"]
    assert (tmp_path / "score.json").read_text() == alone["json"]
    assert run.out == alone["text"]


def test_lines_go_to_a_file_as_they_go_to_standard_output(tmp_path: Path) -> None:
    words = ("score", COMPLIANT, *TERMS, "--isolated", "-f")
    run = run_here(*words, "ndjson=score.ndjson", cwd=tmp_path)
    assert (run.code, run.out) == (0, "")
    assert (tmp_path / "score.ndjson").read_text() == run_here(*words, "ndjson", cwd=tmp_path).out


@pytest.mark.parametrize(
    ("formats", "said"),
    [
        (("-f", "htm"), "did you mean html?"),
        (("-f", "parquet=x"), "known: text, json, ndjson, html"),
        (("-f", "ndjson", "-f", "html=x"), "give it a run of its own"),
        (("-f", "html=gone/x"), "gone/x cannot be written: No such file or directory"),
        (("-f", "ndjson=gone/x"), "gone/x cannot be written: No such file or directory"),
    ],
)
def test_what_cannot_be_written_is_refused(
    formats: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    run = run_here("score", COMPLIANT, *TERMS, "--isolated", *formats, cwd=tmp_path)
    assert run.code == 2
    assert said in run.err
    assert not run.out


def test_a_full_disk_is_an_incomplete_score(tmp_path: Path) -> None:
    words = ("score", COMPLIANT, *TERMS, "--isolated", "-f", "ndjson=/dev/full")
    run = run_apart(*words, cwd=tmp_path)
    assert run.code == 4
    assert "/dev/full cannot be written" in run.err
