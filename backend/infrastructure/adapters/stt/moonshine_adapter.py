"""The ears of a machine without an account: Moonshine's streaming models, Spanish and English.

A model (120 to 140 MB a language) is fetched in the background when the server starts; until it is there,
``readiness`` says how far it is, and another recogniser serves the calls. A host without internet is
given the models' directories instead, or a cache that was filled elsewhere. Each language has a process of
its own.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttCapabilities, SttRequest
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.infrastructure.adapters.local.moonshine_download import CACHED_ONLY
from backend.infrastructure.adapters.local.worker_process import WorkerProcess
from backend.infrastructure.adapters.stt.model_download import ModelDownload
from backend.infrastructure.adapters.stt.worker_stream import WorkerSttStream

_PROVIDER: Final = "moonshine"
_WORKER: Final = "backend.infrastructure.adapters.local.moonshine_worker"
_DOWNLOAD: Final = "backend.infrastructure.adapters.local.moonshine_download"
_LANGUAGES: Final = {"en": "English", "es": "Spanish"}
# The smallest streaming models that the library recommends for conversation, in both languages.
_ARCHITECTURE: Final = "small-streaming"
_MAX_BACKLOG_MS: Final = 8_000
_PAUSES_S: Final = (15.0, 60.0, 300.0)


class MoonshineStt:
    """``SttPort`` on Moonshine.

    ``cache_dir`` is where models are kept. ``model_paths`` names directories of models by base language, for
    hosts that cannot download; without ``may_download`` the others are taken from the cache, or are
    unavailable. ``options`` are those of the library's transcriber. ``download_module`` and ``pauses_s`` say
    what fetches a model and how long to wait between attempts.
    """

    def __init__(
        self,
        cache_dir: Path,
        *,
        languages: Iterable[str] = tuple(_LANGUAGES),
        model_paths: Mapping[str, Path] | None = None,
        may_download: bool = True,
        architecture: str = _ARCHITECTURE,
        options: Mapping[str, str] | None = None,
        max_backlog_ms: int = _MAX_BACKLOG_MS,
        download_module: str = _DOWNLOAD,
        pauses_s: Sequence[float] = _PAUSES_S,
    ) -> None:
        paths = model_paths or {}
        settings = tuple(f"{name}={value}" for name, value in (options or {}).items())
        self._max_backlog_ms = max_backlog_ms
        self._models = {
            language: _Model(
                language,
                paths.get(language),
                architecture=architecture,
                settings=settings,
                download_module=download_module,
                download_arguments=(str(cache_dir),) if may_download else (str(cache_dir), CACHED_ONLY),
                pauses_s=pauses_s if may_download else (),
            )
            for language in languages
        }

    @property
    def capabilities(self) -> SttCapabilities:
        """Sentences with punctuation."""
        return SttCapabilities(
            languages=frozenset(self._models), partials=True, punctuates=True, speech_only=True, local=True
        )

    def start(self) -> None:
        """Fetch the models that are not there, and load those that are, in the background."""
        if _is_installed():
            for model in self._models.values():
                model.start()

    def readiness(self, language: Language) -> Readiness:
        """See ``SttPort``."""
        if not _is_installed():
            detail = "The package 'moonshine-voice' is not installed."
            return Readiness(ReadinessState.UNAVAILABLE, detail)
        model = self._models.get(language.base)
        if model is None:
            return Readiness(ReadinessState.UNAVAILABLE, f"Moonshine is not set up for '{language}'.")
        return model.readiness

    async def open(self, request: SttRequest) -> WorkerSttStream:
        """See ``SttPort``; ``hints`` change nothing. Raises ``ProviderError`` until the model is loaded."""
        readiness = self.readiness(request.language)
        if not readiness.is_ready:
            raise ProviderError(_PROVIDER, readiness.detail, code="not-ready")
        stream = WorkerSttStream(_PROVIDER, max_backlog_ms=self._max_backlog_ms)
        await stream.begin(self._models[request.language.base].worker)
        return stream

    async def aclose(self) -> None:
        """Stop all processes within two seconds; streams under way fail. Idempotent."""
        for model in self._models.values():
            model.begin_close()
        for model in self._models.values():
            await model.aclose()


class _Model:
    """One language's model on its way to serve: fetched, then loaded by its process."""

    def __init__(
        self,
        language: str,
        path: Path | None,
        *,
        architecture: str,
        settings: tuple[str, ...],
        download_module: str,
        download_arguments: tuple[str, ...],
        pauses_s: Sequence[float],
    ) -> None:
        self._name = f"The Moonshine model for {_LANGUAGES.get(language, language)}"
        self._arguments = (architecture, *settings)
        self._worker = None if path is None else self._worker_for(path)
        self._download = ModelDownload(
            self._name,
            download_module,
            (language, architecture, *download_arguments),
            on_ready=self._load,
            pauses_s=pauses_s,
        )

    @property
    def worker(self) -> WorkerProcess:
        """The process that listens. Must not be asked for before the model is ready."""
        assert self._worker is not None
        return self._worker

    @property
    def readiness(self) -> Readiness:
        """How far the model is."""
        if self._worker is None:
            return self._download.readiness
        if self._worker.failure:
            detail = f"{self._name} cannot be loaded: {self._worker.failure}"
            return Readiness(ReadinessState.UNAVAILABLE, detail)
        if not self._worker.is_ready:
            return Readiness(ReadinessState.PREPARING, f"{self._name} is being loaded.")
        return READY

    def start(self) -> None:
        """Fetch or load, whichever is next."""
        if self._worker is None:
            self._download.start()
        else:
            self._worker.start()

    def begin_close(self) -> None:
        """Begin to stop everything; ``aclose`` waits."""
        self._download.begin_close()
        if self._worker is not None:
            self._worker.begin_close()

    async def aclose(self) -> None:
        """Stop everything. Idempotent."""
        await self._download.aclose()
        if self._worker is not None:
            await self._worker.aclose()

    def _load(self, path: Path) -> None:
        self._worker = self._worker_for(path)
        self._worker.start()

    def _worker_for(self, path: Path) -> WorkerProcess:
        return WorkerProcess(_PROVIDER, _WORKER, (str(path), *self._arguments))


def _is_installed() -> bool:
    return importlib.util.find_spec("moonshine_voice") is not None
