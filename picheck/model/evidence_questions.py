"""What to ask a practice for each fact that evidence can hold."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: A question for each key of the evidence. Where a key is followed by others, such as a year
#: and a measure id, they replace the question's braces.
QUESTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cehrt": "Which certified technology was used, and since when?",
        "cehrt.functionalityInPlaceOn": "Since when was the certified functionality in place?",
        "cehrt.certifiedOn": "When was the certified technology certified to the criteria that"
        " the year asks for?",
        "cehrt.edition": "To which edition is the technology in use certified?",
        "attestations": "When was the attested work done?",
        "attestations.securityRiskAnalysisOn": "When was the security risk analysis done or"
        " reviewed?",
        "attestations.riskManagementOn": "When were the risks that it found dealt with?",
        "attestations.saferAssessmentOn": "When was the assessment by the SAFER Guides done?",
        "attestations.saferGuideEdition": "Which edition (year) of the SAFER Guides was used?",
        "counts": "How often did it happen in the performance period?",
        "counts.permissiblePrescriptions": "How many prescriptions in the performance period"
        " could have been sent electronically?",
        "counts.controlledSubstancePrescriptions": "How many Schedule II opioids and Schedule"
        " III or IV drugs were prescribed electronically in the performance period?",
        "counts.transitionsSent": "How many patients were transferred or referred to another"
        " setting in the performance period?",
        "counts.transitionsReceived": "How many transfers, referrals and first encounters were"
        " received in the performance period?",
        "ehrReport": "Which numerators and denominators does the EHR's own report give?",
        "ehrReport.*": "Which numerator and denominator does the EHR's own report give for {0}?",
        "clinicians": "Which numbers does each clinician of the group have?",
        "clinicians.npi": "Which NPI does each clinician of the group have?",
        "clinicians.measures": "Which numbers does each clinician of the group have?",
        "clinicians.specialStatuses": "Which special statuses does CMS list for each clinician of"
        " the group?",
        "clinicians.period": "Of which months are each clinician's numbers?",
        "clinicians.period.performanceStart": "On which day do each clinician's months begin?",
        "clinicians.period.performanceEnd": "On which day do each clinician's months end?",
        "clinicians.certified": "Were each clinician's numbers collected in certified technology?",
        "clinicians.placeOfServiceShare": "Which percentage of each clinician's covered services"
        " has which place of service code?",
        "eligibility": "On which grounds may the category be skipped?",
        "eligibility.specialStatuses": "Which special statuses does CMS list for whoever reports?",
        "eligibility.clinicianType": "Of which type is the clinician, such as physical therapist?",
        "eligibility.hardshipException": "What became of the application for a hardship"
        " exception: approved, pending or denied?",
        "eligibility.allMembersQualify": "Does every clinician of the group qualify for"
        " reweighting?",
        "engagementHistory": "Which level of active engagement was reached in earlier years?",
        "engagementHistory.*": "Which level of active engagement was reached in {0}, measure by"
        " measure?",
        "engagementHistory.*.*": "Which level of active engagement was reached in {0} for {1}?",
        "documents": "Which files are kept as proof, and of what?",
        "documents.supports": "Which measures and attestations does each file prove?",
        "documents.file": "Where does each file lie?",
        "documents.sha256": "Which SHA-256 digest does each file have?",
        "documents.keptUntil": "Until when will each file be kept?",
    }
)


def question(key: str, added: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the question that asks for the fact at an evidence key (`cehrt.certifiedOn`).

    The year or measure id that follows `engagementHistory` or `ehrReport` is put into it. `added`
    are the questions of plugins, by key; a key of theirs without one is asked for by its name.
    """
    if key in added:
        return added[key]
    if key in QUESTIONS:
        return QUESTIONS[key]
    first, *names = key.split(".")
    text = QUESTIONS.get(".".join((first, *("*" for _ in names))))
    return text.format(*names) if text else f"What does the evidence give for {key}?"
