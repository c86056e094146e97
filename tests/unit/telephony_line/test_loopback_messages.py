"""The language of the carrier without anybody outside: its requests, its answers and its media."""

from __future__ import annotations

import base64

import orjson
import pytest

from backend.domain.errors import CallerError
from backend.domain.ports.carrier_media_port import (
    KeyReceived,
    MarkReturned,
    MediaEvent,
    MediaReceived,
    MediaStarted,
    MediaStopped,
)
from backend.domain.ports.telephony_port import (
    AnswererTold,
    Apologise,
    CallAnswered,
    CallOffered,
    CallProgressed,
    CallUnattended,
    CarrierEvent,
    CarrierStatus,
    Connect,
    HangUpCall,
    Instruction,
    NoInstruction,
    TransferEnded,
    TurnAway,
    Whisper,
    WhisperWanted,
)
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.audio import MULAW_8K
from backend.domain.value_objects.language import ENGLISH
from backend.infrastructure.adapters.telephony.loopback.loopback_media import LoopbackMedia
from tests.unit.telephony_line.loopback_carrier import adapter, request

# --- requests -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"event": "offered", "call": "c", "from": "+1", "to": "+2"}, CallOffered("c", "+1", "+2")),
        ({"event": "answered", "call": "c", "reference": "r"}, CallAnswered("c", "r")),
        ({"event": "unattended", "call": "c"}, CallUnattended("c")),
        (
            {"event": "progressed", "call": "c", "status": "completed", "sequence": 3},
            CallProgressed("c", CarrierStatus.COMPLETED, "", 3),
        ),
        (
            {"event": "progressed", "call": "c", "status": "busy", "reference": "r"},
            CallProgressed("c", CarrierStatus.BUSY, "r"),
        ),
        (
            {"event": "answerer", "call": "c", "answerer": "machine", "greeting_is_over": True},
            AnswererTold("c", Answerer.MACHINE, greeting_is_over=True),
        ),
        ({"event": "whisper", "reference": "r"}, WhisperWanted("r")),
        (
            {"event": "transfer-ended", "call": "c", "reference": "r", "reached": False},
            TransferEnded("c", "r", reached=False),
        ),
        ({"event": "news"}, None),
    ],
)
def test_requests_are_understood(fields: dict[str, object], event: CarrierEvent | None) -> None:
    assert adapter().parse(request(orjson.dumps(fields))) == event


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"event":"offered","call":"c","from":"+1"}',
        b'{"event":"offered","call":7,"from":"+1","to":"+2"}',
        b'{"event":"answered","call":"c","reference":"../r"}',
        b'{"event":"progressed","call":"c","status":"bored"}',
        b'{"event":"progressed","call":"c","status":"busy","sequence":true}',
        b'{"event":"answerer","call":"c","answerer":"cat","greeting_is_over":true}',
        b'{"event":"transfer-ended","call":"c","reference":"r","reached":1}',
    ],
)
def test_half_a_request_is_none(body: bytes) -> None:
    with pytest.raises(CallerError) as refused:
        adapter().parse(request(body))
    assert refused.value.code == "bad-webhook"


@pytest.mark.parametrize(
    ("instruction", "answer"),
    [
        (
            Connect("ticket", 60),
            {"do": "connect", "path": "/ws/telephone/loopback", "ticket": "ticket", "max_seconds": 60},
        ),
        (Apologise("Sorry.", ENGLISH), {"do": "say", "text": "Sorry.", "language": "en"}),
        (TurnAway(is_busy=True), {"do": "turn-away", "busy": True}),
        (HangUpCall(), {"do": "hang-up"}),
        (Whisper("A call.", ENGLISH), {"do": "whisper", "text": "A call.", "language": "en"}),
        (NoInstruction(), {"do": "nothing"}),
    ],
)
async def test_instructions_become_answers(instruction: Instruction, answer: dict[str, object]) -> None:
    reply = await adapter().answer(CallOffered("c", "+1", "+2"), instruction)
    assert orjson.loads(reply.body) == answer
    assert (reply.status, reply.content_type) == (200, "application/json")


# --- media ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "event"),
    [
        (
            {"event": "start", "call": "c", "ticket": "t", "encoding": "mulaw"},
            MediaStarted("c", MULAW_8K, "t"),
        ),
        (
            {"event": "media", "sequence": 3, "timestamp_ms": 40, "payload": "/38="},
            MediaReceived(b"\xff\x7f", 40, 3),
        ),
        ({"event": "media", "payload": ""}, MediaReceived(b"")),
        ({"event": "mark", "name": "320"}, MarkReturned("320")),
        ({"event": "key", "key": "#"}, KeyReceived("#")),
        ({"event": "key", "key": "12"}, None),
        ({"event": "stop"}, MediaStopped()),
        ({"event": "news"}, None),
    ],
)
def test_media_messages_are_understood(message: dict[str, object], event: MediaEvent | None) -> None:
    assert LoopbackMedia().parse(orjson.dumps(message)) == event


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        '{"event":"start","call":"c","ticket":"t","encoding":"mp3"}',
        '{"event":"start","call":"c","encoding":"mulaw"}',
        '{"event":"media","payload":"*"}',
        '{"event":"media","payload":"/38=","sequence":-1}',
    ],
)
def test_other_media_messages_are_refused(message: str) -> None:
    with pytest.raises(CallerError) as refused:
        LoopbackMedia().parse(message)
    assert refused.value.code == "bad-media"


def test_what_is_sent_is_what_the_phone_expects() -> None:
    media = LoopbackMedia()
    assert orjson.loads(media.media(b"\xff")) == {
        "event": "media",
        "payload": base64.b64encode(b"\xff").decode(),
    }
    assert orjson.loads(media.mark("7")) == {"event": "mark", "name": "7"}
    assert orjson.loads(media.clear()) == {"event": "clear"}
