"""Watching live calls, as a client asks for it."""

from __future__ import annotations

from backend.interfaces.http.schemas.base import ResponseModel


class LiveTicket(ResponseModel):
    """Opens one live view on ``/ws/live``, once, within ``expires_in_s`` seconds."""

    ticket: str
    expires_in_s: int
