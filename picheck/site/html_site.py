"""Pages as a web site, made by Sphinx."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from picheck.errors import UsageError

#: What the site is made with, by the names of the modules.
_NEEDED: Final = ("sphinx", "myst_parser", "furo")
_CONFIGURATION: Final = '''\
"""Settings of Sphinx, written by picheck; a conf.py among your own pages takes its place."""

project = {title}
html_title = project
extensions = ["picheck.site.sphinx_extension"]
html_theme = "furo"
html_copy_source = False
html_show_sphinx = False
nitpicky = True
'''


def check_tools() -> None:
    """Raise UsageError where Sphinx or what it needs is not installed."""
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise UsageError(
            f"a web site needs {', '.join(missing)}; pip install 'picheck[site]', or write"
            " --format markdown"
        )


def write_configuration(title: str) -> str:
    """Return the text of a `conf.py` for a site with this title."""
    return _CONFIGURATION.format(title=json.dumps(title))


def build_html(source: Path, target: Path, *, strict: bool = False) -> bool:
    """Make a site of the pages in `source`, and return whether it was made without a fault.

    Sphinx prints its warnings to standard error; with `strict` each of them is a fault.
    """
    from sphinx.cmd.build import build_main  # noqa: PLC0415 - an extra of its own

    # -E: pages kept from an earlier build may be of other rules
    options = ["-q", "-E", "--fail-on-warning"] if strict else ["-q", "-E"]
    # beside the site and not in it, for the site is published as a whole
    doctrees = target.with_name(f"{target.name}-doctrees")
    code = build_main([*options, "-b", "html", "-d", str(doctrees), str(source), str(target)])
    return code == 0
