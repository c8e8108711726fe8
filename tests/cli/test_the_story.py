"""The story of picheck in ten lines; read it first."""

from __future__ import annotations

import shutil
from pathlib import Path

from command_line import run_apart
from support import AS_OF, COMPLIANT, YEAR


def test_a_submission_is_audited_then_spoilt_then_refused_with_place_and_remedy(
    tmp_path: Path,
) -> None:
    submission = tmp_path / "submission.json"
    shutil.copy(COMPLIANT, submission)
    shutil.copy(COMPLIANT.with_suffix(".evidence.json"), tmp_path / "submission.evidence.json")
    ready = run_apart("audit", "submission.json", "--as-of", AS_OF, cwd=tmp_path)
    assert (ready.code, ready.out[:22]) == (0, "READY  submission.json")
    text = submission.read_text().replace(f"{YEAR}-01-01", f"{YEAR}-12-01")
    submission.write_text(text)
    spoilt = run_apart("audit", "submission.json", "--as-of", AS_OF, "--sources", cwd=tmp_path)
    assert (spoilt.code, spoilt.out[:26]) == (1, "NOT READY  submission.json")
    line = 1 + text[: text.index('"performanceEnd"')].count("\n")
    for said in ("PIC-PER-03", f"submission.json:{line}:", "31 days reported", "source    "):
        assert said in spoilt.out
    assert "the last start that still works is" in " ".join(spoilt.out.split())
