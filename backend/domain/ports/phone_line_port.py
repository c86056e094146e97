"""Where telephone numbers are kept."""

from __future__ import annotations

from typing import Protocol

from backend.domain.entities.phone_line import PhoneLine
from backend.domain.value_objects.phone_number import PhoneNumber


class PhoneLineRepository(Protocol):
    """All methods raise ``StorageError``."""

    async def add(self, line: PhoneLine) -> None:
        """Store a new line. Raises ``ConflictError`` (``number-taken``) if its number is in use."""
        ...

    async def get(self, tenant: str, line_id: str) -> PhoneLine:
        """Return a line. Raises ``NotFoundError``."""
        ...

    async def save(self, line: PhoneLine) -> None:
        """Store a changed line. Raises ``NotFoundError``, ``ConflictError`` (``number-taken``)."""
        ...

    async def delete(self, tenant: str, line_id: str) -> None:
        """Forget a line. Raises ``NotFoundError``."""
        ...

    async def list(self, tenant: str) -> list[PhoneLine]:
        """Return the tenant's lines, by number."""
        ...

    async def with_number(self, carrier: str, number: PhoneNumber) -> PhoneLine | None:
        """Return the line of whichever tenant that has ``number`` at ``carrier``."""
        ...
