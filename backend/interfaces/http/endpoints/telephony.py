"""Carriers' webhooks: signed by the carrier instead of holding a key."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from backend.domain.errors import CallerError, NotFoundError
from backend.domain.ports.telephony_port import CarrierRequest
from backend.interfaces.http.deps import Services, ServicesDep
from backend.interfaces.http.problems import problem
from backend.interfaces.http.responses import problems
from backend.interfaces.public_url import public_url

router = APIRouter(prefix="/webhook", tags=["telephone"])

MAX_BODY_BYTES: Final = 64 * 1_024

_FORBIDDEN: Final = frozenset({"bad-signature", "foreign-account"})
_RESPONSES: Final = problems(400, 403, 404, 413, 429, 500, 502, 503, 504)
_OBJECT: Final = {"schema": {"type": "object"}}
_DESCRIPTION: Final[dict[str, Any]] = {
    "requestBody": {
        "description": "As the carrier sends it, signed in its own way",
        "content": {"application/x-www-form-urlencoded": _OBJECT, "application/json": _OBJECT},
    },
}


@router.post("/{carrier}", response_class=Response, responses=_RESPONSES, openapi_extra=_DESCRIPTION)
async def receive_webhook(carrier: str, request: Request, services: ServicesDep) -> Response:
    """Take what a carrier tells, and answer in its own language what it shall do."""
    return await _answered(carrier, "", request, services)


@router.post(
    "/{carrier}/{path:path}", response_class=Response, responses=_RESPONSES, openapi_extra=_DESCRIPTION
)
async def receive_webhook_at(carrier: str, path: str, request: Request, services: ServicesDep) -> Response:
    """Take what a carrier tells at one of the addresses that it was given."""
    return await _answered(carrier, path, request, services)


async def _answered(carrier: str, path: str, request: Request, services: Services) -> Response:
    webhooks = services.webhooks
    if webhooks is None or not webhooks.requests.knows(carrier):
        raise NotFoundError("There is no such carrier.")
    wait_s = webhooks.limits.admit("local" if request.client is None else request.client.host)
    if wait_s is not None:
        raise HTTPException(429, "Too many requests.", headers={"Retry-After": str(wait_s)})
    signed = CarrierRequest(
        url=public_url(webhooks.public_url, request.scope),
        path=path.strip("/"),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await _body(request),
    )
    try:
        reply = await webhooks.requests.reply_to(carrier, signed)
    except CallerError as error:
        if error.code in _FORBIDDEN:
            return problem(request.scope, 403, error.message, code=error.code)
        raise
    return Response(reply.body, reply.status, {"Cache-Control": "no-store"}, media_type=reply.content_type)


async def _body(request: Request) -> bytes:
    """Return the body. Raises ``HTTPException`` (413) as soon as it turns out to be too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            detail = f"A body may have at most {MAX_BODY_BYTES} bytes here."
            raise HTTPException(413, detail, headers={"Connection": "close"})
    return bytes(body)
