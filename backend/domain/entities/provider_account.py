"""A tenant's account at a provider: where its engines are and what opens them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """An account without its key.

    ``id`` is the tenant's name for it, and the name of its engines: an agent that names ``groq`` gets the
    account ``groq``. ``kind`` says what sort of provider it is ("openai" is anybody who speaks that wire) and
    which ``settings`` it has (base URL, region, model …; all public). ``has_key``: whether a key is stored.
    ``version`` grows by one with every saved change. Times are Unix milliseconds.
    Raises ``ValueError`` when ``id`` or ``kind`` is no name or a setting is too long.
    """

    id: str
    tenant: str
    kind: str
    settings: Mapping[str, str] = field(default_factory=dict)
    has_key: bool = False
    version: int = 1
    created_at: int = 0
    updated_at: int = 0

    MAX_SETTING: ClassVar = 500

    def __post_init__(self) -> None:
        for name in ("id", "kind"):
            if not _ID.fullmatch(getattr(self, name)):
                raise ValueError(f"{name} must be lower-case letters, digits, - and _, at most 40")
        if any(len(value) > self.MAX_SETTING for value in self.settings.values()):
            raise ValueError(f"a setting is longer than {self.MAX_SETTING} characters")
