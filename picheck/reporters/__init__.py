"""The reporters that come with picheck, registered by the hook that vendors use."""

from __future__ import annotations

from picheck.api import Reporter, hookimpl
from picheck.reporters.csv import CsvReporter
from picheck.reporters.github import GithubReporter
from picheck.reporters.html import HtmlReporter
from picheck.reporters.json import JsonReporter
from picheck.reporters.junit import JunitReporter
from picheck.reporters.markdown import MarkdownReporter
from picheck.reporters.ndjson import NdjsonReporter
from picheck.reporters.operationoutcome import OperationOutcomeReporter
from picheck.reporters.parquet import ParquetReporter
from picheck.reporters.sarif import SarifReporter
from picheck.reporters.text import TextReporter


@hookimpl
def picheck_register_reporters() -> tuple[Reporter, ...]:
    """Return the built-in reporters."""
    return (
        TextReporter(),
        JsonReporter(),
        NdjsonReporter(),
        SarifReporter(),
        JunitReporter(),
        GithubReporter(),
        MarkdownReporter(),
        CsvReporter(),
        ParquetReporter(),
        HtmlReporter(),
        OperationOutcomeReporter(),
    )
