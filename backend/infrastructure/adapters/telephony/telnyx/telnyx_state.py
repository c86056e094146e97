"""What Telnyx remembers for us of a leg of a call: its ``client_state``, which comes with every event.

It makes the adapter stateless: another process than the one that dialled can go on with a transfer.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import orjson

_NAME: Final = "victoria"
_TEXTS: Final = ("reference", "caller", "text", "language")


class Leg(StrEnum):
    """What a leg is for."""

    ORDER = "order"  # somebody whom we call; ``reference`` is the order's
    APOLOGY = "apology"  # a caller who is told ``text`` and hung up on
    BLIND = "blind"  # whom ``caller`` is put through to without a word; ``reference`` is the transfer's
    WARM = "warm"  # … who is told first, and may decline
    JOINED = "joined"  # … and has not declined


@dataclass(frozen=True, slots=True)
class ClientState:
    """What a leg is for, and what it takes to go on with it."""

    leg: Leg
    reference: str = ""
    caller: str = ""
    text: str = field(default="", repr=False)
    language: str = ""

    def encoded(self) -> str:
        """Return the state as Telnyx takes it."""
        texts = {name: text for name in _TEXTS if (text := getattr(self, name))}
        body = orjson.dumps({_NAME: {"leg": self.leg, **texts}})
        return binascii.b2a_base64(body, newline=False).decode("ascii")


def decoded(text: object) -> ClientState | None:
    """Return the state that Telnyx brings back; None for none, and for one that is not ours."""
    if not isinstance(text, str):
        return None
    try:
        body: Any = orjson.loads(binascii.a2b_base64(text, strict_mode=True))
        fields = body[_NAME]
        texts = {name: str(fields.get(name, "")) for name in _TEXTS}
        return ClientState(Leg(fields["leg"]), **texts)
    except (ValueError, TypeError, LookupError, AttributeError):
        return None
