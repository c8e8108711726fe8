"""A vendor's code, typed as strictly as mypy can, agrees with what picheck offers."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

import pytest

from support import ROOT
from vendor_support import ACME

TYPED = (
    ROOT / "tests" / "typing" / "vendor.py",
    ACME / "picheck_acme" / "__init__.py",
    ACME / "picheck_acme" / "worklist.py",
    *sorted((ACME / "picheck_acme" / "rules").glob("*.py")),
)


def test_picheck_says_that_it_is_typed() -> None:
    assert importlib.resources.files("picheck").joinpath("py.typed").is_file()


def test_a_vendor_may_be_as_strict_as_mypy_can(tmp_path: Path) -> None:
    api = pytest.importorskip("mypy.api")
    settings = tmp_path / "mypy.ini"
    settings.write_text(
        f"[mypy]\nstrict = true\nmypy_path = {ROOT}:{ACME}\nfollow_imports = silent\n"
    )
    said, failed, code = api.run(
        [f"--config-file={settings}", f"--cache-dir={ROOT / '.mypy_cache'}", *map(str, TYPED)]
    )
    assert code == 0, said + failed
