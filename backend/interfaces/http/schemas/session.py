"""Who a key belongs to."""

from __future__ import annotations

from typing import Self

from backend.domain.ports.api_key_port import ApiKey
from backend.interfaces.http.schemas.base import ResponseModel, UnixMs


class Key(ResponseModel):
    """An API key, without anything that opens a door."""

    id: str
    name: str
    created_at: UnixMs


class Session(ResponseModel):
    """Who is asking."""

    tenant: str
    key: Key

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """Return what the holder of ``key`` may know about it."""
        return cls(tenant=key.tenant, key=Key(id=key.id, name=key.name, created_at=key.created_at))
