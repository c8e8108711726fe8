"""The period of a QRDA III section: the first of several acts and of several days is read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from picheck.intake.documents import FromFormat
from qrda_support import ID, read, written
from support import YEAR

LOW = f'<low value="{YEAR}0101"/>'
TEMPLATE = f'<templateId root="{ID}.10.20.17.3.8"/>'
#: A period without a first day, before that of the section.
OPEN = f'<act>{TEMPLATE}<effectiveTime><high value="{YEAR}0630"/></effectiveTime></act>'


def changed(old: str, new: str) -> FromFormat:
    return read(written(YEAR, [(old, new)]))


def set_of(made: FromFormat) -> dict[str, Any]:
    (record,) = json.loads(made.document)["measurementSets"]
    assert isinstance(record, dict)
    return record


def test_the_first_of_two_periods_is_read_and_the_second_is_the_fault() -> None:
    made = changed("<entry>", f"<entry>{OPEN}</entry><entry>")
    assert set_of(made)["performanceEnd"] == f"{YEAR}-06-30"
    faults = {fault["fault"]: fault["pointer"] for fault in made.source.facts["faults"]}
    assert list(faults) == ["severalPeriods", "noStart"]
    assert made.places is not None
    first, second = (made.places[faults[name]].path for name in ("noStart", "severalPeriods"))
    assert first.endswith("/entry[1]/act")
    assert second.endswith("/act")
    assert "/entry[1]/" not in second


def test_the_first_of_two_first_days_is_read() -> None:
    made = changed(LOW, f'{LOW}<low value="{YEAR}0301"/>')
    assert set_of(made)["performanceStart"] == f"{YEAR}-01-01"
    assert made.places is not None
    assert made.places["/measurementSets/0/performanceStart"].path.endswith("/low[1]/@value")


@pytest.mark.parametrize("other", ["17.3.7", "17.3.9"])
def test_another_template_of_the_act_is_not_taken_for_its_version(other: str) -> None:
    own = f'<templateId root="{ID}.10.20.17.3.8"'
    made = changed(own, f'<templateId root="{ID}.10.20.{other}"/>{own}')
    assert len(made.source.facts["parameters"]) == 1


ANSWERED = f'<templateId root="{ID}.10.20.27.3.29"/>'


@pytest.mark.parametrize("entry", [OPEN, f"<entry><act>{ANSWERED}</act></entry>"])
def test_an_act_where_none_belongs_is_noted_and_not_read(entry: str) -> None:
    made = changed("<entry>", f"{entry}<entry>")
    assert len(made.source.facts["unread"]) == 1
    assert set_of(made) == set_of(read(written(YEAR)))


def test_what_is_beside_an_organizer_in_its_entry_is_passed_over() -> None:
    expected = set_of(read(written(YEAR)))["measurements"]
    assert set_of(changed("<entry>", "<entry><code/>"))["measurements"] == expected
