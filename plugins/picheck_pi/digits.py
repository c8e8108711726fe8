"""Identifiers that are texts of digits, checked without being shown."""

from picheck.api import CheckResult
from picheck_pi.findings import fail_property


def check_digits(name: str, text: str | None, length: int, remediation: str) -> CheckResult | None:
    """Return the failure of a property that should hold `length` digits; None where it does."""
    # not isdigit(), which takes the digits of every script
    digits = sum(character in "0123456789" for character in text or "")
    others = len(text or "") - digits
    if digits == length and not others:
        return None
    other = "1 other character" if others == 1 else f"{others} other characters"
    found = f"{digits} digits and {other} found" if others else f"{digits} found"
    if text is None:
        found = "there is none"
    return fail_property(
        name,
        text,
        "{name}: {expected} digits expected, {found}",
        expected=length,
        found=found,
        remediation=remediation,
    )
