from picheck.api import CheckResults, Rulebook, Submission, fail, related, rule


@rule("PIC-STR-07", "measurement-set-repeated")
def measurement_set_repeated(submission: Submission, rulebook: Rulebook) -> CheckResults:
    """Two measurement sets of one document answer for the same thing.

    What it checks:
    That each combination of category, submission method and program has one measurement set in the
    document; a set that names no program counts for the default one.

    Why it matters:
    The API keeps one set for each combination. It refuses the second, or replaces the first with
    it, and answers that were split over the two are lost.

    How to fix:
    Merge the measurements into one set, or give the sets the different programs or methods that
    they were meant for.
    """
    programs = rulebook.clauses.get("PIC-STR-08")
    default = programs["default"] if programs else None
    combinations = [
        (record.category, record.submission_method, record.program_name or default)
        for record in submission.measurement_sets
    ]
    first: dict[tuple[str | None, ...], int] = {}
    for index, combination in enumerate(combinations):
        first.setdefault(combination, index)
    return [
        fail(
            f"/measurementSets/{index}",
            "there is already a measurement set for {combination}",
            combination=", ".join(filter(None, combination)),
            related=[related(f"/measurementSets/{first[combination]}", "the first set")],
            remediation="merge both sets, or correct category, submissionMethod or programName",
        )
        for index, combination in enumerate(combinations)
        if index != first[combination]
    ]
