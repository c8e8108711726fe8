"""Dates as CMS's converter reads them."""

from __future__ import annotations

from calendar import monthrange
from typing import Final, Literal

_MONTHS: Final = 12
_LONGEST: Final = 31
_SEPARATORS: Final = str.maketrans("", "", "-/")

Fault = Literal["notDate", "altered", "separators"]


def read_date(text: str) -> tuple[str, Fault | None]:
    """Return a date as `YYYY-MM-DD` and what is odd about it; the text itself where it is none.

    The converter drops hyphens and slashes and reads eight digits; whatever follows them is left
    out. A day that its month does not have becomes the last one that it has, up to 31.
    """
    digits = text.translate(_SEPARATORS)[:8]
    if not (len(digits) == len("YYYYMMDD") and digits.isascii() and digits.isdecimal()):
        return text, "notDate"
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if not (year and 1 <= month <= _MONTHS and 1 <= day <= _LONGEST):
        return text, "notDate"
    last = monthrange(year, month)[1]
    iso = f"{digits[:4]}-{digits[4:6]}-{min(day, last):02}"
    if day > last:
        return iso, "altered"
    return iso, None if text.startswith(digits) else "separators"
