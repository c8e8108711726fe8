"""Settings of Sphinx for picheck's own site, which `picheck docs build` makes with these pages."""

from __future__ import annotations

import msgspec
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import picheck.api
import picheck.session
import picheck.testing
from picheck import __version__

project = "picheck"
release = __version__
html_title = "picheck"
html_theme = "furo"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
extensions = ["picheck.site.sphinx_extension", "sphinx.ext.autodoc"]
exclude_patterns = ["examples", "images"]

nitpicky = True
#: Names of Python and of other libraries have no page here.
nitpick_ignore_regex = [("py:.*", r"(?!picheck\.).*"), ("py:class", r".*\.(CheckT|P|T)")]
#: Docstrings put code in single backticks, as Markdown does.
default_role = "code"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "undoc-members": True}
python_use_unqualified_type_names = True

#: The modules whose names have an entry, in the order in which one is preferred.
_DOCUMENTED = (picheck.api, picheck.session, picheck.testing)


def setup(app: Sphinx) -> None:
    """Lead references to where a name is documented, and search each rule's own page only."""
    app.connect("missing-reference", _resolve_public_name)
    app.connect("autodoc-process-signature", _leave_out_fields)
    app.connect("doctree-read", _leave_out_of_search)


def _resolve_public_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.Element | None:
    """Find the entry of a class that an annotation names by the module that defines it."""
    name = str(node.get("reftarget", "")).rpartition(".")[2]
    for module in _DOCUMENTED:
        if name in module.__all__ and node["reftarget"] != f"{module.__name__}.{name}":
            return env.domains.python_domain.resolve_xref(
                env, node["refdoc"], app.builder, "obj", f"{module.__name__}.{name}", node, content
            )
    return None


def _leave_out_fields(
    _app: Sphinx, _what: str, _name: str, documented: object, *_rest: object
) -> tuple[str, str] | None:
    """Show a record without a signature: its fields are listed below it, with their types."""
    is_record = isinstance(documented, type) and issubclass(documented, msgspec.Struct)
    return ("", "") if is_record else None


def _leave_out_of_search(app: Sphinx, _doctree: nodes.document) -> None:
    """Keep the page of all rules out of the search: each rule has a page that is found."""
    if app.env.docname == "reference/rules":
        app.env.metadata[app.env.docname]["nosearch"] = "true"
