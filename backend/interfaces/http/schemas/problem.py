"""Errors as documents (RFC 9457)."""

from __future__ import annotations

from pydantic import Field

from backend.interfaces.http.schemas.base import ResponseModel


class FieldError(ResponseModel):
    """One thing that is wrong with a request; ``field`` is its path, such as ``voice.speed``."""

    field: str
    message: str


class Problem(ResponseModel):
    """What went wrong. ``code`` is stable and for programs, ``detail`` is for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldError] | None = Field(None, description="only for requests that failed validation")
