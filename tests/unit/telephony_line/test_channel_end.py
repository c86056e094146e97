"""How a telephone's line ends, by hanging up or by a transfer, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from backend.domain.entities.call import EndCause
from backend.domain.entities.telephone import Destination
from backend.domain.errors import ConflictError, ProviderError
from backend.domain.ports.channel_port import KeyPress, LineClosed, TransferRefused
from backend.domain.value_objects.phone_number import PhoneNumber
from tests.unit.telephony_line.rig import SILENCE, Rig, now, play

SALES = Destination("sales", PhoneNumber("+34910000001"))


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
