"""Two kinds of providers, for tests that need no engines behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.errors import CallerError, FieldError, ProviderError
from backend.domain.ports.provider_kind_port import FieldType, ProviderField, ProviderKind
from backend.domain.value_objects.secret import Secret

DEFAULT_URL: Final = "https://chat.example"
GOOD_KEY: Final = "sk-good-0123456789abcdef"

CHAT: Final = ProviderKind(
    "chat",
    "Chat",
    ("llm",),
    (
        ProviderField("base_url", FieldType.URL, default=DEFAULT_URL, is_address=True),
        ProviderField("model", required=True),
    ),
)
HOME: Final = ProviderKind(
    "home",
    "One's own machine",
    ("llm",),
    (ProviderField("base_url", FieldType.URL, required=True, is_address=True),),
    needs_key=False,
)


class FewKinds:
    """Implements ``ProviderKinds``. Only ``GOOD_KEY`` works; each trial is kept for the test to look at."""

    def __init__(self, *kinds: ProviderKind) -> None:
        self._kinds: Final = kinds or (CHAT, HOME)
        self.trials: Final[list[tuple[ProviderAccount, Secret | None]]] = []

    def all(self) -> Sequence[ProviderKind]:
        return self._kinds

    def of(self, account: ProviderAccount) -> ProviderKind:
        for kind in self._kinds:
            if kind.id == account.kind:
                return kind
        raise CallerError("There is no such kind of provider.", code="unknown-kind")

    def check(self, account: ProviderAccount) -> None:
        fields = {field.name: field for field in self.of(account).fields}
        for name, value in account.settings.items():
            if name not in fields:
                raise FieldError(f"settings.{name}", "this setting is not known")
            if fields[name].type is FieldType.URL and not value.startswith(("http://", "https://")):
                raise FieldError(f"settings.{name}", "this must be an address such as https://example.com")
        for field in fields.values():
            if field.required and not account.settings.get(field.name):
                raise FieldError(f"settings.{field.name}", "this setting is required")

    async def try_out(self, account: ProviderAccount, key: Secret | None) -> None:
        self.trials.append((account, key))
        if self.of(account).needs_key and key != Secret(GOOD_KEY):
            shown = "" if key is None else key.reveal()  # a provider that repeats what it was sent
            raise ProviderError(account.id, f"HTTP 401 {shown}", code="auth-failed", retryable=False)
