from collections.abc import Collection, Sequence
from typing import Any

from picheck.api import (
    CheckResult,
    CheckResults,
    Clause,
    Source,
    closest_match,
    fail,
    related,
    rule,
)
from picheck_pi.qrda_source import NO_QRDA, facts_of, fail_several, is_qrda
from picheck_pi.term_schemas import SOME_TEXTS, TEXTS


@rule(
    "PIC-QRD-03",
    "program-unknown",
    structural=True,
    terms={"programs": SOME_TEXTS, "short_names": TEXTS},
)
def program_unknown(source: Source, clause: Clause) -> CheckResults:
    """The file does not name one program that CMS knows.

    What it checks:
    That the recipient of the QRDA III file is one program name of the year, such as the one for
    individuals or for groups. It says both the program and who reports.

    Why it matters:
    CMS's converter refuses a file without a program name, with several, or with one that it does
    not know. A name that it reads as another one would report for the wrong entity.

    How to fix:
    Set the program in the export of the EHR; the message shows the names of the year.
    """
    if not is_qrda(source):
        return NO_QRDA
    known, found = clause["programs"], facts_of(source, "programs")
    if not found:
        return _fail("", "the file names no program", known, key="missing")
    if len(found) == 1:
        return _check_name(found[0]["name"], known, clause["short_names"])
    first = related("/entityType", "the first of them")
    message = "the file names {actual} programs, one is allowed"
    remedy = "keep the one that the file is for"
    return fail_several(found, message, related=[first], remediation=remedy, key="several")


def _check_name(
    name: str, known: Sequence[str], short_names: Collection[str]
) -> CheckResult | None:
    """Return what is wrong with the one program that is named; None for a known one."""
    if name in known:
        return None
    variant: str | None = "misspelt"
    if name.upper() in known:
        message = "the program {actual!r} is not written in capitals, as CMS writes it"
    elif name.lower() in short_names:
        message = (
            "the program {actual!r} is not written as CMS writes it; it is read as an individual"
        )
    else:
        message, variant = "the program {actual!r} is not known this year{hint}", None
    near = closest_match(name.upper(), known)
    hint = f"; did you mean {near}?" if near else ""
    return _fail("/entityType", message, known, actual=name[:40], hint=hint, variant=variant)


def _fail(pointer: str, message: str, known: Sequence[str], **details: Any) -> CheckResult:
    """Return a failure whose remedy shows the programs of the year."""
    details |= {"expected": known, "known": ", ".join(known)}
    return fail(pointer, message, remediation="give one of: {known}", **details)
