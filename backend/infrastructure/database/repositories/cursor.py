"""Where a page of the history ended: the sort key of its last call, as opaque text."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final, Self

from backend.domain.errors import CallerError
from backend.domain.ports.persistence_port import CallOrder, CallSort

# A number as ``repr`` writes it: whole, or a float.
_PLAIN: Final = re.compile(
    rb"([a-z_]+):(asc|desc):(-?[0-9]{1,16}(?:\.[0-9]{1,20})?(?:e[+-][0-9]{1,3})?):([0-9a-f]{32})"
)


@dataclass(frozen=True, slots=True)
class HistoryCursor:
    """The next page in ``order`` begins after the call that has ``key`` in it, and ``call_id``."""

    order: CallOrder
    key: float
    call_id: str

    def __str__(self) -> str:
        plain = f"{_named(self.order)}:{self.key!r}:{self.call_id}".encode()
        return base64.urlsafe_b64encode(plain).decode().rstrip("=")

    @classmethod
    def parse(cls, opaque: str, order: CallOrder) -> Self:
        """Return the cursor that ``str`` wrote.

        Raises ``CallerError`` (``bad-cursor``) on anything else, and on a cursor of another order.
        """
        try:
            plain = base64.b64decode(opaque + "=" * (-len(opaque) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            plain = b""
        match = _PLAIN.fullmatch(plain)
        if match is None or b":".join(match.groups()[:2]).decode() != _named(order):
            raise CallerError(
                "The cursor is not one of ours, or of another order; start from the first page.",
                code="bad-cursor",
            )
        key = float(match[3])
        return cls(order, key if order.by is CallSort.VOICE_TO_VOICE_MS else int(key), match[4].decode())


def _named(order: CallOrder) -> str:
    return f"{order.by}:{'asc' if order.is_ascending else 'desc'}"
