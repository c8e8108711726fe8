from picheck.api import CheckResults, Clause, Entity, SetView, fail, not_applicable, rule
from picheck_pi.patterns import fits_any
from picheck_pi.term_schemas import TEXT


@rule(
    "PIC-IDN-06",
    "subgroup-data",
    scope="document",
    terms={"entity_type": TEXT, "mvp_pattern": TEXT},
)
def subgroup_data(entity: Entity, sets: tuple[SetView, ...], clause: Clause) -> CheckResults:
    """A subgroup submits outside a pathway, or perhaps its own numbers.

    What it checks:
    That a subgroup submits under the MIPS Value Pathway it registered for. Where it does, a
    reminder follows about the numbers, which no file can prove by itself. Where the group's file is
    in the same run and both give the TIN, another rule compares them; of a subgroup's QRDA III file
    no TIN is read.

    Why it matters:
    Subgroups exist only inside a pathway. For this category they must send the data of the whole
    group they belong to; numbers of the subgroup alone do not match the group's records in a data
    validation.

    How to fix:
    Put the id of the pathway in programName, and take the counts and answers of the affiliated
    group.
    """
    if entity.entity_type != clause["entity_type"]:
        return not_applicable("only a subgroup has these duties")
    outside = [
        fail(
            "" if program is None else "/programName",
            "a subgroup submits under a MIPS Value Pathway; this set names none"
            if program is None
            else "a subgroup submits under a MIPS Value Pathway, and {actual!r} is none",
            at=view,
            actual=program,
            key="programName",
            remediation="set programName to the id of the pathway the subgroup registered for",
        )
        for view, program in ((view, view.record.program_name) for view in sets)
        if not fits_any([clause["mvp_pattern"]], program or "")
    ]
    compared = "" if entity.tin else "; this file gives no TIN, so they cannot be compared with it"
    return outside or fail(
        "/entityType",
        "the numbers of a subgroup must be those of the whole group it belongs to{compared}",
        compared=compared,
        variant="reminder",
        remediation="make sure that counts and answers are the affiliated group's",
    )
