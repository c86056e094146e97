"""The history lists calls, and tells everything about one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.domain.conversation.codec import decode_effect, decode_event
from backend.domain.entities.call import Call, Direction
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.engine_names import EngineNames
from tests.support.http import Site, a_site
from tests.support.storage_builders import a_call, a_turn, an_agent, an_entry, ended, new_id

START = 1_700_000_000_000


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site


async def call_with(
    site: Site, *entries: TimelineEntry, started_at: int = START, is_live: bool = False
) -> Call:
    call = a_call(started_at=started_at)
    await site.log.open(call, EngineNames(stt="moonshine", llm="builtin", tts="espeak", vad="silero"))
    await site.log.append(call.id, entries)
    if is_live:
        return call
    await site.log.close(ended(call))
    return ended(call)


async def test_a_call_is_one_line_with_what_matters(site: Site) -> None:
    call = await call_with(site, an_entry(1, a_turn(1)), an_entry(2, a_turn(2, answered_ms=800)))
    live = await call_with(site, started_at=START + 1, is_live=True)
    page = (await site.client.get("/api/history/calls")).json()
    assert page["next_cursor"] is None
    assert [item["id"] for item in page["items"]] == [live.id.value, call.id.value]
    assert page["items"][1] == {
        "id": call.id.value,
        "agent": {"id": call.agent.id, "name": "Ana"},
        "direction": "browser",
        "status": "completed",
        "end_cause": "caller-hung-up",
        "caller": "",
        "called": "",
        "carrier": "",
        "continues": None,
        "engines": {"stt": "moonshine", "llm": "builtin", "tts": "espeak", "vad": "silero"},
        "started_at": START,
        "ended_at": START + 60_000,
        "duration_ms": 60_000,
        "turns": 2,
        "median_voice_to_voice_ms": 800.0,
        "has_recording": False,
        "interruptions": 0,
        "engine_failures": 0,
        "draft": False,
        "note": "",
        "tags": [],
        "snippet": None,
    }
    nulls = ("end_cause", "ended_at", "duration_ms", "median_voice_to_voice_ms")
    assert [page["items"][0][name] for name in nulls] == [None] * 4


async def test_a_telephone_call_says_who_called_whom_and_what_it_goes_on_with(site: Site) -> None:
    first, second = new_id(), new_id()
    for call_id, continues in ((first, None), (second, CallId(first))):
        call = replace(
            a_call(),
            id=CallId(call_id),
            direction=Direction.INBOUND,
            caller="+34600000001",
            called="+34910000001",
            carrier="twilio",
            carrier_call_id="CA1",
            continues=continues,
        )
        await site.log.open(call)
    shown = (await site.client.get(f"/api/history/calls/{second}")).json()
    assert (shown["caller"], shown["called"], shown["carrier"], shown["continues"]) == (
        "+34600000001",
        "+34910000001",
        "twilio",
        first,
    )
    assert "CA1" not in str(shown)


async def test_pages_hold_each_call_once_newest_first(site: Site) -> None:
    ids = [(await call_with(site, started_at=START + n)).id.value for n in range(7)]
    listed: list[str] = []
    cursor: dict[str, str] = {}
    pages = 0
    while True:
        page = (await site.client.get("/api/history/calls", params={"limit": "3"} | cursor)).json()
        listed += [item["id"] for item in page["items"]]
        pages += 1
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert listed == ids[::-1]
    assert pages == 3


async def test_calls_can_be_asked_for_by_agent_and_status(site: Site) -> None:
    done = await call_with(site)
    live = await call_with(site, is_live=True)

    async def ids(**filters: str) -> set[str]:
        response = await site.client.get("/api/history/calls", params=filters)
        return {item["id"] for item in response.json()["items"]}

    assert await ids(status="live") == {live.id.value}
    assert await ids(agent_id=done.agent.id) == {done.id.value}
    assert await ids(agent_id=done.agent.id, status="live") == set()


async def test_the_detail_has_the_turns_with_latency_and_the_agent_as_it_was(site: Site) -> None:
    turn = a_turn(2, answered_ms=800, content="Good morning.")
    call = await call_with(site, an_entry(1, a_turn(1)), an_entry(2, turn))
    detail = (await site.client.get(f"/api/history/calls/{call.id}")).json()
    assert detail["agent"]["prompt"] == call.agent.prompt
    assert detail["turns"] == len(detail["transcript"]) == 2
    assert detail["transcript"][1] == {
        "number": 2,
        "role": "agent",
        "content": "Good morning.",
        "heard": "Good morning.",
        "started_at": turn.started_at,
        "ended_at": turn.ended_at,
        "interrupted": False,
        "reply_id": 2,
        "latency": {
            "pause_ms": 750,
            "transcript_ms": 10,
            "first_token_ms": 10,
            "first_clause_ms": 10,
            "first_audio_ms": 10,
            "playout_ms": 10,
        },
    }


def decoded(item: dict[str, Any]) -> TimelineEntry:
    effects = tuple(decode_effect(effect) for effect in item["effects"])
    return TimelineEntry(item["seq"], decode_event(item["event"]), effects)


async def test_the_timeline_comes_in_pages_that_join_without_a_seam(site: Site) -> None:
    entries = [an_entry(seq, *([a_turn(1, answered_ms=700)] if seq == 3 else [])) for seq in range(1, 8)]
    call = await call_with(site, *entries)
    read: list[TimelineEntry] = []
    after, pages = 0, 0
    while True:
        page = (
            await site.client.get(
                f"/api/history/calls/{call.id}/timeline", params={"after_seq": after, "limit": 3}
            )
        ).json()
        read += [decoded(item) for item in page["items"]]
        pages += 1
        if page["next_after_seq"] is None:
            break
        after = page["next_after_seq"]
    assert read == entries
    assert pages == 3


async def test_a_timeline_that_ends_with_the_page_says_so(site: Site) -> None:
    call = await call_with(site, *(an_entry(seq) for seq in range(1, 4)))
    page = await site.client.get(f"/api/history/calls/{call.id}/timeline", params={"limit": 3})
    assert page.json()["next_after_seq"] is None
    after = await site.client.get(f"/api/history/calls/{call.id}/timeline", params={"after_seq": 3})
    assert after.json() == {"items": [], "next_after_seq": None}


async def test_texts_arrive_as_they_were_said(site: Site) -> None:
    said = "<img src=x onerror=alert(1)> ¿Qué? 🙂 \u202e \u0007 \"'--"
    call = a_call(an_agent(name=said[:28]))
    await site.log.open(call)
    await site.log.append(call.id, [an_entry(1, a_turn(1, content=said))])
    response = await site.client.get(f"/api/history/calls/{call.id}")
    assert response.headers["content-type"] == "application/json"
    assert response.json()["transcript"][0]["content"] == said
