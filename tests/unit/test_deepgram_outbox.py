"""What a stream has still to send."""

from __future__ import annotations

import asyncio

from backend.domain.value_objects.audio import WIDEBAND
from backend.infrastructure.adapters.stt.deepgram_outbox import Outbox

FRAME = bytes(WIDEBAND.bytes_in(20))


async def drained(outbox: Outbox) -> list[bytes | str]:
    outbox.put_message("last")
    taken: list[bytes | str] = []
    while (item := await outbox.take()) != "last":
        assert item is not None
        taken.append(item)
    return taken


async def test_audio_that_piled_up_goes_out_in_larger_pieces_but_not_across_a_message() -> None:
    outbox = Outbox(WIDEBAND, limit_ms=1_000, piece_ms=60)
    for _ in range(4):
        assert outbox.put_audio(FRAME)
    outbox.put_message("now")
    assert outbox.put_audio(FRAME)
    assert await drained(outbox) == [FRAME * 3, FRAME, "now", FRAME]


async def test_there_is_room_for_so_much_audio_and_again_when_it_is_gone() -> None:
    outbox = Outbox(WIDEBAND, limit_ms=40)
    assert [outbox.put_audio(FRAME) for _ in range(3)] == [True, True, False]
    await drained(outbox)
    assert outbox.put_audio(FRAME)


async def test_an_empty_frame_is_not_sent() -> None:
    outbox = Outbox(WIDEBAND, limit_ms=40)
    assert outbox.put_audio(b"")
    assert await drained(outbox) == []


async def test_after_the_farewell_there_is_nothing() -> None:
    outbox = Outbox(WIDEBAND, limit_ms=40)
    outbox.put_audio(FRAME)
    outbox.end("bye")
    outbox.end("bye")
    outbox.put_audio(FRAME)
    outbox.put_message("more")
    assert [await outbox.take(), await outbox.take()] == ["bye", None]


async def test_who_waits_gets_what_comes() -> None:
    outbox = Outbox(WIDEBAND, limit_ms=40)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        taking = group.create_task(outbox.take())
        await asyncio.sleep(0)
        outbox.put_audio(FRAME)
    assert taking.result() == FRAME
