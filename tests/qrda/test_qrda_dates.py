"""Dates are read as CMS's converter reads them."""

from __future__ import annotations

import pytest

from picheck_qrda.dates import read_date


@pytest.mark.parametrize(
    ("text", "date", "fault"),
    [
        ("20250101", "2025-01-01", None),
        ("20251231", "2025-12-31", None),
        ("00010101", "0001-01-01", None),
        ("20250101120000+0000", "2025-01-01", None),
        ("2025-01-01", "2025-01-01", "separators"),
        ("2025/01/01", "2025-01-01", "separators"),
        ("20240229", "2024-02-29", None),
        ("20240230", "2024-02-29", "altered"),
        ("20250229", "2025-02-28", "altered"),
        ("20250431", "2025-04-30", "altered"),
    ],
)
def test_a_date_is_its_first_eight_digits(text: str, date: str, fault: str | None) -> None:
    assert read_date(text) == (date, fault)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025",
        "2025010",
        "2025-1-1",
        "00000101",
        "20250001",
        "20251301",
        "20250100",
        "20250132",
        "2025O101",
        "٢٠٢٥٠١٠١",
    ],
)
def test_what_is_no_date_is_handed_on_as_it_is(text: str) -> None:
    assert read_date(text) == (text, "notDate")
