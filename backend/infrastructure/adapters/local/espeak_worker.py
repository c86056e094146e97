"""eSpeak NG in a process of its own: ``python -m backend.infrastructure.adapters.local.espeak_worker``."""

from __future__ import annotations

from backend.infrastructure.adapters.local.espeak_library import EspeakLibrary
from backend.infrastructure.adapters.local.espeak_session import EspeakSession
from backend.infrastructure.adapters.local.speech_messages import SpeechOrder
from backend.infrastructure.adapters.local.worker_host import Send, serve


class EspeakEngine:
    """One library, any number of sessions that take turns."""

    def __init__(self) -> None:
        self._library: EspeakLibrary | None = None

    def load(self) -> None:
        """Load library and voices."""
        self._library = EspeakLibrary()

    def open(self, opening: bytes, send: Send) -> EspeakSession:
        """Begin to speak an order."""
        assert self._library is not None
        return EspeakSession(self._library, SpeechOrder.decode(opening), send)


if __name__ == "__main__":
    serve(EspeakEngine())
