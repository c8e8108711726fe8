"""Identifiers that are texts of digits, checked without being shown."""

from __future__ import annotations

from picheck.api import CheckResult, fail


def check_digits(name: str, text: str | None, length: int, remediation: str) -> CheckResult | None:
    """Return the failure of a property that should hold `length` digits; None where it does."""
    if text is None:
        found = "there is none"
    elif len(text) == length == count_digits(text):
        return None
    else:
        found = describe_digits(text)
    return fail(
        "" if text is None else f"/{name}",
        "{name}: {expected} digits expected, {found}",
        expected=length,
        name=name,
        found=found,
        key=name,
        remediation=remediation,
    )


def count_digits(text: str) -> int:
    """Return the number of characters from 0 to 9."""
    return sum(character in "0123456789" for character in text)


def describe_digits(text: str) -> str:
    """Say how many digits a text holds, and how many other characters."""
    digits = count_digits(text)
    others = len(text) - digits
    if not others:
        return f"{digits} found"
    plural = "character" if others == 1 else "characters"
    return f"{digits} digits and {others} other {plural} found"
