"""A sort of provider, and how its engines are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend.application.factories.engine_set import EngineSet
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.ports.provider_kind_port import ProviderField, ProviderKind


def no_more_rules(_account: ProviderAccount) -> None:
    """The rules of the single fields are all there are."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """``build`` makes engines of an account that ``check_settings`` accepts, with its key (empty: none), and
    opens nothing. ``check`` holds the rules about several fields; it raises ``FieldError``."""

    kind: ProviderKind
    build: Callable[[ProviderAccount, str], EngineSet]
    check: Callable[[ProviderAccount], None] = no_more_rules


def setting(account: ProviderAccount, field: ProviderField) -> str:
    """Return what the account says, else the field's default."""
    return account.settings.get(field.name) or field.default
