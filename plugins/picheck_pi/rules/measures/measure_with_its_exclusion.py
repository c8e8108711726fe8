from picheck.api import Answers, CheckResults, Rulebook, rule
from picheck_pi.findings import fail_together
from picheck_pi.measure_index import index_of, label


@rule("PIC-MEA-05", "measure-with-its-exclusion")
def measure_with_its_exclusion(answers: Answers, rulebook: Rulebook) -> CheckResults:
    """A measure is reported beside its own exclusion.

    What it checks:
    No measurement set holds both a measure, whatever its answer, and one of that measure's
    exclusions. An exclusion with the value false claims nothing and is another rule's matter.

    Why it matters:
    The Submissions API refuses the whole file. It cannot tell whether you mean that you did the
    work or that you did not have to.

    How to fix:
    Decide which of the two is true and take the other one out. If the measure was reported with
    nothing in it only to fill the form, leave it out and keep the exclusion.
    """
    # only a plain no claims nothing: any other value may be taken for a yes
    claimed = answers.present - answers.no
    return [
        fail_together(
            [measure.id, *beside],
            "{measure} is reported, and its exclusion {exclusion} is claimed too",
            measure=label(rulebook, measure.id),
            exclusion=" and ".join(beside),
            remediation="keep either {id} or {choice}, whichever is true, and take the other out",
            id=measure.id,
            choice=" or ".join(beside),
            key=measure.id,
        )
        for measure in index_of(rulebook).excludable
        if measure.id in answers.present
        and (beside := [i for i in measure.exclusions if i in claimed])
    ]
