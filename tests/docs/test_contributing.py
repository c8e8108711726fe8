"""CONTRIBUTING names the environments of tox, and says which of them `tox` alone runs."""

from __future__ import annotations

import re
from configparser import ConfigParser
from typing import Final

from support import ROOT, some

#: What stands for every pair of a Python and a year.
_PAIR: Final = "py311-ry2025"


def read_tox() -> ConfigParser:
    """Return the settings of tox; some of its braces are no interpolation."""
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "tox.ini", encoding="utf-8")
    return config


def read_rows() -> list[str]:
    """Return the environments of the table, in order; `tox` alone is an empty text."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    return re.findall(r"^\| `tox(?: -e )?([\w-]*)` \|", text, re.MULTILINE)


def test_every_environment_has_a_row_and_a_description() -> None:
    config = read_tox()
    named = [name.partition(":")[2] for name in config.sections() if name.startswith("testenv:")]
    assert len(named) > 8
    assert sorted(read_rows()) == sorted(["", _PAIR, *named])
    assert all(config[f"testenv:{name}"].get("description") for name in some(named))


def test_the_rows_above_tox_are_what_it_runs() -> None:
    rows = read_rows()
    default = re.sub(r"py3\{[^,]*(?:,[^,]*)*?\}-ry\{.*?\}", _PAIR, read_tox()["tox"]["env_list"])
    assert rows[: rows.index("")] == re.split(r",\s*", default)
