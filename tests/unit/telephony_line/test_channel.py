"""What comes in on a telephone's line, and the receipts of what went out, in virtual time."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from backend.application.processors.g711 import alaw_encode, mulaw_encode
from backend.application.services.telephony.marks import OVERDUE_MS
from backend.application.services.telephony.telephone_channel import MAX_GIBBERISH
from backend.domain.entities.call import EndCause
from backend.domain.ports.channel_port import AnsweredBy, KeyPress, LineClosed, Played, TransferRefused
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.audio import NARROWBAND, AudioFormat, AudioFrame, Encoding
from tests.unit.telephony_line.rig import SILENCE, Rig, now, play
from tests.unit.telephony_line.sockets import PlainProtocol, media

SOUND = np.arange(-160, 160, 2, dtype=np.int16) * 100


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
