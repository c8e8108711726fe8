"""The identifiers of QRDA III: templates of its parts, and roots of the ids in it."""

from __future__ import annotations

from typing import Final

HL7_NAMESPACE: Final = "urn:hl7-org:v3"

_TEMPLATES: Final = "2.16.840.1.113883.10.20"

# Documents
HL7_REPORT: Final = f"{_TEMPLATES}.27.1.1"
CMS_REPORT: Final = f"{_TEMPLATES}.27.1.2"

# Sections
QUALITY_SECTION: Final = f"{_TEMPLATES}.27.2.3"
CMS_QUALITY_SECTION: Final = f"{_TEMPLATES}.27.2.6"
IMPROVEMENT_SECTION: Final = f"{_TEMPLATES}.27.2.4"
PI_SECTION: Final = f"{_TEMPLATES}.27.2.5"

# Entries of the section of Promoting Interoperability
PARAMETERS: Final = f"{_TEMPLATES}.17.3.8"
COUNTS: Final = f"{_TEMPLATES}.27.3.28"
ANSWER: Final = f"{_TEMPLATES}.27.3.29"
PERFORMED: Final = f"{_TEMPLATES}.27.3.27"
NUMERATOR: Final = f"{_TEMPLATES}.27.3.31"
DENOMINATOR: Final = f"{_TEMPLATES}.27.3.32"
RATE: Final = f"{_TEMPLATES}.27.3.30"
AGGREGATE_COUNT: Final = f"{_TEMPLATES}.27.3.3"

# Ids
PROGRAM_ID: Final = "2.16.840.1.113883.3.249.7"
CEHRT_ID: Final = "2.16.840.1.113883.3.2074.1"
TIN_ID: Final = "2.16.840.1.113883.4.2"
NPI_ID: Final = "2.16.840.1.113883.4.6"
VIRTUAL_GROUP_ID: Final = "2.16.840.1.113883.3.249.5.2"
APM_ENTITY_ID: Final = "2.16.840.1.113883.3.249.5.4"
SUBGROUP_ID: Final = "2.16.840.1.113883.3.249.5.5"
PATHWAY_ID: Final = "2.16.840.1.113883.3.249.5.6"
MEASURE_ID: Final = "2.16.840.1.113883.3.7031"

#: What a section is, by its template.
SECTIONS: Final = {
    PI_SECTION: "pi",
    QUALITY_SECTION: "quality",
    CMS_QUALITY_SECTION: "quality",
    IMPROVEMENT_SECTION: "ia",
}
