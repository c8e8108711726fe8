"""What would bring points is listed in one order, however sets of texts are ordered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from command_line import run_with_two_hash_seeds
from scoring_support import submission
from support import YEAR, is_in_matrix, some

#: Ids that no year has, each of which refuses the file: repairs that are equally good.
_UNKNOWN: Final = ["PI_MADE_UP_1", "PI_MADE_UP_2", "PI_MADE_UP_3", "PI_MADE_UP_4", "PI_MADE_UP_5"]


@pytest.mark.skipif(not is_in_matrix(YEAR), reason="another year of the matrix")
def test_changes_that_are_equally_good_come_in_the_same_order_in_every_process(
    tmp_path: Path,
) -> None:
    answers = {**dict.fromkeys(_UNKNOWN, True), "PI_PPHI_1": False, "PI_EP_1": (1, 100)}
    document = submission(YEAR, answers, ["PI_PHCDRR_1"])
    tmp_path.joinpath("a.json").write_text(json.dumps(document), encoding="utf-8")
    options = ("--what-if", "-f", "json", "--isolated", "--as-of", f"{YEAR + 1}-02-01")
    first, second = run_with_two_hash_seeds("score", "a.json", *options, cwd=tmp_path)
    assert first.out == second.out
    items = some(first.report["entities"][0]["whatIf"])
    together = [part["change"] for part in items[0]["parts"]]
    left_out = [change for change in together if change.endswith(" left out")]
    assert left_out == [f"{measure_id} left out" for measure_id in _UNKNOWN]
    assert items[0]["settles"] == sorted(items[0]["settles"])
    assert len(set(items[0]["settles"])) > 1
