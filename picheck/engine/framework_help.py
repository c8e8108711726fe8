"""The framework's own findings: no rule's results, but what a run has to say of itself."""

from __future__ import annotations

from typing import Final

import msgspec

from picheck.engine.framework_rules import FRAMEWORK_RULES


class OwnFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding of the framework's, explained under the headings of a rule."""

    code: str
    checks: str
    matters: str
    fix: str

    @property
    def slug(self) -> str:
        """The slug, as reports have it."""
        return FRAMEWORK_RULES[self.code].slug

    @property
    def title(self) -> str:
        """The title, as reports have it."""
        return FRAMEWORK_RULES[self.code].title

    @property
    def help(self) -> dict[str, str]:
        """The three paragraphs by heading."""
        return {
            "What it checks": self.checks,
            "Why it matters": self.matters,
            "How to fix": self.fix,
        }


OWN_FINDINGS: Final = (
    OwnFinding(
        code="PIC-RUN-01",
        checks="That every rule comes to a result. One that raises an exception, or returns"
        " something that is no result, is reported with the plugin it belongs to.",
        matters="What the rule would have found is not known: the audit is incomplete, and the"
        " document cannot be ready.",
        fix="Tell the owner of the plugin, with the message. Until then check by hand what the"
        " rule checks.",
    ),
    OwnFinding(
        code="PIC-RUN-02",
        checks="That every code with a clause in the year's rulebook belongs to a loaded rule.",
        matters="The law of the year was not looked at in full: the audit is incomplete, and the"
        " document cannot be ready.",
        fix="Install or unblock the plugins that bring the rules; picheck plugins list says what"
        " was found and what did not load.",
    ),
    OwnFinding(
        code="PIC-RUN-03",
        checks="That a rulebook for the measurement set's category and the performance year is"
        " loaded.",
        matters="Without one nothing can be checked. picheck never takes another year's rules in"
        " its place.",
        fix="Install the plugin that brings the year, or correct performanceYear if it is wrong;"
        " picheck years list says which years there are.",
    ),
    OwnFinding(
        code="PIC-RUN-04",
        checks="The last day of every waiver that fits a finding against the day that the audit"
        " speaks for.",
        matters="A finding was accepted until a day; after it the finding counts again.",
        fix="Correct the submission, or decide again with a reason, an owner and a later day.",
    ),
    OwnFinding(
        code="PIC-RUN-05",
        checks="That every waiver meets a finding it could accept.",
        matters="What it accepted is repaired, or the waiver is misspelt; either way it would"
        " silently accept the next finding of its kind.",
        fix="Remove the waiver, or correct what it names.",
    ),
)


def own_finding(name: str) -> OwnFinding | None:
    """Return the framework's finding of a code or slug, if it is one."""
    wanted = name.casefold()
    return next(
        (each for each in OWN_FINDINGS if wanted in (each.code.casefold(), each.slug)), None
    )
