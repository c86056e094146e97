"""Provider accounts, as a client writes and reads them. Keys go one way: in."""

from __future__ import annotations

import re
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, SecretStr, field_validator

from backend.application.services.provider_accounts import AccountDraft, Trial
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.value_objects.secret import Secret
from backend.interfaces.http.schemas.base import TEXT_PATTERN, RequestModel, ResponseModel, UnixMs

ACCOUNT_ID_PATTERN: Final = r"^[a-z0-9][a-z0-9_-]{0,39}$"
# Visible ASCII without spaces: what else a key might hold cannot stand in a header, and the libraries that
# refuse to send it put it into their error messages.
KEY_PATTERN: Final = r"^[!-~]*$"
MAX_KEY: Final = 500
MAX_SETTINGS: Final = 20

AccountId = Annotated[
    str, Field(pattern=ACCOUNT_ID_PATTERN, description="its name, and that of its engines in an agent")
]
KindId = Annotated[str, Field(pattern=ACCOUNT_ID_PATTERN, description="what sort of provider it is")]
SettingName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
SettingValue = Annotated[str, Field(max_length=ProviderAccount.MAX_SETTING, pattern=TEXT_PATTERN)]
Settings = Annotated[
    dict[SettingName, SettingValue],
    Field(
        max_length=MAX_SETTINGS,
        description="base URL, region, model …, as the kind has them; all public",
        json_schema_extra={"additionalProperties": False},  # than those that match the names' pattern
    ),
]
Key = Annotated[SecretStr, Field(max_length=MAX_KEY, json_schema_extra={"pattern": KEY_PATTERN})]


class ProviderSettings(RequestModel):
    """What an account is, without its name."""

    model_config = ConfigDict(hide_input_in_errors=True)

    kind: KindId
    settings: Settings = Field(default_factory=dict)
    key: Key | None = Field(
        None, description="never sent back. Left out: the stored one stays; empty: there is to be none"
    )

    @field_validator("key")
    @classmethod
    def _can_be_sent(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not re.fullmatch(KEY_PATTERN, key.get_secret_value()):
            raise ValueError("a key has no spaces, line breaks or letters outside ASCII")
        return key

    def drafted(self, account_id: str) -> AccountDraft:
        """Return the draft of the account with this name."""
        key = None if self.key is None else Secret(self.key.get_secret_value())
        return AccountDraft(account_id, self.kind, self.settings, key)


class ProviderDraft(ProviderSettings):
    """An account as its owner writes it."""

    id: AccountId

    def to_draft(self) -> AccountDraft:
        """Return what the application calls a draft."""
        return self.drafted(self.id)


class ProviderUpdate(ProviderSettings):
    """What replaces version ``version`` of an account."""

    version: int = Field(ge=1, le=2**31 - 1)


class Provider(ResponseModel):
    """An account as it is stored. Of its key nobody is told more than that there is one."""

    id: AccountId
    kind: KindId
    settings: dict[str, str]
    has_key: bool
    version: int
    created_at: UnixMs
    updated_at: UnixMs

    @classmethod
    def of(cls, account: ProviderAccount) -> Self:
        """Return what a client sees of ``account``: all but its tenant."""
        return cls(
            id=account.id,
            kind=account.kind,
            settings=dict(account.settings),
            has_key=account.has_key,
            version=account.version,
            created_at=account.created_at,
            updated_at=account.updated_at,
        )


class ProviderList(ResponseModel):
    """All accounts of a tenant, oldest first."""

    items: list[Provider]


class ProviderTrial(ResponseModel):
    """Whether an account works; if not, ``code`` says why for programs and ``detail`` for people."""

    ok: bool
    code: str = Field(description="`ok`, or what failed, such as `auth-failed` or `connection-failed`")
    detail: str
    elapsed_ms: int

    @classmethod
    def of(cls, trial: Trial) -> Self:
        """Return what a client sees of ``trial``."""
        return cls(ok=trial.ok, code=trial.code, detail=trial.detail, elapsed_ms=trial.elapsed_ms)
