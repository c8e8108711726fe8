"""The head of a page: facts about it that are not shown."""

from __future__ import annotations

import json
from collections.abc import Sequence

from picheck.site.markdown import Markdown


def front_matter(*, keywords: Sequence[str] = ()) -> Markdown:
    """Return a page's head as YAML; empty where there is nothing to say.

    `keywords` are what the index and the search of a site lead from to the page. JSON is YAML, so
    nothing in them can end the head.
    """
    if not keywords:
        return Markdown("")
    return Markdown(f"---\nkeywords: {json.dumps(', '.join(keywords))}\n---\n\n")
