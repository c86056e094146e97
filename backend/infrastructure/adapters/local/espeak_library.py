"""eSpeak NG's C interface, as far as we need it. GPL-3: imported in the worker process only.

Structures and constants are those of ``espeak-ng/speak_lib.h`` 1.52. The library keeps one global
state, so there is one instance per process.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_AUDIO_OUTPUT_SYNCHRONOUS: Final = 2
_INITIALIZE_DONT_EXIT: Final = 1 << 15
_BUFFER_MS: Final = 60
_CHARS_UTF8: Final = 1
_END_PAUSE: Final = 0x1000
_POS_CHARACTER: Final = 1
_RATE: Final = 1
_PITCH: Final = 3
_EVENT_LIST_TERMINATED: Final = 0
_EVENT_WORD: Final = 1


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class EspeakError(Exception):
    """eSpeak NG refused."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Speech (int16, shape (n,)), and where its words begin: (character of the text, sample)."""

    samples: NDArray[np.int16]
    word_starts: tuple[tuple[int, int], ...]


class EspeakLibrary:
    """The synthesiser. Raises ``EspeakError`` when the library or its data cannot be used."""

    def __init__(self) -> None:
        import espeakng_loader  # noqa: PLC0415  (only the worker process needs it)

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data_path = espeakng_loader.get_data_path().encode()
        self.rate: int = self._library.espeak_Initialize(
            _AUDIO_OUTPUT_SYNCHRONOUS, _BUFFER_MS, data_path, _INITIALIZE_DONT_EXIT
        )
        if self.rate <= 0:
            raise EspeakError("the voices of eSpeak NG cannot be read")
        self._library.espeak_Synth.argtypes = (
            *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint),
            *(ctypes.c_void_p, ctypes.c_void_p),
        )
        self._blocks: list[NDArray[np.int16]] = []
        self._word_starts: list[tuple[int, int]] = []
        self._callback = _Callback(self._take)  # the library keeps no reference of its own
        self._library.espeak_SetSynthCallback(self._callback)

    def synthesize(
        self, text: str, *, voice: str, words_per_minute: int, pitch: int, pause_at_end: bool
    ) -> Utterance:
        """Speak ``text`` (without NUL) to its end; ``pitch`` runs from 0 to 99, 50 is the voice's own."""
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise EspeakError(f"eSpeak NG has no voice {voice!r}")
        self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
        self._library.espeak_SetParameter(_PITCH, pitch, 0)
        self._blocks.clear()
        self._word_starts.clear()
        encoded = text.encode()
        flags = _CHARS_UTF8 | (_END_PAUSE if pause_at_end else 0)
        if self._library.espeak_Synth(encoded, len(encoded) + 1, 0, _POS_CHARACTER, 0, flags, None, None):
            raise EspeakError("eSpeak NG could not speak a text")
        samples = np.concatenate(self._blocks) if self._blocks else np.empty(0, np.int16)
        return Utterance(samples, tuple(self._word_starts))

    def _take(self, samples: ctypes._Pointer[ctypes.c_short], count: int, events: object) -> int:
        if samples and count > 0:
            self._blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        assert isinstance(events, ctypes._Pointer)
        index = 0
        while (event := events[index]).type != _EVENT_LIST_TERMINATED:
            if event.type == _EVENT_WORD:
                # Positions count characters from 1, whatever the encoding.
                self._word_starts.append((event.text_position - 1, event.sample))
            index += 1
        return 0
