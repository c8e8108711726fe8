"""A recorded audit is made again from what was kept of it, and the reports are compared."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

import msgspec
from sqlalchemy.engine import Connection, Row

from picheck.engine.document import AuditedDocument, DocumentAuditor
from picheck.engine.entities import EntityGroups, EntityYear, PriorBook, earlier_views
from picheck.engine.entity_rules import EntityRuleRunner
from picheck.engine.options import AuditOptions, Override
from picheck.errors import InputError, UsageError
from picheck.history.chain import decode_body
from picheck.history.queries import find_record, read_blob
from picheck.history.report import document_report
from picheck.history.terms import compare_environments, describe_environment, requirements
from picheck.intake.documents import RawDocument
from picheck.model.report import DocumentSummary
from picheck.model.submission import MeasurementSet
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.registry import Rulebooks
from picheck.rules.measurement_set import SetView

#: How many auditors are kept for further records.
_MANY: Final = 32

#: What of a record's body says on which terms it was audited.
_TERMS: Final = ("options", "waivers", "baseline", "asOf", "overrides")

Outcome = Literal["identical", "differs", "notReplayable"]


class Replay(NamedTuple):
    """What a replay came to: the outcome, and a line for each difference or missing part."""

    seq: int
    outcome: Outcome
    lines: tuple[str, ...] = ()


class CannotReplay(Exception):  # noqa: N818 - says what, not that it is an error
    """A record cannot be audited again here; the arguments say why, a line each."""


class AuditReplayer:
    """Makes recorded audits again with the plugins that are installed.

    With `with_current` an audit is made again even where other plugins or rulebooks are installed
    than made it; what differs then comes before the differences of the reports.
    """

    def __init__(
        self,
        connection: Connection,
        host: Host,
        registry: PluginRegistry,
        *,
        with_current: bool = False,
    ) -> None:
        self._connection = connection
        self._registry = registry
        self._environment = describe_environment(host, registry)
        self._with_current = with_current
        self._differences: dict[str, list[str]] = {}
        self._auditors: dict[str, DocumentAuditor] = {}
        self._together: dict[str, dict[int, list[bytes]]] = {}

    def replay(self, row: Row[Any]) -> Replay:
        """Make one recorded audit again. Raises HistoryError where a kept file is damaged."""
        body = decode_body(row.body)
        try:
            is_amended = "amends" in body
            before = self._read_kept(body, "together" if is_amended else "report").decode()
            remarks = self._check_environment(body)
            now = (self._amend(body, before) if is_amended else self._report(body)).decode()
        except CannotReplay as reason:
            return Replay(row.seq, "notReplayable", tuple(map(str, reason.args)))
        if now == before:
            return Replay(row.seq, "identical", remarks)
        return Replay(row.seq, "differs", (*remarks, *compare_reports(before, now)))

    def _check_environment(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        digest = body["environment"]
        environment = self._read_kept(body, "environment").decode()
        if digest not in self._differences:
            self._differences[digest] = compare_environments(environment, self._environment)
        differences = self._differences[digest]
        if differences and not self._with_current:
            raise CannotReplay(
                *differences,
                f"to get it back: {requirements(environment)}",
                "or replay --with-current to see what today's plugins and rulebooks say",
            )
        return tuple(differences)

    def _report(self, body: Mapping[str, Any]) -> bytes:
        _, audited = self._audit(body, 0)
        return document_report(audited.summary, audited.results)

    def _amend(self, body: Mapping[str, Any], before: str) -> bytes:
        """Return what several documents show together of the one that a record is about.

        A document of several programs has a record for each of them: the one like `before` counts.
        """
        key = str([body["with"], self._name_terms(body)])
        if key not in self._together:
            if len(self._together) >= _MANY:
                self._together.clear()
            self._together[key] = self._amend_all(body)
        found = self._together[key].get(body["number"], [b""])
        return next((each for each in found if each.decode() == before), found[-1])

    def _amend_all(self, body: Mapping[str, Any]) -> dict[int, list[bytes]]:
        """Return what several documents show together, by the number of the document."""
        groups, documents = EntityGroups(), dict[int, RawDocument]()
        summaries = dict[int, DocumentSummary]()
        for number, seq in body["with"]:
            base = decode_body(find_record(self._connection, seq).body)
            documents[number], audited = self._audit({**base, "asOf": body["asOf"]}, number)
            summaries[number] = audited.summary
            groups.add(audited.entity_sets)
        auditor = self._auditor(body)
        rules, found = EntityRuleRunner(auditor, auditor.options), dict[int, list[bytes]]()
        for number, more in rules.run(groups, summaries, documents):
            summaries[number] = more.summary
            found.setdefault(number, []).append(document_report(more.summary, more.results))
        return found

    def _audit(self, body: Mapping[str, Any], number: int) -> tuple[RawDocument, AuditedDocument]:
        """Audit a document again, as the one with a number of a run."""
        raw = RawDocument(
            uri=body["uri"],
            data=self._read_kept(body, "document"),
            line=body.get("line"),
            evidence=self._read_kept(body, "evidence") if "evidence" in body else None,
            evidence_uri=body.get("evidenceUri"),
            evidence_digests=dict(body.get("supporting", ())),
        )
        prior = self._read_kept(body, "prior") if "prior" in body else b"{}"
        try:
            auditor = self._auditor(body)
            # the earlier years of then, whatever is known of them now
            auditor.prior = KeptPrior(prior, self._registry.rulebooks)
            return raw, auditor.audit(raw, number)
        except (InputError, UsageError) as error:
            raise CannotReplay(f"it cannot be audited now: {error}") from error

    def _auditor(self, body: Mapping[str, Any]) -> DocumentAuditor:
        """Return an auditor with the terms of a record; audits of one run share it."""
        terms = self._name_terms(body)
        if terms not in self._auditors:
            if len(self._auditors) >= _MANY:
                self._auditors.clear()
            # the auditor reads these files when it is made, and never again
            with tempfile.TemporaryDirectory(prefix="picheck-") as folder:
                options = self._options(body, Path(folder))
                self._auditors[terms] = DocumentAuditor(self._registry, options)
        return self._auditors[terms]

    @staticmethod
    def _name_terms(body: Mapping[str, Any]) -> str:
        return str([body.get(role) for role in _TERMS])

    def _options(self, body: Mapping[str, Any], folder: Path) -> AuditOptions:
        given = msgspec.json.decode(self._read_kept(body, "options"))
        overrides = msgspec.convert(given["overrides"], tuple[Override, ...])
        everywhere = [
            # the record says which of them applied; their patterns may not fit where the file is
            # kept
            msgspec.structs.replace(overrides[index], files=("**",), folder="/")
            for index in body.get("overrides", ())
        ]
        return AuditOptions(
            as_of=date.fromisoformat(body["asOf"]),
            year=given["year"],
            gate=given["gate"],
            select=tuple(given["select"]),
            ignore=tuple(given["ignore"]),
            trust_unverified=given["trustUnverified"],
            plugin_options=given["plugins"],
            overrides=tuple(everywhere),
            input_format=given["inputFormat"],
            waivers=self._write_kept(body, "waivers", folder),
            baseline=self._write_kept(body, "baseline", folder),
        )

    def _write_kept(self, body: Mapping[str, Any], role: str, folder: Path) -> Path | None:
        """Write a kept file of the run where an audit can read it; None where it had none."""
        if role not in body:
            return None
        path = folder / f"{role}.txt"
        path.write_bytes(self._read_kept(body, role))
        return path

    def _read_kept(self, body: Mapping[str, Any], role: str) -> bytes:
        """Return the bytes of a file that a record names."""
        digest = body[role]
        data = read_blob(self._connection, digest)
        if data is None:
            raise CannotReplay(
                f"the {role} with SHA-256 {digest} is not kept: only its digest was recorded, or"
                " its retention has ended"
            )
        return data


class KeptPrior(PriorBook):
    """The earlier years that a recorded audit was given, whoever asks."""

    def __init__(self, encoded: bytes, rulebooks: Rulebooks) -> None:
        shape = dict[str, tuple[MeasurementSet, ...]]
        self._years = msgspec.json.decode(encoded, type=shape)
        self._rulebooks = rulebooks

    def before(self, key: EntityYear) -> Mapping[int, tuple[SetView, ...]]:
        """Return the sets of earlier years of a program, by year."""
        years = {}
        for name, records in self._years.items():
            program, _, year = name.rpartition(" ")
            if program == key.program:
                book = self._rulebooks.rulebook(program, int(year))
                years[int(year)] = earlier_views(records, book)
        return MappingProxyType(years)


def compare_reports(before: str, now: str) -> list[str]:
    """Return what differs between two reports of one document, a line each."""
    first, second = msgspec.json.decode(before), msgspec.json.decode(now)
    lines = []
    for name in ("verdict", "outcomes", "unverified", "waiting", "inputs", "performanceYear"):
        was, is_ = first["document"].get(name), second["document"].get(name)
        if was != is_:
            lines.append(f"{name}: was {_text(was)}, is {_text(is_)}")
    old = {each["fingerprint"]: each for each in first["results"]}
    new = {each["fingerprint"]: each for each in second["results"]}
    lines += [f"gone: {_show_finding(old[key])}" for key in old if key not in new]
    lines += [f"new: {_show_finding(new[key])}" for key in new if key not in old]
    for key in old.keys() & new.keys():
        names = old[key].keys() | new[key].keys()
        if changed := sorted(n for n in names if old[key].get(n) != new[key].get(n)):
            lines.append(f"{old[key]['code']}: other {', '.join(changed)}")
    return lines or ["the reports differ in form alone"]


def _show_finding(result: Mapping[str, Any]) -> str:
    return f"{result['code']} {result['message']}"


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
