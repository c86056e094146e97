"""Every error as a problem document: the one place where our errors meet HTTP.

Below this package nobody knows status codes. What a client gets says what went wrong and never how the
inside looks: no traceback, no echo of what was sent, no text of an unexpected exception.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from backend.domain import errors as domain
from backend.domain.errors import (
    CallerError,
    ConfigurationError,
    ConflictError,
    LimitError,
    NotFoundError,
    ProviderError,
    ProviderTimeoutError,
    StorageError,
    VictoriaError,
)
from backend.interfaces.http.openapi import PROBLEM_MEDIA_TYPE, methods_of
from backend.interfaces.http.schemas.problem import FieldError, Problem

_log = logging.getLogger(__name__)

# The first class that an error belongs to decides, so the special come before the general.
_STATUS: Final[tuple[tuple[type[VictoriaError], HTTPStatus], ...]] = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (CallerError, HTTPStatus.BAD_REQUEST),
    (ConflictError, HTTPStatus.CONFLICT),
    (ConfigurationError, HTTPStatus.SERVICE_UNAVAILABLE),
    (StorageError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ProviderTimeoutError, HTTPStatus.GATEWAY_TIMEOUT),
    (ProviderError, HTTPStatus.BAD_GATEWAY),
)
# What the people who wrote a client can act on; what pydantic says is for those who wrote the server.
_MESSAGES: Final = {
    "extra_forbidden": "this field is not known",
    "missing": "this field is required",
    "string_pattern_mismatch": "the text has the wrong form or characters that are not allowed",
    "string_unicode": "the text is not valid Unicode",
    "json_invalid": "the body is not valid JSON",
}
_CODES: Final = {
    HTTPStatus.BAD_REQUEST: "bad-request",
    HTTPStatus.UNAUTHORIZED: "unauthorized",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too-large",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "range-not-satisfiable",
    HTTPStatus.TOO_MANY_REQUESTS: "too-many-requests",
}


def problem(
    scope: Scope,
    status: int,
    detail: str,
    *,
    code: str | None = None,
    errors: Iterable[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the problem document for the request in ``scope``, as a response that is also an ASGI app."""
    phrase = HTTPStatus(status)
    document = Problem(
        title=phrase.phrase,
        status=status,
        detail=detail,
        code=code or _CODES.get(phrase, "error"),
        request_id=request_id_of(scope),
        errors=list(errors) or None,
    )
    body = orjson.dumps(document.model_dump(exclude_none=True))
    no_store = {"Cache-Control": "no-store"}
    return Response(body, status, headers={**no_store, **(headers or {})}, media_type=PROBLEM_MEDIA_TYPE)


def request_id_of(scope: Scope) -> str:
    """Return the name that the outermost middleware gave the request, or an empty text without one."""
    return str(scope.get("state", {}).get("request_id", ""))


def problem_of(scope: Scope, error: VictoriaError) -> Response:
    """Return the problem document for one of our own errors."""
    if isinstance(error, domain.FieldError):
        errors = [FieldError(field=error.field, message=error.message)]
        return problem(scope, HTTPStatus.UNPROCESSABLE_ENTITY, _INVALID, code=error.code, errors=errors)
    if isinstance(error, LimitError):
        wait = {"Retry-After": str(-(-error.retry_after_ms // 1_000))}  # whole seconds, rounded up
        return problem(scope, HTTPStatus.TOO_MANY_REQUESTS, error.message, code=error.code, headers=wait)
    for kind, status in _STATUS:
        if isinstance(error, kind):
            # Storage, settings and engines may name paths, hosts and statements; that is for the log.
            inside = _INSIDE.get(kind)
            if inside is not None:
                _log.warning("request failed", extra={"code": error.code}, exc_info=error)
            headers = {"Retry-After": "2"} if inside is not None and error.retryable else None
            return problem(scope, status, inside or error.message, code=error.code, headers=headers)
    return crash(scope, error)


_INVALID: Final = "The request is not valid."
_INSIDE: Final[Mapping[type[VictoriaError], str]] = {
    ConfigurationError: "The server's owner has to change something; the log says what.",
    StorageError: "The storage does not answer at the moment.",
    ProviderTimeoutError: "An engine did not answer in time.",
    ProviderError: "An engine failed.",
}


def crash(scope: Scope, error: BaseException) -> Response:
    """Write a bug to the log and return the document that says no more than where to look for it."""
    _log.error("request crashed", exc_info=error)
    detail = "This is a bug in Victoria. The log has the details under the request id."
    return problem(scope, HTTPStatus.INTERNAL_SERVER_ERROR, detail, code="internal-error")


def add_problem_handlers(app: FastAPI) -> None:
    """Make every error of ``app`` that a route can raise a problem document."""
    app.add_exception_handler(VictoriaError, _on_victoria_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)


async def _on_victoria_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, VictoriaError)
    return problem_of(request.scope, error)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """Errors that the framework raises: no route, wrong method, unreadable body."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (
        methods := methods_of(request.app.openapi(), request.scope["path"])
    ):
        # The framework names the methods of the first route with this path, and forgets the others.
        headers["Allow"] = ", ".join(methods)
    return problem(request.scope, error.status_code, str(error.detail), headers=headers)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [_field_error(item) for item in error.errors()]
    return problem(
        request.scope,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _INVALID,
        code="validation",
        errors=errors,
    )


def _field_error(item: Mapping[str, Any]) -> FieldError:
    """Turn a complaint of pydantic into ours; the first part of its place (body, query) says nothing."""
    field = "" if item["type"] == "json_invalid" else ".".join(str(part) for part in item["loc"][1:])
    message = _MESSAGES.get(item["type"], str(item["msg"]).removeprefix("Value error, "))
    # The name of an unknown field is the client's text: what has no UTF-8 cannot be sent back.
    return FieldError(field=field.encode("utf-8", "replace").decode()[:200], message=message)
