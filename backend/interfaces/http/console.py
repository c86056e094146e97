"""The web console: the files of its build, and one page for every address inside it.

It answers only what no route answered. An address without an extension is a page of the application and
gets ``index.html``; one with an extension is a file or nothing. What the build hashed into a file's name
never changes; everything else is asked for again each time.
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Final

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
            response = await self._file(self._files, str(path), scope)
            if first == _HASHED and response.status_code in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}:
                response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
                return response
        elif (self._directory / "index.html").is_file():
            response = await self._file(self._files, "index.html", scope)
        else:
            response = HTMLResponse(_ABSENT, HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Cache-Control"] = "no-cache"
        return response

    @staticmethod
    async def _file(files: StaticFiles, path: str, scope: Scope) -> Response:
        try:
            return await files.get_response(path, scope)
        except HTTPException as error:
            raise HTTPException(error.status_code, "There is no such file.") from error
        except ValueError as error:  # a NUL in the path
            raise HTTPException(404, "There is no such file.") from error
