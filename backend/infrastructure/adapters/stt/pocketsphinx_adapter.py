"""The ears that need no download: PocketSphinx with the model in its package. English only.

The engine keeps a core's lock for up to two seconds at a time, so it runs in processes of its own.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from typing import Final

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttCapabilities, SttRequest
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.infrastructure.adapters.local.worker_process import WorkerProcess
from backend.infrastructure.adapters.stt.worker_stream import WorkerSttStream

_PROVIDER: Final = "pocketsphinx"
_WORKER: Final = "backend.infrastructure.adapters.local.pocketsphinx_worker"
_LIMITS: Final = (
    "PocketSphinx understands English only, and clear speech best; install a Moonshine model or configure "
    "a cloud recogniser for anything else."
)
# Decoding takes a fifth of the audio's time, so a core could serve more; each takes 90 MB, though.
_DECODERS_PER_PROCESS: Final = 2
_MOST_PROCESSES: Final = 4
_MAX_BACKLOG_MS: Final = 8_000


class PocketsphinxStt:
    """``SttPort`` on PocketSphinx. ``processes`` defaults to all cores but one, at most four."""

    def __init__(
        self,
        *,
        processes: int | None = None,
        decoders_per_process: int = _DECODERS_PER_PROCESS,
        max_backlog_ms: int = _MAX_BACKLOG_MS,
    ) -> None:
        count = processes or max(1, min((os.cpu_count() or 1) - 1, _MOST_PROCESSES))
        arguments = (str(decoders_per_process),)
        self._workers = tuple(WorkerProcess(_PROVIDER, _WORKER, arguments) for _ in range(count))
        self._max_backlog_ms = max_backlog_ms

    @property
    def capabilities(self) -> SttCapabilities:
        """English words in lower case, without punctuation."""
        return SttCapabilities(
            languages=frozenset({"en"}), partials=True, punctuates=False, speech_only=True, local=True
        )

    @property
    def workers(self) -> Sequence[WorkerProcess]:
        """The processes that listen."""
        return self._workers

    def start(self) -> None:
        """Load the engine in the background, so that the first call does not wait for it."""
        for worker in self._workers:
            worker.start()

    def readiness(self, language: Language) -> Readiness:
        """See ``SttPort``. Ready even before the processes run: audio waits the second they take."""
        if language.base not in self.capabilities.languages:
            return Readiness(ReadinessState.UNAVAILABLE, _LIMITS)
        if importlib.util.find_spec("pocketsphinx") is None:
            return Readiness(ReadinessState.UNAVAILABLE, "The package 'pocketsphinx' is not installed.")
        if all(worker.failure for worker in self._workers):
            detail = f"PocketSphinx does not start: {self._workers[0].failure}"
            return Readiness(ReadinessState.UNAVAILABLE, detail)
        return READY

    async def open(self, request: SttRequest) -> WorkerSttStream:
        """See ``SttPort``; ``hints`` change nothing."""
        if request.language.base not in self.capabilities.languages:
            raise ProviderError(_PROVIDER, _LIMITS, code="unknown-language", retryable=False)
        stream = WorkerSttStream(_PROVIDER, max_backlog_ms=self._max_backlog_ms)
        await stream.begin(min(self._workers, key=_load))
        return stream

    async def aclose(self) -> None:
        """Stop the processes within two seconds; streams under way fail. Idempotent."""
        for worker in self._workers:
            worker.begin_close()
        for worker in self._workers:
            await worker.aclose()


def _load(worker: WorkerProcess) -> tuple[bool, int]:
    return bool(worker.failure), worker.open_streams
