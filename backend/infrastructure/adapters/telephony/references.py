"""Our own identifiers, as carriers bring them back."""

from __future__ import annotations

import re
from typing import Final

from backend.infrastructure.adapters.telephony.webhook_errors import bad_webhook

_REFERENCE: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")


def checked_reference(text: str) -> str:
    """Return ``text`` if it can be a reference of ours. Raises ``CallerError`` (``bad-webhook``)."""
    if not _REFERENCE.fullmatch(text):
        raise bad_webhook("reference")
    return text
