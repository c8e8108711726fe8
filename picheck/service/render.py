"""Templates become pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from starlette.responses import HTMLResponse, Response

from picheck.reporters.html import make_environment
from picheck.service.problems import Problem

_TEMPLATES: Final = make_environment("picheck.service", "picheck.history")


def render_page(name: str, content: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """Return a page made of a template and what it shows."""
    text = _TEMPLATES.get_template(f"{name}.html.j2").render(**content)
    return HTMLResponse(text, status_code=status)


def render_problem(problem: Problem) -> HTMLResponse:
    """Return a problem as a page, for people."""
    answer = render_page("problem", {"problem": problem.record}, problem.status)
    answer.headers.update(problem.headers)
    return answer


def offer_file(data: bytes, name: str, media_type: str = "application/octet-stream") -> Response:
    """Return a file that a browser saves, and never shows."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, headers=headers, media_type=media_type)
