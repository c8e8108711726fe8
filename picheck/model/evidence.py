"""The side file: facts that settle a rule and that no submission can carry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Annotated, Any, Literal

import msgspec

from picheck.errors import MissingEvidence
from picheck.model.frozen import freeze

#: A calendar day as a text, `YYYY-MM-DD`; the intake checks form and calendar at once.
Day = str
Count = Annotated[int, msgspec.Meta(ge=0)]
PlaceOfService = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{2}$")]
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Edition = Literal["2014Edition", "2015Edition", "curesUpdate", "mixed"]
SpecialStatus = Literal["smallPractice", "ascBased", "hospitalBased", "nonPatientFacing"]
Hardship = Literal["approved", "pending", "denied"]
Engagement = Literal["preProduction", "production"]


class Cehrt(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """When the certified technology worked and was certified, and to which edition."""

    functionality_in_place_on: Day | None = None
    certified_on: Day | None = None
    edition: Edition | None = None


class Attestations(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """When the attested work was done (dates), and by which edition of the SAFER guides."""

    security_risk_analysis_on: Day | None = None
    risk_management_on: Day | None = None
    safer_assessment_on: Day | None = None
    safer_guide_edition: int | None = None


class EvidenceCounts(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """How often things happened in the performance period (whole numbers)."""

    permissible_prescriptions: Count | None = None
    controlled_substance_prescriptions: Count | None = None
    transitions_sent: Count | None = None
    transitions_received: Count | None = None


class Tally(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A numerator and a denominator that somebody vouches for."""

    numerator: Count
    denominator: Count


class ClinicianPeriod(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The first and the last day of the months that a clinician's numbers are of."""

    performance_start: Day | None = None
    performance_end: Day | None = None


class Clinician(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """One clinician's row behind a group's totals; `measures` maps measure ids to tallies.

    `certified` says whether the numbers come from certified technology. `special_statuses` are
    the clinician's own; None where they are not known, empty where there are none.
    `place_of_service_share` maps a place of service code to the percent of the clinician's covered
    services there; codes that are left out count as none.
    """

    measures: Mapping[str, Tally] = {}
    npi: str | None = None
    special_statuses: tuple[SpecialStatus, ...] | None = None
    period: ClinicianPeriod = ClinicianPeriod()
    certified: bool | None = None
    place_of_service_share: Mapping[PlaceOfService, Percent] | None = None

    def __post_init__(self) -> None:
        """Freeze the tables: every rule reads the same evidence."""
        msgspec.structs.force_setattr(self, "measures", freeze(self.measures))
        shares = freeze(self.place_of_service_share)
        msgspec.structs.force_setattr(self, "place_of_service_share", shares)


class Eligibility(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What the entity counts on to skip the category."""

    special_statuses: tuple[SpecialStatus, ...] | None = None
    clinician_type: str | None = None
    hardship_exception: Hardship | None = None
    all_members_qualify: bool | None = None


class SupportingDocument(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A file kept as proof: what it supports, its SHA-256, and how long it will be kept."""

    supports: tuple[str, ...]
    file: str
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-fA-F]{64}$")] | None = None
    kept_until: Day | None = None


class Evidence(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Everything a practice can vouch for beside its submission; every part may be absent.

    Dates are `YYYY-MM-DD` texts. `engagement_history` maps a year (text) to the level reached
    in it, by measure id; a year that is there with no measure says that none was reported,
    a year or a tally that is null says that it is not known. Sections that plugins bring are
    further fields, of a class made for them (`picheck.model.evidence_sections`).
    """

    cehrt: Cehrt = Cehrt()
    attestations: Attestations = Attestations()
    counts: EvidenceCounts = EvidenceCounts()
    ehr_report: Mapping[str, Tally | None] | None = None
    clinicians: tuple[Clinician, ...] | None = None
    eligibility: Eligibility = Eligibility()
    engagement_history: Mapping[str, Mapping[str, Engagement] | None] | None = None
    documents: tuple[SupportingDocument, ...] | None = None

    def __post_init__(self) -> None:
        """Freeze the tables: every rule reads the same evidence."""
        msgspec.structs.force_setattr(self, "ehr_report", freeze(self.ehr_report))
        msgspec.structs.force_setattr(self, "engagement_history", freeze(self.engagement_history))
        # the sections of plugins, which follow picheck's own
        for name in self.__struct_fields__[len(Evidence.__struct_fields__) :]:
            msgspec.structs.force_setattr(self, name, freeze(getattr(self, name)))

    @property
    def is_empty(self) -> bool:
        """Whether this is the evidence of a document that has none."""
        return self is empty_evidence(type(self))

    def get(self, key: str) -> Any | None:
        """Return what is at a dotted key (`counts.permissiblePrescriptions`); None if absent.

        Sections of plugins are read in the same way (`acme.contractOn`). A key that no evidence
        can hold raises AttributeError: it is misspelt in the clause, and a silent None would look
        like a practice that has not answered.
        """
        value: Any = self
        for name, attribute in _steps(key):
            if value is None:
                return None
            value = value.get(name) if isinstance(value, Mapping) else getattr(value, attribute)
        return value

    def require(self, key: str) -> Any:
        """Return what is at a dotted key.

        Where nothing does, raises MissingEvidence: the rule that asked is then reported as
        indeterminate, with the key that would decide it.
        """
        value = self.get(key)
        if value is None:
            raise MissingEvidence(key)
        return value

    def date(self, key: str) -> date:
        """Return the date at a dotted key. Raises MissingEvidence where there is none."""
        return date.fromisoformat(self.require(key))


@lru_cache(maxsize=256)
def _steps(key: str) -> tuple[tuple[str, str], ...]:
    """Return the names of a dotted key, each with the attribute that holds it in a record."""
    return tuple((name, attribute_of(name)) for name in key.split("."))


def attribute_of(name: str) -> str:
    """Return the attribute that holds a name of the evidence file: `certified_on`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


@cache
def empty_evidence(kind: type[Evidence]) -> Evidence:
    """Return the one evidence of its class that holds nothing."""
    return kind()


NO_EVIDENCE = empty_evidence(Evidence)
