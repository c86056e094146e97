"""The outermost layers of the web application, in order."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware import Middleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from backend.infrastructure.logging.request_id import RequestIdMiddleware
from backend.infrastructure.security.headers import SecurityHeadersMiddleware


def edge_middleware(trusted_proxies: Sequence[str]) -> list[Middleware]:
    """Return what surrounds every request, outermost first.

    Only here are ``X-Forwarded-For`` and ``X-Forwarded-Proto`` believed, and only from
    ``trusted_proxies`` (addresses or networks): start uvicorn with ``proxy_headers=False``, whose default
    believes anything on this machine.
    """
    proxies = (
        [Middleware(ProxyHeadersMiddleware, trusted_hosts=list(trusted_proxies))] if trusted_proxies else []
    )
    return [*proxies, Middleware(RequestIdMiddleware), Middleware(SecurityHeadersMiddleware)]
