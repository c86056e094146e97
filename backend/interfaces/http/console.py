"""The web console: the files of its build, and one page for every address inside it.

It answers only what no route answered. An address without an extension is a page of the application and
gets ``index.html``; one with an extension is a file or nothing. What the build hashed into a file's name
never changes; everything else is asked for again each time. The build has put a gzipped copy beside what is
worth it, which goes to those who take it: nothing is compressed while calls are going on.
"""

from __future__ import annotations

import re
from contextlib import suppress
from http import HTTPStatus
from mimetypes import guess_type
from pathlib import Path, PurePosixPath
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

# Never pages of the console, so that a wrong address there is an error a program understands.
_NOT_PAGES: Final = frozenset({"api", "ws", "health", "metrics", "docs", "redoc", "openapi.json", "webhook"})
_HASHED: Final = "assets"

_ABSENT: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Victoria</title></head><body>
<h1>Victoria</h1>
<p>The server runs, but the console has not been built. Run <code>make console</code> and reload this page.
The API works without it.</p>
<p lang="es">El servidor funciona, pero la consola no está compilada. Ejecute <code>make console</code> y
recargue esta página. La API funciona sin ella.</p>
</body></html>
"""


class Console:
    """An ASGI app for what is left over; ``directory`` None means there is no console here."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        # follow_symlink stays off: a link out of the build leads nowhere.
        self._files = None if directory is None else StaticFiles(directory=directory, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file, a page, or ``HTTPException`` 404 or 405."""
        if scope["type"] != "http":
            await WebSocketClose()(scope, receive, send)
            return
        response = await self._response(scope)
        await response(scope, receive, send)

    async def _response(self, scope: Scope) -> Response:
        path = PurePosixPath(scope["path"].lstrip("/"))
        first = path.parts[0] if path.parts else ""
        if self._files is None or self._directory is None or first in _NOT_PAGES:
            raise HTTPException(404, "There is nothing at this address.")
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405, "Only GET and HEAD work here.", headers={"Allow": "GET, HEAD"})
        if any(part.startswith(".") for part in path.parts):
            raise HTTPException(404, "There is nothing at this address.")
        if path.suffix:
            response = await self._smallest(self._files, str(path), scope)
            if first == _HASHED and response.status_code in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}:
                response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
                return response
        elif (self._directory / "index.html").is_file():
            response = await self._smallest(self._files, "index.html", scope)
        else:
            response = HTMLResponse(_ABSENT, HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Cache-Control"] = "no-cache"
        return response

    async def _smallest(self, files: StaticFiles, path: str, scope: Scope) -> Response:
        """Return the file, in its gzipped copy if there is one and the client takes it."""
        response = None
        if _takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            with suppress(HTTPException):  # not everything has a copy
                response = await self._file(files, f"{path}.gz", scope)
        if response is None:
            response = await self._file(files, path, scope)
        elif response.status_code != HTTPStatus.NOT_MODIFIED:
            response.headers["Content-Encoding"] = "gzip"
            kind = guess_type(path)[0] or "application/octet-stream"
            response.headers["Content-Type"] = kind + ("; charset=utf-8" if kind.startswith("text/") else "")
        response.headers.add_vary_header("Accept-Encoding")
        return response

    @staticmethod
    async def _file(files: StaticFiles, path: str, scope: Scope) -> Response:
        try:
            return await files.get_response(path, scope)
        except HTTPException as error:
            raise HTTPException(error.status_code, "There is no such file.") from error
        except ValueError as error:  # a NUL in the path
            raise HTTPException(404, "There is no such file.") from error


def _takes_gzip(accepted: str) -> bool:
    """Whether an ``Accept-Encoding`` header names gzip, and not to refuse it (RFC 9110, section 12.5.3)."""
    for offer in accepted.lower().split(","):
        coding, *weights = (part.strip() for part in offer.split(";"))
        if coding == "gzip":
            return not any(re.fullmatch(r"q=0(\.0*)?", weight) for weight in weights)
    return False
