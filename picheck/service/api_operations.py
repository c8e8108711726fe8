"""What the API can be asked for."""

from __future__ import annotations

from typing import Final

from picheck.model.report import Report
from picheck.service.api import Api, ScoreAnswer
from picheck.service.operations import JSON, Operation
from picheck.service.parameters import AS_OF, CONFLICTS, PARTICIPATION, YEAR, Parameter
from picheck.service.workbench import Workbench
from picheck.site.inventory import RuleRow, YearRow
from picheck.site.rule_details import OwnFindingRecord, RuleDetails

ROOT: Final = "/api/v1"
_NAME: Final = Parameter(
    name="name",
    kind="text",
    description="What the report calls the document; of a path the last part [default: -].",
    example="submission.json",
)
_RULE_YEAR: Final = Parameter(
    name="year", kind="year", description="Only what holds in this year [default: every year]."
)
_PROGRAM: Final = Parameter(
    name="program",
    kind="text",
    description="The category of measurement sets [default: the only one that is installed].",
)
_PLACES: Final = Parameter(
    name="places", kind="flag", description="Whether to say where in the file each value is."
)
_WHAT_IF: Final = Parameter(
    name="whatIf", kind="flag", description="Whether to try the changes that would raise the score."
)
_CODE: Final = Parameter(
    name="code", kind="text", place="path", description="The code or the slug of a rule."
)
_SENT: Final = (
    "The body is a submission as JSON, a file of another installed format such as QRDA III, or a"
    " case: `submission` (or, for the text of a file, `document`), and beside it `evidence` and"
    " `prior`, a list of earlier years' submissions."
)


def api_operations(api: Api, workbench: Workbench) -> tuple[Operation, ...]:
    """Return what the API can be asked for."""
    return (
        Operation(
            name="audit",
            method="POST",
            path=f"{ROOT}/audits",
            summary="Audit a document.",
            description=f"{_SENT} The answer is the report of `picheck audit --format`, whatever"
            " its verdict.",
            handler=api.audit,
            parameters=(_NAME, AS_OF, YEAR, _format_parameter(workbench)),
            answers=(Report,),
            media_types=_media_types(workbench),
            has_body=True,
        ),
        Operation(
            name="score",
            method="POST",
            path=f"{ROOT}/scores",
            summary="Preview the score of a document.",
            description=f"{_SENT} The answer is that of `picheck score --format json`; a document"
            " without anything to score gives no entity.",
            handler=api.score,
            parameters=(_NAME, AS_OF, YEAR, PARTICIPATION, CONFLICTS, _WHAT_IF),
            answers=(ScoreAnswer,),
            has_body=True,
        ),
        Operation(
            name="convert",
            method="POST",
            path=f"{ROOT}/conversions",
            summary="Convert a file of another format to JSON.",
            description="The body is a file such as QRDA III. The answer is that of `picheck"
            " convert`; identifiers are in it in full, as they are in the file.",
            handler=api.convert,
            parameters=(_NAME, _PLACES),
            has_body=True,
        ),
        Operation(
            name="listRules",
            method="GET",
            path=f"{ROOT}/rules",
            summary="List the rules.",
            description="The answer is that of `picheck rules list --format json`.",
            handler=api.list_rules,
            parameters=(_RULE_YEAR, _PROGRAM),
            answers=(list[RuleRow],),
            problems=(404,),
        ),
        Operation(
            name="showRule",
            method="GET",
            path=f"{ROOT}/rules/{{code}}",
            summary="Explain one rule.",
            description="The answer is that of `picheck rules show CODE --format json`.",
            handler=api.show_rule,
            parameters=(_CODE, _RULE_YEAR, _PROGRAM),
            answers=(RuleDetails, OwnFindingRecord),
            problems=(404,),
        ),
        Operation(
            name="listYears",
            method="GET",
            path=f"{ROOT}/years",
            summary="List the years that have a rulebook.",
            description="The answer is that of `picheck years list --format json`.",
            handler=api.list_years,
            parameters=(_PROGRAM,),
            answers=(list[YearRow],),
            problems=(404,),
        ),
    )


def _format_parameter(workbench: Workbench) -> Parameter:
    return Parameter(
        name="format",
        kind="choice",
        choices=workbench.format_names(),
        description="The reporter that writes the answer [default: json].",
    )


def _media_types(workbench: Workbench) -> tuple[str, ...]:
    known = (workbench.media_type(name) for name in workbench.format_names())
    return tuple(dict.fromkeys((JSON, *known)))
