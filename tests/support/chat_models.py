"""The adapters that speak chat completions, each with its real SDK, at a scripted server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import pytest

from backend.domain.entities.conversation import Message, MessageRole
from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import LlmEvent, LlmRequest, TextDelta
from backend.domain.value_objects.language import ENGLISH
from backend.infrastructure.adapters.llm.groq_adapter import GroqAdapter, GroqSettings
from backend.infrastructure.adapters.llm.openai_adapter import OpenAiAdapter, OpenAiSettings
from tests.support.llm_server import LlmServer, Script, llm_server

KEY: Final = "sk-secret-0123456789abcdef"
MODEL: Final = "scripted"
AZURE_API_VERSION: Final = "2024-10-21"
REQUEST: Final = LlmRequest(
    messages=(Message(MessageRole.SYSTEM, "You answer."), Message(MessageRole.USER, "Hello?")),
    language=ENGLISH,
)

ChatModel: TypeAlias = GroqAdapter | OpenAiAdapter


@dataclass(frozen=True)
class Patience:
    """How long an adapter waits, in milliseconds."""

    first_ms: int = 10_000
    gap_ms: int = 10_000


PATIENT: Final = Patience()
Flavour: TypeAlias = Callable[[str, Patience], ChatModel]


def openai(base_url: str, patience: Patience = PATIENT) -> OpenAiAdapter:
    """Return OpenAI's adapter, or that of anyone who speaks like it."""
    return OpenAiAdapter(_openai_settings(base_url, patience))


def azure(base_url: str, patience: Patience = PATIENT) -> OpenAiAdapter:
    """Return the adapter of a deployment at Azure."""
    settings = _openai_settings(base_url.removesuffix("/v1"), patience)
    return OpenAiAdapter(replace(settings, azure_api_version=AZURE_API_VERSION))


def groq(base_url: str, patience: Patience = PATIENT) -> GroqAdapter:
    """Return Groq's adapter."""
    return GroqAdapter(
        GroqSettings(
            MODEL,
            KEY,
            base_url.removesuffix("/v1"),
            first_token_timeout_ms=patience.first_ms,
            gap_timeout_ms=patience.gap_ms,
        )
    )


def _openai_settings(base_url: str, patience: Patience) -> OpenAiSettings:
    return OpenAiSettings(
        MODEL,
        KEY,
        base_url,
        first_token_timeout_ms=patience.first_ms,
        gap_timeout_ms=patience.gap_ms,
    )


FLAVOURS: Final[tuple[Flavour, ...]] = (openai, azure, groq)
each_flavour = pytest.mark.parametrize("flavour", FLAVOURS, ids=lambda flavour: flavour.__name__)


@asynccontextmanager
async def served(
    flavour: Flavour, script: Script, patience: Patience = PATIENT
) -> AsyncIterator[tuple[ChatModel, LlmServer]]:
    """Run an adapter and its server."""
    async with llm_server(script) as server:
        adapter = flavour(server.base_url, patience)
        try:
            yield adapter, server
        finally:
            await adapter.aclose()


async def ask(adapter: ChatModel, request: LlmRequest = REQUEST) -> list[LlmEvent]:
    """Return the events of a whole answer."""
    async with aclosing(adapter.stream(request)) as events:
        return [event async for event in events]


async def answer(flavour: Flavour, script: Script, patience: Patience = PATIENT) -> list[LlmEvent]:
    """Return the events of the answer that ``script`` gives."""
    async with served(flavour, script, patience) as (adapter, _):
        return await ask(adapter)


async def failure(
    flavour: Flavour, script: Script, patience: Patience = PATIENT
) -> tuple[str, ProviderError]:
    """Return the text that came before the failure, and the failure."""
    heard: list[str] = []

    async def listen(adapter: ChatModel) -> None:
        async with aclosing(adapter.stream(REQUEST)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    heard.append(event.text)  # noqa: PERF401 (must survive the failure that follows)

    async with served(flavour, script, patience) as (adapter, _):
        with pytest.raises(ProviderError) as caught:
            await listen(adapter)
    assert KEY not in str(caught.value)
    return "".join(heard), caught.value
