"""The history as a file, streamed page by page: its length costs time and no memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from backend.domain.ports.persistence_port import CallPage, CallRepository
from backend.interfaces.http.deps import KeyDep, ServicesDep
from backend.interfaces.http.export_writers import CsvWriter, ExportWriter, JsonWriter
from backend.interfaces.http.responses import problems
from backend.interfaces.http.schemas.calls import CallTranscript
from backend.interfaces.http.schemas.history import ExportFormat, ExportQuery

router = APIRouter(prefix="/history", tags=["history"])

PAGE: Final = 50  # calls; what is held in memory at a time

_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "One call a line (CSV: UTF-8 with a byte order mark, RFC 4180) or an array of calls "
        "with their transcripts (JSON)",
        "model": list[CallTranscript],
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}


class Pages:
    """Reads page after page. An iterator without a frame of its own: nothing to close."""

    def __init__(
        self, calls: CallRepository, tenant: str, query: ExportQuery, first: CallPage, writer: ExportWriter
    ) -> None:
        self._calls = calls
        self._tenant = tenant
        self._query = query
        self._page: CallPage | None = first
        self._writer = writer
        self._begins = True

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        page = self._page
        if page is None:
            raise StopAsyncIteration
        text = self._writer.head() if self._begins else b""
        self._begins = False
        said = (
            await self._calls.transcripts(self._tenant, [item.call.id for item in page.items])
            if self._writer.has_transcripts
            else {}
        )
        text += self._writer.lines([(item, said.get(item.call.id, [])) for item in page.items])
        self._page = await _page(self._calls, self._tenant, self._query, page.next_cursor)
        return text if self._page is not None else text + self._writer.tail()


async def _page(
    calls: CallRepository, tenant: str, query: ExportQuery, cursor: str | None
) -> CallPage | None:
    if cursor is None:
        return None
    return await calls.page(tenant, where=query.where, order=query.sorted_by, limit=PAGE, cursor=cursor)


@router.get("/export", response_class=Response, responses=_FILES | problems(422))
async def export_calls(
    query: Annotated[ExportQuery, Query()], services: ServicesDep, key: KeyDep
) -> Response:
    """Take all calls that match away in one file.

    Calls that begin or end meanwhile may be in it or not; none is in it twice. If the storage fails on the
    way, the connection is cut: what looks whole is whole.
    """
    first = await services.calls.page(key.tenant, where=query.where, order=query.sorted_by, limit=PAGE)
    writer: ExportWriter = CsvWriter() if query.format is ExportFormat.CSV else JsonWriter()
    return StreamingResponse(
        Pages(services.calls, key.tenant, query, first, writer),
        media_type=writer.media_type,
        headers={"Content-Disposition": f'attachment; filename="calls.{query.format}"'},
    )
