"""The telephones that the loopback carrier can reach: those of this process.

A telephone in another process (``victoria call --carrier loopback``) calls in and is called by nobody; that
we have hung up on it, it notices by its media socket.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Protocol

from backend.domain.errors import ProviderError
from backend.domain.ports.telephony_port import DialRequest, TransferRequest
from backend.domain.value_objects.phone_number import PhoneNumber


class LoopbackPhone(Protocol):
    """A telephone that can be called. It is told and does not keep us; it answers with requests."""

    def rings(self, carrier_call_id: str, request: DialRequest) -> None:
        """Somebody calls."""
        ...

    def was_hung_up(self, carrier_call_id: str) -> None:
        """The other side has ended the call."""
        ...

    def was_put_through(self, carrier_call_id: str, request: TransferRequest) -> None:
        """The other side wants the call to go on with somebody else."""
        ...

    def heard_keys(self, carrier_call_id: str, keys: str) -> None:
        """The other side has pressed keys."""
        ...


@dataclass(slots=True)
class LoopbackExchange:
    """Knows which telephone has which number, and which is in which call."""

    _numbers: dict[PhoneNumber, LoopbackPhone] = field(default_factory=dict)
    _calls: dict[str, LoopbackPhone] = field(default_factory=dict)

    def register(self, number: PhoneNumber, phone: LoopbackPhone) -> None:
        """From now on ``phone`` has ``number``."""
        self._numbers[number] = phone

    def unregister(self, number: PhoneNumber) -> None:
        """Nobody has ``number`` any more."""
        self._numbers.pop(number, None)

    def has_joined(self, carrier_call_id: str, phone: LoopbackPhone) -> None:
        """``phone`` is in a call that it has placed itself."""
        self._calls[carrier_call_id] = phone

    def has_left(self, carrier_call_id: str) -> None:
        """The call is over."""
        self._calls.pop(carrier_call_id, None)

    def phone_in(self, carrier_call_id: str) -> LoopbackPhone | None:
        """Return the telephone in a call, None if that is over or not of this process."""
        return self._calls.get(carrier_call_id)

    def dial(self, request: DialRequest) -> str:
        """Let the telephone with the number ring, and return the call.

        Raises ``ProviderError`` (``number-refused``) if nobody has it.
        """
        phone = self._numbers.get(request.to)
        if phone is None:
            raise ProviderError("loopback", "nobody has that number", code="number-refused", retryable=False)
        carrier_call_id = uuid.uuid4().hex
        self._calls[carrier_call_id] = phone
        phone.rings(carrier_call_id, request)
        return carrier_call_id
