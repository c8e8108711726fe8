"""Where a number or a demand comes from, with the standing of that source."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from picheck.model.vocabulary import STANDINGS, Standing


class Citation(msgspec.Struct, frozen=True, kw_only=True):
    """One source as it is cited by one clause: what, where in it, and how far it can be trusted.

    `standing` is `official` (CMS or ONC text, data or code), `secondary` (a readable page by
    somebody else) or `unverified` (general knowledge or inference).
    """

    key: str
    title: str
    standing: Standing
    locator: str | None = None
    url: str | None = None


def best_standing(citations: Iterable[Citation]) -> Standing:
    """Return the strongest standing among the citations; `unverified` for none at all."""
    return min(
        (citation.standing for citation in citations), key=STANDINGS.index, default="unverified"
    )
