"""The reporters that come with picheck, handed over through the door a vendor uses."""

from __future__ import annotations

from picheck.api import Reporter, hookimpl
from picheck.reporters.json import JsonReporter
from picheck.reporters.text import TextReporter


@hookimpl
def picheck_register_reporters() -> tuple[Reporter, ...]:
    """Hand over the built-in reporters."""
    return (TextReporter(), JsonReporter())
