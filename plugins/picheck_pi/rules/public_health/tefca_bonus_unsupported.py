"""The TEFCA bonus is claimed without a registry in data production."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule
from picheck_pi.table import either, named


@rule(
    "PIC-PUB-07",
    "tefca-bonus-unsupported",
    scope="set",
    terms={
        "measure": {"type": "string"},
        "needs_one_of": {"type": "list", "schema": {"type": "string"}},
    },
)
def tefca_bonus_unsupported(ctx: SetContext) -> Answers:
    """The TEFCA bonus is claimed without a registry in data production.

    What it checks:
    The bonus for public health reporting by the national exchange (TEFCA) stands beside at least
    one public health registry that is answered yes at the level of validated data production.

    Why it matters:
    The bonus is for data that really flows to a public health agency. Without one such registry
    in the file there is nothing for the bonus to rest on, and its points are lost.

    How to fix:
    Report the registry to which the data flows, with its level. If none has reached data
    production yet, leave the bonus out.
    """
    view, measure_id = ctx.set, ctx.clause["measure"]
    if not view.is_yes(measure_id):
        return None
    registries = ctx.clause["needs_one_of"]
    if any(_is_in_production(ctx, registry) for registry in registries):
        return None
    return ctx.fail(
        view.place(measure_id),
        "{measure} is claimed, but no public health registry is reported in data production",
        expected=registries,
        actual=True,
        measure=named(ctx.rulebook, measure_id),
        registries=either(registries),
        fix="report {registries} at the level of validated data production, or leave the bonus out",
    )


def _is_in_production(ctx: SetContext, registry: str) -> bool:
    """Whether a registry is answered yes at its last level."""
    if not ctx.set.is_yes(registry):
        return False
    measure = ctx.rulebook.measures.get(registry)
    return measure is not None and any(map(ctx.set.is_yes, measure.levels[-1:]))
