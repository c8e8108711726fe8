from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from picheck.api import CheckResult, CheckResults, Clause, Source, related, rule
from picheck_pi.qrda_source import NO_QRDA, Fact, facts_of, fail_at, is_qrda
from picheck_pi.term_schemas import TEXT


@rule("PIC-QRD-07", "rate-differs", structural=True, terms={"tolerance": TEXT})
def rate_differs(source: Source, clause: Clause) -> CheckResults:
    """What the file shows to people is not what CMS reads.

    What it checks:
    The performance rate beside the counts of a measure, where the file states one; and the
    numerators, denominators and answers in the text that the file shows to people, where they can
    be understood.

    Why it matters:
    CMS takes the counts and the answers of the entries and passes over the rest. Where they do not
    fit, one of them is not what the EHR's report shows, and an auditor will ask which.

    How to fix:
    Compare both with the EHR's report, and export the file again.
    """
    if not is_qrda(source):
        return NO_QRDA
    # in decimals, as the file and the tolerance are written
    rates = _check_rates(facts_of(source, "rates"), Decimal(clause["tolerance"]))
    return [*rates, *_check_narrative(facts_of(source, "narrative"))]


def _check_rates(facts: Sequence[Fact], tolerance: Decimal) -> Iterator[CheckResult]:
    """Yield a finding for each rate that is not its numerator divided by its denominator."""
    for each in facts:
        numerator, denominator = each["numerator"], each["denominator"]
        if not (type(numerator) is type(denominator) is int and numerator >= 0 < denominator):
            continue
        rate = Decimal(numerator) / Decimal(denominator)
        stated = _parse_decimal(each["stated"])
        if stated is None or abs(stated - rate) > tolerance:
            yield fail_at(
                each,
                "the file states a rate of {actual} for {measure}; its counts make {expected}",
                expected=f"{rate:.4f}",
                actual=each["stated"],
                related=[related(each["counts"], f"{numerator} of {denominator}")],
                key=each["measure"],
            )


def _parse_decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _check_narrative(facts: Sequence[Fact]) -> Iterator[CheckResult]:
    """Yield a finding for each number or answer that is shown, but never as it is read."""
    by_value = defaultdict(list)
    for each in facts:
        by_value[each["measure"], each["name"]].append(each)
    for (measure, name), alike in by_value.items():
        read, shown = alike[0]["read"], alike[0]["shown"]
        if all(each["shown"] != read for each in alike):
            yield fail_at(
                alike[0],
                "the text of the file shows {found} as the {name} of {measure}; CMS reads {wanted}",
                expected=read,
                actual=shown,
                found=_format_answer(shown),
                wanted=_format_answer(read),
                name=name,
                related=[related(alike[0]["value"], f"the {name} that CMS reads")],
                key=f"{measure} {name}",
            )


def _format_answer(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
