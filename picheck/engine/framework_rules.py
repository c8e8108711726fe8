"""The rules that picheck itself has: what could not be checked, and waivers out of date."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from picheck import __version__
from picheck.model.result import RuleRecord
from picheck.model.vocabulary import Severity


def _rule(code: str, slug: str, title: str, remediation: str, severity: Severity) -> RuleRecord:
    return RuleRecord(
        code=code,
        year=None,
        slug=slug,
        title=title,
        plugin="picheck",
        distribution="picheck",
        version=__version__,
        severity=severity,
        remediation=remediation,
    )


RULE_CRASHED: Final = _rule(
    "PIC-RUN-01", "rule-crashed", "A rule broke, so what it checks was not checked.",
    "report this to the owner of the rule's plugin; until then check its subject by hand", "error",
)  # fmt: skip
RULE_NOT_INSTALLED: Final = _rule(
    "PIC-RUN-02", "rule-not-installed", "The year lists rules that no loaded plugin brings.",
    "install or unblock the plugins that bring them; see picheck plugins list", "error",
)  # fmt: skip
NO_RULEBOOK: Final = _rule(
    "PIC-RUN-03", "no-rulebook-for-year", "There is no rulebook for the performance year.",
    "install the plugin that brings this year, or correct the year", "error",
)  # fmt: skip
WAIVER_EXPIRED: Final = _rule(
    "PIC-RUN-04", "waiver-expired", "A waiver of this finding has expired.",
    "correct the finding, or let the owner of the waiver decide again and set a later date",
    "warning",
)  # fmt: skip
WAIVER_UNUSED: Final = _rule(
    "PIC-RUN-05", "waiver-unused", "A waiver met no finding.",
    "remove the waiver if this run audited its subject", "note",
)  # fmt: skip

#: All of them, by code.
FRAMEWORK_RULES: Final[Mapping[str, RuleRecord]] = MappingProxyType(
    {
        rule.code: rule
        for rule in (RULE_CRASHED, RULE_NOT_INSTALLED, NO_RULEBOOK, WAIVER_EXPIRED, WAIVER_UNUSED)
    }
)
