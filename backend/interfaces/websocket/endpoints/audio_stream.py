"""``/ws/audio``: a browser calls an agent.

Nothing is accepted before a valid ticket: not audio, not time (5 s), not size (1 KiB), not number. The
endpoint opens the door and carries the line to the orchestrator; the call itself happens there.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect

from backend.application.factories.orchestrator_factory import OrchestratorFactory
from backend.application.services.call_registry import CallRegistry
from backend.domain.entities.call import Direction, EndCause
from backend.domain.errors import VictoriaError
from backend.domain.ports.ticket_port import TicketGrant, TicketPort
from backend.interfaces.websocket.browser_channel import BrowserChannel
from backend.interfaces.websocket.browser_protocol import WireError

PATH: Final = "/ws/audio"
HELLO_TIMEOUT_S: Final = 5.0
MAX_WAITING: Final = 200  # sockets that have not said hello

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BrowserCalls:
    """What the endpoint needs."""

    tickets: TicketPort
    registry: CallRegistry
    factory: OrchestratorFactory
    allowed_origins: tuple[str, ...] = ()


def audio_router(calls: BrowserCalls) -> APIRouter:
    """Return the router with the endpoint; it protects itself."""
    router = APIRouter()
    door = _Door(calls)
    router.add_api_websocket_route(PATH, door.enter)
    return router


class _Door:
    def __init__(self, calls: BrowserCalls) -> None:
        self._calls = calls
        self._waiting = 0

    async def enter(self, websocket: WebSocket) -> None:
        """Serve one socket from its upgrade to its end."""
        if not _is_welcome(websocket, self._calls.allowed_origins) or self._waiting >= MAX_WAITING:
            await websocket.close(1008)  # before the upgrade is accepted, this answers HTTP 403
            return
        await websocket.accept()
        channel = BrowserChannel(websocket)
        try:
            grant = await self._identified(channel)
            with self._calls.registry.place():
                await self._conduct(channel, grant)
        except WireError as error:
            await channel.refuse(error)
        except VictoriaError as error:
            close_code = 1013 if error.code == "busy" else 1011
            await channel.refuse(WireError(close_code, error.code, error.message))
        except WebSocketDisconnect:
            pass  # it left before it said who it is
        except Exception:
            # The outermost place of a call: the orchestrator has closed the call and its line, and nobody
            # above could do more than lose the traceback.
            _log.exception("a call was ended by a bug", extra={"call_id": channel.call_id})
            await channel.close(EndCause.INTERNAL_ERROR)

    async def _identified(self, channel: BrowserChannel) -> TicketGrant:
        self._waiting += 1
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_S):
                hello = await channel.receive_hello()
        except TimeoutError:
            raise WireError(1008, "ticket-missing", "no hello came in time") from None
        finally:
            self._waiting -= 1
        grant = await self._calls.tickets.redeem(hello.ticket)
        if grant is None:
            raise WireError(1008, "ticket-invalid", "the ticket is not valid (any more); get a new one")
        return grant

    async def _conduct(self, channel: BrowserChannel, grant: TicketGrant) -> None:
        orchestrator = await self._calls.factory.create(
            grant.tenant, grant.agent_id, channel, Direction.BROWSER
        )
        channel.call_id = orchestrator.call.id.value
        # Tasks inherit the context: whatever is logged in this call, by whomever, carries its id.
        with (
            structlog.contextvars.bound_contextvars(call_id=channel.call_id),
            self._calls.registry.live(orchestrator),
        ):
            await orchestrator.run()


def _is_welcome(websocket: WebSocket, allowed_origins: tuple[str, ...]) -> bool:
    """Whether the page that opened the socket (if it was a page) is ours or listed."""
    origin = websocket.headers.get("origin")
    if origin is None or origin in allowed_origins:
        return True
    return urlsplit(origin).netloc == websocket.headers.get("host") != ""
