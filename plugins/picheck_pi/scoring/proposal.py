"""What a proposal is: one small change to one set, and what must be true for it."""

from __future__ import annotations

from typing import NamedTuple

from picheck.api import Edit


class Proposal(NamedTuple):
    """One change: in words, at which spot, how, and the fact that must be true for it.

    `attest` says that only the practice can know the fact; `size` counts what is touched.
    """

    change: str
    spot: str
    edit: Edit
    fact: str | None = None
    attest: bool = True
    size: int = 1
