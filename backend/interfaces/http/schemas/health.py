"""Whether the server lives, and whether it can take calls."""

from __future__ import annotations

from typing import Literal

from backend.interfaces.http.schemas.base import ResponseModel


class CheckResult(ResponseModel):
    """One thing that must work; ``detail`` says in one sentence why it does not."""

    name: str
    status: Literal["ok", "failed"]
    detail: str


class Health(ResponseModel):
    """``unavailable`` comes with 503."""

    status: Literal["ok", "unavailable"]
    checks: list[CheckResult]
