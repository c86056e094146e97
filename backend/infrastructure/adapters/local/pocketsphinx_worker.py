"""PocketSphinx in a process of its own: ``python -m …adapters.local.pocketsphinx_worker 2``.

The one argument is the number of decoders. A decoder (90 MB) is leased to a caller from the first audio of an
utterance to its end; while all are out, audio waits. It decodes while the caller speaks, so that
after the pause only the second pass over the word graph is left (about 100 ms).
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from backend.infrastructure.adapters.local.framing import Kind, Message, encode_number
from backend.infrastructure.adapters.local.utterance_backlog import UtteranceBacklog
from backend.infrastructure.adapters.local.worker_host import Send, serve

if TYPE_CHECKING:
    from pocketsphinx import Decoder

_SLICE_MS: Final = 100  # of audio; 15 to 30 ms of work
_PARTIAL_EVERY_MS: Final = 200  # of audio
_SAMPLES_PER_MS: Final = 16
_BYTES_PER_SAMPLE: Final = 2
# Active states per frame. The default of 30000 costs a quarter more time for the same words.
_MOST_STATES: Final = 3_000
_NICENESS: Final = 5  # the server's own process, which paces the audio, goes first


class PocketsphinxEngine:
    """The decoders, and the sessions that lease them."""

    def __init__(self, decoders: int) -> None:
        self._count = decoders
        self._free: list[Decoder] = []

    def load(self) -> None:
        """Load the model that comes with the package, once for each decoder."""
        for _ in range(self._count):
            self._free.append(_new_decoder())

    def open(self, opening: bytes, send: Send) -> PocketsphinxSession:  # noqa: ARG002  (says nothing)
        """Begin to listen to a caller."""
        return PocketsphinxSession(self, send)

    def lease(self) -> Decoder | None:
        """Return a decoder that is free now, if there is one."""
        return self._free.pop() if self._free else None

    def release(self, decoder: Decoder) -> None:
        """Take a decoder back, outside any utterance."""
        self._free.append(decoder)

    def replace(self) -> None:
        """Have a new decoder instead of one that failed: who knows what state that is in."""
        self._free.append(_new_decoder())


class PocketsphinxSession:
    """One caller."""

    def __init__(self, engine: PocketsphinxEngine, send: Send) -> None:
        self._engine = engine
        self._send = send
        self._backlog = UtteranceBacklog()
        self._decoder: Decoder | None = None
        # The caller's cepstral mean. It halves the errors from the second utterance on; until there is
        # one, the decoder keeps that of whoever spoke before, a better guess than none.
        self._mean = ""
        self._partial = ""
        self._samples_since_partial = 0

    def accept(self, message: Message) -> None:
        """Note audio, or the end of an utterance."""
        self._backlog.accept(message)

    def advance(self) -> bool:
        """Decode a slice of audio, or end the utterance."""
        if self._backlog.has_audio:
            return self._listen()
        utterance = self._backlog.take_end()
        if utterance is None:
            return False
        if text := self._end_utterance():
            self._send(Kind.FINAL, text.encode())
        self._send(Kind.SETTLED, encode_number(utterance))
        return True

    def close(self) -> None:
        """Give the decoder back; there is nobody left to be told if it fails."""
        with suppress(RuntimeError):
            self._end_utterance()

    def _listen(self) -> bool:
        decoder = self._decoder or self._begin_utterance()
        if decoder is None:
            return False
        audio = self._backlog.take_audio(_SLICE_MS)
        decoder.process_raw(audio, no_search=False, full_utt=False)
        samples = len(audio) // _BYTES_PER_SAMPLE
        self._send(Kind.CONSUMED, encode_number(samples))
        self._samples_since_partial += samples
        if self._samples_since_partial >= _PARTIAL_EVERY_MS * _SAMPLES_PER_MS:
            self._samples_since_partial = 0
            text = _words(decoder)
            if text != self._partial:
                self._partial = text
                self._send(Kind.PARTIAL, text.encode())
        return True

    def _begin_utterance(self) -> Decoder | None:
        self._decoder = self._engine.lease()
        if self._decoder is not None:
            if self._mean:
                self._decoder.set_cmn(self._mean)
            self._decoder.start_utt()
            self._partial = ""
            self._samples_since_partial = 0
        return self._decoder

    def _end_utterance(self) -> str:
        """Return the words of the utterance, which is over; empty if there was none.

        Raises ``RuntimeError``, the library's only error; the engine has as many decoders as before.
        """
        decoder, self._decoder = self._decoder, None
        if decoder is None:
            return ""
        try:
            decoder.end_utt()
            self._mean = decoder.get_cmn(True)
            text = _words(decoder)
        except RuntimeError:
            self._engine.replace()
            raise
        self._engine.release(decoder)
        return text


def _new_decoder() -> Decoder:
    from pocketsphinx import Decoder  # noqa: PLC0415  (only the worker process needs it)

    return Decoder(samprate=16_000, loglevel="FATAL", maxhmmpf=_MOST_STATES)


def _words(decoder: Decoder) -> str:
    hypothesis = decoder.hyp()
    return str(hypothesis.hypstr) if hypothesis is not None else ""


if __name__ == "__main__":
    serve(PocketsphinxEngine(int(sys.argv[1])), niceness=_NICENESS)
