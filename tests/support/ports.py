"""Ports for servers that other processes start."""

from __future__ import annotations

import secrets
import socket
from typing import Final

# Below those that outgoing connections get (from 32768 on, in Linux): a port found here is still free a
# moment later, however many connections the tests beside this one make.
_FIRST: Final = 20_000
_END: Final = 32_000


def free_port() -> int:
    """Return a port of the loopback on which nobody listens now."""
    while True:
        port = _FIRST + secrets.randbelow(_END - _FIRST)  # not the dice that tests seed
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
