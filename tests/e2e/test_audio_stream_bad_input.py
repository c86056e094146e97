"""Whatever comes over ``/ws/audio``: a clear answer, no traceback, and no other call notices."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from backend.interfaces.cli.caller import RATE
from backend.interfaces.cli.meter import is_loud
from backend.interfaces.cli.sound_files import write_stereo
from tests.support.ear import read_stereo
from tests.support.raw_line import FRAME, Outcome, open_call, open_line, outcome
from tests.support.speech import flite
from tests.support.victoria import ROOT, Victoria

UNEXPECTED = Outcome("unexpected-message", 1003)
BAD_AUDIO = Outcome("bad-audio", 1007)
BAD_TEXT = Outcome("bad-text", 1003)
BAD_JSON = Outcome("bad-json", 1007)
BAD_TICKET = Outcome("ticket-invalid", 1008)
TOO_MUCH = Outcome("too-much", 1008)
TOO_LARGE = Outcome("too-large", 1009)

# What is sent as the first message.
GREETINGS: Final[dict[str, tuple[str | bytes, Outcome]]] = {
    "an unknown ticket": ('{"type":"hello","version":1,"ticket":"nobody"}', BAD_TICKET),
    "an empty ticket": ('{"type":"hello","version":1,"ticket":""}', UNEXPECTED),
    "no ticket in it": ('{"type":"hello","version":1}', UNEXPECTED),
    "audio": (FRAME, UNEXPECTED),
    "a report": ('{"type":"played","position":1}', UNEXPECTED),
    "another version": ('{"type":"hello","version":2,"ticket":"x"}', UNEXPECTED),
    "a version in words": ('{"type":"hello","version":"1","ticket":"x"}', UNEXPECTED),
    "one field too many": ('{"type":"hello","version":1,"ticket":"x","name":"y"}', UNEXPECTED),
    "no JSON": ("hello", BAD_JSON),
    "more than 1 KiB": ('{"type":"hello","version":1,"ticket":"' + "x" * 1_024 + '"}', TOO_LARGE),
    "more than 1 KiB of few signs": ('{"type":"hello","version":1,"ticket":"' + "ñ" * 500 + '"}', TOO_LARGE),
}

# What is sent in the middle of a call.
MESSAGES: Final[dict[str, tuple[str | bytes, Outcome]]] = {
    "no JSON": ("played", BAD_JSON),
    "not a number": ('{"type":"played","position":NaN}', BAD_JSON),
    "half a character": ('{"type":"\\ud800"}', BAD_JSON),
    "brackets without end": ("[" * 4_000, BAD_JSON),
    "no object": ("[1]", UNEXPECTED),
    "no type": ("{}", UNEXPECTED),
    "an unknown type": ('{"type":"sing"}', UNEXPECTED),
    "a type that is none": ('{"type":["played"]}', UNEXPECTED),
    "a second hello": ('{"type":"hello","version":1,"ticket":"x"}', UNEXPECTED),
    "one field too many": ('{"type":"played","position":1,"at":2}', UNEXPECTED),
    "a hangup with reasons": ('{"type":"hangup","why":"bored"}', UNEXPECTED),
    "no position": ('{"type":"played"}', UNEXPECTED),
    "a position before the first": ('{"type":"played","position":-1}', UNEXPECTED),
    "a position beyond all audio": ('{"type":"played","position":9007199254740993}', UNEXPECTED),
    "a position without end": ('{"type":"played","position":1' + "0" * 400 + "}", BAD_JSON),
    "a position between samples": ('{"type":"played","position":1.5}', UNEXPECTED),
    "a position in words": ('{"type":"played","position":"1"}', UNEXPECTED),
    "an odd number of bytes": (bytes(641), BAD_AUDIO),
    "empty audio": (b"", BAD_AUDIO),
    "empty text": ("", BAD_JSON),
    "more than a second of audio": (bytes(32_002), TOO_LARGE),
    "a text without words": ('{"type":"text","text":" \\u0000\\n "}', BAD_TEXT),
    "a text without end": ('{"type":"text","text":"' + "x" * 2_001 + '"}', BAD_TEXT),
    "a text that is none": ('{"type":"text","text":5}', UNEXPECTED),
    "no text": ('{"type":"text"}', UNEXPECTED),
    "half a character of text": ('{"type":"text","text":"\\ud83d"}', BAD_JSON),
    "more than 16 KiB of text": ('{"type":"' + "x" * 16_384 + '"}', TOO_LARGE),
    "more than any message may have": (bytes(300_000), Outcome(None, 1009)),
}


@asynccontextmanager
async def a_bystander(victoria: Victoria, folder: Path) -> AsyncIterator[None]:
    """Have a call going on meanwhile, from a process of its own; fail if its caller hears anything of it."""
    question, sound = folder / "question.wav", folder / "sound.wav"
    pcm = np.frombuffer(flite("please tell me about the prices"), "<i2")
    write_stereo(question, pcm, pcm, RATE)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend.interfaces.cli.main", "call", "--url", victoria.url),
        *("--key", victoria.key, "--agent", "Victoria", "--json", "--out", str(sound), str(question)),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        await a_live_call(victoria)
        yield
        output, _ = await asyncio.wait_for(process.communicate(), 30)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0
    assert_was_left_alone(orjson.loads(output), sound)


async def a_live_call(victoria: Victoria) -> None:
    """Wait until somebody calls."""
    async with asyncio.timeout(20):
        while True:
            if (await asyncio.to_thread(victoria.get, "/api/history/calls?status=live"))["items"]:
                return
            await asyncio.sleep(0.05)


def assert_was_left_alone(report: dict[str, Any], sound: Path) -> None:
    """Every reply was one tone without a gap: the simulated voice never pauses."""
    _, heard = read_stereo(sound)
    loud = is_loud(heard, RATE).astype(np.int8)
    beginnings = int((np.diff(loud, prepend=0) == 1).sum())
    assert beginnings == sum(turn["role"] == "agent" for turn in report["transcript"]) == 2
    assert report["troubles"] == []


async def after_hello(victoria: Victoria, greeting: str | bytes) -> Outcome:
    async with open_line(victoria) as socket:
        await socket.send(greeting)
        return await outcome(socket)


async def in_a_call(victoria: Victoria, message: str | bytes) -> Outcome:
    async with open_call(victoria) as socket:
        await socket.send(FRAME)
        await socket.send(message)
        return await outcome(socket)


async def silence_instead_of_hello(victoria: Victoria) -> Outcome:
    async with open_line(victoria) as socket:
        return await outcome(socket)


async def a_ticket_twice(victoria: Victoria) -> Outcome:
    ticket = await victoria.ticket()
    hello = orjson.dumps({"type": "hello", "version": 1, "ticket": ticket}).decode()
    async with open_line(victoria) as first, open_line(victoria) as second:
        await first.send(hello)
        assert orjson.loads(await first.recv())["type"] == "ready"
        await second.send(hello)
        return await outcome(second)


async def too_many_messages(victoria: Victoria) -> Outcome:
    return await flooded(victoria, '{"type":"played","position":0}')


async def too_many_texts(victoria: Victoria) -> Outcome:
    async with open_call(victoria) as socket:
        for _ in range(20):
            await socket.send('{"type":"text","text":"hello"}')
        return await outcome(socket)


async def too_much_audio(victoria: Victoria) -> Outcome:
    return await flooded(victoria, bytes(32_000))


async def flooded(victoria: Victoria, message: str | bytes) -> Outcome:
    async with open_call(victoria) as socket:
        sender = asyncio.create_task(_send_for_ever(socket, message))
        try:
            return await outcome(socket)
        finally:
            sender.cancel()
            await asyncio.wait([sender])


async def _send_for_ever(socket: ClientConnection, message: str | bytes) -> None:
    try:
        while True:
            await socket.send(message)
            await asyncio.sleep(0)
    except ConnectionClosed:
        pass


MISDEEDS: Final[dict[str, tuple[Callable[[Victoria], Coroutine[Any, Any, Outcome]], Outcome]]] = {
    "silence instead of a hello": (silence_instead_of_hello, Outcome("ticket-missing", 1008)),
    "a ticket twice": (a_ticket_twice, BAD_TICKET),
    "a flood of messages": (too_many_messages, TOO_MUCH),
    "a flood of texts": (too_many_texts, TOO_MUCH),
    "audio faster than speech": (too_much_audio, TOO_MUCH),
}


@pytest.mark.speech
@pytest.mark.alone
async def test_every_breach_is_named_and_no_other_call_notices(
    simulated_victoria: Victoria, tmp_path: Path
) -> None:
    victoria = simulated_victoria
    expected = {f"hello: {name}": wanted for name, (_, wanted) in GREETINGS.items()}
    expected |= {f"call: {name}": wanted for name, (_, wanted) in MESSAGES.items()}
    expected |= {name: wanted for name, (_, wanted) in MISDEEDS.items()}
    async with a_bystander(victoria, tmp_path), asyncio.timeout(60), asyncio.TaskGroup() as group:
        tasks = {
            **{
                f"hello: {name}": group.create_task(after_hello(victoria, greeting))
                for name, (greeting, _) in GREETINGS.items()
            },
            **{
                f"call: {name}": group.create_task(in_a_call(victoria, message))
                for name, (message, _) in MESSAGES.items()
            },
            **{name: group.create_task(misdeed(victoria)) for name, (misdeed, _) in MISDEEDS.items()},
        }
    assert {name: task.result() for name, task in tasks.items()} == expected
    assert "Traceback" not in victoria.log


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1"])
async def test_pages_of_others_are_turned_away_at_the_door(simulated_victoria: Victoria, origin: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with open_line(simulated_victoria, headers={"Origin": origin}):
            pass
    assert caught.value.response.status_code == 403


async def test_our_own_page_is_let_in(simulated_victoria: Victoria) -> None:
    async with open_line(simulated_victoria, headers={"Origin": simulated_victoria.url}) as socket:
        await socket.send('{"type":"hello","version":1,"ticket":"nobody"}')
        assert await outcome(socket) == BAD_TICKET


async def test_a_position_that_was_never_sent_proves_nothing(simulated_victoria: Victoria) -> None:
    """The greeting of such a caller is not counted as heard, and the call goes on."""
    async with open_call(simulated_victoria) as socket:
        await socket.send('{"type":"played","position":9007199254740992}')
        for _ in range(50):
            await socket.send(FRAME)
            await asyncio.sleep(0.02)
        await socket.send('{"type":"hangup"}')
        assert await outcome(socket) == Outcome(None, 1000)
