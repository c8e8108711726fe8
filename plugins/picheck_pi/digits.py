"""Identifiers that are texts of digits, checked without being shown."""

from picheck.api import CheckResult, fail


def check_digits(name: str, text: str | None, length: int, remediation: str) -> CheckResult | None:
    """Return the failure of a property that should hold `length` digits; None where it does."""
    digits = sum(character in "0123456789" for character in text or "")
    others = len(text or "") - digits
    if digits == length and not others:
        return None
    found = f"{digits} digits and {others} other characters found" if others else f"{digits} found"
    if text is None:
        found = "there is none"
    return fail(
        "" if text is None else f"/{name}",
        "{name}: {expected} digits expected, {found}",
        expected=length,
        name=name,
        found=found,
        key=name,
        remediation=remediation,
    )
