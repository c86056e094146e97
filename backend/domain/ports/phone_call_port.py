"""Finding conversations again by the carrier's call that they were in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from backend.domain.entities.call import Call
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn


class PhoneCallHistory(Protocol):
    """What is kept of calls at carriers. All methods raise ``StorageError``."""

    async def latest(self, carrier: str, carrier_call_id: str) -> Call | None:
        """Return the last conversation in a carrier's call, of whichever tenant; None if there was none."""
        ...

    async def get(self, tenant: str, call_id: CallId) -> Call:
        """Return a conversation. Raises ``NotFoundError``."""
        ...

    async def turns(self, call: Call) -> Sequence[ConversationTurn]:
        """Return the committed turns of ``call``, and before them those of the calls that it goes on with."""
        ...
