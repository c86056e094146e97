"""The service's messages, as signs that somebody is there.

A recognizer's events tell of speech only: of a service that hears nothing but noise they say as little as of
one that is dead. Both differ in their messages, for the service answers the first audio with ``turn.start``.
The SDK tells of each message in C, C# and C++ (``speechapi_c_connection.h``); its Python has no name for
that, and so the function is called here, in the way in which the SDK's Python calls the others.
"""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Callable
from typing import Any, Final

_CALLBACK: Final = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)


class MessageWatch:
    """Calls ``on_message`` on a foreign thread for each message over ``connection``, until it is stopped.

    To be kept until then: the SDK calls into it.
    """

    def __init__(self, connection: Any, on_message: Callable[[], None]) -> None:
        self._interop: Any = importlib.import_module("azure.cognitiveservices.speech.interop")
        self._connection = connection
        self._on_message = on_message
        self._callback = _CALLBACK(self._called)
        self._register(self._callback)

    def stop(self) -> None:
        """Let go of the connection."""
        self._register(None)
        self._connection = None

    def _register(self, callback: object) -> None:
        library, call = self._interop._sdk_lib, self._interop._call_hr_fn
        call(self._connection._handle, callback, None, fn=library.connection_message_received_set_callback)

    def _called(self, event: int, _context: int | None) -> None:
        release = self._interop._sdk_lib.connection_message_received_event_handle_release
        release(ctypes.c_void_p(event))
        self._on_message()
