"""``/ws/telephone/…``: a carrier brings the audio of a call.

Who comes through the door is carried to the reception; the call itself happens there. A ticket in the address
is worth nothing by the time that somebody could read it in a log, but it is not written to ours.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

import structlog
from fastapi import APIRouter
from starlette.websockets import WebSocket

from backend.application.services.telephony.reception import PhoneReception
from backend.domain.errors import VictoriaError
from backend.interfaces.websocket.telephony_door import Admitted, TelephonyDoor

PATH: Final = "/ws/telephone/{carrier}"
PATH_WITH_TICKET: Final = "/ws/telephone/{carrier}/{ticket}"

_CLOSE_CODES: Final = {"busy": 1013, "call-taken": 1008}
_OUR_FAULT: Final = 1011

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PhoneStreams:
    """What the endpoints need."""

    door: TelephonyDoor
    reception: PhoneReception


def telephony_router(streams: PhoneStreams) -> APIRouter:
    """Return the router with the endpoints; they protect themselves."""
    router = APIRouter()
    for path in (PATH, PATH_WITH_TICKET):
        router.add_api_websocket_route(path, _Exchange(streams).receive)
    return router


class _Exchange:
    def __init__(self, streams: PhoneStreams) -> None:
        self._streams = streams

    async def receive(self, websocket: WebSocket) -> None:
        """Serve one socket from its upgrade to its end."""
        carrier, ticket = websocket.path_params["carrier"], websocket.path_params.get("ticket", "")
        admitted = await self._streams.door.admitted(websocket, carrier, ticket)
        if admitted is None:
            return
        try:
            await self._converse(admitted)
        except VictoriaError as error:
            # The caller is on the line: the carrier asks what to do, and is told to apologise.
            _log.warning("a telephone call could not begin", extra={"code": error.code}, exc_info=error)
            await admitted.socket.close(_CLOSE_CODES.get(error.code, _OUR_FAULT))
        except Exception:
            # The outermost place of a call: the orchestrator has closed the call and its line, and nobody
            # above could do more than lose the traceback.
            _log.exception("a call was ended by a bug")
            await admitted.socket.close(_OUR_FAULT)

    async def _converse(self, admitted: Admitted) -> None:
        async with self._streams.reception.conversation(
            admitted.grant,
            admitted.started,
            admitted.socket,
            admitted.protocol,
            heard_at=admitted.socket.heard_at,
        ) as orchestrator:
            # Tasks inherit the context: whatever is logged in this call, by whomever, carries its id.
            with structlog.contextvars.bound_contextvars(call_id=orchestrator.call.id.value):
                await orchestrator.run()
