"""The carrier without anybody outside."""

from __future__ import annotations

import base64
import stat
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest

from backend.domain.entities.telephone import Destination
from backend.domain.errors import CallerError, ProviderError, StorageError
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
    CarrierRequest,
    CarrierStatus,
    Connect,
    DialRequest,
    HangUpCall,
    Instruction,
    NoInstruction,
    TransferEnded,
    TransferRequest,
    TurnAway,
    Whisper,
    WhisperWanted,
)
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.audio import MULAW_8K
from backend.domain.value_objects.language import ENGLISH
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.telephony.loopback.loopback_adapter import LoopbackAdapter
from backend.infrastructure.adapters.telephony.loopback.loopback_media import LoopbackMedia
from backend.infrastructure.adapters.telephony.loopback.loopback_secret import (
    make_loopback_secret,
    read_loopback_secret,
)
from backend.infrastructure.adapters.telephony.loopback.loopback_signature import (
    SIGNATURE_HEADER,
    signature_of,
)

SECRET = Secret("s" * 64)
URL = "http://127.0.0.1:8000/webhook/loopback"
HERE, THERE = PhoneNumber("+999100000001"), PhoneNumber("+999100000002")
DIAL = DialRequest(THERE, HERE, reference="order", max_seconds=60)


def request(body: bytes = b"{}", *, url: str = URL, signature: str | None = None) -> CarrierRequest:
    signature = signature_of(SECRET, url, body) if signature is None else signature
    return CarrierRequest(url, "", {SIGNATURE_HEADER: signature}, body)


def adapter() -> LoopbackAdapter:
    return LoopbackAdapter(SECRET, "http://127.0.0.1:8000")


# --- signatures -----------------------------------------------------------------------------------


def test_who_knows_the_secret_is_believed_at_any_address_of_the_server() -> None:
    signed = request(b'{"a":1}')
    assert adapter().is_authentic(signed)
    elsewhere = CarrierRequest(URL.replace("127.0.0.1:8000", "localhost:9"), "", signed.headers, signed.body)
    assert adapter().is_authentic(elsewhere)
    assert adapter().is_authentic(request(b"", url="ws://127.0.0.1:8000/ws/telephone/loopback"))


@pytest.mark.parametrize(
    "forged",
    [
        request(signature=""),
        request(signature="0" * 64),
        request(signature="ñ"),
        CarrierRequest(URL, "", {}, b"{}"),
        CarrierRequest(URL, "", request(b'{"a":1}').headers, b'{"a":2}'),
        CarrierRequest(URL + "/other", "", request().headers, b"{}"),
        CarrierRequest(URL + "?a=1", "", request().headers, b"{}"),
        CarrierRequest("http://[", "", request().headers, b"{}"),
    ],
)
def test_nobody_else_is(forged: CarrierRequest) -> None:
    assert not adapter().is_authentic(forged)


def test_without_a_secret_nobody_is_believed() -> None:
    signature = signature_of(Secret(""), URL, b"{}")
    assert not LoopbackAdapter(Secret(""), URL).is_authentic(request(signature=signature))


def test_the_secret_is_the_owners_and_new_each_time(tmp_path: Path) -> None:
    assert read_loopback_secret(tmp_path) is None
    first = make_loopback_secret(tmp_path / "data")
    second = make_loopback_secret(tmp_path / "data")
    assert first != second == read_loopback_secret(tmp_path / "data")
    (file,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    with pytest.raises(StorageError, match="loopback"):
        make_loopback_secret(tmp_path / "data")


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


# --- control --------------------------------------------------------------------------------------


@dataclass
class NotedPhone:
    """A telephone that writes down what it is told."""

    told: list[tuple[object, ...]] = field(default_factory=list)

    def rings(self, carrier_call_id: str, request: DialRequest) -> None:
        self.told.append(("rings", carrier_call_id, request))

    def was_hung_up(self, carrier_call_id: str) -> None:
        self.told.append(("hung up", carrier_call_id))

    def was_put_through(self, carrier_call_id: str, request: TransferRequest) -> None:
        self.told.append(("put through", carrier_call_id, request))

    def heard_keys(self, carrier_call_id: str, keys: str) -> None:
        self.told.append(("keys", carrier_call_id, keys))


async def test_a_telephone_of_this_process_can_be_called_and_hung_up() -> None:
    carrier, phone = adapter(), NotedPhone()
    carrier.exchange.register(THERE, phone)
    call = await carrier.dial(DIAL)
    request = TransferRequest(Destination("sales", HERE), HERE, "r", "", ENGLISH)
    await carrier.send_keys(call, "12w3#")
    await carrier.transfer(call, request)
    await carrier.hang_up(call)
    await carrier.hang_up(call)  # over: no error
    assert phone.told == [
        ("rings", call, DIAL),
        ("keys", call, "12w3#"),
        ("put through", call, request),
        ("hung up", call),
    ]


async def test_a_telephone_that_called_in_can_be_hung_up() -> None:
    carrier, phone = adapter(), NotedPhone()
    carrier.exchange.has_joined("c", phone)
    await carrier.answer(CallProgressed("c", CarrierStatus.ANSWERED), HangUpCall())
    assert phone.told == [("hung up", "c")]


async def test_a_number_that_nobody_has_is_refused() -> None:
    carrier = adapter()
    carrier.exchange.register(THERE, NotedPhone())
    carrier.exchange.unregister(THERE)
    with pytest.raises(ProviderError) as refused:
        await carrier.dial(DIAL)
    assert (refused.value.code, refused.value.retryable) == ("number-refused", False)


async def test_calls_that_are_over_or_elsewhere_can_be_acted_on() -> None:
    carrier = adapter()
    await carrier.hang_up("unknown")
    await carrier.send_keys("unknown", "1")
    await carrier.transfer("unknown", TransferRequest(Destination("s", HERE), HERE, "r", "", ENGLISH))


async def test_every_number_announces_its_calls_here() -> None:
    assert await adapter().webhook_of(HERE) == URL
