"""What every child process of ours does first, and how it writes to its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from typing import Final

from backend.infrastructure.adapters.local.framing import Message, encode

_PR_SET_PDEATHSIG: Final = 1  # <linux/prctl.h>


def become_child() -> int:
    """Settle in as a child process; return the descriptor for ``write_message``.

    stdout is set apart for messages: what libraries print goes to stderr. SIGINT and SIGTERM are ignored,
    because a terminal and a service manager signal the whole group, and live calls still need their
    engines while the server drains; a child ends when its stdin does. Where Linux offers it, it is also
    killed with its parent, should someone else hold that stdin open.
    """
    output = os.dup(1)
    os.dup2(2, 1)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    return output


def end_with_stdin() -> None:
    """For a child that is told nothing: end it as soon as its stdin ends."""

    def wait_for_the_end() -> None:
        while os.read(0, 1024):
            pass
        os._exit(0)

    threading.Thread(target=wait_for_the_end, daemon=True).start()


def write_message(output: int, message: Message) -> None:
    """Write a message; waits while the parent does not read. Without a parent, the process ends."""
    rest = memoryview(encode(message))
    try:
        while rest:
            rest = rest[os.write(output, rest) :]
    except BrokenPipeError:
        os._exit(0)
