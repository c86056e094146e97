"""The errors that an operation can answer with, for the OpenAPI document."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from backend.interfaces.http.schemas.problem import Problem

Responses = dict[int | str, dict[str, Any]]

_WHEN: Final = {
    400: "The body or a cursor cannot be read",
    401: "No valid key",
    404: "There is no such thing",
    409: "The state it met forbids it",
    413: "The body is too large",
    416: "The range lies outside the recording",
    422: "The request is not valid",
    429: "Too many requests",
    500: "A bug",
    503: "The storage does not answer, or the owner has to change something",
}


def problems(*statuses: int) -> Responses:
    """Return the documentation of problem documents with these status codes."""
    return {
        status: {"model": Problem, "description": _WHEN.get(status, HTTPStatus(status).phrase)}
        for status in statuses
    }


GUARDED: Final = problems(401, 429, 500, 503)
WITH_BODY: Final = problems(400, 413, 422)
