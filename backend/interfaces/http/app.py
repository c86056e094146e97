"""The web application, put together.

Outside in: what ``bootstrap.py`` passes (proxies, request id, security headers), then the guards, then the
routes; what no route answers goes to the console. Everything under ``/api`` hangs on one router that asks
for a key.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from backend.interfaces.http import openapi
from backend.interfaces.http.console import Console
from backend.interfaces.http.deps import KEY_HEADER, Services, require_key
from backend.interfaces.http.endpoints import (
    calls,
    campaigns,
    config,
    exports,
    health,
    history,
    keys,
    live,
    outbound,
    phone_lines,
    providers,
    recordings,
    retention,
    session,
    statistics,
    telephony,
    voices,
)
from backend.interfaces.http.guards import API_PREFIX, BodyLimit, CrashGuard, KeyGuard
from backend.interfaces.http.problems import add_problem_handlers
from backend.interfaces.http.responses import GUARDED

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_MAX_AGE_S: Final = 600


class VictoriaApp(FastAPI):
    """FastAPI whose OpenAPI document tells the truth about errors."""

    def openapi(self) -> dict[str, Any]:
        """Return the document; made once."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.truthful(super().openapi())
        return self.openapi_schema


def create_app(
    services: Services,
    *,
    lifespan: Lifespan | None = None,
    outer: Sequence[Middleware] = (),
    routers: Sequence[APIRouter] = (),
) -> VictoriaApp:
    """Return the application.

    ``outer`` surrounds everything, outermost first. ``routers`` are open at this level and see to their own
    protection with tickets and signatures: the WebSocket endpoints.
    """
    app = VictoriaApp(
        title="Victoria",
        version=services.version,
        summary="Voice agents that listen, think, speak, and can be interrupted.",
        lifespan=partial(_prepared, lifespan),
        middleware=[*outer, *_guards(services.allowed_origins)],
        # The interactive pages load scripts from elsewhere, which our content security policy forbids.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.services = services
    add_problem_handlers(app)
    api = APIRouter(prefix=API_PREFIX, dependencies=[Depends(require_key)], responses=GUARDED)
    for module in (
        session,
        config,
        providers,
        keys,
        phone_lines,
        retention,
        voices,
        calls,
        outbound,
        campaigns,
        live,
        history,
        exports,
        statistics,
        recordings,
    ):
        api.include_router(module.router)
    app.include_router(api)
    app.include_router(health.router)
    app.include_router(telephony.router)
    for router in routers:
        app.include_router(router)
    app.router.default = Console(services.console_dir)
    return app


@asynccontextmanager
async def _prepared(lifespan: Lifespan | None, app: FastAPI) -> AsyncIterator[None]:
    """Do at the start what FastAPI puts off until a request needs it, and then begin ``lifespan``.

    Describing the routes and loading the thread pool held the loop for up to 0.3 s, which would be heard in
    every live call.
    """
    await run_in_threadpool(app.openapi)
    async with nullcontext() if lifespan is None else lifespan(app):
        yield


def _guards(allowed_origins: Sequence[str]) -> list[Middleware]:
    """Return the inner middleware. Other origins are told nothing unless they are listed."""
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(allowed_origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[KEY_HEADER, "Content-Type", "Range"],
        expose_headers=["Content-Range", "ETag", "X-Request-ID"],
        max_age=_MAX_AGE_S,
    )
    guards = [Middleware(CrashGuard), Middleware(KeyGuard), Middleware(BodyLimit)]
    return [cors, *guards] if allowed_origins else guards
