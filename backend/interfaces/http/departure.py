"""Work that is only worth doing while the client waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

from backend.domain.errors import VictoriaError

ResultT = TypeVar("ResultT")


async def while_client_waits(request: Request, work: Coroutine[Any, Any, ResultT]) -> ResultT | None:
    """Return what ``work`` returns, or None if the client has gone: then the work was cancelled.

    The body of ``request`` must have been read. Raises what ``work`` raises of our own errors; a bug comes
    in an ``ExceptionGroup``.
    """
    async with asyncio.TaskGroup() as group:
        working = group.create_task(_outcome(work))
        leaving = group.create_task(_departure(request))
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        working.cancel()  # nothing if it is done
    if working.cancelled():
        return None
    outcome = working.result()
    if isinstance(outcome, VictoriaError):
        raise outcome
    return outcome


async def _outcome(work: Coroutine[Any, Any, ResultT]) -> ResultT | VictoriaError:
    """Bring our own errors out of the group as they are."""
    try:
        return await work
    except VictoriaError as error:
        return error


async def _departure(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
