"""Gives every request a name that its log lines, its response and its error document share.

Pure ASGI, for HTTP and WebSockets alike. The id is put where the interfaces look for it
(``scope["state"]["request_id"]``); a caller's own ``X-Request-ID`` is kept if it is harmless.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER: Final = "X-Request-ID"
_HARMLESS: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PROBES: Final = ("/health/", "/metrics")

_log = logging.getLogger(__name__)


class RequestIdMiddleware:
    """Names requests and writes one line about each HTTP request; probes only at debug level."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Bind the id for everything that happens inside, also when that fails."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _HARMLESS.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            if scope["type"] == "http":
                await self._handle_http(request_id, scope, receive, send)
            else:
                await self._app(scope, receive, send)

    async def _handle_http(self, request_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        started_ns = time.perf_counter_ns()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            path = scope["path"]
            _log.log(
                logging.DEBUG if path.startswith(_PROBES) else logging.INFO,
                "request answered",
                extra={
                    "method": scope["method"],
                    "path": path,
                    "status": status,
                    "duration_ms": round((time.perf_counter_ns() - started_ns) / 1_000_000, 1),
                },
            )
