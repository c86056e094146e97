"""Recordings are read whole or in any part, like a file on disk."""

from __future__ import annotations

import io
import random
import wave
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backend.domain.entities.call import Call
from backend.domain.value_objects.call_id import CallId
from backend.infrastructure.security.edge import edge_middleware
from backend.infrastructure.storage.file_recording_store import FileRecordingStore
from backend.interfaces.http.app import create_app
from backend.interfaces.http.endpoints.recordings import BLOCK_BYTES
from backend.interfaces.http.ranges import Span, UnsatisfiableRangeError, parse_range
from tests.support.http import Site, a_site, client_of
from tests.support.storage_builders import a_call, ended

AUDIO = random.Random(7).randbytes(4 * 600_000)  # 37.5 s of stereo noise


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site


async def recorded(site: Site, *, is_live: bool = False) -> Call:
    call = a_call()
    await site.log.open(call)
    recording = await site.recordings.create(call.id, 16_000)
    await recording.write(AUDIO)
    await recording.close()
    if not is_live:
        await site.log.close(ended(call))
    return call


def address(call: Call) -> str:
    return f"/api/history/calls/{call.id}/recording"


async def test_the_whole_recording_is_a_wav_file(site: Site) -> None:
    response = await site.client.get(address(await recorded(site)))
    assert response.status_code == 200
    assert response.headers["content-type"] == "audio/wav"
    assert response.headers["accept-ranges"] == "bytes"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert int(response.headers["content-length"]) == len(response.content) > 2 * BLOCK_BYTES
    with wave.open(io.BytesIO(response.content)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 16_000)
        assert file.readframes(file.getnframes()) == AUDIO


class CountingStore(FileRecordingStore):
    """Counts how often the disk is asked for a part of a recording."""

    reads = 0

    async def read(self, call_id: CallId, start: int, end: int) -> bytes:
        self.reads += 1
        return await super().read(call_id, start, end)


async def test_a_long_recording_is_read_in_few_pieces(site: Site, tmp_path: Path) -> None:
    store = CountingStore(tmp_path)
    app = create_app(replace(site.services, recordings=store), outer=edge_middleware(()))
    async with client_of(app, **{"X-API-Key": site.key}) as client:
        response = await client.get(address(await recorded(site)))
    assert len(response.content) == 44 + len(AUDIO)
    assert 1 < store.reads <= 3


async def test_any_range_is_what_a_slice_of_the_file_is(site: Site) -> None:
    place = address(await recorded(site))
    whole = (await site.client.get(place)).content
    size = len(whole)
    random_ranges = random.Random(11)
    spans = [sorted(random_ranges.choices(range(size), k=2)) for _ in range(40)]
    edges = [[0, 0], [0, size - 1], [size - 1, size - 1], [BLOCK_BYTES - 1, BLOCK_BYTES], [43, 44]]
    for first, last in [*spans, *edges]:
        response = await site.client.get(place, headers={"Range": f"bytes={first}-{last}"})
        assert response.status_code == 206
        assert response.content == whole[first : last + 1]
        assert response.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert int(response.headers["content-length"]) == last - first + 1


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=100-", 100, None),
        ("bytes=-100", -100, None),
        ("bytes=0-99999999999", 0, None),
        ("bytes=-99999999999", 0, None),
        ("BYTES=5-9", 5, 10),
    ],
)
async def test_open_ends_and_excess_are_clipped(site: Site, header: str, start: int, end: int | None) -> None:
    place = address(await recorded(site))
    whole = (await site.client.get(place)).content
    response = await site.client.get(place, headers={"Range": header})
    assert (response.status_code, response.content) == (206, whole[start:end])


@pytest.mark.parametrize(
    "header",
    ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-3", "bytes=0-1,3-4", "items=0-1", "bytes=1-2-3"],
)
async def test_what_is_not_one_range_gets_the_whole_file(site: Site, header: str) -> None:
    response = await site.client.get(address(await recorded(site)), headers={"Range": header})
    assert response.status_code == 200
    assert response.content.endswith(AUDIO)
    assert "content-range" not in response.headers


@pytest.mark.parametrize("header", ["bytes=999999999-", "bytes=999999999-999999999", "bytes=-0"])
async def test_a_range_outside_the_file_is_told_its_size(site: Site, header: str) -> None:
    place = address(await recorded(site))
    size = len((await site.client.get(place)).content)
    response = await site.client.get(place, headers={"Range": header})
    assert response.status_code == 416
    assert response.headers["content-range"] == f"bytes */{size}"
    assert response.json()["code"] == "range-not-satisfiable"


async def test_a_range_of_a_file_that_has_changed_is_the_new_file(site: Site) -> None:
    place = address(await recorded(site))
    etag = (await site.client.get(place)).headers["etag"]
    same = await site.client.get(place, headers={"Range": "bytes=0-9", "If-Range": etag})
    other = await site.client.get(place, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (same.status_code, other.status_code) == (206, 200)


async def test_a_live_recording_that_grew_has_another_tag(site: Site) -> None:
    call = a_call()
    await site.log.open(call)
    recording = await site.recordings.create(call.id, 16_000)
    tags = []
    for _ in range(2):
        await recording.write(bytes(4 * 16_000 * 6))  # more than a chunk
        tags.append((await site.client.get(address(call))).headers["etag"])
    await recording.close()
    assert tags[0] != tags[1]


async def test_a_call_without_a_recording_says_so(site: Site) -> None:
    call = a_call()
    await site.log.open(call)
    response = await site.client.get(address(call))
    assert response.status_code == 404
    assert response.json()["detail"] == "There is no recording of this call."


async def test_a_deleted_call_leaves_no_recording(site: Site) -> None:
    call = await recorded(site)
    assert (await site.client.delete(f"/api/history/calls/{call.id}")).status_code == 204
    assert await site.recordings.size(call.id) is None
    assert (await site.client.get(address(call))).status_code == 404
    assert (await site.client.delete(f"/api/history/calls/{call.id}")).status_code == 404


async def test_a_live_call_cannot_be_deleted_and_keeps_its_recording(site: Site) -> None:
    call = await recorded(site, is_live=True)
    response = await site.client.delete(f"/api/history/calls/{call.id}")
    assert (response.status_code, response.json()["code"]) == (409, "call-live")
    assert await site.recordings.size(call.id) is not None


sizes = st.integers(0, 10_000)
numbers = st.one_of(st.just(""), st.integers(0, 12_000).map(str))


@given(numbers, numbers, sizes)
@example("0", "0", 0)
def test_a_span_is_never_empty_and_lies_in_the_file(first: str, last: str, size: int) -> None:
    try:
        span = parse_range(f"bytes={first}-{last}", size)
    except UnsatisfiableRangeError:
        assert not list(meant(first, last, size))
        return
    if span is None:
        assert (not first and not last) or (first and last and int(last) < int(first))
    else:
        assert list(range(span.start, span.end)) == list(meant(first, last, size)) != []


def meant(first: str, last: str, size: int) -> range:
    """Return the positions that RFC 9110 means by ``first-last``, read off its own words."""
    if not first:
        return range(size)[-int(last) :] if int(last) else range(0)
    return range(size)[int(first) : int(last) + 1 if last else size]


@given(st.text(max_size=60), sizes)
def test_no_text_breaks_the_parser(header: str, size: int) -> None:
    try:
        span = parse_range(header, size)
    except UnsatisfiableRangeError:
        return
    assert span is None or isinstance(span, Span)


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(1, 40))
async def test_parts_put_together_are_the_file(parts: int) -> None:
    with TemporaryDirectory() as folder:
        async with a_site(Path(folder)) as site:
            place = address(await recorded(site))
            whole = (await site.client.get(place)).content
            step = -(-len(whole) // parts)
            joined = b""
            for start in range(0, len(whole), step):
                headers = {"Range": f"bytes={start}-{start + step - 1}"}
                joined += (await site.client.get(place, headers=headers)).content
            assert joined == whole
