"""What the telephone says is what the loopback carrier understands, and the other way round."""

from __future__ import annotations

import pytest

from backend.domain.errors import VictoriaError
from backend.domain.ports.carrier_media_port import (
    KeyReceived,
    MarkReturned,
    MediaReceived,
    MediaStarted,
    MediaStopped,
)
from backend.domain.ports.telephony_port import (
    Apologise,
    CallOffered,
    CallProgressed,
    CarrierRequest,
    CarrierStatus,
    Connect,
    HangUpCall,
    Instruction,
    TurnAway,
)
from backend.domain.value_objects.audio import MULAW_8K
from backend.domain.value_objects.language import ENGLISH
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.telephony.loopback.loopback_adapter import LoopbackAdapter
from backend.infrastructure.adapters.telephony.loopback.loopback_media import LoopbackMedia
from backend.interfaces.cli import phone_messages as wire
from backend.interfaces.cli.phone_messages import Answered, Audio, Clear, Mark, NotAnswered

CARRIER = LoopbackAdapter(Secret("secret"), "http://127.0.0.1:8000")
OFFER = CallOffered("call", "+999100", "+999200")


def test_the_carrier_believes_and_understands_the_telephone() -> None:
    for body, event in {
        wire.offered("call", "+999100", "+999200"): OFFER,
        wire.completed("call"): CallProgressed("call", CarrierStatus.COMPLETED),
    }.items():
        headers = {
            wire.SIGNATURE_HEADER.lower(): wire.signature_of("secret", wire.WEBHOOK_PATH, body),
        }
        request = CarrierRequest(f"http://127.0.0.1:8000{wire.WEBHOOK_PATH}", "", headers, body)
        assert CARRIER.is_authentic(request)
        assert CARRIER.parse(request) == event


@pytest.mark.parametrize(
    ("instruction", "answer"),
    [
        (Connect("ticket", 60), Answered("/ws/telephone/loopback", "ticket", 60)),
        (Apologise("Sorry.", ENGLISH), NotAnswered("The agent cannot take the call: Sorry.")),
        (TurnAway(is_busy=True), NotAnswered("The line is busy.")),
        (TurnAway(is_busy=False), NotAnswered("Nobody has that number.")),
        (HangUpCall(), NotAnswered("The call was not taken.")),
    ],
)
async def test_the_telephone_understands_the_carrier(
    instruction: Instruction, answer: Answered | NotAnswered
) -> None:
    assert wire.parse_answer((await CARRIER.answer(OFFER, instruction)).body) == answer


def test_media_is_understood_on_both_sides() -> None:
    media = LoopbackMedia()
    assert media.parse(wire.start("call", "ticket")) == MediaStarted("call", MULAW_8K, "ticket")
    assert media.parse(wire.media(3, 40, b"\xff\x7f")) == MediaReceived(b"\xff\x7f", 40, 3)
    assert media.parse(wire.mark("320")) == MarkReturned("320")
    assert media.parse(wire.key("#")) == KeyReceived("#")
    assert media.parse(wire.stop()) == MediaStopped()
    assert wire.parse_media(media.media(b"\xff\x7f")) == Audio(b"\xff\x7f")
    assert wire.parse_media(media.mark("320")) == Mark("320")
    assert wire.parse_media(media.clear()) == Clear()
    assert wire.parse_media('{"event":"news"}') is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"do":"connect"}', b'{"do":"say"}'])
def test_another_server_is_recognised_by_its_answer(body: bytes) -> None:
    with pytest.raises(VictoriaError) as refused:
        wire.parse_answer(body)
    assert refused.value.code == "bad-server"


@pytest.mark.parametrize("message", ["", "[]", "{}", '{"event":"media","payload":"*"}', '{"event":"mark"}'])
def test_another_server_is_recognised_by_its_media(message: str) -> None:
    with pytest.raises(VictoriaError) as refused:
        wire.parse_media(message)
    assert refused.value.code == "bad-server"
