"""Every kind of account is tried at a real socket: a refusal is understood, a redirect takes no key along."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

import pytest

from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.providers.known_providers import KnownProviders

KEY: Final = "sk-hunter2-0123456789abcdef"

# Settings of an account that is at the address "{url}".
AT: Final[dict[str, dict[str, str]]] = {
    "groq": {"base_url": "{url}"},
    "openai": {"base_url": "{url}/v1", "model": "gpt"},
    "azure": {"endpoint": "{url}"},
    "deepgram": {"base_url": "{url}"},
    "elevenlabs": {"base_url": "{url}"},
    "openai_speech": {"base_url": "{url}/v1", "stt_model": "whisper-1", "tts_model": "tts-1"},
    "azure_openai": {"endpoint": "{url}", "model": "gpt"},
}


@dataclass
class Door:
    """A service that says the same to everybody, and remembers who came."""

    answer: bytes
    url: str = ""
    heads: list[str] = field(default_factory=list)
    connections: int = 0
    guests: int = 0
    is_empty: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.is_empty.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.guests += 1
        self.is_empty.clear()
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            writer.write(self.answer)
            await writer.drain()
            if self.answer:
                writer.write_eof()
            await reader.read()  # until the client has gone
        writer.close()
        self.guests -= 1
        if self.guests == 0:
            self.is_empty.set()


@asynccontextmanager
async def a_door(answer: str = "") -> AsyncIterator[Door]:
    """Run a service that answers with these lines and no body, or says nothing; at the end all have gone."""
    lines = f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" if answer else ""
    door = Door(lines.encode())
    server = await asyncio.start_server(door.serve, "127.0.0.1", 0)
    door.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield door
        async with asyncio.timeout(20):
            await door.is_empty.wait()
    finally:
        server.close()
        await server.wait_closed()


def an_account(kind: str, url: str) -> ProviderAccount:
    settings = {name: value.format(url=url) for name, value in AT[kind].items()}
    return ProviderAccount("mine", "home", kind, settings, has_key=True)


async def refusal(kind: str, url: str) -> ProviderError:
    """Try an account at ``url`` out, and return why it does not work."""
    with pytest.raises(ProviderError) as raised:
        await KnownProviders().try_out(an_account(kind, url), Secret(KEY))
    error = raised.value
    assert "hunter2" not in error.message
    return error


def test_every_kind_is_tried() -> None:
    assert list(AT) == [kind.id for kind in KnownProviders().all()]


@pytest.mark.parametrize("kind", AT)
async def test_a_wrong_key_is_told_apart(kind: str) -> None:
    async with a_door("401 Unauthorized") as door:
        error = await refusal(kind, door.url)
        assert (error.code, error.retryable) == ("auth-failed", False)
        assert KEY in door.heads[0]


@pytest.mark.parametrize("kind", AT)
@pytest.mark.parametrize("status", ["301 Moved Permanently", "307 Temporary Redirect"])
async def test_a_redirect_takes_no_key_along(kind: str, status: str) -> None:
    async with a_door("401 Unauthorized") as elsewhere:
        async with a_door(f"{status}\r\nLocation: {elsewhere.url}/v1/models") as door:
            await refusal(kind, door.url)
            assert door.connections > 0
        assert elsewhere.connections == 0


@pytest.mark.parametrize("kind", AT)
async def test_nobody_there_is_said_at_once(kind: str) -> None:
    async with a_door("401 Unauthorized") as door:
        pass
    began = monotonic()
    error = await refusal(kind, door.url)
    assert error.code == "connection-failed"
    assert monotonic() - began < 5


async def test_a_service_that_says_nothing_is_given_up_within_ten_seconds() -> None:
    async def tried(kind: str, url: str) -> tuple[str, float, bool]:
        began = monotonic()
        error = await refusal(kind, url)
        return error.code, monotonic() - began, isinstance(error, ProviderTimeoutError)

    async with a_door() as door, asyncio.TaskGroup() as group:
        trials = {kind: group.create_task(tried(kind, door.url)) for kind in AT}
    outcomes = {kind: trial.result() for kind, trial in trials.items()}
    assert all(is_timeout for _, _, is_timeout in outcomes.values()), outcomes
    assert all(seconds <= 13 for _, seconds, _ in outcomes.values()), outcomes  # of a busy machine
