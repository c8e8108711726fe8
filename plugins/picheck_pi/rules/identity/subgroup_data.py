from picheck.api import (
    CheckResult,
    CheckResults,
    Clause,
    Entity,
    SetView,
    fail,
    not_applicable,
    rule,
)
from picheck_pi.findings import fail_property
from picheck_pi.parameter_types import Sets
from picheck_pi.patterns import fits_any
from picheck_pi.term_schemas import TEXT


@rule(
    "PIC-IDN-06",
    "subgroup-data",
    scope="document",
    terms={"entity_type": TEXT, "mvp_pattern": TEXT},
)
def subgroup_data(entity: Entity, sets: Sets, clause: Clause) -> CheckResults:
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
    pathways = [clause["mvp_pattern"]]
    outside = [view for view in sets if not fits_any(pathways, view.record.program_name or "")]
    if outside:
        return [_fail_outside(view) for view in outside]
    message = "the numbers of a subgroup must be those of the whole group it belongs to"
    if not entity.tin:
        message += "; this file gives no TIN, so they cannot be compared with it"
    remedy = "make sure that counts and answers are the affiliated group's"
    return fail("/entityType", message, variant="reminder", remediation=remedy)


def _fail_outside(view: SetView) -> CheckResult:
    """Return the finding of a set that names no pathway, or something else than one."""
    program = view.record.program_name
    message = "a subgroup submits under a MIPS Value Pathway, and {actual!r} is none"
    if program is None:
        message = "a subgroup submits under a MIPS Value Pathway; this set names none"
    remedy = "set {name} to the id of the pathway the subgroup registered for"
    details = {"at": view, "actual": program, "remediation": remedy}
    return fail_property("programName", program, message, **details)
