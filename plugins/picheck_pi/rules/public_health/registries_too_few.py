from picheck.api import Answers, CheckResults, Clause, fail, rule
from picheck_pi.term_schemas import POSITIVE, TEXT_BY_TEXT


@rule(
    "PIC-PUB-01",
    "registries-too-few",
    needs="PIC-STR-02",
    terms={"needed": POSITIVE, "second": TEXT_BY_TEXT},
)
def registries_too_few(answers: Answers, clause: Clause) -> CheckResults:
    """Too few registries are reported or excluded.

    What it checks:
    Enough registries are answered yes or excluded. A second registry of the same kind counts
    beside its first; several exclusions of one kind count once.

    Why it matters:
    The public health objective is required as a whole. With one registry too few it counts as
    not reported, and the whole category is zero.

    How to fix:
    Report another registry that you are actively engaged with, or claim an exclusion for one of
    the kinds that you cannot report.
    """
    second = clause["second"]
    reported = [kind for kind in second if answers.is_yes(kind)]
    excluded = [kind for kind in second if answers.claimed_exclusion(kind) is not None]
    twice = [kind for kind in reported if answers.is_yes(second[kind])]
    counted = len({*reported, *excluded}) + len(twice)
    if counted >= clause["needed"]:
        return None
    return fail(
        "/measurements",
        "{actual} of {expected} registries reported or excluded",
        expected=clause["needed"],
        actual=counted,
        kinds=", ".join(second),
        remediation="report {expected} of {kinds} in all, or claim exclusions of different kinds"
        " in place of those that are missing or answered no",
        measures=[kind for kind in second if kind not in {*reported, *excluded}],
    )
