"""The REST interface behind a real server and real sockets."""

from __future__ import annotations

import asyncio
import io
import logging
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import pytest
import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from backend.infrastructure.logging.config import configure_logging
from tests.support.listening import until
from tests.support.server import RunningServer, a_server
from tests.support.storage_builders import a_call

SECRET_PROMPT = "The safe opens with 4711."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with a_server(tmp_path_factory.mktemp("server")) as server:
        yield server


def talk(server: RunningServer, request: bytes, *, then: bytes = b"") -> bytes:
    """Send ``request`` as it is, then ``then`` as long as the server reads; return the answer's beginning."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as line:
        line.sendall(request)
        try:
            for _ in range(64 if then else 0):
                line.sendall(then)
        except OSError:
            pass  # the server has stopped listening, which is its answer to too much
        return line.recv(65_536)


def head(server: RunningServer, method: str, path: str, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: victoria.test", f"X-API-Key: {server.key}", *headers, "", ""]
    return "\r\n".join(lines).encode()


def test_too_much_is_refused_while_it_is_only_announced(server: RunningServer) -> None:
    answer = talk(
        server,
        head(server, "POST", "/api/config/agents", "Content-Length: 5000000", "Content-Type: text/plain"),
    )
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer


def test_too_much_in_chunks_is_refused_when_it_has_become_too_much(server: RunningServer) -> None:
    start = head(
        server,
        "POST",
        "/api/config/agents",
        "Transfer-Encoding: chunked",
        "Content-Type: application/json",
    )
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    assert talk(server, start, then=chunk).startswith(b"HTTP/1.1 413 ")


def test_a_stranger_is_turned_away_before_sending_a_body(server: RunningServer) -> None:
    request = b"POST /api/config/agents HTTP/1.1\r\nHost: v\r\nContent-Length: 900000\r\n\r\n"
    assert talk(server, request).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(
    "request_line",
    [b"GET /api/../etc/passwd HTTP/1.1", b"GET /%00 HTTP/1.1", b"GET //evil.example/ HTTP/1.1"],
)
def test_odd_addresses_get_a_plain_no(server: RunningServer, request_line: bytes) -> None:
    answer = talk(server, request_line + b"\r\nHost: v\r\n\r\n")
    assert answer.split(b" ")[1] in {b"400", b"401", b"404"}
    assert b"Traceback" not in answer


async def test_a_socket_at_an_unknown_address_is_refused(server: RunningServer) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"ws{server.url.removeprefix('http')}/ws/nowhere"):
            pass
    assert refused.value.response.status_code == 403


async def test_a_listener_who_leaves_in_the_middle_disturbs_nobody(
    server: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def record() -> str:
        call = a_call()
        await server.site.log.open(call)
        recording = await server.site.recordings.create(call.id, 16_000)
        await recording.write(bytes(20_000_000))
        await recording.close()
        return call.id.value

    call_id = await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(record(), server.loop))
    path = f"/api/history/calls/{call_id}/recording"
    async with httpx2.AsyncClient(base_url=server.url, headers={"X-API-Key": server.key}) as client:
        for _ in range(5):
            async with client.stream("GET", path) as response:
                async for _block in response.aiter_bytes(1_000):
                    break
        whole = await client.get(path)
    assert len(whole.content) == int(whole.headers["content-length"]) > 20_000_000
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything the process logs, as it is configured for production, at its most talkative."""
    names = (None, "backend", "uvicorn", "uvicorn.error", "uvicorn.access")
    loggers = [logging.getLogger(name) for name in names]
    before = [(logger, logger.handlers, logger.level, logger.propagate) for logger in loggers]
    stream = io.StringIO()
    configure_logging("debug", "json", stream=stream)
    yield stream
    structlog.reset_defaults()
    for logger, handlers, level, propagate in before:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)


async def test_neither_keys_nor_tickets_nor_prompts_reach_the_log(
    server: RunningServer, log: io.StringIO
) -> None:
    headers = {"X-API-Key": server.key, "X-Request-ID": "of-this-test"}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers) as client:
        draft = {"name": "Ana", "prompt": SECRET_PROMPT, "knowledge": SECRET_PROMPT}
        agent = (await client.post("/api/config/agents", json=draft)).json()
        ticket = (await client.post("/api/calls/tickets", json={"agent_id": agent["id"]})).json()["ticket"]
        await client.post("/api/config/agents", json=draft | {"name": f"\0{SECRET_PROMPT}"})
        await client.get(f"/api/history/calls?cursor={server.key}")
        await client.get(f"/?key={server.key}&ticket={ticket}&phone=%2B34600111222")
        await client.get("/api/session", headers={"X-API-Key": server.key[:-1] + "_"})
    # The line about a request is written once its answer has gone out: a quick client is here before it, and
    # lines about requests of other tests may come meanwhile.
    answered = '"event": "request answered", "request_id": "of-this-test"'
    await until(lambda: log.getvalue().count(answered) == 6)
    text = log.getvalue()
    for secret in (server.key, server.key[11:], ticket, "4711", "34600111222"):
        assert secret not in text
