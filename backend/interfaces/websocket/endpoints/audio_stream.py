"""``/ws/audio``: a browser calls an agent.

Whoever comes through the door with a ticket is carried to the orchestrator; the call itself happens there.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

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
from backend.interfaces.websocket.door import Door

PATH: Final = "/ws/audio"

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
    router.add_api_websocket_route(PATH, _Reception(calls).receive)
    return router


class _Reception:
    def __init__(self, calls: BrowserCalls) -> None:
        self._calls = calls
        self._door = Door(calls.tickets, calls.allowed_origins)

    async def receive(self, websocket: WebSocket) -> None:
        """Serve one socket from its upgrade to its end."""
        if not await self._door.opens(websocket):
            return
        channel = BrowserChannel(websocket)
        try:
            grant = await self._door.identified(websocket)
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

    async def _conduct(self, channel: BrowserChannel, grant: TicketGrant) -> None:
        orchestrator = await self._calls.factory.create(
            grant.tenant,
            grant.agent_id,
            channel,
            Direction.BROWSER,
            draft=grant.draft,
            variables=grant.variables,
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
