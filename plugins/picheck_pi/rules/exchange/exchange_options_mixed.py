"""Exclusions from sending or receiving stand beside a statement that covers both."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule
from picheck_pi.present import present_in
from picheck_pi.table import named


@rule(
    "PIC-HIE-02",
    "exchange-options-mixed",
    scope="set",
    terms={
        "exclusions": {"type": "list", "schema": {"type": "string"}},
        "options": {"type": "list", "schema": {"type": "string"}},
    },
)
def exchange_options_mixed(ctx: SetContext) -> Answers:
    """Exclusions from sending or receiving stand beside a statement that covers both.

    What it checks:
    No exclusion from sending or from receiving is claimed beside one of the statements that
    replace the two measures, whatever its answer.

    Why it matters:
    CMS's own converter refuses such a file, and the rules of the Submissions API do not mention
    it. It also says two things at once: that there was nothing to exchange, and that everything
    was exchanged.

    How to fix:
    If the statement is true, take the exclusions out: it needs none. If it is not, take the
    statement out and report or exclude both sending and receiving.
    """
    view = ctx.set
    if not present_in(view).exclusions:
        return None
    claimed = [i for i in ctx.clause["exclusions"] if view.is_yes(i)]
    beside = [i for i in ctx.clause["options"] if view.has(i)]
    if not (claimed and beside):
        return None
    return ctx.fail(
        view.place(claimed[0]),
        "{exclusions} claimed beside {option}, which needs no exclusion",
        actual=[*claimed, *beside],
        exclusions=" and ".join(claimed),
        option=" and ".join(named(ctx.rulebook, i) for i in beside),
        related=[ctx.also(view.place(i), i) for i in (*claimed[1:], *beside)],
    )
