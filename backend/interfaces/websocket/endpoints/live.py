"""``/ws/live``: somebody watches the live calls of a tenant.

After a ticket the talk is the server's alone: all calls once, then what changes, and now and then that it
is still there. A reader who is slow is told less often, one who takes nothing at all for some time is let go,
and a view ends after a while, so that nobody watches for long with a ticket whose key was revoked. Whoever
wants to go on comes again.

A browser's script does not see the pings of WebSocket itself; these are for the server, which asks after its
readers with them (``interfaces/cli/serve``).
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect

from backend.application.services.live_calls import LiveCalls, LiveWatch
from backend.domain.errors import VictoriaError
from backend.domain.ports.ticket_port import TicketPort, WatchGrant
from backend.interfaces.websocket.browser_protocol import WireError, error_message
from backend.interfaces.websocket.door import Door
from backend.interfaces.websocket.live_protocol import PING, change_message, snapshot_message

PATH: Final = "/ws/live"
SEND_TIMEOUT_S: Final = 20.0
CLOSE_TIMEOUT_S: Final = 2.0
MAX_VIEW_S: Final = 900.0
HEARTBEAT_S: Final = 15.0  # a reader that misses two of them knows that we are gone

_COME_AGAIN: Final = 1001

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LiveViews:
    """What the endpoint needs."""

    tickets: TicketPort[WatchGrant]
    calls: LiveCalls
    allowed_origins: tuple[str, ...] = ()
    max_view_s: float = MAX_VIEW_S
    send_timeout_s: float = SEND_TIMEOUT_S
    heartbeat_s: float = HEARTBEAT_S


def live_router(views: LiveViews) -> APIRouter:
    """Return the router with the endpoint; it protects itself."""
    router = APIRouter()
    router.add_api_websocket_route(PATH, _Gallery(views).receive)
    return router


class _Gallery:
    def __init__(self, views: LiveViews) -> None:
        self._views = views
        self._door = Door(views.tickets, views.allowed_origins)

    async def receive(self, websocket: WebSocket) -> None:
        """Serve one socket from its upgrade to its end."""
        if not await self._door.opens(websocket):
            return
        try:
            grant = await self._door.identified(websocket)
            with self._views.calls.watch(grant.tenant) as watch:
                await self._show(websocket, watch)
            await _close(websocket, _COME_AGAIN)
        except WireError as error:
            await _close(websocket, error.close_code, error_message(error.code, error.message))
        except VictoriaError as error:  # too many watch
            await _close(websocket, 1013, error_message(error.code, error.message))
        except WebSocketDisconnect:
            pass  # it left before it said who it is
        except Exception:
            # The outermost place of a view: nobody above could do more than lose the traceback.
            _log.exception("a live view was ended by a bug")
            text = "Something went wrong on the server."
            await _close(websocket, 1011, error_message("internal-error", text))

    async def _show(self, websocket: WebSocket, watch: LiveWatch) -> None:
        """Tell of the calls until the reader leaves, takes nothing any more, or has seen enough.

        Raises ``WireError`` if the reader says anything.
        """
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(self._tell(websocket, watch))
            beating = group.create_task(self._beat(websocket))
            listening = group.create_task(_is_still_there(websocket))
            tasks = (telling, beating, listening)
            await asyncio.wait(tasks, timeout=self._views.max_view_s, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()  # nothing if it is done
        if not listening.cancelled() and listening.result():
            raise WireError(1003, "unexpected-message", "there is nothing to be said here")

    async def _tell(self, websocket: WebSocket, watch: LiveWatch) -> None:
        try:
            await self._send(websocket, snapshot_message(watch.snapshot()))
            async with aclosing(watch.changes()) as changes:
                async for change in changes:
                    await self._send(websocket, change_message(change))
        except (TimeoutError, WebSocketDisconnect):
            pass  # it takes nothing any more, or left while we spoke

    async def _beat(self, websocket: WebSocket) -> None:
        try:
            while True:
                await asyncio.sleep(self._views.heartbeat_s)
                await self._send(websocket, PING)
        except (TimeoutError, WebSocketDisconnect):
            pass  # as above

    async def _send(self, websocket: WebSocket, message: str) -> None:
        try:
            async with asyncio.timeout(self._views.send_timeout_s):
                await websocket.send_text(message)
        except RuntimeError as error:  # what the server raises once the connection is closed
            raise WebSocketDisconnect(1006) from error


async def _is_still_there(websocket: WebSocket) -> bool:
    """Wait for the reader to leave or to say something; return whether it is still there."""
    message = await websocket.receive()
    return bool(message["type"] != "websocket.disconnect")


async def _close(websocket: WebSocket, code: int, last_words: str | None = None) -> None:
    """Say why, if there is something to say, and close. Never raises."""
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            if last_words is not None:
                await websocket.send_text(last_words)
            await websocket.close(code)
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        pass  # the peer is gone, or does not read; the server drops the connection
