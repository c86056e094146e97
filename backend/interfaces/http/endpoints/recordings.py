"""The recording of a call, whole or in part, streamed in blocks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from backend.domain.errors import NotFoundError
from backend.domain.ports.recording_port import RecordingStore
from backend.domain.value_objects.call_id import CallId
from backend.interfaces.http.deps import CallIdDep, KeyDep, ServicesDep
from backend.interfaces.http.ranges import Span, UnsatisfiableRangeError, parse_range
from backend.interfaces.http.responses import problems

router = APIRouter(prefix="/history", tags=["history"])

# Each block costs a hop to a thread and a look at all the chunks of the recording.
BLOCK_BYTES: Final = 1024 * 1024

_WAV: Final[dict[str, Any]] = {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}


class _Blocks:
    """Reads a span block by block. An iterator without a frame of its own: nothing to close."""

    def __init__(self, recordings: RecordingStore, call_id: CallId, span: Span) -> None:
        self._recordings = recordings
        self._call_id = call_id
        self._position = span.start
        self._end = span.end

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._position >= self._end:
            raise StopAsyncIteration
        until = min(self._position + BLOCK_BYTES, self._end)
        block = await self._recordings.read(self._call_id, self._position, until)
        self._position = until
        return block


@router.get(
    "/calls/{call_id}/recording",
    response_class=Response,
    responses={
        200: {"content": _WAV, "description": "The whole recording"},
        206: {"content": _WAV, "description": "The part that `Range` asks for"},
        **problems(404, 416),
    },
)
async def read_recording(
    call_id: CallIdDep,
    services: ServicesDep,
    key: KeyDep,
    range_header: Annotated[str | None, Header(alias="Range")] = None,
    if_range: Annotated[str | None, Header()] = None,
) -> Response:
    """Listen to a call: stereo, the caller left, the agent right. One byte range is honoured.

    The tag changes with the size, so a player that seeks in the recording of a live call starts over
    instead of joining parts of two files.
    """
    await services.calls.get(key.tenant, call_id)
    size = await services.recordings.size(call_id)
    if size is None:
        raise NotFoundError("There is no recording of this call.")
    etag = f'"{call_id}-{size}"'
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Content-Disposition": f'inline; filename="call-{call_id}.wav"',
    }
    span = None
    if range_header is not None and if_range in {None, etag}:
        try:
            span = parse_range(range_header, size)
        except UnsatisfiableRangeError:
            raise HTTPException(
                416, f"The recording has {size} bytes.", headers={"Content-Range": f"bytes */{size}"}
            ) from None
    if span is not None:
        headers["Content-Range"] = span.content_range
    part = span or Span(0, size, size)
    headers["Content-Length"] = str(part.end - part.start)
    return StreamingResponse(
        _Blocks(services.recordings, call_id, part),
        status_code=200 if span is None else 206,
        headers=headers,
        media_type="audio/wav",
    )
