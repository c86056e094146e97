"""The session with a transcriber that knows what will be said: the words of each second of audio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from backend.infrastructure.adapters.local.framing import Kind, Message, encode_number
from backend.infrastructure.adapters.local.moonshine_worker import MoonshineSession

if TYPE_CHECKING:
    from moonshine_voice.transcriber import Transcriber

FRAME = bytes(640)  # 20 ms


@dataclass(frozen=True)
class Line:
    text: str


@dataclass(frozen=True)
class Lines:
    lines: list[Line]


class ScriptedStream:
    """One utterance of the library: a line for every second heard."""

    def __init__(self, script: list[str]) -> None:
        self._script = script
        self._seconds = 0.0
        self.is_closed = False

    def start(self) -> None:
        """Nothing to prepare."""

    def add_audio(self, samples: list[float], rate: int) -> None:
        self._seconds += len(samples) / rate

    def update_transcription(self) -> Lines:
        return Lines([Line(text) for text in self._script[: int(self._seconds)]])

    def stop(self) -> Lines:
        return Lines([Line(text) for text in self._script])

    def close(self) -> None:
        self.is_closed = True


class ScriptedTranscriber:
    def __init__(self, *utterances: list[str]) -> None:
        self._waiting = list(utterances)
        self.streams: list[ScriptedStream] = []

    def create_stream(self, update_interval: float) -> ScriptedStream:
        assert update_interval > 3_600, "the library would transcribe when it likes"
        self.streams.append(ScriptedStream(self._waiting.pop(0)))
        return self.streams[-1]


class Caller:
    """Feeds a session as a call does, and notes its answers."""

    def __init__(self, *utterances: list[str]) -> None:
        self.transcriber = ScriptedTranscriber(*utterances)
        self.answers: list[tuple[Kind, bytes]] = []
        self.session = MoonshineSession(cast("Transcriber", self.transcriber), self._take)

    def _take(self, kind: Kind, payload: bytes) -> None:
        if kind is not Kind.CONSUMED:
            self.answers.append((kind, payload))

    def speak(self, seconds: int) -> None:
        for _ in range(seconds * 50):
            self.session.accept(Message(1, Kind.AUDIO, FRAME))
            self.work()

    def pause(self, utterance: int) -> None:
        self.session.accept(Message(1, Kind.FINALIZE, encode_number(utterance)))
        self.work()

    def work(self) -> None:
        while self.session.advance():
            pass


def test_words_come_as_partials_once_each_and_then_as_one_final() -> None:
    caller = Caller([" Good morning.", "How are you?"])
    caller.speak(seconds=3)
    caller.pause(4)
    assert caller.answers == [
        (Kind.PARTIAL, b"Good morning."),
        (Kind.PARTIAL, b"Good morning. How are you?"),
        (Kind.FINAL, b"Good morning. How are you?"),
        (Kind.SETTLED, encode_number(4)),
    ]


def test_an_utterance_has_a_stream_of_its_own_that_is_freed() -> None:
    caller = Caller(["Uno."], ["Dos."])
    caller.speak(seconds=1)
    caller.pause(1)
    caller.speak(seconds=1)
    caller.pause(2)
    finals = [payload for kind, payload in caller.answers if kind is Kind.FINAL]
    assert finals == [b"Uno.", b"Dos."]
    assert [stream.is_closed for stream in caller.transcriber.streams] == [True, True]


def test_a_pause_after_silence_settles_without_words() -> None:
    caller = Caller()
    caller.pause(1)
    assert caller.answers == [(Kind.SETTLED, encode_number(1))]
    assert caller.transcriber.streams == []


def test_a_caller_who_leaves_mid_word_frees_the_stream() -> None:
    caller = Caller(["Uno."])
    caller.speak(seconds=1)
    caller.session.close()
    assert caller.transcriber.streams[0].is_closed


def test_audio_that_waits_is_taken_over_before_anything_is_transcribed() -> None:
    caller = Caller(["Uno.", "Dos.", "Tres."])
    for _ in range(150):
        caller.session.accept(Message(1, Kind.AUDIO, FRAME))
    caller.work()
    assert caller.answers == [(Kind.PARTIAL, b"Uno. Dos. Tres.")]
