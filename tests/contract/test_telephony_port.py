"""What every carrier's adapter must do, whoever the carrier is.

An adapter joins by adding its carrier to ``CARRIERS``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from backend.domain.entities.telephone import Destination
from backend.domain.errors import CallerError
from backend.domain.ports.carrier_media_port import (
    KeyReceived,
    MarkReturned,
    MediaReceived,
    MediaStarted,
    MediaStopped,
)
from backend.domain.ports.telephony_port import (
    Apologise,
    CallAnswered,
    CallOffered,
    CallProgressed,
    CallUnattended,
    CarrierRequest,
    CarrierStatus,
    Connect,
    DialRequest,
    HangUpCall,
    Instruction,
    NoInstruction,
    TransferRequest,
    TurnAway,
)
from backend.domain.value_objects.audio import MULAW_8K
from backend.domain.value_objects.language import SPANISH
from backend.domain.value_objects.phone_number import PhoneNumber
from tests.support.telephony.carrier_side import CarrierSide
from tests.support.telephony.loopback_side import loopback_side
from tests.support.telephony.telnyx_side import telnyx_side
from tests.support.telephony.twilio_side import twilio_side

CARRIERS = {"twilio": twilio_side, "telnyx": telnyx_side, "loopback": loopback_side}

MADRID = PhoneNumber("+34910000000")
OURS = PhoneNumber("+34600000000")
DIAL = DialRequest(MADRID, OURS, "order-1", max_seconds=600)
TICKET = "ticket-of_128-bits"
AUDIO = bytes(range(160))


@pytest.fixture(params=CARRIERS)
async def carrier(request: pytest.FixtureRequest) -> AsyncIterator[CarrierSide]:
    async with CARRIERS[request.param]() as side:
        yield side


async def test_the_name_can_be_in_an_address(carrier: CarrierSide) -> None:
    name = carrier.adapter.name

    assert name.isascii()
    assert name.isalpha()
    assert name.islower()


async def test_what_the_carrier_signed_is_authentic_and_nothing_else(carrier: CarrierSide) -> None:
    request = carrier.offered("CA1", "+34911111111", str(OURS))

    assert carrier.adapter.is_authentic(request)
    for forged in _forgeries(request):
        assert not carrier.adapter.is_authentic(forged)


async def test_upgrades_are_signed_or_known_not_to_be(carrier: CarrierSide) -> None:
    upgrade = carrier.upgrade()

    assert carrier.adapter.signs_upgrades is (upgrade is not None)
    if upgrade is not None:
        assert carrier.adapter.is_authentic(upgrade)
        assert not any(carrier.adapter.is_authentic(forged) for forged in _forgeries(upgrade))
    unsigned = CarrierRequest("wss://calls.example.com/voice/ws/telephone/x", "", {})
    assert not carrier.adapter.is_authentic(unsigned)


async def test_requests_tell_what_happens(carrier: CarrierSide) -> None:
    parse = carrier.adapter.parse

    assert parse(carrier.offered("CA1", "+34911111111", str(OURS))) == CallOffered(
        "CA1", "+34911111111", str(OURS)
    )
    assert parse(carrier.answered("CA1", "order-1")) == CallAnswered("CA1", "order-1")


@pytest.mark.parametrize(
    "status", [status for status in CarrierStatus if status is not CarrierStatus.ANSWERED]
)
async def test_a_call_of_ours_says_how_far_it_has_come(carrier: CarrierSide, status: CarrierStatus) -> None:
    event = carrier.adapter.parse(carrier.progressed("CA1", status, "order-1"))

    assert event == CallProgressed("CA1", status, "order-1")


async def test_what_no_carrier_sends_is_refused(carrier: CarrierSide) -> None:
    for request in carrier.nonsense():
        assert carrier.adapter.is_authentic(request)
        with pytest.raises(CallerError) as caught:
            carrier.adapter.parse(request)
        assert caught.value.code == "bad-webhook"


async def test_a_call_is_connected_to_a_socket_with_its_ticket(carrier: CarrierSide) -> None:
    call = carrier.incoming()

    reply = await carrier.adapter.answer(CallOffered(call, "", str(OURS)), Connect(TICKET, max_seconds=900))

    assert reply.status == 200
    assert carrier.ticket_of(call, reply) == TICKET


@pytest.mark.parametrize("event", [CallAnswered("", "order-1"), CallUnattended("")])
async def test_a_call_in_progress_is_connected_to_a_socket(
    carrier: CarrierSide, event: CallAnswered | CallUnattended
) -> None:
    call = carrier.incoming()

    reply = await carrier.adapter.answer(
        replace(event, carrier_call_id=call), Connect(TICKET, max_seconds=900)
    )

    assert carrier.ticket_of(call, reply) == TICKET


@pytest.mark.parametrize(
    "instruction",
    [TurnAway(True), TurnAway(False), Apologise("Lo sentimos.", SPANISH), HangUpCall(), NoInstruction()],
)
async def test_a_call_that_is_not_taken_has_no_socket(carrier: CarrierSide, instruction: Instruction) -> None:
    call = carrier.incoming()

    reply = await carrier.adapter.answer(CallOffered(call, "", str(OURS)), instruction)

    assert reply.status == 200
    assert carrier.ticket_of(call, reply) is None


async def test_a_call_that_has_come_far_enough_is_ended(carrier: CarrierSide) -> None:
    call = carrier.incoming()

    await carrier.adapter.answer(CallProgressed(call, CarrierStatus.ANSWERED), NoInstruction())
    assert not carrier.has_ended(call)
    await carrier.adapter.answer(CallProgressed(call, CarrierStatus.ANSWERED), HangUpCall())

    assert carrier.has_ended(call)


async def test_a_call_is_placed_within_its_limits(carrier: CarrierSide) -> None:
    calls = [await carrier.adapter.dial(DIAL) for _ in range(2)]

    assert calls[0] != calls[1]
    assert carrier.placed(calls[0]) == (str(MADRID), str(OURS), 600)


async def test_a_call_is_ended_once_and_ending_it_again_is_no_error(carrier: CarrierSide) -> None:
    call = await carrier.adapter.dial(DIAL)

    await carrier.adapter.hang_up(call)
    await carrier.adapter.hang_up(call)

    assert carrier.has_ended(call)


async def test_a_caller_is_put_through(carrier: CarrierSide) -> None:
    call = carrier.incoming()
    request = TransferRequest(Destination("Ana", MADRID), OURS, "ref-7", "", SPANISH)

    await carrier.adapter.transfer(call, request)

    assert carrier.forwarded_to(call) == str(MADRID)


async def test_a_call_that_is_over_is_not_put_through_and_that_is_no_error(carrier: CarrierSide) -> None:
    call = carrier.incoming()
    await carrier.adapter.hang_up(call)

    await carrier.adapter.transfer(call, TransferRequest(Destination("Ana", MADRID), OURS, "r", "", SPANISH))

    assert carrier.forwarded_to(call) is None


async def test_a_media_stream_tells_whose_it_is(carrier: CarrierSide) -> None:
    started = carrier.adapter.media().parse(carrier.started("CA1", TICKET))

    ticket = TICKET if carrier.adapter.signs_upgrades else ""
    assert started == MediaStarted("CA1", MULAW_8K, ticket)
    assert TICKET not in repr(started)


async def test_a_media_stream_brings_what_the_caller_does(carrier: CarrierSide) -> None:
    media = carrier.adapter.media()
    media.parse(carrier.started("CA1", TICKET))

    assert media.parse(carrier.packet(AUDIO, 3)) == MediaReceived(AUDIO, 60, 3)
    assert media.parse(carrier.packet(b"", 4)) == MediaReceived(b"", 80, 4)
    assert media.parse(carrier.other("key", key="#")) == KeyReceived("#")
    assert media.parse(carrier.other("mark", name="7:160")) == MarkReturned("7:160")
    assert media.parse(carrier.other("stop")) == MediaStopped()
    assert media.parse(carrier.other("levitated")) is None


async def test_a_media_stream_plays_and_forgets(carrier: CarrierSide) -> None:
    media = carrier.adapter.media()
    media.parse(carrier.started("CA1", TICKET))

    assert carrier.plays(media.media(AUDIO)) == AUDIO
    assert carrier.plays(media.mark("7:160")) is None
    assert carrier.plays(media.clear()) is None
    assert media.parse(media.mark("7:160")) == MarkReturned("7:160")


@pytest.mark.parametrize("message", ["", "x", "[]", "{}", b"\xff", '{"event": []}', '{"event": "media"}'])
async def test_what_is_no_message_is_refused(carrier: CarrierSide, message: str | bytes) -> None:
    with pytest.raises(CallerError) as caught:
        carrier.adapter.media().parse(message)
    assert caught.value.code == "bad-media"


async def test_the_account_can_be_checked(carrier: CarrierSide) -> None:
    await carrier.adapter.check()


async def test_it_can_be_closed_twice(carrier: CarrierSide) -> None:
    await carrier.adapter.aclose()
    await carrier.adapter.aclose()


def _forgeries(request: CarrierRequest) -> list[CarrierRequest]:
    name = next(name for name in request.headers if "signature" in name)
    signature = request.headers[name]
    changed = [
        {each: value for each, value in request.headers.items() if each != name},
        {**request.headers, name: ""},
        {**request.headers, name: signature[:-1]},
        {**request.headers, name: signature[::-1]},
        {**request.headers, name: "ñ"},
    ]
    forgeries = [replace(request, headers=headers) for headers in changed]
    if request.body:
        forgeries.append(replace(request, body=request.body + b"&x=1"))
        forgeries.append(replace(request, body=b""))
    return forgeries
