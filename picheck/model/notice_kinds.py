"""The kinds of notices: what each one says, and what it gives as a reason for the exit code."""

from __future__ import annotations

from typing import Final, NamedTuple


class NoticeKind(NamedTuple):
    """What a kind of notices says, for a reader, and its reason for the exit code, if any.

    With `if_incomplete` it gives the reason only where the notice makes the audit incomplete.
    """

    meaning: str
    reason: str | None = None
    if_incomplete: bool = False


NOTICE_KINDS: Final[dict[str, NoticeKind]] = {
    "changedWhileRead": NoticeKind("a file changed while it was read", "unreadable"),
    "evidencePassedOver": NoticeKind("evidence was taken from one place and not from another"),
    "evidenceUnusable": NoticeKind("an evidence file was refused", "unreadable"),
    "historyFailed": NoticeKind("an audit was not recorded in the history", "incomplete"),
    "inputsLeftOut": NoticeKind(
        "files of a folder or an archive were left out", "unreadable", if_incomplete=True
    ),
    "leftOut": NoticeKind("rules were left out by choice"),
    "noDocument": NoticeKind("no document was found", "nothingChecked"),
    "noRulebook": NoticeKind("no plugin brings a rulebook", "nothingChecked"),
    "nothingChecked": NoticeKind(
        "a folder, an archive or a pattern holds no submission", "nothingChecked"
    ),
    "override": NoticeKind("settings for some files applied to documents"),
    "overrideUnused": NoticeKind("settings for some files applied to no document"),
    "pluginFailed": NoticeKind("a plugin did not load", "incomplete", if_incomplete=True),
    "priorRemark": NoticeKind(
        "where an earlier year comes from, or why it is unknown", "incomplete", if_incomplete=True
    ),
    "priorRepeatedKey": NoticeKind("an earlier submission has a key twice"),
    "priorUnusable": NoticeKind(
        "an earlier submission was not used", "unreadable", if_incomplete=True
    ),
    "priorUnused": NoticeKind(
        "earlier submissions of entities that are in no audited document",
        "incomplete",
        if_incomplete=True,
    ),
    "proposedRulebook": NoticeKind("a year's law is not final", "incomplete", if_incomplete=True),
    "ruleTimeoutWeak": NoticeKind(
        "a rule that waits in compiled code is broken off only when it comes back"
    ),
    "shapeRefused": NoticeKind("a document does not follow the schema"),
    "unreadable": NoticeKind("an input could not be read", "unreadable"),
    "waiverAmbiguous": NoticeKind(
        "a waiver fits several entities", "incomplete", if_incomplete=True
    ),
    "waiverRefused": NoticeKind("a waiver names a finding that cannot be waived"),
    "waiverUnused": NoticeKind("a waiver fits no finding"),
    "yearMismatch": NoticeKind(
        "a document was audited against another year than its own, so it is never ready"
    ),
}
