"""What people do with the history over HTTP: find calls, write beside them, count them, take them away."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.domain.entities.call import Call
from tests.support.http import Site, a_site
from tests.support.storage_builders import a_call, a_turn, an_agent, an_entry, ended

START = 1_699_920_000_000  # 2023-11-14 00:00 UTC
DAY = 86_400_000


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site


async def held(site: Site, said: str = "Hello.", call: Call | None = None) -> Call:
    call = call or a_call(started_at=START)
    await site.log.open(call)
    await site.log.append(call.id, [an_entry(1, a_turn(1, content=said), a_turn(2, answered_ms=800))])
    await site.log.close(ended(call))
    return ended(call)


async def listed(site: Site, **query: Any) -> list[dict[str, Any]]:
    response = await site.client.get("/api/history/calls", params=query)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


# --- finding --------------------------------------------------------------------------------------


async def test_a_search_shows_the_passage_and_is_blind_to_accents(site: Site) -> None:
    call = await held(site, "¿Tienen cita el miércoles?")
    await held(site)
    (item,) = await listed(site, q="MIERCOLES cita")
    assert (item["id"], item["snippet"]) == (call.id.value, "¿Tienen cita el miércoles?")
    assert [item["snippet"] for item in await listed(site)] == [None, None]


async def test_an_empty_search_narrows_nothing(site: Site) -> None:
    await held(site)
    assert len(await listed(site, q="")) == 1


async def test_filters_and_orders_are_passed_on(site: Site) -> None:
    first, second = await held(site), await held(site, call=a_call(started_at=START + 10))
    await site.client.patch(f"/api/history/calls/{first.id}", json={"tags": ["vip"]})
    assert [item["id"] for item in await listed(site, **{"from": START + 1})] == [second.id.value]
    assert [item["id"] for item in await listed(site, to=START + 1)] == [first.id.value]
    assert [item["id"] for item in await listed(site, tag="vip")] == [first.id.value]
    assert await listed(site, direction="inbound") == []
    assert await listed(site, end_cause="idle") == []
    oldest_first = await listed(site, sort="started_at", order="asc")
    assert [item["id"] for item in oldest_first] == [first.id.value, second.id.value]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("q", "x" * 201),
        ("q", "a\0b"),
        ("from", "-1"),
        ("from", "yesterday"),
        ("to", str(2**63)),
        ("sort", "name"),
        ("order", "up"),
        ("direction", "sideways"),
        ("end_cause", "boredom"),
        ("tag", ""),
        ("since", "1"),
    ],
)
async def test_what_cannot_be_asked_is_refused_with_its_name(site: Site, field: str, value: str) -> None:
    response = await site.client.get("/api/history/calls", params={field: value})
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


# --- writing beside -------------------------------------------------------------------------------


async def test_notes_and_tags_are_kept_and_told(site: Site) -> None:
    call = await held(site)
    path = f"/api/history/calls/{call.id}"
    answer = await site.client.patch(
        path, json={"note": "Call <b>back</b>", "tags": ["vip", "vip", "später"]}
    )
    assert answer.status_code == 200
    assert (answer.json()["note"], answer.json()["tags"]) == ("Call <b>back</b>", ["vip", "später"])
    assert (await site.client.patch(path, json={"tags": []})).json()["note"] == "Call <b>back</b>"
    detail = (await site.client.get(path)).json()
    assert (detail["note"], detail["tags"]) == ("Call <b>back</b>", [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"note": "x" * 4_001}, "note"),
        ({"note": 1}, "note"),
        ({"tags": ["x" * 41]}, "tags.0"),
        ({"tags": ["  "]}, "tags.0"),
        ({"tags": ["two\nlines"]}, "tags.0"),
        ({"tags": [str(number) for number in range(21)]}, "tags"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_cannot_be_noted_is_refused_with_its_name(
    site: Site, body: dict[str, Any], field: str
) -> None:
    call = await held(site)
    response = await site.client.patch(f"/api/history/calls/{call.id}", json=body)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


async def test_another_tenants_call_cannot_be_written_beside(site: Site) -> None:
    call = await held(site)
    async with await site.with_key_of("other") as stranger:
        response = await stranger.patch(f"/api/history/calls/{call.id}", json={"note": "mine"})
    assert response.status_code == 404


# --- counting -------------------------------------------------------------------------------------


async def test_statistics_have_every_bucket_and_say_where_there_is_nothing(site: Site) -> None:
    await held(site)
    await held(site, call=replace(a_call(started_at=START), is_draft=True))
    query: dict[str, int | str] = {"from": START, "to": START + 2 * DAY, "bucket": "day"}
    stats = (await site.client.get("/api/history/stats", params=query)).json()
    one, two = stats["buckets"]
    assert (one["at"], one["calls"], one["answered"], one["v2v_p95_ms"]) == (START, 1, 1, 800.0)
    assert (two["at"], two["calls"], two["v2v_p50_ms"]) == (START + DAY, 0, None)
    assert (stats["totals"]["calls"], stats["totals"]["talk_ms"]) == (1, 60_000)
    assert stats["causes"] == [{"cause": "caller-hung-up", "calls": 1}]
    assert stats["engines"] == []


async def test_statistics_are_of_the_last_thirty_days_unless_told(site: Site) -> None:
    now = site.clock.wall_ms()
    for age_days in (1, 29, 31):
        await held(site, call=a_call(started_at=now - age_days * DAY))
    stats = (await site.client.get("/api/history/stats")).json()
    assert stats["totals"]["calls"] == 2
    assert len(stats["buckets"]) == 31  # of which the first and the last are not whole


async def test_the_first_day_of_all_may_have_begun_before(site: Site) -> None:
    query = {"from": 0, "to": DAY, "utc_offset_min": 60}
    stats = (await site.client.get("/api/history/stats", params=query)).json()
    assert [bucket["at"] for bucket in stats["buckets"]] == [-3_600_000, DAY - 3_600_000]


async def test_an_empty_span_has_no_buckets(site: Site) -> None:
    stats = (await site.client.get("/api/history/stats", params={"from": DAY, "to": 0})).json()
    assert (stats["buckets"], stats["totals"]["calls"]) == ([], 0)


async def test_too_many_buckets_are_refused(site: Site) -> None:
    query: dict[str, int | str] = {"from": 0, "to": START, "bucket": "hour"}
    response = await site.client.get("/api/history/stats", params=query)
    assert response.status_code == 422
    assert response.json()["code"] == "too-many-buckets"
    assert response.json()["errors"][0]["field"] == "bucket"


# --- taking away ----------------------------------------------------------------------------------


async def test_a_table_is_safe_to_open_and_whole(site: Site) -> None:
    evil = await held(site, call=a_call(an_agent(name='=HYPERLINK("http://x")'), started_at=START))
    await site.client.patch(
        f"/api/history/calls/{evil.id}", json={"note": '-1+1, "quoted"\nsecond line ñ', "tags": ["@a", "b"]}
    )
    for number in range(120):  # more than two pages
        await held(site, call=a_call(started_at=START + 1 + number))
    response = await site.client.get("/api/history/export", params={"format": "csv", "order": "asc"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="calls.csv"'
    assert response.content.startswith(b"\xef\xbb\xbfid,agent_id,")
    assert response.content.count(b"\r\n") == 122
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert len({row["id"] for row in rows}) == 121
    assert rows[0]["agent_name"] == '\'=HYPERLINK("http://x")'
    assert rows[0]["note"] == '\'-1+1, "quoted"\nsecond line ñ'
    assert rows[0]["tags"] == "'@a, b"
    assert rows[0]["started_at"] == "2023-11-14T00:00:00.000Z"
    assert rows[0]["median_voice_to_voice_ms"] == "800.0"


async def test_an_array_has_what_was_said(site: Site) -> None:
    call = await held(site, "¿Cita?")
    await held(site, "Other.", call=a_call(started_at=START + 10))
    response = await site.client.get("/api/history/export", params={"format": "json", "q": "cita"})
    assert response.headers["content-type"] == "application/json"
    (item,) = response.json()
    detail = (await site.client.get(f"/api/history/calls/{call.id}")).json()
    assert item["transcript"] == detail["transcript"]
    assert item["snippet"] == "¿Cita?"


@pytest.mark.parametrize(("kind", "empty"), [("json", b"[\n]\n"), ("csv", None)])
async def test_nothing_is_a_file_as_well(site: Site, kind: str, empty: bytes | None) -> None:
    response = await site.client.get("/api/history/export", params={"format": kind})
    assert response.status_code == 200
    assert response.content == empty if empty else response.content.count(b"\r\n") == 1


async def test_an_export_is_of_ones_own_calls(site: Site) -> None:
    await held(site)
    async with await site.with_key_of("other") as stranger:
        response = await stranger.get("/api/history/export", params={"format": "json"})
    assert response.json() == []
