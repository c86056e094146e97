"""Whoever is no caller stays outside: tickets, signatures, repetitions, and sockets that say nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import permutations
from typing import Final

import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from backend.infrastructure.adapters.telephony.twilio.twilio_signature import signature_of
from tests.support.telephony.exchange import Exchange, an_exchange
from tests.support.telephony.handset import Handset
from tests.support.telephony.media_line import LineConditions
from tests.support.telephony.signing import PUBLIC_URL
from tests.support.telephony.simulator import Leg, MediaAddress
from tests.support.telephony.twilio_simulator import TwilioSimulator
from tests.support.telephony.wording import TelnyxWording, TwilioWording

pytestmark = pytest.mark.asyncio(loop_scope="module")

both = pytest.mark.parametrize("carrier", ["twilio", "telnyx"])

STATUS_URL: Final = f"{PUBLIC_URL}/webhook/twilio/status"
VOICE_URL: Final = f"{PUBLIC_URL}/webhook/twilio/voice"
STAYS_OPEN_S: Final = 0.5
PATIENCE_S: Final = 30.0
APOLOGISES_WITHIN_S: Final = 5.0
WORDINGS: Final[dict[str, type[TwilioWording] | type[TelnyxWording]]] = {
    "twilio": TwilioWording,
    "telnyx": TelnyxWording,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    async with an_exchange(tmp_path_factory.mktemp("exchange"), simulated=True) as made:
        yield made


async def knock(
    carrier: str, address: MediaAddress, call: str, *, waits_s: float = PATIENCE_S, starts: bool = True
) -> int | None:
    """Open a media socket; return the status or code with which it is refused, None if that does not come."""
    wording = WORDINGS[carrier]()
    try:
        async with connect(
            address.url, additional_headers=dict(address.headers), proxy=None, close_timeout=0.2
        ) as socket:
            with suppress(ConnectionClosed):
                await socket.send(wording.connected())
                if starts:
                    await socket.send(wording.start(call, dict(address.parameters)))
            with suppress(TimeoutError):
                await asyncio.wait_for(socket.wait_closed(), waits_s)
            return socket.close_code
    except InvalidStatus as refusal:
        return refusal.response.status_code


async def invited(leg: Leg) -> MediaAddress:
    """Wait until our server wants a media socket for the call."""
    async with asyncio.timeout(PATIENCE_S):
        while not leg.wanted:  # noqa: ASYNC110 (the simulator's task appends; nothing tells us)
            await asyncio.sleep(0.02)
    return leg.wanted[-1]


def with_ticket(carrier: str, address: MediaAddress, ticket: str) -> MediaAddress:
    """Return the same address with another ticket, or none."""
    if carrier == "twilio":
        return MediaAddress(address.url, address.headers, {"ticket": ticket} if ticket else {})
    url = address.url.rpartition("/")[0]
    return MediaAddress(f"{url}/{ticket}" if ticket else url, {}, {})


def ticket_in(carrier: str, address: MediaAddress) -> str:
    return address.parameters["ticket"] if carrier == "twilio" else address.url.rpartition("/")[2]


@both
async def test_only_the_ticket_of_the_call_opens_its_socket(exchange: Exchange, carrier: str) -> None:
    number = await exchange.number(carrier, f"door {carrier}")
    simulator, closed = exchange.carriers[carrier], LineConditions(opens=False)
    caller, other = exchange.caller(), exchange.caller()
    refused = 1008 if carrier == "twilio" else 403
    async with simulator.call(caller, number, closed) as leg, simulator.call(other, number, closed) as second:
        address, foreign = await invited(leg), await invited(second)
        for ticket in ("", "x" * 43, "../voice"):
            assert await knock(carrier, with_ticket(carrier, address, ticket), leg.id) in (refused, 403)
        theirs = with_ticket(carrier, address, ticket_in(carrier, foreign))
        assert await knock(carrier, theirs, leg.id) == 1008
        assert await knock(carrier, theirs, second.id) == refused  # a ticket is used up, whoever used it
        assert await knock(carrier, address, leg.id, waits_s=STAYS_OPEN_S) is None
        assert await knock(carrier, address, leg.id) == refused
        assert await exchange.calls_of(other) == []
    assert await exchange.is_idle()
    assert ticket_in(carrier, address) not in exchange.victoria.log
    assert "Traceback" not in exchange.victoria.log


@both
async def test_a_caller_whose_media_socket_is_refused_hears_an_apology(
    exchange: Exchange, carrier: str
) -> None:
    """Its ticket is worth nothing by the time that it comes: here because somebody has spent it."""
    number, caller = await exchange.number(carrier, f"too late {carrier}"), exchange.caller()
    spent, simulator = asyncio.Event(), exchange.carriers[carrier]
    async with simulator.call(caller, number, LineConditions(opens_after=spent)) as leg:
        assert await knock(carrier, await invited(leg), "another call") == 1008
        spent.set()
        async with asyncio.timeout(APOLOGISES_WITHIN_S):
            await leg.over.wait()  # nobody has to listen to silence
    (line,) = leg.lines
    assert (line.refused_with, line.close_code) == ((None, 1008) if carrier == "twilio" else (403, None))
    assert leg.told == ["We are sorry, something went wrong on our side. Please call again later. Goodbye."]
    assert {status for _, status in leg.hooks} == {200}
    assert await exchange.calls_of(caller) == []  # there was no conversation
    assert await exchange.is_idle()


@both
async def test_a_second_socket_of_a_live_call_is_refused(exchange: Exchange, carrier: str) -> None:
    number = await exchange.number(carrier, f"second {carrier}")
    caller = exchange.caller()
    async with exchange.carriers[carrier].call(caller, number) as leg:
        await leg.handset.is_answered(since=0)
        refused = await knock(carrier, leg.wanted[0], leg.id)
        assert refused == (1008 if carrier == "twilio" else 403)
        leg.handset.press("1#")
        await leg.handset.hears()  # the call has not noticed
    assert [call["end_cause"] for call in await exchange.ended(caller)] == ["caller-hung-up"]


async def test_an_upgrade_that_twilio_has_not_signed_is_refused(exchange: Exchange) -> None:
    number = await exchange.number("twilio", "unsigned")
    async with exchange.twilio.call(exchange.caller(), number, LineConditions(opens=False)) as leg:
        address = await invited(leg)
        public = f"{PUBLIC_URL.replace('https', 'wss')}/ws/telephone/twilio"
        for signature in ("", "x", signature_of("another-token", public), signature_of("", public)):
            headers = {"X-Twilio-Signature": signature}
            assert (
                await knock("twilio", MediaAddress(address.url, headers, address.parameters), leg.id) == 403
            )
        assert await knock("twilio", MediaAddress(address.url, {}, address.parameters), leg.id) == 403
        # Its ticket was not spent on them.
        assert await knock("twilio", address, leg.id, waits_s=STAYS_OPEN_S) is None


@both
async def test_a_socket_that_never_says_which_call_it_is_of_is_closed(
    exchange: Exchange, carrier: str
) -> None:
    number = await exchange.number(carrier, f"mute {carrier}")
    async with exchange.carriers[carrier].call(exchange.caller(), number, LineConditions(opens=False)) as leg:
        address = await invited(leg)
        began = asyncio.get_running_loop().time()
        assert await knock(carrier, address, leg.id, starts=False) == 1008
        assert 4 < asyncio.get_running_loop().time() - began < 15  # 5 s, and what a busy machine adds


@both
async def test_a_webhook_that_comes_ten_times_is_one_call(exchange: Exchange, carrier: str) -> None:
    number = await exchange.number(carrier, f"again {carrier}")
    simulator, caller = exchange.carriers[carrier], exchange.caller()
    async with simulator.call(caller, number) as leg:
        await leg.handset.is_answered(since=0)
        told: list[bytes] = []
        for _ in range(10):
            if isinstance(simulator, TwilioSimulator):
                told.append(await simulator.tell(leg, "voice", VOICE_URL, CallStatus="ringing") or b"")
            else:
                parties = {"from": leg.caller, "to": leg.called}
                await simulator.tell(leg, "call.initiated", direction="incoming", **parties)
        assert len(set(told)) <= 1
        assert all(ticket_in(carrier, leg.wanted[0]).encode() in document for document in told)
        leg.handset.press("1#")
        await leg.handset.hears()
    assert [call["end_cause"] for call in await exchange.ended(caller)] == ["caller-hung-up"]
    assert len(leg.wanted) == 1
    assert await exchange.is_idle()


async def test_statuses_end_a_call_the_same_way_in_any_order(exchange: Exchange) -> None:
    number = await exchange.number("twilio", "statuses")
    statuses = ("initiated", "ringing", "in-progress", "completed")

    async def is_told(order: tuple[str, ...]) -> None:
        caller = exchange.caller()
        async with exchange.twilio.call(caller, number, LineConditions(opens=False)) as leg:
            address = await invited(leg)
            for status in order:
                for _ in range(2):
                    sequence = str(statuses.index(status))
                    await exchange.twilio.tell(
                        leg, "status", STATUS_URL, CallStatus=status, SequenceNumber=sequence
                    )
            assert await knock("twilio", address, leg.id) == 1008
        assert {status for _, status in leg.hooks} == {200}
        assert await exchange.calls_of(caller) == []

    async with asyncio.TaskGroup() as group:
        for order in permutations(statuses):
            group.create_task(is_told(order))
    assert await exchange.is_idle()


async def test_what_is_told_of_unknown_calls_and_accounts_creates_nothing(exchange: Exchange) -> None:
    before = await exchange.calls_of("")
    stranger = Leg(exchange.twilio.new_call(), exchange.caller(), "+34910000000", Handset())
    for status in ("ringing", "completed", "completed"):
        await exchange.twilio.tell(stranger, "status", STATUS_URL, CallStatus=status)
    foreign = "AC" + "1" * 32
    await exchange.twilio.tell(stranger, "status", STATUS_URL, CallStatus="completed", AccountSid=foreign)
    assert [status for _, status in stranger.hooks] == [200, 200, 200, 403]
    assert await exchange.calls_of("") == before
