"""Where carriers find this server.

Nothing here is taken from a request: an address that a client can choose would be signed by whoever asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

_MEDIA_SCHEMES: Final = {"https": "wss", "http": "ws"}


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """``base_url`` is the public one (``https://…``, possibly with a path), ``carrier`` whose addresses these
    are. Raises ``ValueError`` if it is no such URL."""

    base_url: str
    carrier: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme not in _MEDIA_SCHEMES or not parts.netloc or parts.query or parts.fragment:
            raise ValueError("a public address is https://, a host and possibly a path")

    def webhook(self, *path: str) -> str:
        """Return where the carrier's requests go; ``path`` are the segments after the carrier's name."""
        segments = [quote(segment, safe="") for segment in path]
        return "/".join([self.base_url.rstrip("/"), "webhook", self.carrier, *segments])

    def media(self, ticket: str = "") -> str:
        """Return where the media socket is opened, with ``ticket`` in the path if there is one."""
        parts = urlsplit(self.base_url)
        segments = [parts.path.rstrip("/"), "ws", "telephone", self.carrier]
        if ticket:
            segments.append(quote(ticket, safe=""))
        return urlunsplit((_MEDIA_SCHEMES[parts.scheme], parts.netloc, "/".join(segments), "", ""))
