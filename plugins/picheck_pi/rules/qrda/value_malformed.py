from collections.abc import Mapping
from typing import Final

from picheck.api import CheckResults, Source, rule
from picheck_pi.qrda_source import NO_QRDA, facts_of, fail_at, is_qrda

#: What is wrong, by the name of the fault.
_MESSAGES: Final[Mapping[str, str]] = {
    "noId": "an entry of the section names no measure",
    "severalIds": "the entry of {measure} names several measures",
    "noAnswer": "{measure} has no answer, or not in the template for answers",
    "severalAnswers": "{measure} has several answers",
    "notYesNo": "the answer to {measure} is {actual!r}, neither Y nor N",
    "noNumerator": "{measure} has no numerator",
    "noDenominator": "{measure} has no denominator",
    "severalNumerators": "{measure} has several numerators",
    "severalDenominators": "{measure} has several denominators",
    "noCount": "a count of {measure} has no value",
    "severalCounts": "a count of {measure} has several values",
    "notWhole": "a count of {measure} is {actual!r}, which is no whole number",
    "negative": "a count of {measure} is {actual}, less than zero",
    "noPeriod": "the section gives no period, or not in an entry of its own",
    "severalPeriods": "the section gives several periods",
    "noStart": "the period has no first day",
    "noEnd": "the period has no last day",
    "severalStarts": "the period has several first days",
    "severalEnds": "the period has several last days",
    "notDate": "{actual!r} is no date; eight digits are read",
    "altered": "there is no day {actual!r}; CMS reads the last day of its month",
    "lowerCase": "the answer to {measure} is {actual!r}; CMS's guide writes it in capitals",
    "separators": "the date {actual!r} is written with marks that CMS's guide does not have",
    "zeros": "a count of {measure} is written {actual!r}, not as a plain number",
}
#: The variants of the clause for what is taken, but not as it was written.
_VARIANTS: Final[Mapping[str, str]] = {
    "altered": "altered",
    "lowerCase": "lenient",
    "separators": "lenient",
    "zeros": "lenient",
}


@rule("PIC-QRD-06", "value-malformed", structural=True)
def value_malformed(source: Source) -> CheckResults:
    """An answer, a count or a date is not written as CMS's converter reads it.

    What it checks:
    That every measure has one id, and either one answer, Y or N, or one numerator and one
    denominator, each with one whole number; and that the section has one period, with a first and
    a last day that exist.

    Why it matters:
    CMS's converter refuses the file for most of these. Some it takes and reads otherwise: a day
    that its month does not have becomes another day.

    How to fix:
    Correct the value at the place shown, in the EHR if it comes from there, and write the file
    again.
    """
    if not is_qrda(source):
        return NO_QRDA
    return [
        fail_at(
            each,
            _MESSAGES[each["fault"]],
            actual=each.get("actual"),
            variant=_VARIANTS.get(each["fault"]),
            key=each["fault"],
        )
        for each in facts_of(source, "faults")
    ]
