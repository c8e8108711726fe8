"""The HTML page in a browser: no request, no violation that axe knows, no sideways scrolling.

Runs where Chromium, node, and the npm packages axe-core and puppeteer-core are at hand
(`NODE_PATH` may point to them); skipped elsewhere.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import Style
from report_support import departing, document, incomplete_evidence, report_on, the_usual

LOOK = Path(__file__).parent.parent / "accessibility" / "look.cjs"
NODE = shutil.which("node")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def has_packages() -> bool:
    if NODE is None or CHROMIUM is None:
        return False
    asked = 'require.resolve("axe-core"); require.resolve("puppeteer-core")'
    return subprocess.run([NODE, "-e", asked], check=False, capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not has_packages(), reason="no Chromium, node, axe or puppeteer")


@pytest.fixture(scope="module")
def pages(registry: PluginRegistry, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    reports = {
        "single": report_on(registry, document(departing(), given=incomplete_evidence())),
        "several": the_usual(registry),
    }
    for name, report in reports.items():
        text = registry.reporters["html"].render(report, Style())
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in reports}


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        ("single", 1280, "light"),
        ("single", 390, "dark"),
        ("several", 1280, "dark"),
        ("several", 390, "light"),
    ],
)
def test_axe_finds_no_violation(pages: dict[str, Path], name: str, width: int, scheme: str) -> None:
    assert NODE is not None
    run = subprocess.run(
        [NODE, str(LOOK), str(pages[name]), str(width), "900", scheme],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "CHROMIUM": CHROMIUM or ""},
    )
    assert json.loads(run.stdout) == {"requests": [], "overflow": 0, "violations": []}
