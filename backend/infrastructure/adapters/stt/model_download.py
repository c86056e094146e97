"""Fetching a model in the background, by a process that does the library's own download."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from backend.domain.value_objects.readiness import Readiness, ReadinessState
from backend.infrastructure.adapters.local.child_process import keep_last_line, start_child, stop_child
from backend.infrastructure.adapters.local.framing import Kind, Message, MessageReader, decode_number

_log = logging.getLogger(__name__)

_READ_BYTES: Final = 64 * 1024
_WHOLE: Final = 1_000


class ModelDownload:
    """Tries until it succeeds, or has failed once more than there are ``pauses_s``.

    ``what`` names the model in sentences for the owner; ``module`` runs with ``arguments`` and reports as
    ``moonshine_download`` does. ``on_ready`` gets the model's directory, once. Only the first failure is
    logged; ``readiness`` always tells how things stand.
    """

    def __init__(
        self,
        what: str,
        module: str,
        arguments: Sequence[str],
        *,
        on_ready: Callable[[Path], None],
        pauses_s: Sequence[float],
    ) -> None:
        self._what = what
        self._module = module
        self._arguments = tuple(arguments)
        self._on_ready = on_ready
        self._pauses_s = tuple(pauses_s)
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False
        self._readiness = Readiness(ReadinessState.UNAVAILABLE, f"{what} has not been fetched yet.")

    @property
    def readiness(self) -> Readiness:
        """``preparing`` with progress while it runs, ``unavailable`` with the reason between attempts."""
        return self._readiness

    def start(self) -> None:
        """Begin in the background, if it was not begun before."""
        if self._task is None and not self._is_closed:
            self._task = asyncio.get_running_loop().create_task(self._fetch(), name=f"fetch {self._what}")

    def begin_close(self) -> None:
        """Begin to stop; ``aclose`` waits."""
        self._is_closed = True
        if self._task is not None:
            self._task.cancel()

    async def aclose(self) -> None:
        """Stop within two seconds; what was fetched stays for the next attempt. Idempotent."""
        if not self._is_closed:
            self.begin_close()
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _fetch(self) -> None:
        for attempt, pause_s in enumerate((*self._pauses_s, None)):
            self._readiness = self._preparing(None)
            directory, complaint = await self._run_process()
            if directory is not None:
                self._readiness = self._preparing(1.0)
                self._on_ready(directory)
                return
            ending = "it will be tried again." if pause_s is not None else "restart Victoria to try again."
            detail = f"{self._what} is not there: {complaint}; {ending}"
            self._readiness = Readiness(ReadinessState.UNAVAILABLE, detail)
            if attempt == 0:
                _log.warning(
                    "A speech model could not be fetched", extra={"model": self._what, "reason": complaint}
                )
            if pause_s is not None:
                await asyncio.sleep(pause_s)

    async def _run_process(self) -> tuple[Path | None, str]:
        """Return the model's directory, or None and why there is none."""
        last_line: deque[str] = deque(maxlen=1)
        try:
            process = await start_child(self._module, self._arguments)
        except OSError as error:
            return None, f"the download could not be started ({error.strerror})"
        directory: Path | None = None
        try:
            async with asyncio.TaskGroup() as pipes:
                listening = pipes.create_task(self._listen(process))
                pipes.create_task(keep_last_line(process, last_line))
            directory = listening.result()
            await process.wait()
        finally:
            await stop_child(process)
        return directory, last_line[0] if last_line else f"the download ended with code {process.returncode}"

    async def _listen(self, process: asyncio.subprocess.Process) -> Path | None:
        assert process.stdout is not None
        reader = MessageReader()
        directory = None
        while block := await process.stdout.read(_READ_BYTES):
            for message in reader.feed(block):
                directory = self._note(message) or directory
        return directory

    def _note(self, message: Message) -> Path | None:
        if message.kind is Kind.PROGRESS:
            self._readiness = self._preparing(decode_number(message.payload) / _WHOLE)
        return Path(message.payload.decode()) if message.kind is Kind.DONE else None

    def _preparing(self, progress: float | None) -> Readiness:
        return Readiness(ReadinessState.PREPARING, f"{self._what} is being fetched.", progress)
