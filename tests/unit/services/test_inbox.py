"""The call's one inbox."""

from __future__ import annotations

import asyncio

import pytest

from backend.application.services.call_clock import CallClock
from backend.application.services.inbox import CAPACITY, Inbox
from backend.domain.conversation.events import CallStarted, DeadlineReached, MediaStalled
from backend.domain.errors import VictoriaError
from backend.domain.value_objects.instant import ms
from tests.support.virtual_time import LoopClock, run_virtual


def test_events_come_out_in_the_order_they_went_in_and_before_any_deadline() -> None:
    async def main() -> None:
        inbox = Inbox(CallClock(LoopClock()))
        inbox.put(CallStarted(ms(0)))
        inbox.put(MediaStalled(ms(0)))
        await asyncio.sleep(1)
        assert await inbox.next(ms(500)) == CallStarted(ms(0))
        assert await inbox.next(ms(500)) == MediaStalled(ms(0))
        assert await inbox.next(ms(500)) == DeadlineReached(ms(1_000))

    run_virtual(main())


def test_a_deadline_is_told_when_it_comes_and_never_early() -> None:
    async def main() -> None:
        inbox = Inbox(CallClock(LoopClock()))
        event = await inbox.next(ms(333.333333))
        assert event.at >= ms(333.333333)
        assert event.at == pytest.approx(ms(333.333333), abs=1_000)

    run_virtual(main())


def test_cancelling_the_reader_loses_no_event() -> None:
    async def main() -> None:
        inbox = Inbox(CallClock(LoopClock()))
        reading = asyncio.ensure_future(inbox.next(None))
        await asyncio.sleep(0)
        inbox.put(CallStarted(ms(0)))
        reading.cancel()
        await asyncio.wait({reading})
        assert reading.cancelled()
        assert inbox.next_now() == CallStarted(ms(0))
        assert inbox.next_now() is None

    run_virtual(main())


def test_an_inbox_that_nobody_reads_does_not_grow_for_ever() -> None:
    async def main() -> None:
        inbox = Inbox(CallClock(LoopClock()))
        for _ in range(CAPACITY):
            inbox.put(MediaStalled(ms(0)))
        with pytest.raises(VictoriaError, match="full") as raised:
            inbox.put(MediaStalled(ms(0)))
        assert raised.value.code == "inbox-overflow"

    run_virtual(main())
