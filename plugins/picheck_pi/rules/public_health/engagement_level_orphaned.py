from picheck.api import Answers, CheckResults, Rulebook, fail, rule
from picheck_pi.measure_index import index_of, label


@rule("PIC-PUB-04", "engagement-level-orphaned")
def engagement_level_orphaned(answers: Answers, rulebook: Rulebook) -> CheckResults:
    """A level of engagement is reported for a registry that is not.

    What it checks:
    A level of active engagement is answered yes only beside a yes for its own registry: not
    alone, not beside a no, not beside an exclusion.

    Why it matters:
    The level says that you are engaged and the rest of the file says that you are not. One of
    the two is a mistake, and the score goes by the registry's own answer.

    How to fix:
    If you are engaged with the registry, answer it with yes. If not, take the level out.
    """
    return [
        fail(
            f"/measurements/{level}",
            "{level} is answered yes, but {measure} is not",
            expected=True,
            actual=False if answers.is_no(measure.id) else None,
            level=label(rulebook, level),
            measure=label(rulebook, measure.id),
            key=level,
            measures=[level, measure.id],
        )
        for measure in index_of(rulebook).with_levels
        if not answers.is_yes(measure.id)
        for level in measure.levels
        if answers.is_yes(level)
    ]
