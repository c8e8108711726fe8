"""What the tests of waivers, baselines and settings share: small submissions on a disk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from command_line import Run, run_here
from support import FIXTURES

AS_OF: Final = "2026-02-01"
#: Both are invented, and both print alike.
TIN: Final = "123456789"
TWIN: Final = "111116789"
SUBJECT: Final = "tin *****6789"


def submission(path: Path, *, short: bool = True, tin: str | None = TIN, **set_keys: Any) -> Path:
    """Write the compliant submission of 2025, by default with a period that is too short."""
    document = json.loads((FIXTURES / "compliant" / "2025.json").read_text("utf-8"))
    if short:
        document["measurementSets"][0]["performanceStart"] = "2025-09-06"
    document["measurementSets"][0].update(set_keys)
    document["taxpayerIdentificationNumber"] = tin
    if tin is None:
        del document["taxpayerIdentificationNumber"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1), "utf-8")
    shutil.copy(FIXTURES / "compliant" / "2025.evidence.json", path.with_suffix(".evidence.json"))
    return path


def contradiction(folder: Path) -> None:
    """Write two submissions of one group, of which the second answers otherwise."""
    submission(folder / "a.json", short=False)
    path = submission(folder / "b.json", short=False)
    document = json.loads(path.read_text("utf-8"))
    for measurement in document["measurementSets"][0]["measurements"]:
        if measurement["measureId"] == "PI_HIE_5":
            measurement["value"] = False
    path.write_text(json.dumps(document), "utf-8")


def waivers(folder: Path, *tables: str) -> Path:
    """Write a waivers file; each table gets what every waiver must have."""
    path = folder / "waivers.toml"
    path.write_text(
        "".join(
            f'[[waivers]]\nreason = "letter 12"\nowner = "Compliance"\n{table}\n'
            + ("" if "expires" in table else "expires = 2026-12-31\n")
            for table in tables
        ),
        "utf-8",
    )
    return path


def run(folder: Path, *words: str, code: int | None = None, **environment: str) -> Run:
    """Run picheck in a folder and hold it to an exit code."""
    variables = {"NO_COLOR": "1", "COLUMNS": "120", **environment}
    done = run_here(*words, cwd=folder, stdin=b"", **variables)
    assert code in {None, done.code}, done.out + done.err
    return done


def audit(
    folder: Path, *words: str, code: int | None = None, environment: Mapping[str, str] = {}
) -> Any:
    """Audit as of a fixed day and return the JSON report."""
    day = () if "--as-of" in words else ("--as-of", AS_OF)
    done = run(folder, "audit", "-f", "json", *day, *words, code=code, **environment)
    return json.loads(done.out)


def codes(report: Any) -> list[tuple[int, str]]:
    """Return (document, code) of every failure that nobody accepts."""
    return [
        (result["document"], result["code"])
        for result in report["results"]
        if result["outcome"] == "fail"
        and result.get("waiver") is None
        and result.get("baseline") != "unchanged"
    ]


def kinds(report: Any) -> list[str]:
    """Return the kinds of the run's notices."""
    return [notice["kind"] for notice in report["run"]["notices"]]
