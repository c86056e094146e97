"""API keys, as a client sees them. The key itself is shown once, in the answer to its making."""

from __future__ import annotations

from typing import Annotated, Any, Final, Self

from pydantic import Field

from backend.domain.ports import api_key_port
from backend.domain.value_objects.secret import Secret
from backend.interfaces.http.schemas.base import LINE_PATTERN, Id, RequestModel, ResponseModel, UnixMs

MAX_NAME: Final = 80
LAST_MS: Final = 253_402_300_799_999  # 9999-12-31, the end of what date pickers and databases agree on

KeyName = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=LINE_PATTERN)]
Expiry = Annotated[int, Field(ge=0, le=LAST_MS, description="Unix time in milliseconds, in the future")]


class ApiKeyDraft(RequestModel):
    """A key to be made; without ``expires_at`` it is good until it is revoked."""

    name: KeyName
    expires_at: Expiry | None = None


class ApiKey(ResponseModel):
    """A key without what opens doors. ``current``: it is the one that asks."""

    id: Id
    name: str
    prefix: str
    created_at: UnixMs
    last_used_at: UnixMs | None
    expires_at: UnixMs | None
    revoked_at: UnixMs | None
    current: bool

    @classmethod
    def of(cls, key: api_key_port.ApiKey, *, asking: api_key_port.ApiKey) -> Self:
        """Return what the holder of ``asking`` may know about ``key``."""
        return cls(**_facts_of(key, asking))


class NewApiKey(ApiKey):
    """A key that was just made; nobody can read ``key`` again."""

    key: str

    @classmethod
    def made(cls, key: api_key_port.ApiKey, secret: Secret, *, asking: api_key_port.ApiKey) -> Self:
        """Return the key with all that it is."""
        return cls(key=secret.reveal(), **_facts_of(key, asking))


class ApiKeyList(ResponseModel):
    """All keys of a tenant, oldest first, revoked and expired ones too."""

    items: list[ApiKey]


def _facts_of(key: api_key_port.ApiKey, asking: api_key_port.ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "current": key.id == asking.id,
    }
