"""The line's one writer, when the line does not take what it writes."""

from __future__ import annotations

import asyncio

from backend.application.processors.playout import Playout
from backend.application.processors.reply_audio import ReplyAudio
from backend.application.services.call_clock import CallClock
from backend.application.services.egress import Egress
from backend.application.services.inbox import Inbox
from backend.domain.conversation.events import PlayoutFlushed, PlayoutStarted
from backend.domain.ports.channel_port import Played
from backend.domain.value_objects.audio import WIDEBAND
from backend.domain.value_objects.instant import ms
from tests.support.line import MemoryLine
from tests.support.scripted import tone
from tests.support.virtual_time import LoopClock, run_virtual


def test_what_was_heard_is_told_while_the_line_takes_nothing_more() -> None:
    async def main() -> None:
        clock = CallClock(LoopClock())
        line, inbox = MemoryLine(), Inbox(clock)
        playout = Playout(WIDEBAND, lead_ms=200, packet_ms=40, reports=True)
        egress = Egress(line, playout, clock=clock, inbox=inbox, record=lambda at, pcm: None)
        reply = ReplyAudio(WIDEBAND)
        egress.begin(1, reply)
        reply.begin_clause("Hello.")
        reply.append(tone(WIDEBAND, 2_000))
        serving = asyncio.ensure_future(egress.run())
        await asyncio.sleep(0.005)
        line.reading.clear()
        await asyncio.sleep(0.1)

        report = await line.receive()
        assert isinstance(report, Played)
        egress.played(report.position)
        assert isinstance(inbox.next_now(), PlayoutStarted)
        egress.flush(1)
        assert inbox.next_now() == PlayoutFlushed(ms(105), 1, "")

        serving.cancel()
        await asyncio.wait({serving})

    run_virtual(main())
