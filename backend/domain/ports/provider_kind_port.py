"""What sorts of providers there are, and what an account at each needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.value_objects.secret import Secret


class FieldType(StrEnum):
    """How a setting is written."""

    TEXT = "text"
    URL = "url"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class ProviderField:
    """One setting of an account. ``choices`` are those of a ``CHOICE``; ``is_address``: it decides where the
    key is sent, so that changing it needs the key again."""

    name: str
    type: FieldType = FieldType.TEXT
    required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    is_address: bool = False


@dataclass(frozen=True, slots=True)
class ProviderKind:
    """A sort of provider: ``ports`` are those ("stt", "llm", "tts") that an account gives engines for."""

    id: str
    name: str
    ports: tuple[str, ...]
    fields: tuple[ProviderField, ...]
    needs_key: bool = True

    def address_of(self, account: ProviderAccount) -> tuple[tuple[str, str], ...]:
        """Return the settings of ``account`` that decide where its key is sent, defaults filled in."""
        return tuple(
            (field.name, account.settings.get(field.name) or field.default)
            for field in self.fields
            if field.is_address
        )


class ProviderKinds(Protocol):
    """All kinds, and what can be done with an account of one."""

    def all(self) -> Sequence[ProviderKind]:
        """Return the kinds, in the order in which they are to be shown."""
        ...

    def of(self, account: ProviderAccount) -> ProviderKind:
        """Return the account's kind. Raises ``CallerError`` (``unknown-kind``)."""
        ...

    def check(self, account: ProviderAccount) -> None:
        """Raise ``FieldError`` for the first setting that is unknown, missing or malformed."""
        ...

    async def try_out(self, account: ProviderAccount, key: Secret | None) -> None:
        """Find out within ten seconds whether the account works. Raises ``ProviderError``."""
        ...
