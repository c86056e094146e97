"""The history of calls: pages, one call, its timeline; recordings, exports and statistics are beside it."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from starlette.responses import Response

from backend.domain.entities.call import CallStatus
from backend.domain.errors import ConflictError
from backend.interfaces.http.deps import CallIdDep, KeyDep, ServicesDep
from backend.interfaces.http.responses import WITH_BODY, problems
from backend.interfaces.http.schemas.calls import CallDetail, CallList, CallSummary, TimelineQuery
from backend.interfaces.http.schemas.history import CallNotes, CallQuery
from backend.interfaces.http.schemas.timeline import TimelinePage, encode_page

router = APIRouter(prefix="/history", tags=["history"])


@router.get("/calls", responses=problems(400, 422))
async def list_calls(query: Annotated[CallQuery, Query()], services: ServicesDep, key: KeyDep) -> CallList:
    """List calls, newest first unless another order is asked for."""
    page = await services.calls.page(
        key.tenant, where=query.where, order=query.sorted_by, limit=query.limit, cursor=query.cursor
    )
    return CallList(items=[CallSummary.of(item) for item in page.items], next_cursor=page.next_cursor)


@router.get("/calls/{call_id}", responses=problems(404))
async def read_call(call_id: CallIdDep, services: ServicesDep, key: KeyDep) -> CallDetail:
    """Read one call: what was said, how long each answer took, the agent as it was."""
    summary = await services.calls.get(key.tenant, call_id)
    return CallDetail.of(summary, await services.calls.turns(key.tenant, call_id))


@router.patch("/calls/{call_id}", responses=WITH_BODY | problems(404))
async def annotate_call(
    call_id: CallIdDep, notes: CallNotes, services: ServicesDep, key: KeyDep
) -> CallSummary:
    """Write beside a call what people should know: a note, tags or both."""
    tags = None if notes.tags is None else list(dict.fromkeys(notes.tags))
    summary = await services.calls.annotate(key.tenant, call_id, note=notes.note, tags=tags)
    return CallSummary.of(summary)


@router.get(
    "/calls/{call_id}/timeline",
    response_model=TimelinePage,
    responses=problems(404, 422),
)
async def read_timeline(
    call_id: CallIdDep, query: Annotated[TimelineQuery, Query()], services: ServicesDep, key: KeyDep
) -> Response:
    """Read what happened in a call, in order. `next_after_seq` continues where this page ends."""
    entries = await services.calls.timeline(
        key.tenant, call_id, after_seq=query.after_seq, limit=query.limit + 1
    )
    page = encode_page(entries[: query.limit], more=len(entries) > query.limit)
    return Response(orjson.dumps(page), media_type="application/json")


@router.delete("/calls/{call_id}", status_code=204, responses=problems(404, 409))
async def delete_call(call_id: CallIdDep, services: ServicesDep, key: KeyDep) -> None:
    """Remove a call for good, with its recording.

    The recording goes first: if the rest fails, asking again finishes the work, and no audio is left that
    nothing refers to.
    """
    summary = await services.calls.get(key.tenant, call_id)
    if summary.call.status is CallStatus.LIVE:
        raise ConflictError("The call is live; end it first.", code="call-live")
    await services.recordings.delete(call_id)
    await services.calls.delete(key.tenant, call_id)
