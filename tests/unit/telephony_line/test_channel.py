"""A telephone's line, in virtual time: what comes in, what goes out, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from backend.application.processors.g711 import alaw_encode, mulaw_encode
from backend.application.services.telephony.marks import OVERDUE_MS
from backend.application.services.telephony.telephone_channel import MAX_GIBBERISH, TelephoneChannel
from backend.domain.entities.call import EndCause
from backend.domain.entities.telephone import Destination
from backend.domain.errors import ConflictError, ProviderError
from backend.domain.ports.channel_port import (
    AnsweredBy,
    Incoming,
    KeyPress,
    LineClosed,
    Played,
    TransferRefused,
)
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.audio import MULAW_8K, NARROWBAND, AudioFormat, AudioFrame, Encoding
from backend.domain.value_objects.phone_number import PhoneNumber
from tests.support.virtual_time import LoopClock, run_virtual
from tests.unit.telephony_line.sockets import MemorySocket, PlainProtocol, media

SOUND = np.arange(-160, 160, 2, dtype=np.int16) * 100
SILENCE = AudioFrame(NARROWBAND, bytes(640))  # 40 ms
SALES = Destination("sales", PhoneNumber("+34910000001"))


@dataclass
class Rig:
    """A line and what it did."""

    format: AudioFormat = MULAW_8K
    hang_up_fails: Exception | None = None
    hang_up_takes_s: float = 0.0
    transfer_fails: Exception | None = None
    hang_ups: int = 0
    transfers: list[tuple[Destination, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.socket = MemorySocket()
        self.line = TelephoneChannel(
            self.socket,
            PlainProtocol(),
            self.format,
            hang_up=self._hang_up,
            transfer=self._transfer,
            clock=LoopClock(),
        )

    async def _hang_up(self) -> None:
        self.hang_ups += 1
        await asyncio.sleep(self.hang_up_takes_s)
        if self.hang_up_fails is not None:
            raise self.hang_up_fails

    async def _transfer(self, destination: Destination, summary: str) -> None:
        self.transfers.append((destination, summary))
        if self.transfer_fails is not None:
            raise self.transfer_fails

    async def received(self, *messages: str | bytes | None) -> list[Incoming]:
        """Return what comes of ``messages``, up to a key that is pressed behind them."""
        self.socket.say(*messages, "key #")
        heard = [await self.line.receive()]
        while heard[-1] != KeyPress("#") and not isinstance(heard[-1], LineClosed):
            heard.append(await self.line.receive())
        return heard[:-1] if heard[-1] == KeyPress("#") else heard


Act = Callable[[Rig], Coroutine[Any, Any, None]]


def play(act: Act, **manner: Any) -> Rig:
    """Act in virtual time; no task may be left."""

    async def main() -> Rig:
        rig = Rig(**manner)
        await act(rig)
        return rig

    return run_virtual(main())


def now() -> float:
    return asyncio.get_running_loop().time()


# --- what comes in --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "wire"),
    [
        (Encoding.MULAW, mulaw_encode(SOUND)),
        (Encoding.ALAW, alaw_encode(SOUND)),
        (Encoding.PCM16, SOUND.tobytes()),
    ],
)
def test_the_carriers_code_is_decoded_and_encoded(encoding: Encoding, wire: bytes) -> None:
    async def act(rig: Rig) -> None:
        (frame,) = await rig.received(media(1, wire))
        assert isinstance(frame, AudioFrame)
        assert frame.format == NARROWBAND
        assert np.abs(np.frombuffer(frame.payload, np.int16).astype(int) - SOUND).max() <= 512
        await rig.line.send_audio(frame)
        assert rig.socket.sent[0] == PlainProtocol().media(wire)

    play(act, format=AudioFormat(encoding, 8_000))


def test_another_rate_is_not_spoken() -> None:
    async def act(rig: Rig) -> None:
        with pytest.raises(ValueError, match="8000 Hz"):
            Rig(format=AudioFormat(Encoding.PCM16, 16_000))

    play(act)


def test_packets_come_out_in_order() -> None:
    async def act(rig: Rig) -> None:
        packets = [mulaw_encode(np.full(160, level, np.int16)) for level in (0, 8_000, 16_000)]
        heard = await rig.received(*(media(number, packets[number]) for number in (0, 2, 1)))
        levels = [np.frombuffer(each.payload, np.int16)[0] for each in heard if isinstance(each, AudioFrame)]
        assert levels == sorted(levels)
        assert len(levels) == 3

    play(act)


def test_keys_and_receipts_come_between_audio() -> None:
    async def act(rig: Rig) -> None:
        await rig.line.send_audio(SILENCE)
        assert rig.socket.sent[-1] == "mark 320"
        heard = await rig.received("mark 320", "mark 999999", "mark utterance-7", "key 5", "start", "news")
        assert heard == [Played(320), KeyPress("5")]

    play(act)


def test_what_the_desk_tells_wakes_a_line_that_hears_nothing() -> None:
    async def act(rig: Rig) -> None:
        told = AnsweredBy(Answerer.MACHINE, greeting_is_over=True)
        asyncio.get_running_loop().call_later(3, rig.line.tell, told)
        assert await rig.line.receive() == told
        assert now() == 3
        # Told while nobody waits, it is there as well, and no message is lost over it.
        rig.socket.say("key 1")
        rig.line.tell(TransferRefused("nobody-there"))
        assert await rig.line.receive() == TransferRefused("nobody-there")
        assert await rig.line.receive() == KeyPress("1")

    play(act)


def test_a_told_end_is_the_end() -> None:
    async def act(rig: Rig) -> None:
        rig.line.tell(LineClosed(EndCause.CALLER_HUNG_UP))
        rig.socket.say("key 1")
        for _ in range(2):
            assert await rig.line.receive() == LineClosed(EndCause.CALLER_HUNG_UP)
        await rig.line.close(EndCause.CALLER_HUNG_UP)

    assert play(act).hang_ups == 0


@pytest.mark.parametrize(
    ("last_words", "cause"), [("stop", EndCause.CALLER_HUNG_UP), (None, EndCause.CONNECTION_LOST)]
)
def test_after_the_end_there_is_only_the_end(last_words: str | None, cause: EndCause) -> None:
    async def act(rig: Rig) -> None:
        assert await rig.received("key 1", last_words, "key 2") == [KeyPress("1"), LineClosed(cause)]
        assert await rig.line.receive() == LineClosed(cause)

    play(act)


def test_a_carriers_slip_is_forgiven_but_gibberish_is_no_call() -> None:
    async def act(rig: Rig) -> None:
        slips: list[str | bytes] = ["what?", b"\0"] * (MAX_GIBBERISH // 2 - 1)
        assert await rig.received(*slips, "key 1", *slips) == [KeyPress("1")]
        assert await rig.received(*slips, b"", b"") == [LineClosed(EndCause.CONNECTION_LOST)]
        await rig.line.close(EndCause.CONNECTION_LOST)
        assert rig.socket.closed_with == [1007]

    assert play(act).hang_ups == 1


def test_a_burst_gives_way_to_others() -> None:
    """Five seconds at once: whoever else wants to run gets to run in between."""

    async def act(rig: Rig) -> None:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        neighbour = asyncio.create_task(other())
        heard = await rig.received(*(media(number, bytes(160)) for number in range(250)))
        neighbour.cancel()
        assert len(heard) == 250
        assert turns > 200
        with pytest.raises(asyncio.CancelledError):
            await neighbour

    play(act)


# --- receipts -------------------------------------------------------------------------------------


def test_a_receipt_that_never_comes_is_not_waited_for() -> None:
    async def act(rig: Rig) -> None:
        await rig.line.send_audio(SILENCE)
        assert await rig.line.receive() == Played(320)
        assert now() == pytest.approx((40 + OVERDUE_MS) / 1_000)

    play(act)


def test_after_a_flush_no_receipt_is_waited_for() -> None:
    async def act(rig: Rig) -> None:
        await rig.line.send_audio(SILENCE)
        await rig.line.flush()
        assert rig.socket.sent[-1] == "clear"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(10):
                await rig.line.receive()

    play(act)


# --- the end --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cause", [EndCause.AGENT_HUNG_UP, EndCause.MAX_DURATION, EndCause.DRAINED, EndCause.INTERNAL_ERROR]
)
def test_we_hang_up_once(cause: EndCause) -> None:
    async def act(rig: Rig) -> None:
        await rig.line.close(cause)
        await rig.line.close(EndCause.INTERNAL_ERROR)
        assert rig.hang_ups == 1
        assert rig.socket.closed_with == [1000]

    play(act)


@pytest.mark.parametrize("last_words", ["stop", None])
def test_a_call_that_the_carrier_knows_to_be_over_is_not_hung_up(last_words: str | None) -> None:
    async def act(rig: Rig) -> None:
        await rig.received(last_words)
        await rig.line.close(EndCause.CALLER_HUNG_UP)
        assert rig.socket.closed_with == [1000]

    assert play(act).hang_ups == 0


def test_a_silent_line_is_hung_up() -> None:
    """The watch gave it up while the socket is open."""

    async def act(rig: Rig) -> None:
        await rig.line.close(EndCause.CONNECTION_LOST)

    assert play(act).hang_ups == 1


@pytest.mark.parametrize(
    "failure",
    [ProviderError("carrier", "down"), ConflictError("no"), None],
    ids=["error", "conflict", "hangs"],
)
def test_a_carrier_that_does_not_hang_up_keeps_nobody_waiting(failure: Exception | None) -> None:
    async def act(rig: Rig) -> None:
        rig.socket.closes = False
        rig.socket.reading.clear()
        await rig.line.close(EndCause.AGENT_HUNG_UP)
        assert now() <= 2
        assert rig.socket.closed_with == [1000]

    play(act, hang_up_fails=failure, hang_up_takes_s=0 if failure else 60)


def test_whoever_does_not_read_blocks_neither_ear_nor_end() -> None:
    async def act(rig: Rig) -> None:
        rig.socket.reading.clear()
        async with asyncio.TaskGroup() as group:
            speaking = group.create_task(rig.line.send_audio(SILENCE))
            assert await rig.received("key 1") == [KeyPress("1")]
            await rig.line.close(EndCause.AGENT_HUNG_UP)
            assert now() == 0
            speaking.cancel()

    assert play(act).hang_ups == 1


def test_what_is_sent_after_the_end_is_ignored() -> None:
    async def act(rig: Rig) -> None:
        await rig.line.close(EndCause.AGENT_HUNG_UP)
        await rig.line.send_audio(SILENCE)
        await rig.line.flush()
        assert rig.socket.sent == []

    play(act)


# --- transfers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("last_words", ["stop", None])
def test_a_caller_who_was_put_through_was_not_lost(last_words: str | None) -> None:
    async def act(rig: Rig) -> None:
        await rig.line.transfer(SALES, "wants to buy")
        assert await rig.received(last_words) == [LineClosed(EndCause.TRANSFERRED)]
        await rig.line.close(EndCause.TRANSFERRED)
        assert rig.transfers == [(SALES, "wants to buy")]

    assert play(act).hang_ups == 0


def test_after_a_refused_transfer_the_caller_is_ours_again() -> None:
    async def act(rig: Rig) -> None:
        await rig.line.transfer(SALES, "")
        rig.line.tell(TransferRefused("nobody-there"))
        assert await rig.received("stop") == [
            TransferRefused("nobody-there"),
            LineClosed(EndCause.CALLER_HUNG_UP),
        ]

    play(act)


def test_a_transfer_that_is_not_accepted_changes_nothing() -> None:
    async def act(rig: Rig) -> None:
        with pytest.raises(ProviderError):
            await rig.line.transfer(SALES, "")
        assert await rig.received("stop") == [LineClosed(EndCause.CALLER_HUNG_UP)]

    play(act, transfer_fails=ProviderError("carrier", "no"))
