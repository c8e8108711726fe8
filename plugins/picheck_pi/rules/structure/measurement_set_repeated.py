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
    if len(submission.measurement_sets) == 1:
        return None
    default = _find_default(rulebook)
    results = []
    first_pointers: dict[tuple[str | None, ...], str] = {}
    for index, record in enumerate(submission.measurement_sets):
        combination = record.category, record.submission_method, record.program_name or default
        pointer = f"/measurementSets/{index}"
        first = first_pointers.setdefault(combination, pointer)
        if first == pointer:
            continue
        result = fail(
            pointer,
            "there is already a measurement set for {combination}",
            combination=", ".join(filter(None, combination)),
            related=[related(first, "the first set")],
            remediation="merge both sets, or correct category, submissionMethod or programName",
        )
        results.append(result)
    return results


def _find_default(rulebook: Rulebook) -> str | None:
    """Return the program that a set without one belongs to, from the year's program clause."""
    clause = rulebook.clauses.get("PIC-STR-08")
    return clause["default"] if clause else None
