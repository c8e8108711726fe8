"""The files that pages need, read once: a request never leads to a file."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from picheck.service.problems import Problem

#: What may be served, by the suffix of its name; a file of any other kind is not.
_KINDS: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".txt": "text/plain",
}


class StaticFile(msgspec.Struct, frozen=True):
    """A file with what HTTP says of it; `tag` is a strong ETag."""

    data: bytes
    media_type: str
    tag: str


def read_static_files() -> dict[str, StaticFile]:
    """Return the shipped files by name."""
    found = {}
    folder = files("picheck.service").joinpath("static")
    for file in folder.iterdir() if folder.is_dir() else ():
        suffix = f".{file.name.rpartition('.')[2]}"
        if suffix in _KINDS and file.is_file():
            data = file.read_bytes()
            tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
            found[file.name] = StaticFile(data, _KINDS[suffix], tag)
    return found


def static_routes() -> list[BaseRoute]:
    """Return the route of the files; a browser may keep one, and asks whether it still holds."""
    shipped = read_static_files()

    async def serve(request: Request) -> Response:
        file = shipped.get(request.path_params["name"])
        if file is None:
            raise Problem(404, "notFound", "there is no such file")
        headers = {"ETag": file.tag, "Cache-Control": "no-cache"}
        if file.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(file.data, headers=headers, media_type=file.media_type)

    return [Route("/static/{name}", serve, name="static")]
