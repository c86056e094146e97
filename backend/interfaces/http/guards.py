"""What a request passes before any route sees it. Pure ASGI, HTTP only.

``CrashGuard``   a bug becomes a problem document, and the log its traceback
``KeyGuard``     limits, then keys: by path and before the body is read, so that a route that is added
                 tomorrow, misspelt or does not exist is closed without anybody thinking of it
``BodyLimit``    a megabyte at most, counted as it arrives
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.domain.errors import VictoriaError
from backend.interfaces.http.deps import KEY_HEADER, services_of
from backend.interfaces.http.problems import crash, problem, problem_of

API_PREFIX: Final = "/api"
DESCRIPTIVE: Final = frozenset({"/metrics", "/openapi.json"})
MAX_BODY_BYTES: Final = 1_000_000


class CrashGuard:
    """Answers for what crashed. Once a response has begun, only cutting the connection is honest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; answer 500 if that fails."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_and_remember(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_remember)
        except Exception as error:  # the outermost place of a request: nobody else can answer
            if has_begun:
                raise
            await crash(scope, error)(scope, receive, send)


class KeyGuard:
    """Lets only holders of a good key to the API, none of them too often, and nothing be cached."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is open or has a key; its ``ApiKey`` is then ``scope["state"]["api_key"]``."""
        if scope["type"] != "http" or not self._is_guarded(scope):
            await self._app(scope, receive, send)
            return

        async def send_uncached(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = "no-store"
            await send(message)

        try:
            refusal = await self._refusal(scope)
        except VictoriaError as error:
            refusal = problem_of(scope, error)
        await (refusal or self._app)(scope, receive, send_uncached)

    def _is_guarded(self, scope: Scope) -> bool:
        path: str = scope["path"]
        if path in DESCRIPTIVE:
            return not services_of(scope).is_loopback_only
        return path == API_PREFIX or path.startswith(f"{API_PREFIX}/")

    async def _refusal(self, scope: Scope) -> ASGIApp | None:
        services = services_of(scope)
        client = scope["client"][0] if scope.get("client") else "local"
        wait_s = services.limits.admit(client)
        if wait_s is not None:
            detail = f"Too many requests. Try again in {wait_s} seconds."
            return problem(scope, 429, detail, headers={"Retry-After": str(wait_s)})
        given = Headers(scope=scope).get(KEY_HEADER)
        key = await services.authenticator.authenticate(given) if given else None
        if key is not None:
            scope.setdefault("state", {})["api_key"] = key
            return None
        if given:
            services.limits.note_failure(client)
        detail = f"This needs a valid key in the {KEY_HEADER} header."
        return problem(scope, 401, detail, headers={"WWW-Authenticate": f'ApiKey header="{KEY_HEADER}"'})


class BodyLimit:
    """Refuses larger bodies: at once if they say so, else as soon as they turn out to be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counting what is read of the body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:12]) > MAX_BODY_BYTES:
            await problem(scope, 413, _TOO_LARGE, headers={"Connection": "close"})(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                # An HTTPException passes through the framework's body parser; others become a 400 there.
                raise HTTPException(413, _TOO_LARGE, headers={"Connection": "close"})
            return message

        await self._app(scope, receive_counted, send)


_TOO_LARGE: Final = f"A body may have at most {MAX_BODY_BYTES} bytes."
