"""The whole report as one JSON document."""

from __future__ import annotations

import msgspec

from picheck.api import Report, Style
from picheck.model.frozen import thaw
from picheck.reporters.escaping import harmless_json


class JsonReporter:
    """Writes the report as `report.schema.json` describes it."""

    name = "json"
    media_type = "application/json"
    description = "the whole report as one JSON document, for programs"

    def render(self, report: Report, style: Style) -> str:  # noqa: ARG002 - no colours here
        """Return the report as indented JSON."""
        text = msgspec.json.format(msgspec.json.encode(report, enc_hook=thaw), indent=2)
        return harmless_json(text.decode()) + "\n"
