"""The file does not name one program that CMS knows."""

from __future__ import annotations

from picheck.api import CheckResults, Clause, Source, closest_match, fail, related, rule
from picheck_pi.qrda_source import facts_of, is_qrda, no_qrda
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
        return no_qrda()
    known, found = clause["programs"], facts_of(source, "programs")
    wanted = "give one of: {known}"
    if not found:
        return fail(
            "",
            "the file names no program",
            from_root=True,
            expected=known,
            known=", ".join(known),
            remediation=wanted,
            key="missing",
        )
    if len(found) > 1:
        return fail(
            found[1]["pointer"],
            "the file names {actual} programs, one is allowed",
            from_root=True,
            expected=1,
            actual=len(found),
            related=[related("/entityType", "the first of them")],
            remediation="keep the one that the file is for",
            key="several",
        )
    (program,) = found
    name = program["name"]
    if name in known:
        return None
    near = closest_match(name.upper(), known)
    is_read = name.upper() in known or name.lower() in clause["short_names"]
    return fail(
        "/entityType",
        "the program {actual!r} is not written as CMS writes it; it is read as an {entity}"
        if is_read and name.upper() not in known
        else "the program {actual!r} is not written in capitals, as CMS writes it"
        if is_read
        else "the program {actual!r} is not known this year{hint}",
        from_root=True,
        expected=known,
        actual=name[:40],
        entity="individual",
        hint=f"; did you mean {near}?" if near else "",
        known=", ".join(known),
        variant="misspelt" if is_read else None,
        remediation=wanted,
    )
