"""Response headers that tell a browser what Victoria's pages may do.

Pure ASGI: it adds headers to the message that starts a response, and neither buffers bodies nor starts
tasks. Nothing here depends on a route, so error pages carry the same headers as any other.
"""

from __future__ import annotations

import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What a Host header may look like before it is repeated in a policy (RFC 3986, host and port).
_HOST: Final = re.compile(r"[A-Za-z0-9.\-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")

_FIXED: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HSTS: Final = "max-age=31536000"


class SecurityHeadersMiddleware:
    """Adds the headers to every HTTP response; ``Strict-Transport-Security`` only to one over TLS."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and add to the start of an HTTP response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_secure = scope["scheme"] == "https"
        policy = content_security_policy(Headers(scope=scope).get("host", ""), is_secure=is_secure)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy
                headers.update(_FIXED)
                if is_secure:
                    headers["Strict-Transport-Security"] = _HSTS
            await send(message)

        await self._app(scope, receive, send_with_headers)


def content_security_policy(host: str, *, is_secure: bool) -> str:
    """Return the policy for a page served as ``host``.

    ``connect-src`` names the page's own WebSocket origin, because not every browser counts it as
    ``'self'``; any other server stays out of reach of a script that should not be there.
    """
    connect = "'self'"
    if _HOST.fullmatch(host):
        connect += f" {'wss' if is_secure else 'ws'}://{host}"
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src {connect}",
            "img-src 'self' data:",
            "media-src 'self' blob:",
            "worker-src 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )
