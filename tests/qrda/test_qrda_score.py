"""The score of a QRDA III file, and changes that are tried on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from command_line import run_here
from qrda_support import ID, written
from support import AS_OF, YEAR, is_in_matrix, some

pytestmark = pytest.mark.skipif(
    not is_in_matrix(YEAR) or YEAR < 2023, reason="the sample needs the measures of later years"
)

#: The statement that the year requires is under an id that the year does not have.
NO_STATEMENT = ('extension="PI_PPHI_1"', 'extension="PI_PPHI_9"')
SECOND_PROGRAM = (
    "</intendedRecipient>",
    f'<id root="{ID}.3.249.7" extension="MIPS_INDIV"/></intendedRecipient>',
)


def what_if(file: Path, input_format: str) -> list[dict[str, Any]]:
    """Return the changes that `picheck score --what-if` proposes."""
    given = ("score", "--isolated", "--as-of", AS_OF, "--what-if", "-f", "json")
    run = run_here(*given, "--input-format", input_format, file)
    changes: list[dict[str, Any]] = run.report["entities"][0]["whatIf"]
    return changes


@pytest.mark.parametrize("input_format", ["auto", "qrda3"])
def test_changes_are_tried_whether_the_format_is_named_or_not(
    tmp_path: Path, input_format: str
) -> None:
    file = tmp_path / "upload.xml"
    file.write_text(written(YEAR, [NO_STATEMENT]))
    best = what_if(file, input_format)[0]
    assert best["points"] > 90
    assert best["settles"] == ["PIC-ATT-01", "PIC-STR-04"]


@pytest.mark.parametrize("input_format", ["auto", "qrda3"])
def test_a_change_of_answers_does_not_mend_the_file_around_them(
    tmp_path: Path, input_format: str
) -> None:
    file = tmp_path / "upload.xml"
    file.write_text(written(YEAR, [NO_STATEMENT, SECOND_PROGRAM]))
    changes = what_if(file, input_format)
    assert not any("PIC-QRD-03" in change["settles"] for change in some(changes))
    assert not any(change["points"] for change in some(changes) if not change["after"])
