"""The settings that have to do with telephones: carriers' accounts, and what may be dialled."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

CommaSeparated = Annotated[tuple[str, ...], NoDecode]

# The names of the settings that belong together, the first of which the account is known by.
CARRIERS: Final = {
    "Twilio": ("twilio_account_sid", "twilio_auth_token"),
    "Telnyx": ("telnyx_api_key", "telnyx_public_key", "telnyx_connection_id"),
}

_PREFIX: Final = re.compile(r"\+[1-9][0-9]{0,14}")


class TelephoneSettings(BaseSettings):
    """A part of ``Settings``.

    ``dial_prefixes`` is what calls and transfers may go to: nothing unless it is listed. The three limits are
    for each tenant and count both, the first one is for each key as well. ``dial_transfer_minutes`` is how
    long callers may talk to whom they were put through to; four hours is what carriers allow.
    """

    twilio_account_sid: str | None = Field(None, pattern=r"^AC[0-9a-f]{32}$")
    twilio_auth_token: SecretStr | None = None
    twilio_base_url: str | None = None

    telnyx_api_key: SecretStr | None = None
    telnyx_public_key: str | None = None
    telnyx_connection_id: str | None = Field(None, pattern=r"^[0-9]{1,20}$")
    telnyx_base_url: str | None = None

    dial_prefixes: CommaSeparated = ()
    dial_calls_per_minute: int = Field(10, ge=1, le=1_000)
    dial_calls_at_once: int = Field(10, ge=1, le=1_000)
    dial_minutes_per_day: int = Field(600, ge=1, le=1_000_000)
    dial_transfer_minutes: int = Field(60, ge=1, le=240)

    @field_validator("dial_prefixes")
    @classmethod
    def _are_prefixes(cls, prefixes: tuple[str, ...]) -> tuple[str, ...]:
        for prefix in prefixes:
            if not _PREFIX.fullmatch(prefix):
                raise ValueError(f"{prefix!r} is not the beginning of a number such as +34 or +1212")
        return prefixes

    def missing_of(self, carrier: str) -> list[str]:
        """Return which settings of ``carrier`` are not set, if some of them are."""
        names = CARRIERS[carrier]
        missing = [name for name in names if getattr(self, name) is None]
        return missing if len(missing) < len(names) else []

    def has(self, carrier: str) -> bool:
        """Whether ``carrier``'s account is set."""
        return all(getattr(self, name) is not None for name in CARRIERS[carrier])
