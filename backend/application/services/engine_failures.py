"""How a call learns that one of its engines failed, whoever deals with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineFailure:
    """``engine`` of ``port`` ("stt", "llm", "tts") failed with ``code``; ``successor`` is asked next (the
    same name: it is tried again; empty: nobody is left)."""

    port: str
    engine: str
    code: str
    successor: str = ""


class EngineFailures:
    """One call's. Until somebody listens, nobody is told."""

    def __init__(self) -> None:
        self._listener: Callable[[EngineFailure], None] | None = None

    def listen(self, listener: Callable[[EngineFailure], None]) -> None:
        """From now on tell ``listener``, which returns at once."""
        self._listener = listener

    def tell(self, failure: EngineFailure) -> None:
        """An engine has failed."""
        if self._listener is not None:
            self._listener(failure)
