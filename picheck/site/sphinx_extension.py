"""What Sphinx needs to know of the pages: how they are read, found, linked and laid out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config

_STATIC: Final = Path(__file__).with_name("static")
_CODE: Final = re.compile(r"\b[A-Z][A-Z0-9]*-[A-Z][A-Z0-9]*-[0-9]{2,}\b")
#: Where a code is no link: in one already, in a heading, and in what is shown letter by letter.
_NO_LINKS: Final = (nodes.reference, nodes.title, nodes.literal_block, nodes.term)


def setup(app: Sphinx) -> dict[str, Any]:
    """Take part in a build of Sphinx: MyST, our style, keywords for the index, links of codes."""
    app.setup_extension("myst_parser")
    app.connect("config-inited", _configure)
    app.connect("doctree-read", _index_keywords)
    app.connect("doctree-resolved", _link_codes)
    app.add_css_file("picheck.css")
    app.add_js_file("picheck.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _configure(_app: Sphinx, config: Config) -> None:
    """Give headings the anchors that links in Markdown expect, and add our style.

    Quotes and dashes stay as they are: `--as-of` in a text is an option, and is typed like that.
    """
    config.smartquotes = False
    config.myst_heading_anchors = 4
    config.html_static_path.append(str(_STATIC))


def _index_keywords(app: Sphinx, doctree: nodes.document) -> None:
    """Make index entries of a page's keywords; the search of the site ranks them highest."""
    keywords = app.env.metadata[app.env.docname].get("keywords", "")
    section = next(doctree.findall(nodes.section), None)
    if section is None or not keywords:
        return
    target = section["ids"][0]
    entries = [("single", word.strip(), target, "main", None) for word in keywords.split(",")]
    section.insert(0, addnodes.index(entries=entries))


def _link_codes(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Lead every code of a rule in the text to the rule's page, where there is one."""
    # a list, for the tree changes while it is gone through
    for text in list(doctree.findall(nodes.Text)):
        if not _CODE.search(text) or _is_within(text, _NO_LINKS):
            continue
        pieces = list(_link_each(app, str(text), docname))
        if len(pieces) > 1 or isinstance(pieces[0], nodes.reference):
            text.parent.replace(text, pieces)


def _is_within(node: nodes.Node, kinds: tuple[type[nodes.Node], ...]) -> bool:
    while node.parent is not None:
        node = node.parent
        if isinstance(node, kinds):
            return True
    return False


def _link_each(app: Sphinx, text: str, docname: str) -> list[nodes.Node]:
    """Return a text in pieces, those that are codes with a page as references."""
    pieces: list[nodes.Node] = []
    end = 0
    for match in _CODE.finditer(text):
        page = f"rules/{match[0]}"
        if page not in app.env.found_docs or page == docname:
            continue
        pieces.append(nodes.Text(text[end : match.start()]))
        address = app.builder.get_relative_uri(docname, page)
        pieces.append(nodes.reference("", match[0], internal=True, refuri=address))
        end = match.end()
    return [*(piece for piece in pieces if piece.astext()), nodes.Text(text[end:])]
