"""Which of our numbers a call is placed on."""

from __future__ import annotations

from collections.abc import Mapping

from backend.domain.entities.phone_line import PhoneLine
from backend.domain.errors import ConflictError, FieldError
from backend.domain.ports.phone_line_port import PhoneLineRepository
from backend.domain.ports.telephony_port import TelephonyPort
from backend.domain.value_objects.phone_number import PhoneNumber


class OurLines:
    """Chooses among a tenant's lines."""

    def __init__(self, lines: PhoneLineRepository, carriers: Mapping[str, TelephonyPort]) -> None:
        self._lines = lines
        self._carriers = carriers

    async def to_call_with(self, tenant: str, agent_id: str, wanted: PhoneNumber | None) -> PhoneLine:
        """Return the line that is ``wanted``, else the agent's, else the only one.

        Raises ``FieldError`` for the field ``from`` (``unknown-line``; ``no-line``: it has to be said which),
        ``ConflictError`` (``carrier-not-configured``), ``StorageError``.
        """
        line = _chosen(await self._lines.list(tenant), agent_id, wanted)
        if line.carrier not in self._carriers:
            raise ConflictError("The number's carrier is not configured.", code="carrier-not-configured")
        return line


def _chosen(lines: list[PhoneLine], agent_id: str, wanted: PhoneNumber | None) -> PhoneLine:
    if wanted is not None:
        for line in lines:
            if line.number == wanted:
                return line
        raise FieldError("from", "this is none of our numbers", code="unknown-line")
    own = [line for line in lines if line.agent_id == agent_id] or lines
    if len(own) == 1 or (own and own[0].agent_id == agent_id):
        return own[0]
    raise FieldError("from", "it has to be said which of our numbers calls", code="no-line")
