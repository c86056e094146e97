"""Who watches is told what changes: seldom enough to be read, never late, and nothing of others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from backend.application.services.live_call import LiveCall, LiveState
from backend.application.services.live_calls import (
    INTERVAL_S,
    MAX_WATCHES,
    CallEnded,
    LiveCalls,
    LiveChange,
    LiveWatch,
)
from backend.domain.conversation.events import (
    CallStarted,
    Event,
    FirstTokenReceived,
    PartialTranscript,
    SpeechStarted,
)
from backend.domain.entities.call import Call, Direction
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import VictoriaError
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.instant import ms
from tests.support.calls import AGENT
from tests.support.virtual_time import run_virtual

TENANT = AGENT.tenant
NOW = ms(0)


def a_call(number: int = 1, tenant: str = TENANT) -> Call:
    return Call(CallId(f"{number:032x}"), replace(AGENT, tenant=tenant), Direction.BROWSER, started_at=number)


def happens(calls: LiveCalls, call: Call, event: Event) -> None:
    calls.entry_appended(call, TimelineEntry(1, event, ()))


def says(calls: LiveCalls, call: Call, text: str) -> None:
    happens(calls, call, PartialTranscript(NOW, text))


class Reader:
    """Reads a watch and remembers what it was told, and when. ``takes_s`` is how long a message takes."""

    def __init__(self, watch: LiveWatch, takes_s: float = 0.0) -> None:
        self.told: list[tuple[float, LiveChange]] = []
        self._watch = watch
        self._takes_s = takes_s

    async def read(self) -> None:
        async with aclosing(self._watch.changes()) as changes:
            async for change in changes:
                self.told.append((asyncio.get_running_loop().time(), change))
                await asyncio.sleep(self._takes_s)

    @property
    def changes(self) -> list[LiveChange]:
        return [change for _, change in self.told]

    @property
    def texts(self) -> list[str]:
        return [change.caller_text for change in self.changes if isinstance(change, LiveCall)]


@contextmanager
def reading(watch: LiveWatch, group: asyncio.TaskGroup, takes_s: float = 0.0) -> Iterator[Reader]:
    reader = Reader(watch, takes_s)
    task = group.create_task(reader.read())
    yield reader
    task.cancel()


def watched(
    scene: Callable[[LiveCalls, Reader], Coroutine[Any, Any, None]],
    *,
    before: Callable[[LiveCalls], None] = lambda calls: None,
    takes_s: float = 0.0,
) -> Reader:
    """Play ``scene`` before a reader who has seen the snapshot of what was ``before``; return the reader."""

    async def main() -> Reader:
        calls = LiveCalls()
        before(calls)
        async with asyncio.TaskGroup() as group:
            with calls.watch(TENANT) as watch:
                watch.snapshot()
                with reading(watch, group, takes_s) as reader:
                    await scene(calls, reader)
        return reader

    return run_virtual(main())


def test_who_begins_to_watch_sees_what_has_been_said_already() -> None:
    calls, call = LiveCalls(), a_call()
    calls.call_started(call)
    happens(calls, call, SpeechStarted(NOW, since=NOW))
    says(calls, call, "Hello?")

    with calls.watch(TENANT) as watch:
        (seen,) = watch.snapshot()

    assert (seen.call, seen.state, seen.caller_text) == (call, LiveState.CALLER_SPEAKING, "Hello?")


def test_a_call_is_seen_from_its_beginning_to_its_end() -> None:
    call = a_call()

    async def scene(calls: LiveCalls, reader: Reader) -> None:
        calls.call_started(call)
        await asyncio.sleep(1)
        says(calls, call, "Hello?")
        await asyncio.sleep(1)
        calls.call_ended(call)
        await asyncio.sleep(1)

    reader = watched(scene)

    assert reader.texts == ["", "Hello?"]
    assert reader.changes[-1] == CallEnded(call.id)
    assert [at for at, _ in reader.told] == pytest.approx([0, 1, 2])


def test_a_talkative_call_is_told_of_five_times_a_second_and_its_last_word_is_not_lost() -> None:
    call = a_call()

    async def scene(calls: LiveCalls, reader: Reader) -> None:
        calls.call_started(call)
        for number in range(1_000):
            says(calls, call, f"word{number}")
            await asyncio.sleep(0.01)
        await asyncio.sleep(1)

    reader = watched(scene)

    assert len(reader.told) == pytest.approx(10 / INTERVAL_S, abs=2)
    assert reader.texts[-1] == "word999"


def test_what_changes_nothing_to_be_seen_is_not_told() -> None:
    call = a_call()

    async def scene(calls: LiveCalls, reader: Reader) -> None:
        happens(calls, call, FirstTokenReceived(NOW, reply_id=1))
        await asyncio.sleep(1)

    assert watched(scene, before=lambda calls: calls.call_started(call)).told == []


def test_a_slow_reader_gets_the_newest_state_and_no_backlog() -> None:
    speakers = [a_call(number) for number in range(3)]

    async def scene(calls: LiveCalls, reader: Reader) -> None:
        for call in speakers:
            calls.call_started(call)
        for number in range(600):
            for call in speakers:
                says(calls, call, f"word{number}")
            await asyncio.sleep(0.1)
        await asyncio.sleep(40)

    reader = watched(scene, takes_s=10)

    assert len(reader.told) <= 10
    for at, change in reader.told:
        assert isinstance(change, LiveCall)
        if at > 1:  # what was said a tenth of a second ago at most, not what was said when it began to read
            assert int(change.caller_text.removeprefix("word")) >= min(599, round(at * 10) - 1)


def test_a_reader_who_sleeps_through_a_thousand_calls_hears_of_none() -> None:
    first = a_call()

    async def scene(calls: LiveCalls, reader: Reader) -> None:
        says(calls, first, "Hello?")  # is told, and then the reader takes its time
        await asyncio.sleep(1)
        for number in range(2, 1_002):
            call = a_call(number)
            calls.call_started(call)
            happens(calls, call, CallStarted(NOW))
            calls.call_ended(call)
        await asyncio.sleep(60)

    reader = watched(scene, before=lambda calls: calls.call_started(first), takes_s=30)

    assert reader.texts == ["Hello?"]
    assert len(reader.told) == 1


def test_calls_of_others_are_not_seen() -> None:
    theirs = a_call(2, tenant="theirs")

    async def scene(calls: LiveCalls, reader: Reader) -> None:
        calls.call_started(theirs)
        says(calls, theirs, "a secret")
        await asyncio.sleep(1)
        calls.call_ended(theirs)
        await asyncio.sleep(1)
        calls.call_started(theirs)
        with calls.watch(TENANT) as late, calls.watch("theirs") as own:
            assert late.snapshot() == []
            assert len(own.snapshot()) == 1

    assert watched(scene).told == []


def test_so_many_may_watch_and_their_places_are_free_again() -> None:
    calls = LiveCalls()

    def crowd(number: int) -> None:
        with calls.watch(TENANT):
            if number > 1:
                crowd(number - 1)
            else:
                with pytest.raises(VictoriaError, match="Too many") as raised, calls.watch(TENANT):
                    pass
                assert raised.value.code == "busy"
                with calls.watch("theirs"):
                    pass

    crowd(MAX_WATCHES)
    crowd(MAX_WATCHES)


def test_what_is_told_of_a_call_that_never_began_is_ignored() -> None:
    calls, call = LiveCalls(), a_call()

    happens(calls, call, CallStarted(NOW))
    calls.call_ended(call)

    with calls.watch(TENANT) as watch:
        assert watch.snapshot() == []
