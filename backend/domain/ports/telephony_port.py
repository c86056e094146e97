"""What a telephone carrier must offer besides the media stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from backend.domain.value_objects.phone_number import PhoneNumber


class MessageChannel(Protocol):
    """A carrier's media socket as plain messages; the carrier's adapter speaks its protocol over it."""

    async def receive(self) -> str | bytes | None:
        """Return the next message, or None when the socket is closed."""
        ...

    async def send(self, message: str) -> None:
        """Send a text message; waits while the carrier does not read."""
        ...

    async def close(self, code: int) -> None:
        """Close with a WebSocket close code. Idempotent."""
        ...


class TelephonyPort(Protocol):
    """Call control at one carrier; ``carrier_call_id`` is the carrier's own identifier of a call.

    All methods raise ``ProviderError``; acting on a call that has already ended is not an error.
    """

    async def dial(self, to: PhoneNumber, caller_id: PhoneNumber, *, max_seconds: int) -> str:
        """Place a call and return its ``carrier_call_id``."""
        ...

    async def hang_up(self, carrier_call_id: str) -> None:
        """End the call."""
        ...

    async def transfer(self, carrier_call_id: str, to: PhoneNumber) -> None:
        """Connect the caller to another number; the media stream ends."""
        ...

    async def send_digits(self, carrier_call_id: str, digits: str) -> None:
        """Send DTMF (``0-9*#``) into the call."""
        ...

    def is_authentic(self, url: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether a webhook or upgrade request to the public ``url`` was signed by the carrier."""
        ...
