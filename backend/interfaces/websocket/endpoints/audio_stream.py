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
from backend.domain.errors import CallerError, ConfigurationError, StorageError, VictoriaError
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

    tickets: TicketPort[TicketGrant]
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
            await channel.refuse(_refusal(error))
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


# Storage and settings may name paths, hosts and engines; that is for the log.
_INSIDE: Final[tuple[tuple[type[VictoriaError], str], ...]] = (
    (StorageError, "The storage does not answer at the moment."),
    (ConfigurationError, "The server is not set up for this agent."),
    (VictoriaError, "The call could not be opened."),
)


def _refusal(error: VictoriaError) -> WireError:
    """Write to the log why a call cannot be opened, and return what its caller is told."""
    is_busy = error.code == "busy"
    is_inside = not is_busy and not isinstance(error, CallerError)
    _log.warning(
        "a call could not be opened", extra={"code": error.code}, exc_info=error if is_inside else None
    )
    inside = next(text for kind, text in _INSIDE if isinstance(error, kind))
    return WireError(1013 if is_busy else 1011, error.code, inside if is_inside else error.message)


def _is_welcome(websocket: WebSocket, allowed_origins: tuple[str, ...]) -> bool:
    """Whether the page that opened the socket (if it was a page) is ours or listed."""
    origin = websocket.headers.get("origin")
    if origin is None or origin in allowed_origins:
        return True
    try:
        return urlsplit(origin).netloc == websocket.headers.get("host") != ""
    except ValueError:  # not an address: no page sends that
        return False
