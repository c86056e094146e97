"""Where a page of the history ended: the sort key of its last call, as opaque text."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final, Self

from backend.domain.errors import CallerError

_PLAIN: Final = re.compile(rb"([0-9]{1,16}):([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class HistoryCursor:
    """The next page begins after the call that started at ``started_at`` (Unix ms) and has ``call_id``."""

    started_at: int
    call_id: str

    def __str__(self) -> str:
        plain = f"{self.started_at}:{self.call_id}".encode()
        return base64.urlsafe_b64encode(plain).decode().rstrip("=")

    @classmethod
    def parse(cls, opaque: str) -> Self:
        """Return the cursor that ``str`` wrote. Raises ``CallerError`` (``bad-cursor``) on anything else."""
        try:
            plain = base64.b64decode(opaque + "=" * (-len(opaque) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            plain = b""
        match = _PLAIN.fullmatch(plain)
        if match is None:
            raise CallerError("The cursor is not one of ours; start from the first page.", code="bad-cursor")
        return cls(int(match[1]), match[2].decode())
